"""The grammar of OFAC's remarks: `DOB 23 Nov 1943; POB Cali, Colombia; Cedula No. 16215230 (Colombia); ...`.

Items are parted by `; `, each begins with its label. What is no birth date, place, nationality, weak alias or
number (links, web sites, wallets, notes on directives) is not identity and is left aside.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from connectors.lists.entry import CountryReader, Identifier, Name

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_NUMBER = 40
_LONGEST_RANGE = 30  # years; a wider range says nothing of a person
_QUOTED_KINDS = {"a": "low", "f": "fka", "n": "nka"}
_QUOTED = re.compile(r"^(?:alt\. )?([afn])\.k\.a\. '(.+?)'?$")
_BORN = re.compile(r"^(?:alt\. )?DOB (.+)$")
_PLACE = re.compile(r"^(?:alt\. )?POB (?:.*, )?([^,]+)$")
_CITIZEN = re.compile(r"^(?:alt\. )?(?:nationality|citizen) (.+)$")
_DAY = re.compile(r"^(?:(?:(\d{1,2}) )?([A-Z][a-z]{2}) )?(\d{4})$")
_NUMBER = re.compile(
    r"^(?:alt\. )?(?P<label>[A-Za-z][A-Za-z.&'/ -]*?)"
    r"(?P<mark>(?: No\.?:?| [Nn]umber| ID| IMO| Card)*:?(?: #)?) "
    r"(?P<number>(?:[A-Z.-]{1,5} )?[^ ()]*\d[^()]*?)(?P<countries>(?: ?\([^()]*\))*)"
    r"(?:,? (?:issued|expires) .*)?$"
)
_KINDS = (
    ("nit", re.compile(r"^NIT$")),
    ("cedula", re.compile(r"^Cedula")),
    ("passport", re.compile(r"\bPassport\b")),
    ("tax", re.compile(r"^(?:RUC|RIF|R\.?F\.?C\.?|RTN|C\.U\.I\.T\.|C\.I\.F\.|N\.I\.F\.|US FEIN|V\.A\.T\.)$")),
    ("tax", re.compile(r"\b(?:Tax|tax|Fiscal Code)\b")),
)
# Labels that are followed by digits and are no identity of the subject.
_NO_IDENTITY = re.compile(
    r"^(?:DOB|POB|Phone|Telephone|Fax|Email|Website|Digital Currency|Aircraft|MMSI|Executive Order|Linked To"
    r"|Target|Organization (?:Type|Established)|Secondary|Additional|Transactions|Listing|Effective|CAATSA"
    r"|Former|For more|Vessel (?:Type|Flag|Year)|Trademark|File|SWIFT|BIK|Gender|[a-z])"
)


@dataclass
class Remarks:
    """What the remarks of one entry say about who it is."""

    names: list[Name] = field(default_factory=list)
    identifiers: list[Identifier] = field(default_factory=list)
    birth_dates: list[str] = field(default_factory=list)
    countries: list[str] = field(default_factory=list)


def parse_remarks(text: str, countries: CountryReader) -> Remarks:
    """Read the remarks of one entry (the overflow already joined)."""
    found = Remarks()
    for item in text.rstrip(" .").split("; "):
        for read in (_read_alias, _read_birth, _read_country, _read_number):
            if read(item.strip(), found, countries):
                break
    return found


def parse_birth(text: str) -> list[str]:
    """`28 Jul 1963`, `Jul 1963`, `circa 1963`, `1960 to 1965`, `1919-1920` -> ISO dates, months or years.

    A range becomes its years, so that a reader can compare years without knowing about ranges.
    """
    plain = text.removeprefix("circa ").strip()
    first, _, last = plain.partition(" to ") if " to " in plain else plain.partition("-")
    start, end = _day(first.strip()), _day(last.strip())
    if start is None:
        return []
    if end is None or end[:4] == start[:4]:
        return [start if end is None else start[:4]]
    years = range(int(start[:4]), int(end[:4]) + 1)
    return [str(year) for year in years] if len(years) <= _LONGEST_RANGE else []


def _day(text: str) -> str | None:
    found = _DAY.match(text)
    if found is None:
        return None
    day, month, year = found.groups()
    if month not in _MONTHS:
        return year
    number = _MONTHS.index(month) + 1
    if day is None:
        return f"{year}-{number:02d}"
    try:
        return date(int(year), number, int(day)).isoformat()
    except ValueError:
        return f"{year}-{number:02d}"


def _read_alias(item: str, found: Remarks, _: CountryReader) -> bool:
    if (match := _QUOTED.match(item)) is None:
        return False
    found.names.append(Name(match[2], _QUOTED_KINDS[match[1]]))
    return True


def _read_birth(item: str, found: Remarks, _: CountryReader) -> bool:
    if (match := _BORN.match(item)) is None:
        return False
    found.birth_dates += parse_birth(match[1])
    return True


def _read_country(item: str, found: Remarks, countries: CountryReader) -> bool:
    citizen = _CITIZEN.match(item)
    match = citizen or _PLACE.match(item)
    if match is None:
        return False
    if code := countries.read(match[1], is_certain=citizen is not None):
        found.countries.append(code)
    return True


def _read_number(item: str, found: Remarks, countries: CountryReader) -> bool:
    match = _NUMBER.match(item)
    if match is None or _NO_IDENTITY.match(match["label"]):
        return False
    number = match["number"].split(",")[0].strip()
    if len(number) > _LONGEST_NUMBER:
        return False
    issuers = (countries.read(spelling) for spelling in _in_parentheses(match["countries"]))
    country = next((code for code in issuers if code), None)
    kind = next((name for name, label in _KINDS if label.search(match["label"])), "other")
    if kind == "nit" and country not in (None, "CO"):
        kind = "tax"  # Guatemala and Bolivia also call theirs NIT; the digits mean another company
    if kind == "other" and country is None and not match["mark"]:
        return False  # `Commander of the 4th Division` has digits and is no number
    found.identifiers.append(Identifier(kind, number, country))
    if country is not None:
        found.countries.append(country)
    return True


def _in_parentheses(text: str) -> Iterator[str]:
    """The last group first: `(Delaware) (United States)` is issued by the country, not by the state."""
    groups: list[str] = re.findall(r"\(([^()]*)\)", text)
    return reversed(groups)
