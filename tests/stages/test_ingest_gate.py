"""The batch gates, judged by the real library: what stops a source, what is only said, and that no value is told."""

import logging
import os
from typing import Any

import pyarrow as pa
import pytest

from include.core.source_sheet import Expect
from include.stages.ingesting.gate import Batch, Finding, judge_batches, least_rows

TABLE = pa.table(
    {
        "id": ["1", "2", "3", "4"],
        "part": ["a", "a", "b", None],
        "status": ["active", "active", "secreto", None],
        "price": [1.0, 2.0, 300.0, None],
    }
)


def judge(key: tuple[str, ...] = ("id",), before: int | None = None, **expect: Any) -> list[Finding]:
    return judge_batches([Batch("offers", TABLE, key, Expect.model_validate(expect), before)])


@pytest.mark.parametrize(
    ("key", "before", "expect", "problem"),
    [
        (("id",), None, {}, None),
        (("id",), 4, {"max_drop": 0}, None),
        (("id",), 5, {"max_drop": 0.2}, None),
        (("id",), 6, {"max_drop": 0.2}, "4 rows (6 before), at least 5 expected"),
        (("id",), None, {"min_rows": 5}, "4 rows (none before), at least 5 expected"),
        (("part",), None, {}, "1 of 4 rows of column part do not hold column_values_to_not_be_null"),
        (("status", "part"), None, {}, "of column status, part do not hold compound_columns_to_be_unique"),
        (("id",), None, {"columns": [{"column": "price", "not_null": True, "share": 0.75}]}, None),
        (
            ("id",),
            None,
            {"columns": [{"column": "price", "not_null": True, "share": 0.8}]},
            "1 of 4 rows of column price",
        ),
        (("id",), None, {"columns": [{"column": "price", "between": [0, 300]}]}, None),
        (("id",), None, {"columns": [{"column": "price", "between": [0, 10]}]}, "1 of 4 rows of column price"),
        (("id",), None, {"columns": [{"column": "status", "in_set": ["active", "secreto"]}]}, None),
        (("id",), None, {"columns": [{"column": "status", "in_set": ["active"]}]}, "1 of 4 rows of column status"),
    ],
)
def test_gates(key: tuple[str, ...], before: int | None, expect: dict[str, Any], problem: str | None) -> None:
    findings = judge(key, before, **expect)
    if problem is None:
        assert findings == []
    else:
        assert any(problem in finding.problem and finding.is_critical for finding in findings)
    assert not any("secreto" in finding.problem for finding in findings)


def test_a_warning_is_no_reason_to_stop() -> None:
    (finding,) = judge(columns=[{"column": "status", "in_set": ["active"], "severity": "warning"}])
    assert not finding.is_critical


def test_an_expectation_that_cannot_be_evaluated_counts_as_not_held() -> None:
    nowhere = pa.table({"id": ["1"], "status": [["a", "list"]]})
    expect = Expect.model_validate({"columns": [{"column": "status", "between": [0, 1]}]})
    (finding,) = judge_batches([Batch("offers", nowhere, ("id",), expect, None)])
    assert finding.is_critical


def test_several_streams_are_judged_together_and_named() -> None:
    shrunk = Batch("needs", TABLE, ("id",), Expect(), 100)
    fine = Batch("offers", TABLE, ("id",), Expect(), 4)
    assert [finding.stream for finding in judge_batches([fine, shrunk])] == ["needs"]


def test_an_empty_stream_that_may_be_empty_is_not_judged() -> None:
    empty = TABLE.slice(0, 0)
    assert judge_batches([Batch("offers", empty, ("id",), Expect(), None)]) == []
    assert len(judge_batches([Batch("offers", empty, ("id",), Expect(), 10)])) == 1


@pytest.mark.parametrize(
    ("minimum", "before", "drop", "least"),
    [(0, None, 0.1, 0), (5, None, 0.1, 5), (0, 100, 0.1, 90), (95, 100, 0.1, 95), (0, 3, 0.1, 3), (0, 30, 0.05, 29)],
)
def test_the_least_number_of_rows(minimum: int, before: int | None, drop: float, least: int) -> None:
    batch = Batch("s", TABLE, ("id",), Expect(min_rows=minimum, max_drop=drop), before)
    assert least_rows(batch) == least


def test_the_library_keeps_quiet(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
    caplog.set_level(logging.INFO)
    judge()
    assert capfd.readouterr() == ("", "")
    assert [record for record in caplog.records if record.name.startswith("great_expectations")] == []
    assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
