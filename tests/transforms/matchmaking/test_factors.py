"""Factors and score: values, priors for what is unknown, the interval, bands."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.matchmaking.cases import (
    PAPERS,
    SAME,
    changed,
    exporter,
    judge,
    judged,
    need,
    offer,
    papers,
    rules,
)
from transforms.matchmaking.case import ProductFit
from transforms.matchmaking.factors import TrackRecord
from transforms.matchmaking.pairs import band_of
from transforms.matchmaking.sheet import FACTORS

CASES: list[tuple[str, dict[str, Any], dict[str, Any], float, float, float]] = [
    ("capacity", {"volume_value": 2000}, {}, 0.5, 0.5, 0.5),
    ("capacity", {"volume_value": 10}, {}, 0.8, 0.8, 0.8),
    ("capacity", {}, {"capacity_value": None}, 0.4, 0.0, 1.0),
    ("market", {"market": "PA"}, {}, 0.8, 0.8, 0.8),
    ("market", {"market": "CL"}, {}, 0.4, 0.4, 0.4),
    ("market", {}, {}, 1.0, 1.0, 1.0),
    ("quality", {}, {}, 0.64, 0.64, 0.64),
    ("quality", {}, {"exporter": exporter(completeness=None)}, 0.4, 0.0, 1.0),
    ("experience", {}, {"exporter": exporter(years_exporting=0, export_markets=frozenset())}, 0.0, 0.0, 0.0),
    ("experience", {"market": "PA"}, {"exporter": exporter(years_exporting=10)}, 0.82, 0.7, 1.0),
    ("language", {"languages": ("en:B1",)}, {}, 0.667, 0.667, 0.667),
    ("language", {"languages": ()}, {}, 1.0, 1.0, 1.0),
]


def factors(needed: Any, offered: Any, fit: ProductFit = SAME) -> dict[str, Any]:
    return dict(json.loads(judged(needed, offered, fit).factors))


@pytest.mark.parametrize(("name", "needed", "offered", "x", "low", "high"), CASES)
def test_factor(name: str, needed: dict[str, Any], offered: dict[str, Any], x: float, low: float, high: float) -> None:
    found = factors(need(**needed), offer(**offered))[name]
    assert (found["x"], found["low"], found["high"]) == pytest.approx((x, low, high), abs=0.001)


def test_terms_are_the_mean_of_what_can_be_compared() -> None:
    wanted = need(target_price_usd=40, incoterm="CIF", wishes=("marca propia",))
    own = offer(
        lead_time_days=30, price_usd=60, description="Bolsos de cuero con marca propia", certificates=papers(*PAPERS)
    )
    # price half over target, incoterm not offered, short lead time, recommended BASC and OEA missing, wish met
    assert factors(wanted, own)["terms"]["x"] == pytest.approx((0.5 + 0 + 1 + 0 + 1) / 5)


def test_a_wish_nobody_mentions_is_unknown_and_not_refused() -> None:
    spread = factors(need(wishes=("empaque reciclable",)), offer())["terms"]
    assert spread["low"] < spread["x"] < spread["high"]


def test_the_score_can_be_computed_again_from_what_is_stored() -> None:
    match = judged(need(), offer(price_usd=None))
    stored = json.loads(match.factors).values()
    assert match.score == pytest.approx(100 * sum(one["weight"] * one["x"] for one in stored), abs=0.2)
    assert match.score_low == pytest.approx(100 * sum(one["weight"] * one["low"] for one in stored), abs=0.2)
    assert match.confidence == pytest.approx(1 - (match.score_high - match.score_low) / 100)


def test_what_is_missing_is_said_in_points() -> None:
    match = judged(need(), offer(price_usd=None, capacity_value=None))
    assert f"{match.score:.0f} puntos (entre {match.score_low:.0f} y {match.score_high:.0f}): falta capacidad" in (
        match.reasons_es
    )
    assert "precio" in match.reasons_es


def test_services_are_weighed_without_tonnage() -> None:
    service = need(kind="service", codes=("S6201",), market="CR")
    own = offer(kind="service", codes=("S6201",), certificates=papers("CO-RUT-EXP"))
    fit = ProductFit(1.0, 1.0, shared="subheading", heading="S6201", both_confirmed=True)
    match = judged(service, own, fit)
    assert match.weights_version.startswith("servicios-1@")
    assert json.loads(match.factors)["capacity"]["weight"] == 0


@pytest.mark.parametrize(
    ("fit", "band"),
    [
        (SAME, "A"),
        (ProductFit(1.0, 0.9, shared="heading", heading="4202", both_confirmed=True), "A"),
        (ProductFit(1.0, 0.3, shared="heading", heading="4202", both_confirmed=True), "B"),
        (ProductFit(1.0, 1.0), "C"),
        (ProductFit(1.0, 1.0, stated=True), "C"),
    ],
)
def test_band(fit: ProductFit, band: str) -> None:
    assert band_of(fit, rules().sheet) == band


def test_a_weight_set_must_sum_to_one_and_know_every_factor() -> None:
    with pytest.raises(ValueError, match="sum to 1"):
        changed(weight_sets=[{**_plain_set(), "weights": dict.fromkeys(FACTORS, 0.2)}])
    with pytest.raises(ValueError, match="must weigh exactly"):
        changed(weight_sets=[{**_plain_set(), "weights": {"product": 1.0}}])


def test_the_newest_weight_set_in_force_counts() -> None:
    sets = [
        {**_plain_set(), "id": "old", "valid_from": "2026-01-01"},
        {**_plain_set(), "id": "new", "valid_from": "2026-12-01"},
        {**_plain_set(), "id": "services", "kind": "service"},
    ]
    sheet = changed(weight_sets=sets)
    assert sheet.weights_for("product", date(2026, 11, 30)).id == "old"
    assert sheet.weights_for("product", date(2026, 12, 1)).id == "new"
    assert sheet.weights_for("product", date(2020, 1, 1)).id == "old"


def _plain_set() -> dict[str, Any]:
    return {
        "id": "x",
        "kind": "product",
        "valid_from": "2026-01-01",
        "weights": {name: 1 / len(FACTORS) for name in FACTORS},
    }


def test_a_deal_in_the_heading_counts_as_experience() -> None:
    record = TrackRecord(0.9, frozenset({"4202"}))
    with_record = judge(E1=record).judge(need(), offer(), SAME)
    found = json.loads(with_record.factors)
    assert found["record"]["x"] == 0.9
    assert found["experience"]["low"] == pytest.approx(0.3 + 0.4 * 0.671, abs=0.01)


@given(
    years=st.none() | st.integers(0, 60),
    capacity=st.none() | st.floats(0, 1e7),
    price=st.none() | st.floats(0, 1e5),
    lead=st.none() | st.integers(0, 500),
    completeness=st.none() | st.floats(0, 1),
    relative=st.floats(0, 1),
)
def test_every_factor_and_score_stays_inside_its_interval(
    years: int | None,
    capacity: float | None,
    price: float | None,
    lead: int | None,
    completeness: float | None,
    relative: float,
) -> None:
    own = offer(
        exporter=exporter(years_exporting=years, completeness=completeness),
        capacity_value=capacity,
        price_usd=price,
        lead_time_days=lead,
    )
    match = judged(need(latest_on=None), own, ProductFit(round(relative, 2), 0.9))
    for one in json.loads(match.factors).values():
        assert 0 <= one["low"] <= one["x"] <= one["high"] <= 1
    if match.score is not None:
        assert 0 <= match.score_low <= match.score <= match.score_high <= 100
