"""International buyers as they truly are: country, language, the sectors they buy from, and which sources know them."""

import random
from collections import Counter
from datetime import datetime, timedelta

from include.sandbox.world.chance import day_between, happens, moment_before, some, stream, weighted
from include.sandbox.world.minting import Mint, foreign_phone
from include.sandbox.world.model import Company, Origin, Product, Scale
from include.sandbox.world.naming import Namer, speaks_spanish
from include.sandbox.world.packaged import names, products_of, sector_weights, trade, trade_of

_PRESENCE = {
    frozenset({"portal"}): 57,
    frozenset({"neo", "portal"}): 28,
    frozenset({"neo"}): 5,
    frozenset({"registration"}): 7,
    frozenset({"neo", "registration"}): 3,
}
_ORIGINS: dict[Origin, float] = {"fair": 40, "landing": 18, "form": 12, "database": 12, "referral": 12, "organic": 6}
UNSUPPLIED_SHARE = 0.10  # of the demand in a sector goes to products nobody here exports
_OWN_LANGUAGE = {
    "DE": "de",
    "CH": "de",
    "NL": "nl",
    "BE": "nl",
    "FR": "fr",
    "IT": "it",
    "BR": "pt",
    "JP": "ja",
    "CN": "zh",
    "HK": "zh",
    "KR": "ko",
    "AE": "ar",
    "SA": "ar",
    "TR": "tr",
    "RU": "ru",
    "IL": "he",
}
_STREETS = (
    "Main Street",
    "Harbour Road",
    "Market Square",
    "Station Road",
    "Park Avenue",
    "Industrieweg",
    "Rua das Flores",
)


def make_buyers(
    size: Scale, seed: int, today: datetime, namer: Namer, mint: Mint, exporters: list[Company]
) -> list[Company]:
    """The buyers of a scale, spread over sectors as the exporters are and over countries as those sectors sell.

    They mostly want what the country is known to export, and sometimes what nobody here has.
    """
    rng = stream(seed, "buyers")
    known = Counter(product for exporter in exporters for product in exporter.products)
    return [_buyer(rng, f"T-B-{number:05d}", size, today, namer, mint, known) for number in range(1, size.buyers + 1)]


def languages_of(country: str) -> tuple[str, ...]:
    """Languages in which business is done there, the preferred one first."""
    if speaks_spanish(country):
        return ("es",)
    own = _OWN_LANGUAGE.get(country)
    return (own, "en") if own else ("en",)


def _buyer(
    rng: random.Random,
    entity_id: str,
    size: Scale,
    today: datetime,
    namer: Namer,
    mint: Mint,
    known: Counter[Product],
) -> Company:
    sector = weighted(rng, sector_weights(size.concentration))
    country = weighted(rng, trade()[sector].markets)
    words = names().buyers
    name = namer.buyer_name(country, trade_of(sector))
    domain = mint.domain(name)
    created = moment_before(rng, today, (10, 1_100))
    crew = tuple(
        namer.person(country, role, domain, today.date())
        for role in (("owner", "commercial") if happens(rng, 0.25) else ("commercial",))
    )
    return Company(
        entity_id=entity_id,
        audience="buyer",
        kind="company",
        name=name,
        form=rng.choice(words.forms[country]),
        trade_name=" ".join(name.split()[-2:]) if happens(rng, 0.15) else "",
        tax_id=mint.foreign_tax_id(country) if happens(rng, 0.7) else "",
        country=country,
        city=rng.choice(words.cities[country]),
        city_code="",
        department_code="",
        address=f"{rng.randint(1, 900)} {rng.choice(_STREETS)}",
        email=f"{rng.choice(('info', 'purchasing', 'sourcing', 'imports', 'office'))}@{domain}",
        phone=foreign_phone(rng, country),
        website="" if happens(rng, 0.25) else f"https://{domain}",
        sector=sector,
        products=_wanted(rng, sector, size, known),
        ciiu=(),
        size=weighted(rng, {"micro": 10.0, "pequena": 34.0, "mediana": 36.0, "grande": 20.0}),
        founded_on=day_between(rng, today.date() - timedelta(days=15_000), today.date() - timedelta(days=700)),
        years_exporting=0,
        languages=languages_of(country),
        target_markets=(),
        export_markets=(),
        origin=weighted(rng, _ORIGINS),
        maturity=rng.random(),
        people=crew,
        presence=weighted(rng, _PRESENCE),
        created_at=created,
    )


def _wanted(rng: random.Random, sector: str, size: Scale, known: Counter[Product]) -> tuple[Product, ...]:
    """One to three products of the sector, and sometimes one of a neighbouring trade: importers are seldom pure."""
    lines = products_of(sector)
    supplied = sum(known[product] for product in lines)
    unheard_of = UNSUPPLIED_SHARE * max(supplied, 1) / (sum(not known[product] for product in lines) or 1)
    wanted = some(rng, {product: float(known[product]) or unheard_of for product in lines}, rng.randint(1, 3))
    if happens(rng, 0.12):
        other = weighted(rng, sector_weights(size.concentration))
        wanted = (*wanted, rng.choice(products_of(other)))
    return tuple(dict.fromkeys(wanted))
