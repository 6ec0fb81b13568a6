"""The sync models: which there are, what each needs, and the rows they give.

A model is `sql/writeback/sync_<table>__<what>.sql`. Its header names its inputs; a model whose input was never
published is left out with a note, so that a stage that has not run yet takes nothing away from NEO.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import duckdb
import pyarrow as pa

from include.core.errors import ConfigError
from include.core.neo_schema import NeoSchema
from include.core.reference import countries, departments
from include.store.sql import SQL_ROOT, run_sql, sql_names
from transforms.writeback.rows import DesiredRow, ModelRows, merge_models

_HEADER = re.compile(r"^-- (mode|inputs|optional): (.+)$", re.MULTILINE)
_NAME = re.compile(r"sync_(?P<table>[a-z_]+?)__(?P<what>[a-z_]+)")
# Best discarded matches per need that advisors see, with their reason.
DISCARDED_PER_NEED = 3


@dataclass(frozen=True)
class SyncModel:
    """One model: `name` under sql/writeback, the table it writes, its datasets."""

    name: str
    table: str
    mode: Literal["upsert", "update"]
    inputs: tuple[str, ...]
    optional: tuple[str, ...]


@dataclass(frozen=True)
class Prepared:
    """A query that several models share; it becomes a view named like it."""

    name: str
    inputs: tuple[str, ...]
    optional: tuple[str, ...]


def sync_models() -> list[SyncModel]:
    """Every sync model, by name. ConfigError when a file is not named or headed as it should be."""
    return [_read_model(path.removeprefix("writeback/")) for path in sql_names("writeback/sync_")]


def prepared_views() -> list[Prepared]:
    """The shared queries `prepare_<view>.sql`."""
    views = []
    for path in sql_names("writeback/prepare_"):
        header = _header(path.removeprefix("writeback/"))
        views.append(Prepared(path.removeprefix("writeback/prepare_"), header["inputs"], header["optional"]))
    return views


def needed_datasets(models: Iterable[SyncModel], views: Iterable[Prepared]) -> list[str]:
    """Every dataset that some model or view reads."""
    own = {view.name for view in views} | {"reference_country", "reference_department"}
    named = {name for model in models for name in (*model.inputs, *model.optional)}
    named |= {name for view in views for name in (*view.inputs, *view.optional)}
    return sorted(named - own)


def compute_desired(
    con: duckdb.DuckDBPyConnection, schema: NeoSchema, available: Iterable[str]
) -> tuple[dict[str, list[DesiredRow]], list[str]]:
    """Run every model whose inputs are there: (table -> desired rows, notes about models left out)."""
    present = set(available)
    params = model_params(schema, present)
    register_reference(con)
    for view in prepared_views():
        if present.issuperset(view.inputs):
            con.register(view.name, run_sql(con, f"writeback/prepare_{view.name}", **params))
            present.add(view.name)
    rows: dict[str, list[ModelRows]] = {}
    notes: list[str] = []
    for model in sync_models():
        missing = sorted(set(model.inputs) - present)
        if missing:
            notes.append(f"{model.name}: left out, {', '.join(missing)} was never published")
            continue
        table = run_sql(con, f"writeback/{model.name}", **params)
        rows.setdefault(model.table, []).append(ModelRows(model.name, model.table, model.mode, table.to_pylist()))
    return {table: merge_models(models) for table, models in rows.items()}, notes


def model_params(schema: NeoSchema, available: set[str]) -> dict[str, Any]:
    """What a model's template may use: `option`, `hub_key`, `has` and the few numbers."""
    return {
        "option": _option(schema),
        "hub_key": hub_key,
        "has": available.__contains__,
        "discarded_per_need": DISCARDED_PER_NEED,
    }


def register_reference(con: duckdb.DuckDBPyConnection) -> None:
    """Views of our reference data: reference_country(iso2, name_es), reference_department(code, name)."""
    known = countries().values()
    con.register(
        "reference_country",
        pa.table({"iso2": [country.iso2 for country in known], "name_es": [country.name_es for country in known]}),
    )
    names = departments()
    con.register("reference_department", pa.table({"code": list(names), "name": list(names.values())}))


def hub_key(expression: str) -> str:
    """SQL that makes an id usable as a key in NEO; an id with other signs keeps a mark of what it was."""
    plain = f"regexp_replace({expression}, '[^A-Za-z0-9._|-]', '_', 'g')"
    return (
        f"(case when regexp_matches({expression}, '[^A-Za-z0-9._|-]') "
        f"then {plain} || '-' || left(md5({expression}), 6) else {expression} end)"
    )


def _option(schema: NeoSchema) -> Callable[[str, str], str]:
    """`option("pc_size", "x.size")` -> SQL from slug to number; an unknown slug stays, and the plan refuses it."""

    def option(choice: str, expression: str) -> str:
        if choice not in schema.choices:
            raise ConfigError("sql/writeback", f"there is no choice {choice}", "See include/config/neo/choices.yml")
        options = schema.choices[choice].options
        branches = " ".join(f"when '{slug}' then '{option.value}'" for slug, option in options.items())
        return f"(case {expression} {branches} else {expression} end)"

    return option


def _read_model(name: str) -> SyncModel:
    found = _NAME.fullmatch(name)
    header = _header(name)
    mode = header["mode"][0] if header["mode"] else "upsert"
    if found is None or mode not in ("upsert", "update") or not header["inputs"]:
        raise ConfigError(
            f"sql/writeback/{name}.sql",
            "a sync model is named sync_<table>__<what> and says `-- inputs:` (and `-- mode: update`) in its header",
            "Mend name or header",
        )
    return SyncModel(
        name, found["table"], "update" if mode == "update" else "upsert", header["inputs"], header["optional"]
    )


def _header(name: str) -> Mapping[str, tuple[str, ...]]:
    text = (SQL_ROOT / "writeback" / f"{name}.sql").read_text(encoding="utf-8")
    found: dict[str, tuple[str, ...]] = {"mode": (), "inputs": (), "optional": ()}
    for key, value in _HEADER.findall(text):
        found[key] = tuple(part.strip() for part in value.split(",") if part.strip())
    return found


def tables_of(models: Sequence[SyncModel]) -> list[str]:
    """Tables that the models write."""
    return sorted({model.table for model in models})
