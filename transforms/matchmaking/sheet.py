"""The model of `rules/matchmaking.yml`: every parameter of the matching, strict and frozen."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from include.core.sheets import Sheet

GATES = (
    "sarlaft", "profile", "product", "requirements", "must_haves", "capacity", "language", "market", "dates", "consent",
)  # fmt: skip
FACTORS = ("product", "capacity", "experience", "market", "quality", "terms", "language", "record")
LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")

GateName = Literal[
    "sarlaft", "profile", "product", "requirements", "must_haves", "capacity", "language", "market", "dates", "consent"
]
FactorName = Literal["product", "capacity", "experience", "market", "quality", "terms", "language", "record"]
Side = Literal["exporter", "buyer"]
Share = Field(ge=0, le=1)
QualityClass = Literal["A", "B", "C", "D"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TextRules(_Part):
    """How text is searched."""

    k1: float = Field(gt=0)
    b: float = Share
    translations: int = Field(ge=0)
    translation_weight: float = Share
    spelling_min_letters: int = Field(ge=3)
    candidates: int = Field(ge=1)
    suggestions: int = Field(ge=1)


class ProductRules(_Part):
    """When text alone says it is the same product."""

    min_text: float = Share
    min_cover: float = Share
    min_cover_same_code: float = Share
    band_a_cover: float = Share

    @model_validator(mode="after")
    def _code_helps(self) -> "ProductRules":
        if self.min_cover_same_code > self.min_cover:
            raise ValueError("min_cover_same_code may not ask more than min_cover")
        return self


class ProfileRule(_Part):
    """Whose profile must be approved, and how good it must be."""

    sides: tuple[Side, ...]
    min_class: QualityClass


class LanguageRule(_Part):
    """Which level counts when none is named, and who speaks what natively."""

    default_level: Literal["A1", "A2", "B1", "B2", "C1", "C2"]
    approved_profile_validates: bool
    native: dict[str, tuple[str, ...]]


class MarketRule(_Part):
    """Markets nothing is offered to."""

    embargoed: tuple[str, ...]


class ConsentRule(_Part):
    """Who must have agreed to be shown."""

    sides: tuple[Side, ...]


class Leniency(_Part):
    """Gates that may be unknown, everywhere or in one market or sector. SARLAFT never may."""

    gates: tuple[GateName, ...]
    market: str | None = None
    sector: str | None = None

    @field_validator("gates")
    @classmethod
    def _never_sarlaft(cls, gates: tuple[str, ...]) -> tuple[str, ...]:
        if "sarlaft" in gates:
            raise ValueError("the SARLAFT gate is never lenient")
        return gates


class GateRules(_Part):
    """Parameters of the gates."""

    profile: ProfileRule
    language: LanguageRule
    market: MarketRule
    consent: ConsentRule
    lenient: tuple[Leniency, ...]


class RequirementRules(_Part):
    """How the requirement sheet is read."""

    day: Literal["need", "today"]
    blocs: dict[str, frozenset[str]]
    equivalents: dict[str, tuple[str, ...]]
    organic_codes: tuple[str, ...]
    not_blocking: tuple[Literal["by_importer", "per_shipment", "payment_cards", "organic"], ...]


class MarketPriority(_Part):
    """What a market counts by its place in the exporter's plans."""

    target: float = Share
    exporting: float = Share
    open: float = Share


class FactorRules(_Part):
    """Parameters of the factors."""

    unknown: float = Share
    oversize: float = Field(gt=1)
    oversize_factor: float = Share
    market_priority: MarketPriority
    potential: dict[str, dict[str, float]]
    class_quality: dict[QualityClass, float]
    short_lead_days: int = Field(ge=0)
    long_lead_days: int = Field(gt=0)
    prior_weight: float = Field(gt=0)
    prior_effective: float = Share
    outcome_half_life_days: float = Field(gt=0)


class WeightSet(_Part):
    """Weights of the factors for goods or services, from a day on."""

    id: str = Field(min_length=1)
    kind: Literal["product", "service"]
    valid_from: date
    weights: dict[FactorName, float]

    @model_validator(mode="after")
    def _sum_to_one(self) -> "WeightSet":
        if set(self.weights) != set(FACTORS):
            raise ValueError(f"the set {self.id} must weigh exactly {', '.join(FACTORS)}")
        if min(self.weights.values()) < 0 or abs(sum(self.weights.values()) - 1) > 1e-9:
            raise ValueError(f"the weights of {self.id} must be positive and sum to 1")
        return self


class OrderRules(_Part):
    """How near-ties are ordered."""

    delta: float = Field(ge=0)


class MatchmakingSheet(Sheet):
    """The whole sheet."""

    text: TextRules
    product: ProductRules
    gates: GateRules
    requirements: RequirementRules
    factors: FactorRules
    weight_sets: tuple[WeightSet, ...]
    order: OrderRules

    @model_validator(mode="after")
    def _both_kinds(self) -> "MatchmakingSheet":
        if {one.kind for one in self.weight_sets} != {"product", "service"}:
            raise ValueError("weight_sets needs at least one set for product and one for service")
        return self

    def weights_for(self, kind: str, day: date) -> WeightSet:
        """Return the newest weight set of `kind` in force that day; before all of them, the first."""
        sets = sorted(
            (one for one in self.weight_sets if one.kind == ("service" if kind == "service" else "product")),
            key=lambda one: one.valid_from,
        )
        held = [one for one in sets if one.valid_from <= day]
        return held[-1] if held else sets[0]
