"""Gates of a batch, judged by great_expectations: is this still the source we know?

One call judges every stream of a source, because loading the library costs seconds; it is loaded only when
something is about to be published. Findings are counts, never values.
"""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any

import pyarrow as pa

from include.core.source_sheet import ColumnExpectation, Expect


@dataclass(frozen=True)
class Batch:
    """The next version of a stream, and the number of rows of the version in use (None: there is none)."""

    stream: str
    table: pa.Table
    key: tuple[str, ...]
    expect: Expect
    rows_before: int | None


@dataclass(frozen=True)
class Finding:
    """A gate that did not hold. `is_critical` ones stop the source."""

    stream: str
    is_critical: bool
    problem: str


def judge_batches(batches: Sequence[Batch]) -> list[Finding]:
    """Judge every batch; an expectation that could not be evaluated counts as not held.

    A batch without rows that need not have any has nothing to be judged.
    """
    batches = [batch for batch in batches if batch.table.num_rows or least_rows(batch)]
    if not batches:
        return []
    context = _library().get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_pandas("staged")
    findings: list[Finding] = []
    for batch in batches:
        asset = source.add_dataframe_asset(batch.stream)
        whole = asset.add_batch_definition_whole_dataframe("whole")
        ready = whole.get_batch(batch_parameters={"dataframe": _frame(batch)})
        results = ready.validate(_suite(batch), result_format="BASIC").to_json_dict()["results"]
        findings += [_finding(batch, outcome) for outcome in results if not outcome["success"]]
    return findings


def least_rows(batch: Batch) -> int:
    """Fewest rows that are still believed: the sheet's minimum, and the version before less `max_drop`."""
    before = batch.rows_before or 0
    return max(batch.expect.min_rows, before - int(before * batch.expect.max_drop))


@cache
def _library() -> Any:
    """great_expectations, loaded late and told to keep quiet; its classes are not exported to type checkers."""
    # It greets with two hundred lines and a progress bar, and would report its use.
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)
    library = import_module("great_expectations")
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.WARNING)
    return library


def _frame(batch: Batch) -> Any:
    columns = dict.fromkeys([*batch.key, *(expected.column for expected in batch.expect.columns)])
    return batch.table.select(list(columns)).to_pandas()


def _suite(batch: Batch) -> Any:
    known = _library().expectations
    filled = [known.ExpectColumnValuesToNotBeNull(column=name, severity="critical") for name in batch.key]
    unique = (
        known.ExpectColumnValuesToBeUnique(column=batch.key[0], severity="critical")
        if len(batch.key) == 1
        else known.ExpectCompoundColumnsToBeUnique(column_list=list(batch.key), severity="critical")
    )
    rows = known.ExpectTableRowCountToBeBetween(min_value=least_rows(batch), severity="critical")
    columns = [_column(expected) for expected in batch.expect.columns]
    return _library().ExpectationSuite(name=batch.stream, expectations=[rows, *filled, unique, *columns])


def _column(expected: ColumnExpectation) -> Any:
    known = _library().expectations
    shared = {"column": expected.column, "mostly": expected.share, "severity": expected.severity}
    if expected.not_null:
        return known.ExpectColumnValuesToNotBeNull(**shared)
    if expected.in_set:
        return known.ExpectColumnValuesToBeInSet(value_set=list(expected.in_set), **shared)
    least, most = expected.between or (None, None)
    return known.ExpectColumnValuesToBeBetween(min_value=least, max_value=most, **shared)


def _finding(batch: Batch, outcome: dict[str, Any]) -> Finding:
    config, result = outcome["expectation_config"], outcome["result"]
    kind, kwargs = config["type"], config["kwargs"]
    columns = ", ".join([kwargs["column"]] if "column" in kwargs else kwargs.get("column_list", []))
    if kind == "expect_table_row_count_to_be_between":
        before = "none before" if batch.rows_before is None else f"{batch.rows_before} before"
        problem = f"{batch.table.num_rows} rows ({before}), at least {kwargs['min_value']} expected"
    elif "unexpected_count" in result:
        rows = f"{result['unexpected_count']} of {result['element_count']} rows"
        problem = f"{rows} of column {columns} do not hold {kind.removeprefix('expect_')}"
    else:
        problem = f"{kind} on {columns} could not be evaluated"
    is_critical = config["severity"] == "critical"
    return Finding(batch.stream, is_critical, f"{batch.stream}: {problem}")
