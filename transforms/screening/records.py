"""What is screened, what it is screened against, and what comes out."""

from dataclasses import dataclass
from typing import Literal

from transforms.screening.rules import Level
from transforms.screening.tokens import Kind

EntryKind = Literal["person", "company", "vessel", "aircraft"]
NumberKind = Literal["nit", "cedula", "passport", "tax", "other"]


@dataclass(frozen=True)
class Number:
    """An identification as its source writes it. `country` is ISO alpha-2, None when the source does not say."""

    kind: NumberKind
    value: str
    country: str | None


@dataclass(frozen=True)
class Subject:
    """A company or person of ours."""

    subject_id: str
    kind: Kind
    names: tuple[str, ...]
    numbers: tuple[Number, ...] = ()
    countries: tuple[str, ...] = ()
    birth_years: tuple[int, ...] = ()


@dataclass(frozen=True)
class ListName:
    """One of the names of an entry: primary, aka, fka, nka, low (a weak alias) or original_script."""

    text: str
    kind: str


@dataclass(frozen=True)
class ListEntry:
    """One entry of one list. Vessels and aircraft are met by number only."""

    list_code: str
    entry_id: str
    kind: EntryKind
    names: tuple[ListName, ...]
    numbers: tuple[Number, ...] = ()
    countries: tuple[str, ...] = ()
    birth_years: tuple[int, ...] = ()
    is_binding: bool = False
    fingerprint: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """List and entry, unique over all lists."""
        return self.list_code, self.entry_id


@dataclass(frozen=True)
class Hit:
    """A subject met an entry. For the eyes of compliance only."""

    subject_id: str
    list_code: str
    entry_id: str
    is_binding: bool
    level: Level
    score: float
    subject_name: str
    matched_name: str
    why_es: str
    entry_fingerprint: str
