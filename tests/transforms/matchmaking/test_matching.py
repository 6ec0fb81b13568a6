"""All needs against all offers: what must hold whatever the data."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import (
    PAPERS,
    buyer,
    by_pair,
    changed,
    exporter,
    judge,
    matched,
    need,
    offer,
    papers,
    rules,
)
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.matching import match_all
from transforms.matchmaking.pairs import Match

PRODUCTS = [
    ("Café verde especial", "Café verde excelso lavado, sacos de 70 kg", "090111"),
    ("Café tostado y molido", "Café tostado en bolsa con válvula", "090121"),
    ("Bolsos de cuero", "Bolsos y carteras de cuero hechos a mano", "420221"),
    ("Rosas frescas de corte", "Rosas rojas, 60 cm", "060311"),
    ("Fajas y ropa de control", "Fajas posquirúrgicas de powernet", "621230"),
]
NEEDS = [
    ("Specialty green coffee", "We are looking for washed green coffee beans", "090111"),
    ("Café tostado molido", "Necesitamos café tostado y molido", "090121"),
    ("Leather handbags", "Handmade leather bags", "420221"),
    ("Cut roses", "Fresh cut roses", "060311"),
    ("Shapewear", "Post surgical shapewear", "621230"),
]


def market(confirmed: bool = True) -> tuple[list[Need], list[Offer]]:
    """Two offers of each product, one need for each; every second offer has a flaw of its own."""
    offers = []
    for place, (title, description, code) in enumerate(PRODUCTS):
        for copy in range(2):
            flaws: dict[str, Any] = {"certificates": papers(*PAPERS, "FNC-REPESO", "ICA-CFE", "ICA-REG-ORN")}
            if copy and place % 2:
                flaws["capacity_value"] = 1
            offers.append(
                offer(
                    f"O{place}{copy}", title=title, description=description, codes=(code,),
                    codes_confirmed=confirmed or bool(copy), exporter=exporter(f"E{place}{copy}"), **flaws,
                )
            )  # fmt: skip
    needs = [
        need(
            f"N{place}",
            title=title,
            description=text,
            codes=(code,),
            codes_confirmed=confirmed,
            buyer=buyer(f"B{place}"),
        )
        for place, (title, text, code) in enumerate(NEEDS)
    ]
    return needs, offers


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_rows_changes_nothing(random: Any, confirmed: bool) -> None:
    needs, offers = market(confirmed)
    expected = matched(needs, offers)
    random.shuffle(needs)
    random.shuffle(offers)
    assert matched(needs, offers).matches == expected.matches


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["price", "papers", "pause", "profile", "drop"])), max_size=4)
)
def test_incremental_equals_full(changes: list[tuple[int, str]]) -> None:
    """Rows reused by their hash from the version before are the rows a full run would give."""
    needs, offers = market()
    before = by_pair(matched(needs, offers))
    for place, change in changes:
        place %= len(offers)
        old = offers[place]
        if change == "drop":
            del offers[place]
            continue
        offers[place] = replace(
            old,
            price_usd=99 if change == "price" else old.price_usd,
            certificates=() if change == "papers" else old.certificates,
            is_active=change != "pause",
            exporter=replace(old.exporter, profile_status="pending") if change == "profile" else old.exporter,
        )
    incremental, full = matched(needs, offers, previous=before), matched(needs, offers)
    assert incremental.matches == full.matches
    if not changes:
        assert incremental.reused == len(full.matches)


def test_a_changed_offer_is_judged_again_and_the_others_are_taken_over() -> None:
    needs, offers = market()
    before = by_pair(matched(needs, offers))
    offers[4] = replace(offers[4], price_usd=12)
    again = matched(needs, offers, previous=before)
    assert 0 < len(again.matches) - again.reused <= 2


@pytest.mark.parametrize("change", [str.upper, str.title, lambda text: text.replace("é", "e").replace("ú", "u")])
def test_case_and_accents_do_not_change_who_is_eligible(change: Any) -> None:
    needs, offers = market(confirmed=False)
    rewritten = [replace(one, title=change(one.title), description=change(one.description)) for one in needs]
    first = {key: match.state for key, match in by_pair(matched(needs, offers)).items()}
    second = {key: match.state for key, match in by_pair(matched(rewritten, offers)).items()}
    assert first == second


def test_the_same_need_in_both_languages_finds_mostly_the_same_exporters() -> None:
    """Overlap of what is found, without any code to help; reported by `hub eval matching` for whole worlds."""
    spanish = [
        "Café verde especial lavado",
        "Café tostado molido",
        "Bolsos de cuero",
        "Rosas frescas",
        "Fajas de control",
    ]
    english = ["Washed specialty green coffee", "Roasted ground coffee", "Leather handbags", "Fresh roses", "Shapewear"]
    _, offers = market(confirmed=False)
    plain = [replace(one, codes=()) for one in offers]
    shares = []
    for number, texts in enumerate(zip(spanish, english, strict=True)):
        asked = [
            need(f"N{side}", title=text, description="", codes=(), codes_confirmed=False)
            for side, text in enumerate(texts)
        ]
        found = by_pair(matched(asked, plain))
        one, other = ({offer_id for need_id, offer_id in found if need_id == f"N{side}"} for side in (0, 1))
        assert one, spanish[number]
        assert other, english[number]
        shares.append(len(one & other) / len(one | other))
    assert sum(shares) / len(shares) >= 0.7


def test_both_confirmed_codes_decide_and_text_does_not_overrule_them() -> None:
    other_code = offer("O9", codes=("640391",))
    found = matched([need()], [offer(), other_code])
    assert list(by_pair(found)) == [("N1", "O1")]


def test_an_offer_with_an_unconfirmed_code_comes_in_as_band_c() -> None:
    found = by_pair(matched([need()], [offer(), offer("O2", codes_confirmed=False, exporter=exporter("E2"))]))
    assert found["N1", "O1"].band == "A"
    assert found["N1", "O2"].band == "C"
    assert found["N1", "O1"].rank == 1


def test_a_need_without_code_gets_suggestions_that_are_no_filter() -> None:
    asked = need(title="Green coffee", description="", codes=(), codes_confirmed=False)
    _, offers = market(confirmed=False)
    found = matched([asked], offers)
    assert "0901" in [one.heading for one in found.suggestions["N1"]]
    assert {offer_id for _, offer_id in by_pair(found)} >= {"O00"}


def test_services_do_not_meet_goods_by_text() -> None:
    service = offer("O2", kind="service", codes=(), codes_confirmed=False, title="Diseño de bolsos de cuero")
    asked = need(codes=(), codes_confirmed=False)
    assert ("N1", "O2") not in by_pair(matched([asked], [service]))


@pytest.mark.parametrize("state", ["en_verificacion", "restringido", "sin_consultar", None])
def test_a_party_that_is_not_clear_leaves_no_trace(state: str | None) -> None:
    """Not in a pair, not in a score: not even the word frequencies of the others move."""
    needs, offers = market(confirmed=False)
    secret = offer("O-SECRET", exporter=exporter("E-SECRET", sarlaft_state=state), title="Café verde especial secreto")
    hidden = need("N-SECRET", buyer=buyer("B-SECRET", sarlaft_state=state))
    with_them, without = matched([*needs, hidden], [*offers, secret]), matched(needs, offers)
    assert with_them == without
    assert "SECRET" not in repr(with_them)


def test_every_discarded_pair_says_why() -> None:
    needs, offers = market()
    poor = [replace(one, certificates=()) for one in offers]
    discarded = [match for match in matched(needs, poor).matches if match.state == "discarded"]
    assert discarded
    assert all(match.missing and match.reasons_es.startswith("Descartado. ") for match in discarded)
    assert all(match.score is None and match.rank is None for match in discarded)


def test_ranks_run_from_one_within_a_need() -> None:
    needs, offers = market()
    shown = [match for match in matched(needs, offers).matches if match.state == "eligible"]
    for needed in needs:
        own = sorted((match.rank or 0) for match in shown if match.need_id == needed.need_id)
        assert own == list(range(1, len(own) + 1))


def test_progress_is_told_need_by_need() -> None:
    needs, offers = market()
    told: list[tuple[int, int]] = []
    loaded = rules()
    match_all(needs, offers, judge(), loaded.words, progress=lambda done, total: told.append((done, total)))
    assert told == [(place, len(needs)) for place in range(1, len(needs) + 1)]


def test_no_offers_and_no_needs_are_no_error() -> None:
    assert matched([], []).matches == ()
    assert matched([need()], []).matches == ()


def test_the_candidates_by_text_are_capped() -> None:
    offers = [offer(f"O{place}", codes_confirmed=False, exporter=exporter(f"E{place}")) for place in range(5)]
    found: dict[tuple[str, str], Match] = by_pair(matched([need()], offers, sheet=changed(**{"text.candidates": 2})))
    assert sorted(offer_id for _, offer_id in found) == ["O0", "O1"]


def test_the_judged_day_is_an_argument() -> None:
    late = matched([need(latest_on=date(2026, 11, 20))], [offer()], as_of=date(2026, 11, 21))
    assert [match.state for match in late.matches] == ["discarded"]
