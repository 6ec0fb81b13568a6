"""Invented facts for the matchmaking tests: a leather bag exporter and a buyer in Costa Rica that fit in every gate.

Each test changes one thing and sees what it does. Rules are the real sheets, read once.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from include.core.sheets import PROJECT_ROOT
from include.stages.matchmaking_inputs import MatchRules, load_rules
from transforms.matchmaking.case import ProductFit
from transforms.matchmaking.facts import Certificate, Need, Offer, Party
from transforms.matchmaking.matching import Matching, match_all
from transforms.matchmaking.pairs import Judge, Match
from transforms.matchmaking.sheet import MatchmakingSheet

TODAY = date(2026, 11, 3)
PAPERS = ("CO-RUT-EXP", "CO-DEX", "ISPM-15", "CITES")
SAME = ProductFit(relative=1.0, cover=1.0, shared="subheading", heading="4202", both_confirmed=True)


@cache
def rules() -> MatchRules:
    """The sheets of the project."""
    return load_rules(PROJECT_ROOT / "include" / "config")


def changed(**parts: Any) -> MatchmakingSheet:
    """The matchmaking sheet with values changed by dotted path: `changed(**{"order.delta": 0})`."""
    plain = rules().sheet.model_dump()
    for path, value in parts.items():
        *way, last = path.split(".")
        node = plain
        for step in way:
            node = node[step]
        node[last] = value
    return MatchmakingSheet.model_validate(plain)


def exporter(key: str = "E1", **fields: Any) -> Party:
    """An approved Colombian exporter."""
    plain = Party(
        customer_id=key,
        sarlaft_state="habilitado",
        country="CO",
        sector="cuero",
        size="pequena",
        profile_status="approved",
        quality_class="B",
        completeness=0.8,
        languages=("en:B2",),
        target_markets=frozenset({"CR"}),
        export_markets=frozenset({"PA"}),
        years_exporting=4,
        has_consent=True,
    )
    return replace(plain, **fields)


def buyer(key: str = "B1", **fields: Any) -> Party:
    """A buyer in Costa Rica."""
    return replace(Party(customer_id=key, sarlaft_state="habilitado", country="CR", has_consent=True), **fields)


def papers(*codes: str, until: date | None = None, is_verified: bool = True) -> tuple[Certificate, ...]:
    """Certificates, verified and without end unless said otherwise."""
    return tuple(Certificate(code, until, is_verified) for code in codes)


def offer(key: str = "O1", **fields: Any) -> Offer:
    """An offer of leather bags with everything a buyer in Costa Rica asks for."""
    plain = Offer(
        offer_id=key,
        exporter=exporter(),
        title="Bolsos de cuero",
        description="Bolsos y carteras de cuero hechos a mano",
        codes=("420221",),
        codes_confirmed=True,
        capacity_value=1000,
        capacity_unit="u",
        capacity_period="mes",
        price_usd=40,
        price_unit="u",
        incoterms=("FOB",),
        lead_time_days=20,
        certificates=papers(*PAPERS),
    )
    return replace(plain, **fields)


def need(key: str = "N1", **fields: Any) -> Need:
    """A need for leather bags in Costa Rica."""
    plain = Need(
        need_id=key,
        buyer=buyer(),
        title="Bolsos de cuero",
        description="Bolsos de cuero para tienda",
        codes=("420221",),
        codes_confirmed=True,
        market="CR",
        volume_value=300,
        volume_unit="u",
        volume_period="mes",
        min_volume=100,
        target_price_usd=45,
        price_unit="u",
        incoterm="FOB",
        latest_on=date(2027, 3, 1),
        languages=("es",),
        value_usd_year=100_000,
        created_at=datetime(2026, 8, 1, tzinfo=UTC),
        updated_at=datetime(2026, 8, 1, tzinfo=UTC),
    )
    return replace(plain, **fields)


def judge(as_of: date = TODAY, sheet: MatchmakingSheet | None = None, **records: Any) -> Judge:
    """A judge with the real rules."""
    loaded = rules()
    return Judge(sheet or loaded.sheet, loaded.book(), loaded.names, as_of, records)


def judged(
    one_need: Need | None = None,
    one_offer: Offer | None = None,
    fit: ProductFit = SAME,
    as_of: date = TODAY,
    sheet: MatchmakingSheet | None = None,
) -> Match:
    """The judgement of one pair."""
    return judge(as_of, sheet).judge(one_need or need(), one_offer or offer(), fit)


def matched(
    needs: list[Need],
    offers: list[Offer],
    *,
    as_of: date = TODAY,
    sheet: MatchmakingSheet | None = None,
    previous: dict[tuple[str, str], Match] | None = None,
) -> Matching:
    """All needs against all offers with the real rules and vocabulary."""
    loaded = rules()
    return match_all(needs, offers, judge(as_of, sheet), loaded.words, previous=previous)


def by_pair(matching: Matching) -> dict[tuple[str, str], Match]:
    """The pairs of a matching by need and offer."""
    return {(match.need_id, match.offer_id): match for match in matching.matches}
