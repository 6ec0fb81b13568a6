"""The state of a need, and how near supply is when there is none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.reference import sector_of_hs
from tests.transforms.matchmaking.cases import judged, need, offer
from transforms.gaps.coverage import NeedCoverage, cover_needs, minimal_sets, period_of, unmet_kind
from transforms.matchmaking.facts import Need
from transforms.matchmaking.pairs import Match
from transforms.matchmaking.suggest import Suggestion

PAIR = judged()


def pair(exporter: str, *missing: str, state: str = "discarded") -> Match:
    return replace(
        PAIR, offer_id=f"O-{exporter}", offer_customer_id=exporter, state=state, missing_items=tuple(missing)
    )


def cover(pairs: list[Match], one: Need | None = None, **hints: Any) -> NeedCoverage:
    return cover_needs(
        [one or need()], [offer()], pairs, covered_from=3, period="year", sector_of=sector_of_hs, **hints
    )[0]


@pytest.mark.parametrize(
    ("pairs", "state", "kind", "exporters"),
    [
        ([pair(f"E{n}", state="eligible") for n in range(3)], "covered", None, 3),
        ([pair("E1", state="eligible")] * 4, "thin", None, 1),
        ([pair("E1", "A")], "unmet", "one_away", 0),
        ([pair("E1", "A", "B"), pair("E2", "A", "B", "C")], "unmet", "two_away", 0),
        ([pair("E1", "A", "validate:B")], "unmet", "two_away", 0),
        ([pair("E1", "A"), pair("E2", "validate:B", state="waiting")], "unmet", "waiting_on_us", 0),
        ([pair("E1", "capacity")], "unmet", "capacity", 0),
        ([pair("E1", "capacity"), pair("E2", "A")], "unmet", "one_away", 0),
        ([pair("E1", "will"), pair("E2", "will", "A")], "unmet", "will", 0),
        ([pair("E1", "will"), pair("E2", "A", "B")], "unmet", "two_away", 0),
        ([], "unmet", "no_supply", 0),
    ],
)
def test_state_and_kind(pairs: list[Match], state: str, kind: str | None, exporters: int) -> None:
    row = cover(pairs)
    assert (row.state, row.unmet_kind, row.eligible_exporters) == (state, kind, exporters)


def test_without_a_confirmed_code_an_unmet_need_goes_to_the_advisor() -> None:
    row = cover([], need(codes_confirmed=False))
    assert (row.state, row.unmet_kind) == ("unconfirmed", None)


def test_the_heading_of_a_need_without_codes_is_the_likeliest_suggestion() -> None:
    bare = need(codes=(), codes_confirmed=False)
    row = cover([], bare, suggestions={"N1": [Suggestion("0901", 1.0), Suggestion("2101", 0.5)]})
    assert (row.heading, row.sector) == ("0901", "cafe")


def test_missing_sets_are_the_smallest_ones() -> None:
    row = cover([pair("E1", "A", "B"), pair("E2", "A"), pair("E3", "B", "C"), pair("E4", "A")])
    assert row.missing_sets == '[["A"], ["B", "C"]]'
    assert row.nearest[0].exporters == {"E2", "E4"}


items = st.lists(st.sets(st.sampled_from("ABCDE"), min_size=1), max_size=6)


@given(items)
def test_minimal_sets_against_the_definition(sets: list[set[str]]) -> None:
    found = {one.items for one in minimal_sets([pair(f"E{n}", *group) for n, group in enumerate(sets)])}
    assert found == {frozenset(group) for group in sets if not any(other < group for other in sets)}


@given(st.permutations([pair("E1", "A"), pair("E2", "B", "C"), pair("E3", "validate:A", state="waiting")]))
def test_the_order_of_pairs_does_not_matter(pairs: list[Match]) -> None:
    assert unmet_kind(pairs) == "waiting_on_us"
    assert cover(pairs).missing_sets == '[["A"], ["validate:A"], ["B", "C"]]'


def test_periods() -> None:
    moment = datetime(2026, 11, 3, tzinfo=UTC)
    assert period_of(moment, "year") == "2026"
    assert period_of(moment, "quarter") == "2026-T4"
    assert period_of(None, "year") == ""
