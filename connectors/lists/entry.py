"""The record every list parser ends in, and its fingerprint.

Only what tells one listed subject from another is kept; addresses and remarks stay in the raw files. A new
fingerprint means that something changed which could turn a cleared match into a true one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from include.core.fingerprint import fingerprint

_STRENGTH = ("primary", "aka", "fka", "nka", "low", "original_script")
CountryOf = Callable[[str], str | None]


@dataclass(frozen=True, order=True)
class Name:
    """One name. `kind`: primary, aka, fka, nka, low (a weak alias) or original_script."""

    name: str
    kind: str


@dataclass(frozen=True, order=True)
class Identifier:
    """One number. `kind`: nit (Colombian only), cedula, passport, tax or other; `country` is iso2 or None."""

    kind: str
    number: str
    country: str | None


@dataclass(frozen=True)
class ListEntry:
    """One listed subject. Birth dates are `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; a range comes as its years."""

    entry_id: str
    list_code: str
    entry_type: str
    names: tuple[Name, ...]
    identifiers: tuple[Identifier, ...]
    birth_dates: tuple[str, ...]
    countries: tuple[str, ...]
    programs: tuple[str, ...]
    is_binding: bool
    listed_on: date | None

    @property
    def primary_name(self) -> str:
        """The name the list itself puts first."""
        return self.names[0].name

    @property
    def entry_fingerprint(self) -> str:
        """Changes with type, names, numbers, birth dates or countries; not with a program or a remark."""
        names = sorted((name.name.casefold(), name.kind) for name in self.names)
        numbers = sorted((i.kind, i.number, i.country or "") for i in self.identifiers)
        return fingerprint(self.entry_type, names, numbers, sorted(self.birth_dates), sorted(self.countries))

    def to_row(self) -> dict[str, Any]:
        """The row of `stg_<list>__entries`."""
        return {
            "entry_id": self.entry_id,
            "list_code": self.list_code,
            "entry_type": self.entry_type,
            "primary_name": self.primary_name,
            "names": [{"name": n.name, "kind": n.kind} for n in self.names],
            "identifiers": [{"kind": i.kind, "number": i.number, "country": i.country} for i in self.identifiers],
            "birth_dates": list(self.birth_dates),
            "countries": list(self.countries),
            "programs": list(self.programs),
            "is_binding": self.is_binding,
            "listed_on": self.listed_on,
            "entry_fingerprint": self.entry_fingerprint,
        }


@dataclass(frozen=True)
class ParsedList:
    """One publication of a list.

    `published_at` is the instant written inside the files (None where the format has none). `notes` tell
    what did not fit, in counts; `unknown_countries` holds the spellings no country was found for.
    """

    entries: tuple[ListEntry, ...]
    published_at: datetime | None
    notes: tuple[str, ...]
    unknown_countries: Mapping[str, int]

    @property
    def aliases(self) -> int:
        """Names beyond the first of each entry."""
        return sum(len(entry.names) - 1 for entry in self.entries)


class MalformedListError(ValueError):
    """The files are not a whole, well-formed publication; the text says what is wrong and names nobody."""


class CountryReader:
    """Country names of a list to iso2; spellings nobody knows are counted, not dropped in silence."""

    def __init__(self, country_of: CountryOf) -> None:
        self._country_of = country_of
        self._known: dict[str, str | None] = {}
        self.unknown: dict[str, int] = {}

    def read(self, text: str | None, *, is_certain: bool = True) -> str | None:
        """iso2 of a country as the list spells it; None when blank or unknown.

        `is_certain` False is for places whose last word may be a city: not knowing it is no news.
        """
        spelling = " ".join((text or "").split())
        if not spelling:
            return None
        if spelling not in self._known:
            self._known[spelling] = self._country_of(spelling)
        code = self._known[spelling]
        if code is None and is_certain:
            self.unknown[spelling] = self.unknown.get(spelling, 0) + 1
        return code


def unique_names(names: list[Name]) -> tuple[Name, ...]:
    """Names in their order, each once whatever its capitals, under the strongest kind it was given with."""
    seen: dict[str, Name] = {}
    for given in names:
        name = Name(" ".join(given.name.split()), given.kind)
        if name.name:
            known = seen.setdefault(name.name.casefold(), name)
            seen[name.name.casefold()] = min(known, name, key=lambda n: (_STRENGTH.index(n.kind), n.name))
    return tuple(seen.values())
