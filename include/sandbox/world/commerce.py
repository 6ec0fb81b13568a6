"""Offers and needs: what exporters publish and what buyers ask for."""

import random
from datetime import date, datetime, timedelta

from include.sandbox.world.certificates import certificates_for
from include.sandbox.world.chance import happens, log_between, moment_before, rounded, some, stream, weighted
from include.sandbox.world.model import Company, Need, Offer, Origin, Product
from include.sandbox.world.packaged import requirements_of
from include.sandbox.world.texts import language_of_need, need_texts, offer_texts

_INCOTERMS = {"FOB": 50.0, "CIF": 18.0, "EXW": 14.0, "CFR": 8.0, "FCA": 8.0, "DAP": 4.0, "CPT": 4.0}
_NEED_ORIGINS: dict[Origin, float] = {"form": 45, "fair": 30, "landing": 15, "referral": 10}
_WISHES = (
    "marca propia",
    "muestras antes de comprar",
    "empaque reciclable",
    "trazabilidad",
    "visita a planta",
    "despacho mensual",
)
_STATED_EXTRAS = (
    "USDA-NOP",
    "EU-ORG",
    "GLOBALGAP",
    "RA-FT",
    "BRCGS-IFS",
    "OEKO-TEX",
    "FSC",
    "MPS-FSI",
    "SMETA",
    "AE-HALAL",
    "IL-KOSHER",
    "ISO27001",
)


def make_offers(companies: list[Company], wanted: int, seed: int, today: datetime) -> list[Offer]:
    """Offers of the exporters that are on the portal: one each, and more until `wanted` is reached."""
    rng = stream(seed, "offers")
    sellers = [c for c in companies if "portal" in c.presence]
    lines = [(company, company.products[0]) for company in sellers]
    extra = [(company, product) for company in sellers for product in company.products[1:]]
    extra += [(company, rng.choice(_siblings_in_trade(company, sellers))) for company in sellers]
    rng.shuffle(extra)
    for company, product in extra:
        if len(lines) >= wanted:
            break
        if (company, product) not in lines[-40:]:
            lines.append((company, product))
    return [
        _offer(rng, f"O{number:06d}", company, product, today) for number, (company, product) in enumerate(lines, 1)
    ]


def make_needs(companies: list[Company], wanted: int, seed: int, today: datetime) -> list[Need]:
    """Needs of the buyers that are on the portal, until `wanted` is reached."""
    rng = stream(seed, "needs")
    buyers = [c for c in companies if "portal" in c.presence]
    asks = [(company, product) for company in buyers for product in company.products]
    rng.shuffle(asks)
    while len(asks) < wanted:
        company = rng.choice(buyers)
        asks.append((company, rng.choice(company.products)))
    return [
        _need(rng, f"N{number:06d}", company, product, today)
        for number, (company, product) in enumerate(asks[:wanted], 1)
    ]


def _siblings_in_trade(company: Company, sellers: list[Company]) -> list[Product]:
    """Products that colleagues of the same sector export."""
    return [product for other in sellers if other.sector == company.sector for product in other.products]


def _offer(rng: random.Random, offer_id: str, company: Company, product: Product, today: datetime) -> Offer:
    title, description = offer_texts(rng, product)
    markets = tuple(dict.fromkeys((*company.export_markets, *company.target_markets)))
    created = moment_before(rng, today, (3, 500))
    capacity = rounded(log_between(rng, *product.capacity) * (0.5 + company.maturity))
    unit, period, capacity = _other_unit(rng, product, capacity)
    shows_price = happens(rng, 0.72)
    confirmed = happens(rng, 0.58)
    return Offer(
        offer_id=offer_id,
        company=company,
        product=product,
        title=title,
        description=description,
        codes=_typed_codes(rng, product, confirmed=confirmed),
        codes_confirmed=confirmed,
        capacity=None if happens(rng, 0.09) else capacity,
        capacity_unit=unit,
        capacity_period=period,
        price=rounded(rng.uniform(*product.price), 3) if shows_price else None,
        incoterms=() if product.is_service else some(rng, _INCOTERMS, rng.randint(1, 3)),
        lead_time_days=None if happens(rng, 0.12) else rng.choice((7, 10, 15, 20, 30, 45, 60)),
        min_order=None if happens(rng, 0.25) else rounded(capacity * rng.uniform(0.01, 0.08)),
        certificates=certificates_for(rng, company, product, markets, today.date()),
        excluded_markets=some(rng, {"US": 1.0, "CN": 1.0, "IL": 1.0, "RU": 1.0}, 1) if happens(rng, 0.04) else (),
        status="paused" if happens(rng, 0.05) else "active",
        created_at=created,
        updated_at=_touched(rng, created, today),
    )


def _need(rng: random.Random, need_id: str, company: Company, product: Product, today: datetime) -> Need:
    language = language_of_need(rng, company)
    title, description = need_texts(rng, product, company, language)
    volume = rounded(log_between(rng, *product.capacity) * rng.uniform(0.04, 0.35))
    yearly = volume * 12 * sum(product.price) / 2
    unit, period, volume = _other_unit(rng, product, volume)
    created = moment_before(rng, today, (1, 330))
    confirmed = happens(rng, 0.42)
    return Need(
        need_id=need_id,
        company=company,
        product=product,
        text_language=language,
        title=title,
        description=description,
        codes=_typed_codes(rng, product, confirmed=confirmed),
        codes_confirmed=confirmed,
        volume=None if happens(rng, 0.12) else volume,
        volume_unit=unit,
        volume_period=period,
        min_volume=rounded(volume * rng.uniform(0.05, 0.3)) if happens(rng, 0.65) else None,
        target_price=rounded(rng.uniform(*product.price) * 0.95, 3) if happens(rng, 0.45) else None,
        incoterm=None if product.is_service or happens(rng, 0.3) else weighted(rng, _INCOTERMS),
        latest_on=_latest(rng, today.date()),
        certificates_required=_must_haves(rng, company.country, product),
        wishes=some(rng, dict.fromkeys(_WISHES, 1.0), rng.choice((0, 0, 1, 2))),
        languages=_meeting_languages(rng, company),
        interpreter_ok=happens(rng, 0.4),
        value_usd_year=rounded(yearly) if happens(rng, 0.66) else None,
        origin=weighted(rng, _NEED_ORIGINS),
        status="closed" if happens(rng, 0.12) else "open",
        created_at=created,
        updated_at=_touched(rng, created, today),
    )


def _typed_codes(rng: random.Random, product: Product, *, confirmed: bool) -> tuple[str, ...]:
    """HS codes as people give them: six digits, ten with the national zeros, the heading alone, or none."""
    if product.is_service:
        return (product.code,) if confirmed or happens(rng, 0.5) else ()
    if not confirmed and happens(rng, 0.45):
        return ()
    return (rng.choice((product.code, product.code, product.code, f"{product.code}0000", product.heading)),)


def _other_unit(rng: random.Random, product: Product, monthly: float) -> tuple[str, str, float]:
    """The quantity in another unit or period now and then: tonnes for kilos, a year for a month."""
    unit, period, value = product.unit, "mes", monthly
    if happens(rng, 0.18):
        period, value = "año", monthly * 12
    if unit == "kg" and value >= 2_000 and happens(rng, 0.25):
        unit, value = "t", value / 1_000
    return unit, period, rounded(value, 3)


def _must_haves(rng: random.Random, country: str, product: Product) -> tuple[str, ...]:
    _, recommended = requirements_of(country, product.code, product.sector)
    possible = [code for code in dict.fromkeys((*recommended, *product.extras)) if code in _STATED_EXTRAS]
    return tuple(possible[: rng.choice((1, 1, 2))]) if possible and happens(rng, 0.28) else ()


def _meeting_languages(rng: random.Random, company: Company) -> tuple[str, ...]:
    """Levels needed to hold a meeting, in any one of these languages."""
    level = rng.choice(("B1", "B1", "B2"))
    return tuple(f"{language}:{level}" for language in company.languages)


def _latest(rng: random.Random, today: date) -> date | None:
    if happens(rng, 0.3):
        return None
    return today + timedelta(days=rng.randint(-20, 40) if happens(rng, 0.1) else rng.randint(30, 300))


def _touched(rng: random.Random, created: datetime, today: datetime) -> datetime:
    if happens(rng, 0.5):
        return created
    return created + (today - created) * rng.random()
