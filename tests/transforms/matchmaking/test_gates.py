"""Every gate: what makes it say yes, no or unknown, what it calls missing, and that more evidence never hurts."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import (
    PAPERS,
    SAME,
    TODAY,
    buyer,
    changed,
    exporter,
    judge,
    judged,
    need,
    offer,
    papers,
    rules,
)
from transforms.matchmaking.case import Answer, ProductFit
from transforms.matchmaking.gates import GATE_FUNCTIONS, ask_gates
from transforms.matchmaking.gates.parties import admit
from transforms.matchmaking.sheet import GATES

RANK = {"yes": 0, "unknown": 1, "no": 2}


def answers(needed: Any = None, offered: Any = None, fit: ProductFit = SAME, as_of: date = TODAY) -> dict[str, Any]:
    """Gate name to answer, reason and items of one pair."""
    return dict(json.loads(judged(needed, offered, fit, as_of).gates))


def test_all_ten_gates_are_asked_and_the_default_pair_passes_them() -> None:
    found = answers()
    assert list(found) == list(GATES)
    assert len(GATE_FUNCTIONS) == len(GATES)
    assert {gate["answer"] for gate in found.values()} == {"yes"}


LANGUAGE = {"country": "CO"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, list[str]]] = [
    ("profile", {}, {"exporter": exporter(profile_status="pending")}, "unknown", ["validate:approval"]),
    ("profile", {}, {"exporter": exporter(profile_status=None)}, "unknown", ["validate:approval"]),
    ("profile", {}, {"exporter": exporter(profile_status="returned")}, "no", ["approval"]),
    ("requirements", {}, {"certificates": papers(*PAPERS[1:])}, "no", ["CO-RUT-EXP"]),
    ("requirements", {}, {"certificates": papers(*PAPERS, is_verified=False)}, "unknown",
     ["validate:CITES", "validate:CO-DEX", "validate:CO-RUT-EXP", "validate:ISPM-15"]),
    ("requirements", {"latest_on": None}, {"certificates": papers(*PAPERS, until=date(2026, 11, 2))}, "no",
     ["CITES", "CO-DEX", "CO-RUT-EXP", "ISPM-15"]),
    ("requirements", {"latest_on": None}, {"certificates": papers(*PAPERS, until=date(2026, 11, 3))}, "yes", []),
    ("requirements", {}, {"certificates": papers(*PAPERS, until=date(2027, 2, 28))}, "no",
     ["CITES", "CO-DEX", "CO-RUT-EXP", "ISPM-15"]),
    ("must_haves", {"certificates_required": ("BRCGS",)}, {}, "no", ["BRCGS"]),
    ("must_haves", {"certificates_required": (" brcgs ",)}, {"certificates": papers(*PAPERS, "BRCGS")}, "yes", []),
    ("must_haves", {"certificates_required": ("BRCGS-IFS",)}, {"certificates": papers(*PAPERS, "IFS")}, "yes", []),
    ("capacity", {}, {"capacity_value": None}, "unknown", ["validate:capacity"]),
    ("capacity", {"volume_value": None, "min_volume": None}, {}, "unknown", ["validate:capacity"]),
    ("capacity", {}, {"capacity_unit": "kg"}, "unknown", ["validate:capacity"]),
    ("capacity", {}, {"capacity_value": 99}, "no", ["capacity"]),
    ("capacity", {}, {"capacity_value": 100}, "yes", []),
    ("capacity", {"min_volume": None}, {"capacity_value": 200}, "no", ["capacity"]),
    ("capacity", {}, {"capacity_value": 1200, "capacity_period": "año"}, "yes", []),
    ("language", {"languages": ("en:B2",)}, {}, "yes", []),
    ("language", {"languages": ("en:C1",)}, {}, "no", ["language"]),
    ("language", {"languages": ("fr:B1",)}, {}, "no", ["language"]),
    ("language", {"languages": ("fr:B1",), "interpreter_ok": True}, {}, "yes", []),
    ("language", {"languages": ("fr:B1", "es:C2")}, {}, "yes", []),
    ("language", {"languages": ("en:B2",)}, {"exporter": exporter(profile_status="pending")}, "unknown",
     ["validate:language"]),
    ("language", {"languages": ("en:B2",)},
     {"exporter": exporter(profile_status="pending", languages=("en:B2:validated",))}, "yes", []),
    ("language", {"languages": ("en",)}, {"exporter": exporter(languages=("en",))}, "unknown", ["validate:language"]),
    ("language", {"languages": ("en",)}, {"exporter": exporter(languages=())}, "unknown", ["validate:language"]),
    ("language", {"languages": ()}, {"exporter": exporter(languages=())}, "yes", []),
    ("market", {}, {"excluded_markets": frozenset({"CR"})}, "no", ["will"]),
    ("market", {"market": "KP"}, {}, "no", ["embargo"]),
    ("market", {"market": ""}, {}, "unknown", ["validate:will"]),
    ("dates", {"latest_on": None}, {}, "unknown", ["validate:dates"]),
    ("dates", {}, {"lead_time_days": None}, "unknown", ["validate:dates"]),
    ("dates", {"latest_on": date(2026, 11, 23)}, {}, "yes", []),
    ("dates", {"latest_on": date(2026, 11, 22)}, {}, "no", ["dates"]),
    ("dates", {"latest_on": date(2026, 11, 2)}, {}, "no", ["dates"]),
    ("consent", {}, {"is_active": False}, "no", ["offer_paused"]),
    ("consent", {}, {"exporter": exporter(has_consent=False)}, "unknown", ["validate:consent"]),
    ("consent", {}, {"exporter": exporter(has_consent=None)}, "unknown", ["validate:consent"]),
    ("sarlaft", {}, {"exporter": exporter(sarlaft_state="en_verificacion")}, "no", []),
    ("sarlaft", {"buyer": buyer(sarlaft_state=None)}, {}, "no", []),
]  # fmt: skip


@pytest.mark.parametrize(("gate", "needed", "offered", "answer", "items"), CASES)
def test_gate(gate: str, needed: dict[str, Any], offered: dict[str, Any], answer: str, items: list[str]) -> None:
    found = answers(need(**needed), offer(**offered))[gate]
    assert found["answer"] == answer
    assert found.get("items", []) == items
    assert found["reason_es"].endswith(".")


@pytest.mark.parametrize(
    ("fit", "answer"),
    [
        (ProductFit(0.1, 0.1, shared="heading", heading="4202", both_confirmed=True), "yes"),
        (ProductFit(1.0, 1.0, both_confirmed=True), "no"),
        (ProductFit(0.9, 0.9), "yes"),
        (ProductFit(0.9, 0.2), "no"),
        (ProductFit(0.2, 0.9), "no"),
        (ProductFit(0.9, 0.2, stated=True), "yes"),
    ],
)
def test_product_gate(fit: ProductFit, answer: str) -> None:
    """A heading both confirmed decides; elsewhere text must be near the best and cover what was asked."""
    assert answers(fit=fit)["product"]["answer"] == answer


def test_an_offer_without_code_or_text_is_unknown() -> None:
    empty = offer(title=" ", description="", codes=(), codes_confirmed=False)
    assert answers(offered=empty, fit=ProductFit(0.0, 0.0))["product"]["answer"] == "unknown"


def test_a_reason_names_requirements_and_country_in_spanish() -> None:
    match = judged(need(market="DE", certificates_required=("BRCGS-IFS",)), offer(certificates=papers("CO-DEX")))
    assert match.state == "discarded"
    assert "Alemania" in match.reasons_es
    assert "RUT con responsabilidad de exportador" in match.reasons_es
    assert "BRCGS Food o IFS Food o FSSC 22000" in match.missing


def test_admission_removes_a_party_before_anything_looks_at_it() -> None:
    blocked = offer("O2", exporter=exporter("E2", sarlaft_state="restringido"))
    needs, offers = admit([need(), need("N2", buyer=buyer("B2", sarlaft_state="sin_consultar"))], [offer(), blocked])
    assert [one.need_id for one in needs] == ["N1"]
    assert [one.offer_id for one in offers] == ["O1"]


@pytest.mark.parametrize(
    ("sheet", "state"),
    [
        (changed(**{"gates.lenient": []}), "waiting"),
        (changed(**{"gates.lenient": [{"gates": ["capacity"]}]}), "eligible"),
        (changed(**{"gates.lenient": [{"gates": ["capacity"], "market": "CR"}]}), "eligible"),
        (changed(**{"gates.lenient": [{"gates": ["capacity"], "market": "US"}]}), "waiting"),
        (changed(**{"gates.lenient": [{"gates": ["capacity"], "sector": "cuero"}]}), "eligible"),
        (changed(**{"gates.lenient": [{"gates": ["capacity"], "sector": "cafe"}]}), "waiting"),
    ],
)
def test_leniency_holds_for_its_market_and_sector(sheet: Any, state: str) -> None:
    assert judged(one_offer=offer(capacity_value=None), sheet=sheet).state == state


def test_leniency_never_lets_a_no_pass() -> None:
    assert judged(one_offer=offer(capacity_value=1)).state == "discarded"


certificates = st.lists(
    st.sampled_from([*PAPERS, "BRCGS", "CAN-NSO"]).flatmap(
        lambda code: st.tuples(
            st.just(code), st.sampled_from([None, date(2026, 11, 2), date(2027, 3, 1)]), st.booleans()
        )
    ),
    max_size=8,
)


@given(certificates, certificates, st.sampled_from(["CR", "PE", "US"]))
def test_more_evidence_never_makes_a_gate_worse(few: list[Any], more: list[Any], market: str) -> None:
    wanted = need(market=market, certificates_required=("BRCGS",))
    held = tuple(papers(code, until=until, is_verified=ok)[0] for code, until, ok in few)
    extra = tuple(papers(code, until=until, is_verified=ok)[0] for code, until, ok in more)
    before = answers(wanted, offer(certificates=held))
    after = answers(wanted, offer(certificates=held + extra))
    assert all(RANK[after[gate]["answer"]] <= RANK[before[gate]["answer"]] for gate in GATES)


@given(st.lists(st.sampled_from(["en:A2", "en:B2", "en:C1:validated", "fr:B1", "en"]), max_size=4), st.booleans())
def test_another_language_never_turns_yes_into_no(languages: list[str], approved: bool) -> None:
    status = "approved" if approved else "pending"
    wanted = need(languages=("en:B1",))
    for size in range(len(languages)):
        less = exporter(languages=tuple(languages[:size]), profile_status=status)
        more = exporter(languages=tuple(languages[: size + 1]), profile_status=status)
        if answers(wanted, offer(exporter=less))["language"]["answer"] == "yes":
            assert answers(wanted, offer(exporter=more))["language"]["answer"] == "yes"


@given(st.sets(st.integers(0, 20)), certificates)
def test_fewer_rules_never_remove_a_pair(dropped: set[int], held: list[Any]) -> None:
    owned = tuple(papers(code, until=until, is_verified=ok)[0] for code, until, ok in held)
    everything = judge().case(need(market="PE", codes=("330499",)), offer(codes=("330499",), certificates=owned), SAME)
    fewer = replace(
        everything,
        requirements=tuple(row for place, row in enumerate(everything.requirements) if place not in dropped),
    )
    before, after = ask_gates(everything), ask_gates(fewer)
    for one, other in zip(before, after, strict=True):
        if one.answer is Answer.YES:
            assert other.answer is Answer.YES


def test_the_sheet_refuses_leniency_for_sarlaft() -> None:
    with pytest.raises(ValueError, match="never lenient"):
        changed(**{"gates.lenient": [{"gates": ["sarlaft"]}]})
    assert rules().sheet.gates.lenient
