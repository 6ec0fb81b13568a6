"""Reading source rows: every field found in its columns and cleaned to the one form it has in the golden record.

A value that cannot be cleaned is not a value: it never becomes golden, and stays visible in its source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from transforms.clean.email import clean_email
from transforms.clean.phone import clean_phone
from transforms.clean.place import Gazetteer, city_code, department_code
from transforms.clean.text import clean_text, fold
from transforms.clean.web import clean_website
from transforms.golden.sheet import FieldRule, Kind, SourceColumns
from transforms.identifiers.nit import NitReading, parse_nit
from transforms.identifiers.tax_id import TaxId

Value = str | int | bool | date | tuple[str, ...]
_NAME_FILLERS = frozenset(
    {"na", "n/a", "no aplica", "sin nombre", "sin dato", "null", "none", "no definido", "x", "xx", "xxx", "-"}
)
# Codes and labels of the register, and the letters people use.
_DOCUMENT_TYPES = {
    **dict.fromkeys(("01", "cc", "cedula", "cedula de ciudadania"), "CC"),
    **dict.fromkeys(("02", "nit"), "NIT"),
    **dict.fromkeys(("03", "ce", "cedula de extranjeria"), "CE"),
    **dict.fromkeys(("04", "ti", "tarjeta de identidad"), "TI"),
    **dict.fromkeys(("05", "pa", "pp", "pas", "pasaporte", "passport"), "PA"),
    **dict.fromkeys(("07", "rc", "registro civil"), "RC"),
    **dict.fromkeys(("08", "de", "documento extranjero"), "DE"),
}
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Places:
    """The reference tables reading needs: municipalities, and the spelling of countries."""

    gazetteer: Gazetteer
    country_code: Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """A clean value and the column it came from."""

    column: str
    value: Value


@dataclass(frozen=True)
class SourceRecord:
    """One row of one source with its fields read. `nits` is what each of its NIT columns says."""

    source: str
    key: str
    raw: Mapping[str, Any]
    readings: Mapping[str, tuple[Reading, ...]]
    nits: Mapping[str, NitReading]
    observed_at: datetime | None = None
    created_at: datetime | None = None
    hub_id: str | None = None
    portal_id: str | None = None
    parent: str | None = None
    is_active: bool = True
    is_nit_disputed: bool = False

    @property
    def ref(self) -> str:
        """`source:key`."""
        return f"{self.source}:{self.key}"

    @property
    def nit(self) -> NitReading:
        """The reading that stands for the record: the first usable, in the spelling that shows its check digit."""
        usable = [reading for reading in self.nits.values() if reading.is_usable]
        written = [reading for reading in self.nits.values() if reading.raw]
        if not usable:
            return next(iter(written or self.nits.values()), NitReading("", None, None, "missing", problem="empty"))
        with_digit = (one for one in usable if one.base == usable[0].base and one.status != "sin_dv")
        return next(with_digit, usable[0])

    def first(self, name: str) -> Value | None:
        """The first clean value of a field."""
        readings = self.readings.get(name, ())
        return readings[0].value if readings else None

    def text(self, name: str) -> str | None:
        """The first clean value of a text field."""
        value = self.first(name)
        return value if isinstance(value, str) else None


def read_rows(
    source: str,
    where: SourceColumns,
    rows: Iterable[Mapping[str, Any]],
    fields: Mapping[str, FieldRule],
    places: Places,
    country_of: Callable[[Mapping[str, Any]], str | None] = lambda row: None,
) -> list[SourceRecord]:
    """Read all rows of a source. Columns that the dataset does not have are as good as empty.

    `country_of` gives the country of a row that names none itself.
    """
    return [read_row(source, where, row, fields, places, country_of(row)) for row in rows]


def read_row(
    source: str,
    where: SourceColumns,
    row: Mapping[str, Any],
    fields: Mapping[str, FieldRule],
    places: Places,
    default_country: str | None = None,
) -> SourceRecord:
    """Read one row: first the place, because numbers and telephones depend on it, then everything else."""
    reader = FieldReader(places, default_country)
    reader.locate(where, row)
    readings = {
        name: found
        for name, columns in where.columns.items()
        if (found := reader.read(fields[name].kind if name in fields else "slug", columns, row))
    }
    state = where.state
    return SourceRecord(
        source=source,
        key="|".join(str(row.get(column) or "") for column in where.key),
        raw=row,
        readings=readings,
        nits={column: reader.read_nit(row.get(column)) for column in where.columns.get("nit", ())},
        observed_at=_first_instant(row, where.observed_at),
        created_at=_first_instant(row, (where.created_at,)),
        hub_id=_mark(row, where.hub_id),
        portal_id=_mark(row, where.portal_id),
        parent=_mark(row, where.parent),
        is_active=state is None or row.get(state.column) is None or _plain(row[state.column]) in state.active,
    )


class FieldReader:
    """Cleans values of one row, knowing the country and department that row is about."""

    def __init__(self, places: Places, default_country: str | None = None) -> None:
        self._places = places
        self.country = default_country
        self.department: str | None = None

    def locate(self, where: SourceColumns, row: Mapping[str, Any]) -> None:
        """Take country and department from the row."""
        country = self._first("country", where.columns.get("country", ()), row)
        self.country = str(country) if country else self.country
        department = self._first("department", where.columns.get("department_code", ()), row)
        self.department = str(department) if department else None
        city = self._first("city", where.columns.get("city_code", ()), row)
        self.department = self.department or (str(city)[:2] if city else None)

    def read(self, kind: Kind, columns: Sequence[str], row: Mapping[str, Any]) -> tuple[Reading, ...]:
        """The clean values of the columns, in their order."""
        filled = ((column, row[column]) for column in columns if row.get(column) is not None)
        found = ((column, _CLEANERS[kind](self, raw)) for column, raw in filled)
        return tuple(Reading(column, value) for column, value in found if value is not None)

    def read_nit(self, value: Any) -> NitReading:
        """Read one NIT. Without a country a number counts as a NIT only when it looks like a company's."""
        reading = parse_nit(_plain(value), self.country)
        if self.country is None and reading.status != "ok" and reading.kind != "company":
            return parse_nit(None)
        return reading

    def clean(self, kind: Kind, value: Any) -> Value | None:
        """One raw value to the form the golden record has, or None."""
        if value is None:
            return None
        return _CLEANERS[kind](self, value)

    def _first(self, kind: Kind, columns: Sequence[str], row: Mapping[str, Any]) -> Value | None:
        return next((reading.value for reading in self.read(kind, columns, row)), None)

    def _name(self, value: Any) -> str | None:
        text = clean_text(_plain(value))
        return text if text and _LETTER.search(text) and fold(text) not in _NAME_FILLERS else None

    def _tax_id(self, value: Any) -> str | None:
        if self.country == "CO" or (self.country is None and self.read_nit(value).is_usable):
            return None
        return TaxId.normalize(_plain(value), self.country)

    def _department(self, value: Any) -> str | None:
        return department_code(_plain(value), self._places.gazetteer) if self.country in (None, "CO") else None

    def _city(self, value: Any) -> str | None:
        if self.country not in (None, "CO"):
            return None
        text, gazetteer = _plain(value), self._places.gazetteer
        # Whoever corrects the city often leaves the department: the city then counts, if its name is clear.
        return city_code(text, self.department, gazetteer=gazetteer) or city_code(text, gazetteer=gazetteer)

    def _countries(self, value: Any) -> tuple[str, ...] | None:
        codes = {code for item in _items(value) if (code := self._places.country_code(item))}
        return tuple(sorted(codes)) or None

    def _list(self, value: Any) -> tuple[str, ...] | None:
        return tuple(sorted({text for item in _items(value) if (text := clean_text(item))})) or None


_CLEANERS: dict[Kind, Callable[[FieldReader, Any], Value | None]] = {
    "name": FieldReader._name,
    "text": lambda _, value: clean_text(_plain(value)),
    "slug": lambda _, value: fold(_plain(value)) or None,
    "nit": lambda reader, value: reader.read_nit(value).base,
    "tax_id": FieldReader._tax_id,
    "country": lambda reader, value: reader._places.country_code(_plain(value)),
    "countries": FieldReader._countries,
    "department": FieldReader._department,
    "city": FieldReader._city,
    "phone": lambda reader, value: clean_phone(_plain(value), reader.country, reader.department),
    "email": lambda _, value: clean_email(_plain(value)),
    "website": lambda _, value: clean_website(_plain(value)),
    "ciiu": lambda _, value: found.group() if (found := re.search(r"\d{4}", _plain(value).zfill(4))) else None,
    "count": lambda _, value: _count(value),
    "list": FieldReader._list,
    "date": lambda _, value: _day(value),
    "flag": lambda _, value: value if isinstance(value, bool) else None,
    "document_type": lambda _, value: _DOCUMENT_TYPES.get(fold(_plain(value)).replace(".", "")),
    "document": lambda _, value: re.sub(r"[^A-Z0-9]", "", _plain(value).upper()).lstrip("0") or None,
}


def value_text(value: Value) -> str:
    """A value as text, the same every time: lists joined by `;`, dates ISO, truth values true and false."""
    if isinstance(value, tuple):
        return ";".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _mark(row: Mapping[str, Any], column: str | None) -> str | None:
    return _plain(row[column]) or None if column and row.get(column) is not None else None


def _items(value: Any) -> list[str]:
    if isinstance(value, str):
        return re.split(r"\s*[;,|\n]\s*", value)
    return [str(item) for item in value]


def _count(value: Any) -> int | None:
    text = _plain(value)
    return int(text) if re.fullmatch(r"\d{1,3}", text, flags=re.ASCII) else None


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    digits = re.sub(r"\D", "", _plain(value), flags=re.ASCII)[:8]
    try:
        return date.fromisoformat(f"{digits[:4]}-{digits[4:6]}-{digits[6:]}")
    except ValueError:
        return None


def _first_instant(row: Mapping[str, Any], columns: Sequence[str]) -> datetime | None:
    for column in columns:
        value = row.get(column)
        found = _instant(value)
        if found is not None:
            return found
    return None


def _instant(value: Any) -> datetime | None:
    """An aware instant; a day counts from its midnight, and what names no zone is UTC."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC) if isinstance(value, date) else None
