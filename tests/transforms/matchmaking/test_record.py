"""Track records: smoothed by the sector, faded by age, half weight for an answer that never came."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import rules
from transforms.matchmaking.facts import ContactOutcome
from transforms.matchmaking.record import track_records

RULES = rules().sheet.factors
NEWEST = date(2026, 10, 1)


def outcome(
    customer_id: str, *, effective: bool, day: date = NEWEST, weight: float = 1.0, deal: bool = False
) -> ContactOutcome:
    return ContactOutcome(customer_id, "cuero", day, effective, weight, "4202", deal)


def test_a_firm_without_contacts_has_the_average_of_its_sector() -> None:
    outcomes = [outcome("E1", effective=True), outcome("E1", effective=True), outcome("E1", effective=False)]
    records = track_records(outcomes, {"E1": "cuero", "E2": "cuero", "E3": "cafe"}, RULES)
    assert records["E2"].effectiveness == pytest.approx(2 / 3, abs=0.001)
    assert records["E3"].effectiveness == RULES.prior_effective


def test_an_old_outcome_counts_half_after_a_year() -> None:
    old = outcome("E1", effective=False, day=date(2025, 10, 1))
    records = track_records([old, outcome("E2", effective=True)], {"E1": "a", "E2": "cuero"}, RULES)
    assert records["E1"].effectiveness == pytest.approx(5 * 0.5 / 5.5, abs=0.001)


def test_silence_weighs_half_of_a_failure() -> None:
    sectors = {"E1": "a"}
    failed = track_records([outcome("E1", effective=False)], sectors, RULES)["E1"].effectiveness
    silent = track_records([outcome("E1", effective=False, weight=0.5)], sectors, RULES)["E1"].effectiveness
    assert failed < silent < RULES.prior_effective


def test_closed_deals_are_remembered_by_heading() -> None:
    records = track_records([outcome("E1", effective=True, deal=True)], {"E1": "cuero"}, RULES)
    assert records["E1"].closed_headings == {"4202"}


@given(st.permutations([outcome("E1", effective=True), outcome("E2", effective=False), outcome("E1", effective=False)]))
def test_the_order_of_outcomes_does_not_matter(outcomes: list[ContactOutcome]) -> None:
    sectors = {"E1": "cuero", "E2": "cuero"}
    assert track_records(outcomes, sectors, RULES) == track_records(sorted(outcomes, key=repr), sectors, RULES)
