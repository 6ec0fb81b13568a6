"""House law of the sync models: every one runs, and says nothing about NEO that the sheets do not know."""

from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from include.core.neo_schema import NeoSchema, load_neo_schema
from include.core.sheets import PROJECT_ROOT
from include.core.source_sheet import load_source, staged_schema
from include.stages.writing.models import (
    model_params,
    needed_datasets,
    prepared_views,
    register_reference,
    sync_models,
)
from include.store.sql import SQL_ROOT, run_sql
from tests.contracts.derived_datasets import SCHEMAS
from transforms.writeback.rows import RESERVED

MODELS = sync_models()
NAMES = [model.name for model in MODELS]
# What an advisor may see of SARLAFT is the state and its date, wherever else the words may turn up.
NEUTRAL_COLUMNS = {"pc_sarlaftstate", "pc_sarlaftsince"}


@cache
def schema() -> NeoSchema:
    return load_neo_schema(PROJECT_ROOT / "include" / "config")


def dataset_schema(dataset: str) -> pa.Schema:
    return SCHEMAS[dataset] if dataset in SCHEMAS else staged_schema(dataset)


@cache
def compiled(name: str, *, with_optional: bool) -> pa.Table:
    """Rows of a model over empty datasets, with or without its optional ones."""
    model = next(model for model in MODELS if model.name == name)
    views = prepared_views()
    needed = set(model.inputs) | (set(model.optional) if with_optional else set())
    for view in views:
        needed |= {*view.inputs, *(view.optional if with_optional else ())} if view.name in needed else set()
    with duckdb.connect(":memory:") as con:
        con.execute("set timezone = 'UTC'")
        register_reference(con)
        datasets = needed - {view.name for view in views}
        for dataset in datasets:
            con.register(dataset, dataset_schema(dataset).empty_table())
        params = model_params(schema(), datasets)
        for view in views:
            if view.name in needed:
                con.register(view.name, run_sql(con, f"writeback/prepare_{view.name}", **params))
        return run_sql(con, f"writeback/{name}", **params)


def test_there_are_models_for_every_table_the_hub_fills():
    assert len(MODELS) >= 20
    assert {model.table for model in MODELS} == {
        "account", "contact", "lead", "task", "opportunity", "pc_need", "pc_offer", "pc_certificate", "pc_requirement",
        "pc_match", "pc_stage", "pc_sarlaftcase", "pc_demandgap",
    }  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("with_optional", [True, False])
def test_a_model_runs_on_empty_datasets(name, with_optional):
    rows = compiled(name, with_optional=with_optional)
    assert rows.num_rows == 0
    assert "row_key" in rows.column_names


@pytest.mark.parametrize("name", NAMES)
def test_a_model_names_only_columns_that_the_sheets_declare(name):
    table = schema().tables[next(model.table for model in MODELS if model.name == name)]
    named = set(compiled(name, with_optional=True).column_names) - RESERVED
    assert named
    assert named <= {*table.columns, *table.lookups}


@pytest.mark.parametrize("name", NAMES)
def test_a_model_does_not_lean_on_an_input_its_header_hides(name):
    """The datasets were empty and only those of the header were there, so running at all is the proof; that each one
    named is also used keeps a model from being left out for the lack of a dataset it does not need."""
    model = next(model for model in MODELS if model.name == name)
    body = "\n".join(
        line
        for line in (SQL_ROOT / "writeback" / f"{name}.sql").read_text(encoding="utf-8").splitlines()
        if not line.startswith("--")
    )
    assert [dataset for dataset in (*model.inputs, *model.optional) if dataset not in body] == []


def test_models_of_one_table_share_no_column_except_the_state_of_a_row():
    for table in sorted({model.table for model in MODELS}):
        seen: set[str] = set()
        creating = [m for m in MODELS if m.table == table and not m.name.endswith("__withdrawn")]
        if table == "task":  # its two models speak of different rows: their keys begin differently
            continue
        for model in creating:
            columns = set(compiled(model.name, with_optional=True).column_names) - RESERVED
            assert not columns & seen, (model.name, columns & seen)
            seen |= columns


@pytest.mark.parametrize("name", [model.name for model in MODELS if model.table != "pc_sarlaftcase"])
def test_nothing_of_a_case_reaches_a_table_that_advisors_read(name):
    model = next(model for model in MODELS if model.name == name)
    assert not {"fct_sarlaft_case", "fct_screening"} & {*model.inputs, *model.optional}
    sarlaft = {column for column in compiled(name, with_optional=True).column_names if "sarlaft" in column}
    assert sarlaft <= NEUTRAL_COLUMNS


@pytest.mark.parametrize("name", NAMES)
def test_the_header_says_grain_owner_and_personal_data(name):
    head = (SQL_ROOT / "writeback" / f"{name}.sql").read_text(encoding="utf-8").split("\nselect", 1)[0]
    for word in ("Grain:", "Owner:", "Personal data:", "Destination:"):
        assert word in head, (name, word)


def test_the_hub_reads_every_column_it_writes():
    """Without a column's present value its rows would be sent again by every run."""
    streams = load_source("neo").streams
    for model in MODELS:
        table = schema().tables[model.table]
        readable = set(streams[model.table].fields)
        written = set(compiled(model.name, with_optional=True).column_names) - RESERVED
        expected = {table.lookup_column(name) if name in table.lookups else name for name in written}
        assert expected | {table.primary_id, "pc_hubid", "modifiedon"} <= readable, model.name


def test_every_dataset_the_models_read_is_known():
    needed = needed_datasets(MODELS, prepared_views())
    assert len(needed) >= 20
    for dataset in needed:
        assert dataset_schema(dataset).names


def test_the_sheets_of_neo_are_read_completely():
    assert len(schema().tables) >= 18
    assert sum(len(table.columns) for table in schema().tables.values()) >= 200
    assert {path.name for path in Path(PROJECT_ROOT / "include/config/neo/tables").glob("*.yml")} == {
        f"{table}.yml" for table in schema().tables
    }
