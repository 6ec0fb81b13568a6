"""The United Nations' consolidated list: one XML file of individuals and entities.

Empty elements are common, the name of an entity sits in FIRST_NAME, documents are named in three languages,
and one alias element may hold several spellings. Every entry binds Colombia (Ley 1121 of 2006, art. 20).
"""

import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, iterparse

from connectors.lists.entry import (
    CountryOf,
    CountryReader,
    Identifier,
    ListEntry,
    MalformedListError,
    Name,
    ParsedList,
    unique_names,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # noqa: TID251 - the type alone; defusedxml does the parsing

ROOT = "CONSOLIDATED_LIST"
_ALIAS_KINDS = {"good": "aka", "low": "low", "a.k.a.": "aka", "f.k.a.": "fka", "": "aka"}
_PASSPORT = re.compile(r"pass?e?port|pasaporte", re.IGNORECASE)
_TAX = re.compile(r"\b(?:tax|fiscal)\b", re.IGNORECASE)
_SERIES = re.compile(r"[A-Z]{1,3}")
_LETTERED = re.compile(r"\s[a-z]\)\s")
_PARENTHESES = re.compile(r"^(.*?)\s*\(([^()]*)\)[\s,]*$", re.DOTALL)
_OTHER_SCRIPT = re.compile(r"[\u0370-\U0001ffff]")
_LONGEST_RANGE = 30


def parse_un(files: Mapping[str, bytes], *, list_code: str, country_of: CountryOf) -> ParsedList:
    """Parse one publication, `files["consolidated"]`. Raises MalformedListError when it is not whole."""
    countries = CountryReader(country_of)
    entries: list[ListEntry] = []
    published_at: datetime | None = None
    try:
        for event, element in iterparse(io.BytesIO(files["consolidated"]), events=("start", "end")):
            if event == "start":
                if element.tag == ROOT:
                    published_at = _instant(element.get("dateGenerated"))
            elif element.tag in ("INDIVIDUAL", "ENTITY"):
                entries.append(_entry(element, list_code, countries))
                element.clear()
    except ParseError as error:
        line = error.position[0] if error.position else 0
        raise MalformedListError(f"the file is not well formed at line {line}: it was cut or is no XML") from None
    except DefusedXmlException:
        raise MalformedListError("the file declares entities or a DTD, which a list has no need of") from None
    if published_at is None:
        raise MalformedListError(f"the file is no {ROOT} with a date of generation")
    if len({entry.entry_id for entry in entries}) != len(entries):
        raise MalformedListError("a reference number is given twice")
    return ParsedList(tuple(entries), published_at, (), countries.unknown)


def _entry(element: "Element", list_code: str, countries: CountryReader) -> ListEntry:
    reference = _text(element, "REFERENCE_NUMBER")
    parts = [_text(element, f"{order}_NAME") for order in ("FIRST", "SECOND", "THIRD", "FOURTH")]
    primary = " ".join(part for part in parts if part)
    if not reference or not primary:
        raise MalformedListError(f"an entry near reference {reference or 'unknown'} has no name or no reference")
    kind = element.tag
    listed_on = _text(element, "LISTED_ON")[:10]
    programs = [_text(element, "UN_LIST_TYPE")]
    return ListEntry(
        entry_id=reference,
        list_code=list_code,
        entry_type="person" if kind == "INDIVIDUAL" else "company",
        names=unique_names([Name(primary, "primary"), *_aliases(element, kind), *_original(element)]),
        identifiers=tuple(dict.fromkeys(_documents(element, countries))),
        birth_dates=tuple(dict.fromkeys(_births(element))),
        countries=tuple(dict.fromkeys(_countries(element, kind, countries))),
        programs=tuple(program for program in programs if program),
        is_binding=True,
        listed_on=date.fromisoformat(listed_on) if listed_on else None,
    )


def split_alias(text: str) -> list[tuple[str, bool]]:
    """Spellings inside one alias element, each with "is in another script".

    `A; B` and `A b) B` are two; `نورزى (Noorzai; Noorzay)` is three; a Latin note in parentheses after a
    Latin name (`(birth name)`, `(third)`) is no name and goes.
    """
    whole = _PARENTHESES.match(text)
    if whole is not None and whole[1]:
        outer, inner = whole[1], whole[2].removeprefix("original script:").strip()
        if bool(_OTHER_SCRIPT.search(outer)) != bool(_OTHER_SCRIPT.search(inner)):
            return [*_spellings(outer), *_spellings(inner)]
        return _spellings(outer)
    return _spellings(text)


def read_number(text: str) -> str:
    """The number in a cell that may also name the document: `Libyan passport No. 513519` -> `513519`."""
    plain = re.sub(r"\([^)]*\)", " ", text).split(",")[0].replace("N°", " ")
    tokens = plain.split()
    first = next((n for n, token in enumerate(tokens) if any(map(str.isdigit, token))), None)
    if first is None:
        return text
    if first > 0 and _SERIES.fullmatch(tokens[first - 1]):
        first -= 1  # `SE 012820`: a series of letters belongs to the number
    return " ".join(t for t in tokens[first:] if any(map(str.isdigit, t)) or _SERIES.fullmatch(t))


def _spellings(text: str) -> list[tuple[str, bool]]:
    parts = (part.strip(" ,") for piece in text.split(";") for part in _LETTERED.split(piece))
    return [(part, bool(_OTHER_SCRIPT.search(part))) for part in parts if part]


def _aliases(element: "Element", kind: str) -> Iterator[Name]:
    for alias in element.iterfind(f"{kind}_ALIAS"):
        quality = _text(alias, "QUALITY").lower()
        if quality not in _ALIAS_KINDS:
            raise MalformedListError(f"an alias quality was never seen before: {quality}")
        for spelling, is_other_script in split_alias(_text(alias, "ALIAS_NAME")):
            yield Name(spelling, "original_script" if is_other_script else _ALIAS_KINDS[quality])


def _original(element: "Element") -> Iterator[Name]:
    for spelling, _ in _spellings(_text(element, "NAME_ORIGINAL_SCRIPT")):
        yield Name(spelling, "original_script")


def _births(element: "Element") -> Iterator[str]:
    for birth in element.iterfind("INDIVIDUAL_DATE_OF_BIRTH"):
        first, last = _text(birth, "FROM_YEAR"), _text(birth, "TO_YEAR")
        if first.isdigit() and last.isdigit() and 0 <= int(last) - int(first) < _LONGEST_RANGE:
            yield from (str(year) for year in range(int(first), int(last) + 1))
        if day := _text(birth, "DATE")[:10]:
            yield day
        elif year := _text(birth, "YEAR"):
            yield year
    for alias in element.iterfind("INDIVIDUAL_ALIAS"):
        yield from re.findall(r"\b(?:19|20)\d{2}\b", _text(alias, "DATE_OF_BIRTH"))


def _documents(element: "Element", countries: CountryReader) -> Iterator[Identifier]:
    for document in element.iterfind("INDIVIDUAL_DOCUMENT"):
        number = read_number(_text(document, "NUMBER"))
        if not number:
            continue
        label = f"{_text(document, 'TYPE_OF_DOCUMENT')} {_text(document, 'TYPE_OF_DOCUMENT2')}"
        kind = "passport" if _PASSPORT.search(label) else "tax" if _TAX.search(label) else "other"
        issued_by = _text(document, "ISSUING_COUNTRY") or _text(document, "COUNTRY_OF_ISSUE")
        yield Identifier(kind, number, countries.read(issued_by))


def _countries(element: "Element", kind: str, countries: CountryReader) -> Iterator[str]:
    spelt = [value.text for value in element.iterfind("NATIONALITY/VALUE")]
    for path in (f"{kind}_ADDRESS/COUNTRY", "INDIVIDUAL_PLACE_OF_BIRTH/COUNTRY"):
        spelt += [country.text for country in element.iterfind(path)]
    spelt += [_text(document, "ISSUING_COUNTRY") for document in element.iterfind("INDIVIDUAL_DOCUMENT")]
    yield from (code for code in map(countries.read, spelt) if code)


def _text(element: "Element", tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text or "").astimezone(UTC)
    except ValueError:
        return None
