"""The packaged vocabulary the world is made of: products, trade shares, names, requirements, planned list hits.

Files live in `include/sandbox/data/world/`; each is read once. Nothing here draws a random number.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from include.core.sheets import Sheet, load_sheet
from include.sandbox.world.model import Product

FOLDER = Path(__file__).resolve().parents[1] / "data" / "world"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SectorTrade(_Part):
    """Share of a sector among the exporters, and where it sells."""

    weight: float
    markets: dict[str, float]


class TradeSheet(Sheet):
    """`trade.yml`."""

    eu: frozenset[str]
    trades: dict[str, tuple[str, ...]]
    sectors: dict[str, SectorTrade]


class Culture(_Part):
    """Names of one culture and how surnames are used in it."""

    order: Literal["two_surnames", "one_surname"]
    female: tuple[str, ...]
    male: tuple[str, ...]
    family: tuple[str, ...]


class PeopleSheet(Sheet):
    """`people.yml`."""

    cultures: dict[str, Culture]
    countries: dict[str, str]


class BuyerWords(_Part):
    """Words for the names of foreign firms, and where they sit."""

    stems: tuple[str, ...]
    heads_en: tuple[str, ...]
    tails: dict[str, tuple[str, ...]]
    tails_es: dict[str, tuple[str, ...]]
    forms: dict[str, tuple[str, ...]]
    cities: dict[str, tuple[str, ...]]


class NamesSheet(Sheet):
    """`names.yml`."""

    stems: tuple[str, ...]
    own_stems: dict[str, tuple[str, ...]]
    towns: dict[str, tuple[str, ...]]
    tails: tuple[str, ...]
    forms: dict[str, float]
    heads: dict[str, tuple[str, ...]]
    registry_heads: tuple[str, ...]
    streets: tuple[str, ...]
    buyers: BuyerWords


class OfferTexts(_Part):
    """Sentences of offers."""

    openings: tuple[str, ...]
    closings: tuple[str, ...]
    service_openings: tuple[str, ...]
    service_closings: tuple[str, ...]
    english: tuple[str, ...]
    ports: tuple[str, ...]


class NeedTexts(_Part):
    """Sentences of needs by language, and those for services."""

    es: tuple[str, ...]
    en: tuple[str, ...]
    mixed: tuple[str, ...]
    service_es: tuple[str, ...]
    service_en: tuple[str, ...]


class TimelineTexts(_Part):
    """Subject and text of what advisors note; of meetings, subject and place."""

    calls: tuple[tuple[str, str], ...]
    mails: tuple[tuple[str, str], ...]
    tasks: tuple[tuple[str, str], ...]
    meetings: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]


class AccountTexts(_Part):
    """What advisors write about an account and a deal."""

    met_at: tuple[str, ...]
    exporter: tuple[str, ...]
    deals: tuple[str, ...]


class TextsSheet(Sheet):
    """`texts.yml`."""

    offers: OfferTexts
    needs: NeedTexts
    timeline: TimelineTexts
    accounts: AccountTexts


class RegistrySheet(Sheet):
    """`registry.yml`: codes and labels of the company registry; chambers by department."""

    chambers: dict[str, tuple[str, str]]
    states: dict[str, str]
    organisations: dict[str, tuple[str, str]]
    filler_activities: tuple[str, ...]
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Requirement:
    """A market requirement as the exporters of this world know it; prefixes as in the sheet (`ALL`, `SVC:bpo`)."""

    market: str
    prefixes: tuple[str, ...]
    code: str
    level: str


@dataclass(frozen=True)
class PlannedHit:
    """A subject that resembles an entry of LISTA-DEMO. `verdict` says whether it truly is that entry."""

    case: str
    entry: str
    subject: str
    how: str
    name: str
    form: str
    number: str
    born_on: date | None
    country: str
    verdict: str
    scale: str


@cache
def trade_sheet() -> TradeSheet:
    """Trade shares, kinds of trade and the countries of the EU."""
    return load_sheet(FOLDER / "trade.yml", TradeSheet)


def trade() -> Mapping[str, SectorTrade]:
    """Trade shares by sector."""
    return trade_sheet().sectors


@cache
def people() -> PeopleSheet:
    """Names of persons."""
    return load_sheet(FOLDER / "people.yml", PeopleSheet)


@cache
def names() -> NamesSheet:
    """Words for company names."""
    return load_sheet(FOLDER / "names.yml", NamesSheet)


@cache
def texts() -> TextsSheet:
    """Sentences."""
    return load_sheet(FOLDER / "texts.yml", TextsSheet)


@cache
def registry() -> RegistrySheet:
    """Codes of the company registry."""
    return load_sheet(FOLDER / "registry.yml", RegistrySheet)


@cache
def products() -> tuple[Product, ...]:
    """The product catalogue, in the order of the file."""
    return tuple(_product(row) for row in _rows("products.csv"))


@cache
def products_of(sector: str) -> tuple[Product, ...]:
    """The products of one sector."""
    return tuple(product for product in products() if product.sector == sector)


@cache
def sector_weights(concentration: float) -> Mapping[str, float]:
    """Share of each sector; a concentration above 1 lets the large ones dominate."""
    return {slug: share.weight**concentration for slug, share in trade().items()}


def trade_of(sector: str) -> str:
    """The kind of trade a sector belongs to: food, flowers, fashion, health, home, services or industry."""
    return next((kind for kind, sectors in trade_sheet().trades.items() if sector in sectors), "industry")


def product_weights(sector: str, unsupplied: frozenset[str]) -> dict[Product, float]:
    """Products of a sector by how common they are: the catalogue lists the common ones first."""
    ranked = enumerate(products_of(sector))
    return {product: 1.0 / (rank + 1) ** 0.7 for rank, product in ranked if product.product not in unsupplied}


@cache
def planned_hits(scale: str) -> tuple[PlannedHit, ...]:
    """The planned resemblances of a scale: `quick` has the short list, `full` has both."""
    hits = (
        PlannedHit(
            **{k: v for k, v in row.items() if k != "born_on"},
            born_on=date.fromisoformat(row["born_on"]) if row["born_on"] else None,
        )
        for row in _rows("hits.csv")
    )
    return tuple(hit for hit in hits if scale == "full" or hit.scale == "quick")


@cache
def requirements_of(market: str, code: str, sector: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Codes that a market asks of a product: (mandatory, recommended), in the order of the sheet."""
    found: dict[str, list[str]] = {"mandatory": [], "recommended": []}
    for rule in _requirements():
        applies = _is_in_market(market, rule.market) and any(_covers(prefix, code, sector) for prefix in rule.prefixes)
        if applies and rule.code not in found[rule.level]:
            found[rule.level].append(rule.code)
    return tuple(found["mandatory"]), tuple(found["recommended"])


@cache
def _requirements() -> tuple[Requirement, ...]:
    return tuple(
        Requirement(row["market"], tuple(row["prefixes"].split(";")), row["code"], row["level"])
        for row in _rows("requirements.csv")
    )


def _is_in_market(country: str, market: str) -> bool:
    return market in ("*", country) or (market == "EU" and country in trade_sheet().eu)


def _covers(prefix: str, code: str, sector: str) -> bool:
    is_service = code.startswith("S")
    if prefix.startswith("SVC:"):
        return is_service and prefix.removeprefix("SVC:") in ("*", sector)
    return not is_service and (prefix == "ALL" or code.startswith(prefix))


def _product(row: dict[str, str]) -> Product:
    return Product(
        product=row["product"],
        sector=row["sector"],
        code=row["code"],
        ciiu=tuple(row["ciiu"].split(";")),
        es=row["es"],
        en=row["en"],
        alt_es=tuple(row["alt_es"].split(";")),
        alt_en=tuple(row["alt_en"].split(";")),
        unit=row["unit"],
        price=(float(row["price_low"]), float(row["price_high"])),
        capacity=(float(row["capacity_low"]), float(row["capacity_high"])),
        extras=tuple(code for code in row["extras"].split(";") if code),
        departments=tuple(row["departments"].split(";")),
        about_es=row["about_es"],
        about_en=row["about_en"],
    )


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
