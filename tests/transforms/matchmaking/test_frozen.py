"""Frozen decisions: a small market judged by the present sheets, compared line by line with what was accepted.

When a rule or a weight changes on purpose, read the difference, then write the file anew:
HUB_FREEZE=1 pytest tests/transforms/matchmaking/test_frozen.py
"""

import csv
import difflib
import io
import os
from datetime import date
from pathlib import Path

from tests.transforms.matchmaking.cases import PAPERS, buyer, exporter, matched, need, offer, papers
from transforms.matchmaking.facts import Need, Offer

FROZEN = Path(__file__).resolve().parents[2] / "frozen" / "matching_decisions.csv"
COLUMNS = ("need", "offer", "state", "band", "rank", "score", "low", "high", "missing", "reasons")
FOOD = ("FNC-REPESO", "FDA-FFR", "FDA-PN", "FDA-FSVP", "FDA-PCHF", "US-ORIGIN-MARK")


def small_market() -> tuple[list[Need], list[Offer]]:
    """Leather for Costa Rica, coffee for the United States and Germany, software for Spain."""
    coffee = {"title": "Café verde especial", "description": "Café excelso lavado del Huila", "codes": ("090111",)}
    software = {"kind": "service", "title": "Desarrollo de software a la medida", "description": "Equipos nearshore"}
    roaster = exporter("E3", sector="cafe", target_markets=frozenset({"US", "DE"}), years_exporting=9)
    offers = [
        offer("O1-complete"),
        offer("O2-no-price", price_usd=None, lead_time_days=None, exporter=exporter("E2", quality_class="C")),
        offer("O3-too-small", capacity_value=20, exporter=exporter("E9")),
        offer("O4-unconfirmed", codes_confirmed=False, exporter=exporter("E4", profile_status="pending")),
        offer("O5-coffee", certificates=papers(*PAPERS[:3], *FOOD), exporter=roaster, **coffee),
        offer("O6-coffee-expiring", exporter=roaster, **coffee,
              certificates=papers(*PAPERS[:3], *FOOD[1:]) + papers("FNC-REPESO", until=date(2026, 12, 1))),
        offer("O7-software", codes=("S6201",), certificates=papers("CO-RUT-EXP", "GDPR"),
              exporter=exporter("E7", sector="software", languages=("en:C1",)), **software),
        offer("O8-paused", is_active=False, exporter=exporter("E8")),
    ]  # fmt: skip
    needs = [
        need("N1-bags"),
        need("N2-bags-english", languages=("en:C1",), certificates_required=("SMETA",)),
        need("N3-coffee-us", title="Specialty green coffee", description="Washed excelso", codes=("0901",), market="US",
             languages=("en:B2",), latest_on=date(2027, 1, 15), buyer=buyer("B2", country="US")),
        need("N4-coffee-de", title="Café verde", codes=("090111",), market="DE", buyer=buyer("B3", country="DE")),
        need("N5-software", kind="service", title="Software development", description="", codes=(),
             codes_confirmed=False, market="ES", volume_value=None, min_volume=None),
    ]  # fmt: skip
    return needs, offers


def decisions() -> str:
    """The decisions as CSV, one line per pair."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in matched(*small_market()).matches:
        items = " ".join(one.missing_items)
        scores = ["" if value is None else f"{value:.0f}" for value in (one.score, one.score_low, one.score_high)]
        writer.writerow(
            [one.need_id, one.offer_id, one.state, one.band, one.rank or "", *scores, items, one.reasons_es]
        )
    return text.getvalue()


def test_decisions_are_those_that_were_accepted() -> None:
    found = decisions()
    if os.environ.get("HUB_FREEZE"):
        FROZEN.write_text(found, encoding="utf-8")
    accepted = FROZEN.read_text(encoding="utf-8")
    difference = "\n".join(
        difflib.unified_diff(accepted.splitlines(), found.splitlines(), "accepted", "now", lineterm="")
    )
    assert not difference, f"decisions changed:\n{difference}"


def test_the_market_shows_every_state_and_band() -> None:
    """The file would protect little if everything in it were decided alike."""
    found = matched(*small_market()).matches
    assert {one.state for one in found} == {"eligible", "waiting", "discarded"}
    assert {one.band for one in found} >= {"A", "C"}
    assert len(found) >= 12
