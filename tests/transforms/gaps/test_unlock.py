"""Unlock: the sums against their definitions, the plan against greed and brute force, what is withheld."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import rules
from transforms.gaps.coverage import MissingSet, NeedCoverage
from transforms.gaps.sheet import Cost, PlanRules
from transforms.gaps.unlock import is_obtainable, plan_unlock, rank_requirements, unlock_usd

FLAT = PlanRules(
    max_steps=10, budget_usd=1e9, max_exporters=1, default=Cost(fee_usd=100, months=1), month_usd=0, costs={}
)


def row(
    number: int, value: float, nearest: tuple[MissingSet, ...], *, state: str = "unmet", buyer: str = ""
) -> NeedCoverage:
    """A need with the given missing sets."""
    return NeedCoverage(
        need_id=f"N{number}",
        customer_id=buyer or f"B{number}",
        heading="4202",
        sector="cuero",
        market="CR",
        period="2026",
        value_usd=value,
        is_imputed=False,
        state=state,
        unmet_kind="one_away",
        eligible_exporters=0,
        opened_on=None,
        nearest=nearest,
    )


def unmet(number: int, value: float, *sets: str, buyer: str = "") -> NeedCoverage:
    """An unmet need; each missing set is written as letters, and has an exporter of its own."""
    nearest = tuple(MissingSet(frozenset(one), frozenset({f"E-{number}-{one}"})) for one in sets)
    return row(number, value, nearest, buyer=buyer)


def by_code(rows: list[NeedCoverage], min_buyers: int = 1) -> dict[str, tuple[float | None, float | None, int, int]]:
    ranked = rank_requirements(rows, FLAT, str, min_buyers)
    return {one.requirement_code: (one.blocked_usd, one.sole_usd, one.exporters, one.needs) for one in ranked}


def test_blocked_overlaps_and_sole_is_what_it_opens_alone() -> None:
    rows = [unmet(1, 100, "A", "B"), unmet(2, 50, "AB"), unmet(3, 10, "A")]
    assert by_code(rows) == {"A": (160, 110, 2, 3), "B": (150, 100, 1, 2)}
    assert unlock_usd(rows, frozenset("A")) == 110
    assert unlock_usd(rows, frozenset("AB")) == 160


def test_what_is_supplied_already_unlocks_nothing() -> None:
    supplied = row(9, 500, (MissingSet(frozenset(), frozenset({"E"})),), state="thin")
    assert unlock_usd([supplied], frozenset("A")) == 0
    assert by_code([supplied]) == {}


def test_the_plan_looks_two_ahead_where_one_step_would_stall() -> None:
    rows = [unmet(1, 100, "AB"), unmet(2, 80, "AB"), unmet(3, 5, "C")]
    steps = plan_unlock(rows, FLAT)
    assert [step.codes for step in steps] == [("A", "B"), ("C",)]
    assert [step.cumulative_usd for step in steps] == [180, 185]
    assert [step.cumulative_cost_usd for step in steps] == [200, 300]


def test_cheap_comes_before_large() -> None:
    costs = {"A": Cost(fee_usd=1000, months=1), "B": Cost(fee_usd=10, months=1)}
    steps = plan_unlock([unmet(1, 500, "A"), unmet(2, 100, "B")], FLAT.model_copy(update={"costs": costs}))
    assert [step.codes for step in steps] == [("B",), ("A",)]


def test_the_plan_ends_at_its_budget_and_its_steps() -> None:
    rows = [unmet(n, 100 - n, letter) for n, letter in enumerate("ABCDE")]
    assert len(plan_unlock(rows, FLAT.model_copy(update={"budget_usd": 250}))) == 2
    assert len(plan_unlock(rows, FLAT.model_copy(update={"max_steps": 3}))) == 3


def test_only_what_a_firm_can_obtain_is_planned() -> None:
    assert is_obtainable("FDA-FFR")
    assert not is_obtainable("validate:FDA-FFR")
    assert not is_obtainable("capacity")
    grown = row(1, 9, (MissingSet(frozenset({"A", "capacity"}), frozenset({"E"})),))
    assert plan_unlock([grown], FLAT) == []


def test_values_of_few_buyers_are_withheld_and_plan_steps_folded() -> None:
    rows = [unmet(n, 10, "A", buyer=f"B{n}") for n in range(3)]
    rows += [unmet(3, 999, "B", buyer="B9")]
    rows += [unmet(n, 7, "C", buyer=f"B{n}") for n in (4, 5, 6)]
    ranked = {one.requirement_code: one for one in rank_requirements(rows, FLAT, str, 3)}
    assert (ranked["A"].sole_usd, ranked["B"].sole_usd, ranked["C"].sole_usd) == (30, None, 21)
    assert ranked["B"].plan_order == 1
    assert ranked["B"].cumulative_usd is None
    assert ranked["A"].cumulative_usd == 999 + 30


SETS = ("A", "B", "C", "AB", "BC", "CD", "D")
needs = st.lists(
    st.tuples(st.integers(1, 100), st.lists(st.sampled_from(SETS), min_size=1, max_size=3, unique=True)), max_size=7
)


@given(needs)
def test_the_plan_is_never_worse_than_the_best_single_or_pair(drawn: list[tuple[int, list[str]]]) -> None:
    """Its first step beats every other one or two requirements per dollar; brute force says so."""
    rows = [unmet(n, value, *sets) for n, (value, sets) in enumerate(drawn)]
    steps = plan_unlock(rows, FLAT)
    if not rows:
        assert steps == []
        return
    singles_and_pairs = chain(combinations("ABCD", 1), combinations("ABCD", 2))
    best = max(unlock_usd(rows, frozenset(codes)) / (100 * len(codes)) for codes in singles_and_pairs)
    assert steps[0].cumulative_usd / steps[0].cumulative_cost_usd == pytest.approx(best)


@given(needs)
def test_the_plan_only_ever_gains_and_ends_when_everything_is_open(drawn: list[tuple[int, list[str]]]) -> None:
    rows = [unmet(n, value, *sets) for n, (value, sets) in enumerate(drawn)]
    steps = plan_unlock(rows, FLAT)
    gains = [step.cumulative_usd for step in steps]
    assert gains == sorted(set(gains))
    assert (gains or [0])[-1] == pytest.approx(sum(row.value_usd for row in rows))


@given(needs)
def test_sole_is_the_unlock_of_the_requirement_alone(drawn: list[tuple[int, list[str]]]) -> None:
    rows = [unmet(n, value, *sets) for n, (value, sets) in enumerate(drawn)]
    for code, (blocked, sole, _, _) in by_code(rows).items():
        assert sole == pytest.approx(unlock_usd(rows, frozenset({code})))
        assert blocked is not None
        assert sole is not None
        assert blocked >= sole


def test_the_real_sheet_prices_known_requirements() -> None:
    plan = rules().gaps.plan
    codes = {row.requirement_code for row in rules().requirements}
    assert set(plan.costs) <= codes
    assert plan.cost_of("BRCGS-IFS", 2) == 2 * 18_000 + 9 * plan.month_usd
    assert plan.cost_of("UNKNOWN", 0) == plan.default.fee_usd + plan.default.months * plan.month_usd
