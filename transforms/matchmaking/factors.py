"""The eight factors of a pair: numbers in 0..1, each with what it would be at worst and at best.

A factor that is not known counts the sheet's prior and spreads the interval; what is missing is named in
Spanish, so that the advice says what filling in would settle.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from transforms.matchmaking.case import Case, Standing
from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.gates.market import recommended
from transforms.matchmaking.gates.parties import levels_of, split_language
from transforms.matchmaking.gates.supply import free_capacity, wanted_volume
from transforms.matchmaking.sheet import LEVELS
from transforms.matchmaking.units import price_per_unit, yearly
from transforms.matchmaking.words import terms


@dataclass(frozen=True, slots=True)
class Factor:
    """`x` with its bounds; `missing_es` names what the exporter could fill in to settle it."""

    name: str
    x: float
    low: float
    high: float
    missing_es: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """An exporter's past: smoothed share of effective contacts, headings in which it closed deals."""

    effectiveness: float
    closed_headings: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Part:
    """A component of a factor: its value, or None and the name of what is missing (empty: not the exporter's)."""

    x: float | None
    weight: float = 1.0
    missing_es: str = ""


def score_factors(case: Case, record: TrackRecord) -> tuple[Factor, ...]:
    """Return the eight factors of the pair, in the order of the sheet."""
    return (
        _combine(case, "product", [_product(case)]),
        _combine(case, "capacity", [_capacity(case)]),
        _combine(case, "experience", _experience(case, record)),
        _combine(case, "market", [_market(case)]),
        _combine(case, "quality", [_quality(case)]),
        _combine(case, "terms", _terms(case)),
        _combine(case, "language", [_language(case)]),
        _combine(case, "record", [_Part(record.effectiveness)]),
    )


def _combine(case: Case, name: str, parts: Sequence[_Part]) -> Factor:
    prior = case.rules.factors.unknown
    total = sum(part.weight for part in parts)
    if total == 0:
        return Factor(name, 1.0, 1.0, 1.0)
    known = sum(part.weight * part.x for part in parts if part.x is not None) / total
    open_share = sum(part.weight for part in parts if part.x is None) / total
    missing = tuple(part.missing_es for part in parts if part.x is None and part.missing_es)
    return Factor(name, known + open_share * prior, known, known + open_share, missing)


def _product(case: Case) -> _Part:
    return _Part(1.0 if case.fit.shared == "subheading" else case.fit.relative)


def _capacity(case: Case) -> _Part:
    need = case.need
    whole = yearly(need.volume_value, need.volume_unit, need.volume_period) or wanted_volume(case)
    free = free_capacity(case)
    if free is None:
        return _Part(None, missing_es="capacidad")
    if whole is None or whole.unit != free.unit or whole.amount <= 0:
        return _Part(None)
    rules = case.rules.factors
    x = min(1.0, free.amount / whole.amount)
    return _Part(x * rules.oversize_factor if free.amount > rules.oversize * whole.amount else x)


def _experience(case: Case, record: TrackRecord) -> list[_Part]:
    exporter = case.offer.exporter
    years = exporter.years_exporting
    # ten years of exporting are as good as more
    seniority = None if years is None else min(1.0, math.log(1 + max(0, years)) / math.log(11))
    exported: float | None = None
    if case.fit.heading in record.closed_headings or headings_of(case.offer.codes) & record.closed_headings:
        exported = 1.0
    elif years == 0:
        exported = 0.0
    market: float | None = None
    if exporter.export_markets or years == 0:
        market = float(case.need.market in exporter.export_markets)
    return [
        _Part(seniority, 0.4, "años de experiencia exportadora"),
        _Part(exported, 0.3),
        _Part(market, 0.3, "mercados de exportación"),
    ]


def _market(case: Case) -> _Part:
    exporter, rules = case.offer.exporter, case.rules.factors
    market = case.need.market
    if market in exporter.target_markets:
        place = rules.market_priority.target
    elif market in exporter.export_markets:
        place = rules.market_priority.exporting
    else:
        place = rules.market_priority.open
    potential = rules.potential.get(exporter.sector or "", {}).get(market, 1.0)
    return _Part(place * (0.5 + 0.5 * potential))


def _quality(case: Case) -> _Part:
    exporter = case.offer.exporter
    if exporter.completeness is None or exporter.quality_class is None:
        return _Part(None, missing_es="datos del perfil")
    classes: dict[str, float] = {str(name): value for name, value in case.rules.factors.class_quality.items()}
    return _Part(exporter.completeness * classes.get(exporter.quality_class, min(classes.values())))


def _terms(case: Case) -> list[_Part]:
    need, offer = case.need, case.offer
    parts = []
    if need.target_price_usd is not None:
        parts.append(_price(case))
    if need.incoterm:
        x = float(need.incoterm in offer.incoterms) if offer.incoterms else None
        parts.append(_Part(x, missing_es="incoterm"))
    parts.append(_lead_time(case))
    wanted = [row.requirement_code for row in recommended(case)]
    if wanted:
        parts.append(_Part(sum(case.portfolio.of(code) is Standing.HELD for code in wanted) / len(wanted)))
    wishes = [wish for wish in need.wishes if wish.strip()]
    parts.extend(_Part(_wish(case, wish), 1 / len(wishes)) for wish in wishes)
    return parts


def _price(case: Case) -> _Part:
    target = price_per_unit(case.need.target_price_usd, case.need.price_unit)
    price = price_per_unit(case.offer.price_usd, case.offer.price_unit)
    if price is None:
        return _Part(None, missing_es="precio")
    if target is None or target.unit != price.unit or target.amount <= 0:
        return _Part(None)
    return _Part(max(0.0, min(1.0, 2 - price.amount / target.amount)))


def _lead_time(case: Case) -> _Part:
    lead, rules = case.offer.lead_time_days, case.rules.factors
    if lead is None:
        return _Part(None, missing_es="plazo de entrega")
    span = max(1, rules.long_lead_days - rules.short_lead_days)
    return _Part(max(0.0, min(1.0, (rules.long_lead_days - lead) / span)))


def _wish(case: Case, wish: str) -> float | None:
    """A wish is met by a certificate of that code or by the offer's own words; silence is no refusal."""
    if case.portfolio.of(wish.strip().upper()) is Standing.HELD:
        return 1.0
    said = _stems(f"{case.offer.title} {case.offer.description}")
    return 1.0 if _stems(wish) <= said else None


@lru_cache(maxsize=8192)
def _stems(text: str) -> frozenset[str]:
    return frozenset(terms(text))


def _language(case: Case) -> _Part:
    if not case.need.languages:
        return _Part(1.0)
    rule = case.rules.gates.language
    best: float | None = None
    for wanted in case.need.languages:
        language, needed, _ = split_language(wanted)
        floor = LEVELS.index(needed or rule.default_level)
        for level, checked in levels_of(case.offer.exporter, language, rule):
            if checked and level is not None:
                x = max(0.0, min(1.0, (LEVELS.index(level) - floor + 1) / 3))
                best = x if best is None else max(best, x)
    return _Part(best, missing_es="nivel de idioma validado")
