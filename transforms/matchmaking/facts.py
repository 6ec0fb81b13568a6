"""The facts matchmaking judges by: customers, offers, needs, certificates, outcomes. Values, no behaviour.

None of these records holds a name, a mail or a telephone number: reasons speak of roles and places.
"""

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Certificate:
    """Evidence an exporter holds: requirement code, last day it holds (None: no end), checked by a person."""

    code: str
    valid_until: date | None
    is_verified: bool


@dataclass(frozen=True, slots=True)
class Party:
    """What counts of a customer. `languages` are codes with level: `en:B2`, `es`, `en:C1:validated`."""

    customer_id: str
    sarlaft_state: str | None = None
    country: str | None = None
    sector: str | None = None
    size: str | None = None
    profile_status: str | None = None
    quality_class: str | None = None
    completeness: float | None = None
    languages: tuple[str, ...] = ()
    target_markets: frozenset[str] = frozenset()
    export_markets: frozenset[str] = frozenset()
    years_exporting: int | None = None
    has_consent: bool | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One product line or service of one exporter."""

    offer_id: str
    exporter: Party
    title: str = ""
    description: str = ""
    kind: str = "product"
    codes: tuple[str, ...] = ()
    codes_confirmed: bool = False
    capacity_value: float | None = None
    capacity_unit: str | None = None
    capacity_period: str | None = None
    price_usd: float | None = None
    price_unit: str | None = None
    incoterms: tuple[str, ...] = ()
    lead_time_days: int | None = None
    min_order: float | None = None
    certificates: tuple[Certificate, ...] = ()
    excluded_markets: frozenset[str] = frozenset()
    is_active: bool = True
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What one buyer wants once."""

    need_id: str
    buyer: Party
    title: str = ""
    description: str = ""
    kind: str = "product"
    codes: tuple[str, ...] = ()
    codes_confirmed: bool = False
    market: str = ""
    volume_value: float | None = None
    volume_unit: str | None = None
    volume_period: str | None = None
    min_volume: float | None = None
    target_price_usd: float | None = None
    price_unit: str | None = None
    incoterm: str | None = None
    latest_on: date | None = None
    certificates_required: tuple[str, ...] = ()
    wishes: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    interpreter_ok: bool = False
    value_usd_year: float | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ContactOutcome:
    """How one contact between a buyer and an exporter ended, for the track record of the exporter.

    `weight` is 1 for a contact somebody judged, less for an answer that never came.
    """

    customer_id: str
    sector: str
    happened_on: date
    is_effective: bool
    weight: float = 1.0
    heading: str | None = None
    is_closed_deal: bool = False


@dataclass(frozen=True)
class Names:
    """Names for reasons: countries and headings in Spanish."""

    countries: dict[str, str] = field(default_factory=dict)
    headings: dict[str, str] = field(default_factory=dict)

    def country(self, code: str) -> str:
        """Return the Spanish name of a country, or its code when unknown."""
        return self.countries.get(code, code)

    def heading(self, code: str) -> str:
        """Return the Spanish name of a heading, or nothing when unknown."""
        return self.headings.get(code, "")
