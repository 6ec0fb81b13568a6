"""Pairs that are shown and must not be: the gates that protect people, checked again by other means.

Reads the inputs of matchmaking as they are now and asks, for every eligible pair, the plain questions. Shares
no code with the gates: a mistake there must not repeat itself here.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Inputs:
    """What a shown pair is checked against, each by its id."""

    needs: Mapping[str, Row]
    offers: Mapping[str, Row]
    states: Mapping[str, str]
    profiles: Mapping[str, str | None]
    rules: tuple[Row, ...]
    blocs: Mapping[str, frozenset[str]]
    equivalents: Mapping[str, Iterable[str]]
    today: date


def read_requirement_rows(path: Path) -> tuple[Row, ...]:
    """Return the mandatory rows of the requirement sheet as plain text."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(row for row in csv.DictReader(file) if row["level"] == "mandatory")


def unsafe_pairs(shown: Iterable[Row], inputs: Inputs) -> dict[str, list[str]]:
    """Return, by match id, why an eligible pair should not be eligible; empty is good."""
    found: dict[str, list[str]] = {}
    for pair in shown:
        need, offer = inputs.needs.get(pair["need_id"]), inputs.offers.get(pair["offer_id"])
        if need is None or offer is None:
            found[pair["match_id"]] = ["need or offer is gone"]
            continue
        problems = _parties(pair, inputs) + _terms(need, offer)
        missing = _missing_papers(need, offer, inputs)
        if missing:
            problems.append(f"lacks {', '.join(sorted(missing))}")
        if problems:
            found[pair["match_id"]] = problems
    return found


def _parties(pair: Row, inputs: Inputs) -> list[str]:
    problems = []
    for side in ("need_customer_id", "offer_customer_id"):
        if inputs.states.get(pair[side]) != "habilitado":
            problems.append(f"{side} is not habilitado")
    if inputs.profiles.get(pair["offer_customer_id"]) != "approved":
        problems.append("profile is not approved")
    return problems


def _terms(need: Row, offer: Row) -> list[str]:
    problems = []
    if need["status"] != "open":
        problems.append("need is closed")
    if offer["status"] != "active":
        problems.append("offer is paused")
    if need["market"] in (offer["excluded_markets"] or ()):
        problems.append("exporter excludes the market")
    return problems


def _missing_papers(need: Row, offer: Row, inputs: Inputs) -> set[str]:
    day = max(inputs.today, need["latest_on"] or inputs.today)
    held = {
        paper["code"].upper()
        for paper in offer["certificates"] or ()
        if paper["is_verified"] and (not paper["valid_until"] or date.fromisoformat(paper["valid_until"][:10]) >= day)
    }
    asked = {code.strip().upper() for code in need["certificates_required"] or () if code.strip()}
    headings = {_heading(code) for code in need["hs_codes"] or ()}
    codes = list(offer["hs_codes"] or ())
    shared = [code for code in codes if _heading(code) in headings]
    for rule in inputs.rules:
        if _applies(rule, need["market"], shared or codes or list(need["hs_codes"] or ()), day, inputs.blocs):
            asked.add(rule["requirement_code"])
    return {code for code in asked if not held & {code, *inputs.equivalents.get(code, ())}}


def _applies(rule: Row, market: str, codes: list[str], day: date, blocs: Mapping[str, frozenset[str]]) -> bool:
    place = rule["market_iso2"]
    if place not in ("*", market) and market not in blocs.get(place, frozenset()):
        return False
    if (rule["valid_from"] and date.fromisoformat(rule["valid_from"]) > day) or (
        rule["valid_to"] and date.fromisoformat(rule["valid_to"]) < day
    ):
        return False
    # rows with a condition concern only some firms or goods; the plain ones concern everybody
    if any(part and part not in ("goods", "per_shipment", "by_importer") for part in rule["condition"].split(";")):
        return False
    goods_only = "goods" in rule["condition"]
    return any(
        prefix == "ALL" or (not prefix.startswith("SVC:") and code.startswith(prefix))
        for prefix in rule["hs_prefix"].split(";")
        for code in codes
        if not (goods_only and code.startswith("S"))
    )


def _heading(code: str) -> str:
    plain = code.replace(".", "").replace(" ", "").upper()
    return plain if plain.startswith("S") else plain[:4]
