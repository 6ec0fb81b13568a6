"""The model of `identity.yml`. A rule nobody wrote, or a rule without a line in the sheet, is refused on loading."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.core.sheets import Sheet


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bands(_Part):
    """Scores from which a pair is joined, or waits for a person."""

    join: float = Field(gt=0, le=1)
    review: float = Field(gt=0, le=1)

    @model_validator(mode="after")
    def _in_order(self) -> Bands:
        if self.review > self.join:
            raise ValueError("review must not lie above join")
        return self


class Round(_Part):
    """What a rule is worth, and how alike the names must be for it to hold."""

    confidence: float = Field(gt=0, le=1)
    min_name: float = Field(ge=0, le=1)


class Rounds(_Part):
    """The exact rounds for companies; every field is a function of the same name in `transforms.resolve.rules`."""

    same_nit: Round
    same_nit_bad_dv: Round
    same_nit_and_contact: Round
    same_cedula: Round
    same_tax_id: Round
    same_portal_id: Round
    same_domain: Round
    same_email: Round
    same_free_email: Round
    same_phone: Round
    same_name_and_city: Round
    same_name_and_country: Round
    same_name_in_register: Round


class Points(_Part):
    """Worth of each observation when no rule holds; zero keeps one visible but off."""

    name: float
    same_city: float
    same_department: float
    same_domain: float
    same_email: float
    same_phone: float
    same_address: float
    nit_one_edit: float
    city_differs: float
    domain_differs: float
    form_differs: float
    words_reordered: float
    words_differ: float
    word_added: float
    numbers_differ: float
    number_added: float
    places_differ: float
    place_added: float
    common_name: float
    nit_differs: float
    tax_id_differs: float
    is_closed: float


class Blocking(_Part):
    """How candidates are found."""

    biggest_block: int = Field(ge=2)
    rare_words: int = Field(ge=1)
    min_likeness: float = Field(ge=0, le=100)


class PeopleRounds(_Part):
    """The rounds for people within one customer."""

    same_document: Round
    same_email: Round
    same_phone: Round
    same_name: Round


class IdentitySheet(Sheet):
    """`include/config/rules/identity.yml`."""

    bands: Bands
    rules: Rounds
    same_nit_unlike_name: float = Field(gt=0, le=1)
    two_nits_same_firm: float = Field(gt=0, le=1)
    most_names_per_contact: int = Field(ge=1)
    points: Points
    most_by_points: float = Field(gt=0, le=1)
    most_by_name: float = Field(gt=0, le=1)
    generic_weight: float = Field(ge=0, le=1)
    generic_words: frozenset[str]
    place_words: frozenset[str]
    blocking: Blocking
    people: PeopleRounds

    @model_validator(mode="after")
    def _doubts_wait(self) -> IdentitySheet:
        for name in ("same_nit_unlike_name", "two_nits_same_firm", "most_by_name"):
            if not self.bands.review <= getattr(self, name) < self.bands.join:
                raise ValueError(f"{name} must lie between the bands: a person decides")
        return self
