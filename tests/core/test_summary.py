"""Rows in equal the sum of outcomes, or nothing is reported as done."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.errors import ConservationError
from include.core.summary import Counts, RunSummary

OUTCOMES = st.fixed_dictionaries(
    {name: st.integers(0, 1000) for name in ("created", "changed", "unchanged", "quarantined", "held", "failed")}
)


@given(OUTCOMES)
def test_conserved_counts_are_sealed(outcomes: dict[str, int]) -> None:
    summary = RunSummary("stage", "run", parts={"rows": Counts(read=sum(outcomes.values()), **outcomes)})
    assert summary.seal() is summary


@given(OUTCOMES, st.integers(-5, 5).filter(bool))
def test_a_lost_or_doubled_row_is_refused(outcomes: dict[str, int], error: int) -> None:
    summary = RunSummary("stage", "run", parts={"rows": Counts(read=sum(outcomes.values()) + error, **outcomes)})
    with pytest.raises(ConservationError):
        summary.seal()


def test_one_bad_part_is_not_hidden_by_another() -> None:
    """Totals may balance while two parts do not."""
    parts = {"a": Counts(read=2, created=1), "b": Counts(read=1, created=2)}
    with pytest.raises(ConservationError):
        RunSummary("stage", "run", parts=parts).seal()


def test_a_summary_survives_the_way_through_json() -> None:
    summary = RunSummary("stage", "run", parts={"a": Counts(read=2, created=1, held=1)}, notes=["x"])
    back = RunSummary.from_dict(summary.to_dict())
    assert back == summary
    assert summary.to_dict()["total"]["accepted"] == 1
