"""The screening sheet as strict models: bands, costs, word lists. Values live in `screening.yml`, not here."""

from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.core.sheets import Sheet

Share = Annotated[float, Field(ge=0, le=1)]
Level = Literal["exact", "high", "medium", "low"]
LEVELS: tuple[Level, ...] = ("exact", "high", "medium", "low")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bands(_Part):
    """Lowest score of each level. `exact` is not a score: it asks for a number or a second identifier."""

    high: Share
    medium: Share
    low: Share

    @model_validator(mode="after")
    def _descending(self) -> "Bands":
        if not self.high > self.medium > self.low:
            raise ValueError("bands must descend: high > medium > low")
        return self


class EditLimit(_Part):
    """Words of at least `letters` letters may differ in `edits` keystrokes."""

    letters: int = Field(ge=3)
    edits: int = Field(ge=1, le=3)


class WordSimilarity(_Part):
    """How alike two different words count, by the reason they are alike."""

    variant: Share
    phonetic: Share
    phonetic_letters: int = Field(ge=2)
    skeleton: Share
    skeleton_letters: int = Field(ge=2)
    skeleton_agreement: Share
    joined: Share
    edit_limits: tuple[EditLimit, ...]

    def edits_allowed(self, letters: int) -> int:
        """Return how many keystrokes two words may differ in when the shorter has `letters` letters."""
        return max((limit.edits for limit in self.edit_limits if letters >= limit.letters), default=0)


class Costs(_Part):
    """What unmatched words take from a name match. Weights are in nats of rarity."""

    word_similarity: WordSimilarity

    conflict: float = Field(ge=0)  # both sides hold words the other does not have
    conflict_words: float = Field(ge=0)  # the least a conflicting word costs, in average words of the two names
    absent: float = Field(ge=0)  # only one side does
    spelling: float = Field(ge=0)  # share of a matched word that differs
    support_full: float = Field(gt=0)  # rarity of the common words from which a part of a name may count whole
    support_cap: Share  # highest score of a partial match with no rarity at all
    equal_cap: Share  # lowest cap of a match in which no word is left over
    one_word_cap: Share  # highest score of a partial match on a single word

    @model_validator(mode="after")
    def _conflict_weighs_more(self) -> "Costs":
        # The bound on which the choice of entries rests holds only then.
        if self.conflict < self.absent:
            raise ValueError("a conflict may not cost less than an absence")
        if self.equal_cap < self.support_cap:
            raise ValueError("an equal name may not be capped lower than part of one")
        return self


class Qualifiers(_Part):
    """Adjustments by second evidence; weight 0 keeps a rule visible and off."""

    country_same: float
    country_differs: float
    birth_year_same: float
    birth_year_differs: float
    number_differs: float
    weak_alias: float
    kind_differs: float


class Numbers(_Part):
    """What an equal number is worth."""

    same_number: Share
    same_number_country_unknown: Share
    min_digits: int = Field(ge=3)


class RaritySheet(_Part):
    """How rarity is estimated; see `rarity`."""

    prior_names: int = Field(ge=1)
    least_list_names: int = Field(ge=1)
    floor_share: float = Field(gt=0, lt=1)
    ceiling_share: float = Field(gt=0, le=1)
    letter_nats: float = Field(gt=0)
    initial_nats: float = Field(ge=0)
    refresh_growth: float = Field(gt=0)


class WordLists(_Part):
    """Word lists as written in the sheet; `Words` is their working form."""

    titles: tuple[str, ...]
    particles: tuple[str, ...]
    company_fillers: tuple[str, ...]
    legal_forms: tuple[str, ...]
    legal_forms_at_ends: tuple[str, ...]
    person_variants: tuple[tuple[str, ...], ...]
    company_variants: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Words:
    """Word lists ready for look-ups."""

    titles: frozenset[str]
    particles: frozenset[str]
    company_fillers: frozenset[str]
    forms: frozenset[tuple[str, ...]]
    longest_form: int
    legal_forms_at_ends: frozenset[str]

    @classmethod
    def from_lists(cls, lists: WordLists) -> "Words":
        """Prepare the lists of a sheet."""
        forms = frozenset(tuple(form.split()) for form in lists.legal_forms)
        return cls(
            titles=frozenset(lists.titles),
            particles=frozenset(lists.particles),
            company_fillers=frozenset(lists.company_fillers),
            forms=forms,
            longest_form=max((len(form) for form in forms), default=0),
            legal_forms_at_ends=frozenset(lists.legal_forms_at_ends),
        )


class ScreeningRules(Sheet):
    """The whole sheet."""

    bands: Bands
    person: Costs
    company: Costs
    qualifiers: Qualifiers
    numbers: Numbers
    rarity: RaritySheet
    words: WordLists

    @cached_property
    def word_sets(self) -> Words:
        """The word lists in their working form."""
        return Words.from_lists(self.words)

    def costs(self, kind: str) -> Costs:
        """Return the costs of a kind of subject."""
        return self.company if kind == "company" else self.person

    def level(self, score: float) -> Level | None:
        """Return the level of a score, or None below the lowest band."""
        if score >= self.bands.high:
            return "high"
        if score >= self.bands.medium:
            return "medium"
        return "low" if score >= self.bands.low else None
