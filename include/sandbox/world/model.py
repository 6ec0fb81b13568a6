"""What truly exists in the invented world, before any source has spelled it wrong.

Sources hold views of these records (`views_*`); only `truth` and the generators ever see them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Audience = Literal["exporter", "buyer"]
Role = Literal["commercial", "legal_representative", "owner"]
OfficeKind = Literal["oficom", "ofireg", "central"]
Origin = Literal["fair", "referral", "landing", "form", "organic", "database", "programme"]


@dataclass(frozen=True)
class Scale:
    """How much of everything: counts of entities, and the number of rows in the company registry."""

    name: str
    exporters: int
    buyers: int
    offers: int
    needs: int
    rues_rows: int
    advisors_per_office: int
    concentration: float  # how much the large sectors dominate; a small world must not be spread too thin


SCALES = {
    "quick": Scale("quick", 150, 60, 160, 100, 1_500, 1, 1.6),
    "full": Scale("full", 2_050, 620, 2_250, 1_100, 20_000, 3, 1.15),
}


@dataclass(frozen=True)
class Product:
    """A line of the product catalogue: HS 6 or `S` + CIIU class, names in both languages, plausible figures."""

    product: str
    sector: str
    code: str
    ciiu: tuple[str, ...]
    es: str
    en: str
    alt_es: tuple[str, ...]
    alt_en: tuple[str, ...]
    unit: str
    price: tuple[float, float]
    capacity: tuple[float, float]
    extras: tuple[str, ...]
    departments: tuple[str, ...]
    about_es: str
    about_en: str

    @property
    def is_service(self) -> bool:
        """True for a service class."""
        return self.code.startswith("S")

    @property
    def heading(self) -> str:
        """Four digits, or the whole class of a service."""
        return self.code if self.is_service else self.code[:4]


@dataclass(frozen=True)
class Person:
    """A person. `entry` is the list entry the person was modelled on, if any."""

    person_id: str
    first_name: str
    last_name: str
    country: str
    document_type: str
    document_number: str
    born_on: date
    position: str
    role: Role
    language: str
    email: str
    phone: str

    @property
    def full_name(self) -> str:
        """Given names and surnames."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Company:
    """A company, or a natural person who trades. `name` has no legal form; `form` is its code (SAS, GmbH)."""

    entity_id: str
    audience: Audience
    kind: Literal["company", "person"]
    name: str
    form: str
    trade_name: str
    tax_id: str
    country: str
    city: str
    city_code: str
    department_code: str
    address: str
    email: str
    phone: str
    website: str
    sector: str
    products: tuple[Product, ...]
    ciiu: tuple[str, ...]
    size: str
    founded_on: date
    years_exporting: int
    languages: tuple[str, ...]
    target_markets: tuple[str, ...]
    export_markets: tuple[str, ...]
    origin: Origin
    maturity: float
    people: tuple[Person, ...]
    presence: frozenset[str]
    created_at: datetime
    sibling_of: str = ""
    hit_case: str = ""

    @property
    def representative(self) -> Person:
        """Who signs for the company."""
        return self.people[0]

    @property
    def commercial(self) -> Person:
        """Who answers for sales or purchases."""
        return self.people[-1]


@dataclass(frozen=True)
class Certificate:
    """Evidence an exporter holds for one offer."""

    code: str
    valid_until: date | None
    is_verified: bool


@dataclass(frozen=True)
class Offer:
    """One product line of one exporter, with the texts it was published with."""

    offer_id: str
    company: Company
    product: Product
    title: str
    description: str
    codes: tuple[str, ...]
    codes_confirmed: bool
    capacity: float | None
    capacity_unit: str
    capacity_period: str
    price: float | None
    incoterms: tuple[str, ...]
    lead_time_days: int | None
    min_order: float | None
    certificates: tuple[Certificate, ...]
    excluded_markets: tuple[str, ...]
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Need:
    """What one buyer wants once."""

    need_id: str
    company: Company
    product: Product
    text_language: Literal["es", "en", "mixed"]
    title: str
    description: str
    codes: tuple[str, ...]
    codes_confirmed: bool
    volume: float | None
    volume_unit: str
    volume_period: str
    min_volume: float | None
    target_price: float | None
    incoterm: str | None
    latest_on: date | None
    certificates_required: tuple[str, ...]
    wishes: tuple[str, ...]
    languages: tuple[str, ...]
    interpreter_ok: bool
    value_usd_year: float | None
    origin: Origin
    status: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Advisor:
    """An advisor of the agency. `user_id` is the id in NEO, `advisor_id` the object id in the directory."""

    advisor_id: str
    user_id: str
    first_name: str
    last_name: str
    email: str
    job_title: str
    office_slug: str
    office_kind: OfficeKind
    countries: tuple[str, ...]
    departments: tuple[str, ...]
    sectors: tuple[str, ...]
    languages: tuple[str, ...]
    is_active: bool

    @property
    def full_name(self) -> str:
        """Given names and surnames."""
        return f"{self.first_name} {self.last_name}"


@dataclass
class Ledger:
    """Who is who, filled in by the views as they write their records: entity -> (source, key) pairs."""

    records: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def note(self, entity_id: str, source: str, key: str) -> None:
        """Remember that `source` knows the entity under `key`."""
        self.records.setdefault(entity_id, []).append((source, key))
