"""The judgement of a pair through time: what a midnight flips, and what the input hash sees."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.transforms.matchmaking.cases import (
    PAPERS,
    SAME,
    TODAY,
    buyer,
    by_pair,
    changed,
    exporter,
    judge,
    judged,
    matched,
    need,
    offer,
    papers,
)
from transforms.matchmaking.pairs import relevant_codes


def test_a_certificate_that_expires_at_midnight_flips_exactly_its_pairs() -> None:
    last_day = date(2026, 11, 3)
    expiring = papers(*PAPERS[:-1]) + papers("CITES", until=last_day)
    offers = [
        offer("O1", certificates=expiring),
        offer("O2", exporter=exporter("E2")),
        offer("O3", certificates=expiring),
    ]
    needs = [need("N1", latest_on=None), need("N2", latest_on=None, buyer=buyer("B2"))]
    before, after = (
        by_pair(matched(needs, offers, as_of=last_day)),
        by_pair(matched(needs, offers, as_of=last_day + timedelta(1))),
    )
    assert {match.state for match in before.values()} == {"eligible"}
    flipped = {key for key in before if before[key].state != after[key].state}
    assert flipped == {("N1", "O1"), ("N1", "O3"), ("N2", "O1"), ("N2", "O3")}
    assert all(after[key].missing_items == ("CITES",) for key in flipped)
    same = before.keys() - flipped
    assert all(replace(before[key], rank=None) == replace(after[key], rank=None) for key in same)


def test_evidence_must_hold_on_the_buyers_day_not_only_today() -> None:
    until = papers(*PAPERS, until=date(2027, 1, 15))
    assert judged(need(latest_on=date(2027, 1, 15)), offer(certificates=until)).state == "eligible"
    assert judged(need(latest_on=date(2027, 1, 16)), offer(certificates=until)).state == "discarded"
    today = changed(**{"requirements.day": "today"})
    assert judged(need(latest_on=date(2027, 1, 16)), offer(certificates=until), sheet=today).state == "eligible"


def test_an_ordinary_night_changes_nothing() -> None:
    pair = need(), offer(), SAME
    hashes = {judge(TODAY + timedelta(days)).input_hash(*pair) for days in range(60)}
    assert len(hashes) == 1
    assert judge(date(2027, 2, 20)).input_hash(*pair) not in hashes  # the lead time no longer reaches


CHANGES: list[tuple[str, Any, Any, bool]] = [
    ("market", need(market="PA"), offer(), True),
    ("price", need(), offer(price_usd=41), True),
    ("profile", need(), offer(exporter=exporter(profile_status="pending")), True),
    ("certificate added", need(), offer(certificates=papers(*PAPERS, "BASC")), True),
    ("certificate unverified", need(), offer(certificates=papers(*PAPERS, is_verified=False)), True),
    ("words of a wish", need(wishes=("x",)), offer(), True),
    ("saved again", need(updated_at=datetime(2026, 11, 1, tzinfo=UTC)), offer(), False),
    ("title, same fit", need(title="Bolsos  de cuero"), offer(), False),
    ("certificate that expired long ago twice", need(), offer(certificates=papers(*PAPERS) * 2), False),
]


@pytest.mark.parametrize(("what", "needed", "offered", "differs"), CHANGES)
def test_the_hash_sees_every_fact_and_nothing_else(what: str, needed: Any, offered: Any, differs: bool) -> None:
    before = judge().input_hash(need(), offer(), SAME)
    assert (judge().input_hash(needed, offered, SAME) != before) is differs, what


def test_a_new_weight_set_is_a_new_input() -> None:
    plain = judge().rules.model_dump()["weight_sets"]
    renamed = changed(weight_sets=[{**one, "id": f"{one['id']}-next"} for one in plain])
    assert judge(sheet=renamed).input_hash(need(), offer(), SAME) != judge().input_hash(need(), offer(), SAME)


def test_rules_are_looked_up_for_the_codes_the_need_asks_for() -> None:
    wanted = need(codes=("0804",))
    assert relevant_codes(wanted, offer(codes=("080440", "090121"))) == ("080440",)
    assert relevant_codes(wanted, offer(codes=("090121",))) == ("090121",)
    assert relevant_codes(wanted, offer(codes=())) == ("0804",)
