"""Reading single values by a source sheet: dates as sources write them, countries, mail addresses.

Each reader raises `PydanticCustomError` with a reason code as its type, so that the record contract can
tell which field failed and why without knowing what was in it.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AllowInfNan, BeforeValidator, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from include.core.reference import country_code
from include.core.source_sheet import FieldSheet
from transforms.identifiers.email import Email

# Before the first chamber of commerce and after any contract: a slip of the keyboard, not a date.
_FIRST_YEAR, _LAST_YEAR = 1800, 2200
_MIDNIGHT = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:T00:00(?::00(?:\.0+)?)?(?:Z|[+-]00:00)?)?$")
_INSTANT = re.compile(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+")
_known_country = lru_cache(maxsize=4096)(country_code)


def field_type(field: FieldSheet, utc_offset: str) -> Any:
    """The pydantic type of a field, without its nullability."""
    if field.type == "list[str]":
        return list[str]
    if field.type == "list[object]":
        item = {name: _scalar(FieldSheet(type=kind), utc_offset) | None for name, kind in field.item.items()}
        return list[TypedDict("Item", item, total=False)]  # type: ignore[operator, misc]
    return _scalar(field, utc_offset)


def _scalar(field: FieldSheet, utc_offset: str) -> Any:
    if field.type == "bool":
        return StrictBool
    if field.type in ("int", "float"):
        number = int if field.type == "int" else float
        return Annotated[number, Field(ge=field.ge, le=field.le), AllowInfNan(False)]
    if field.type in ("date", "datetime"):
        return _moment(field, utc_offset)
    return _text(field)


def _text(field: FieldSheet) -> Any:
    if field.check == "country":
        return Annotated[str, AfterValidator(read_country)]
    if field.check == "email":
        return Annotated[str, AfterValidator(read_email)]
    if field.one_of:
        return Literal[field.one_of]
    return Annotated[str, StringConstraints(pattern=field.pattern, max_length=field.max_length)]


def _moment(field: FieldSheet, utc_offset: str) -> Any:
    if field.type == "date":
        return Annotated[date, BeforeValidator(date_reader(field.format))]
    return Annotated[datetime, BeforeValidator(instant_reader(field.format, utc_offset))]


def date_reader(layout: str | None) -> Callable[[Any], date]:
    """A reader of dates: ISO (an instant at midnight passes too), or `layout` in strptime's letters."""

    def read(value: Any) -> date:
        try:
            if not isinstance(value, str):
                raise ValueError
            if layout is None:
                plain = _MIDNIGHT.match(value)
                found = date.fromisoformat(plain[1] if plain else "")
            else:
                found = datetime.strptime(value, layout).replace(tzinfo=UTC).date()
        except ValueError:
            raise _bad_date() from None
        return found if _FIRST_YEAR <= found.year < _LAST_YEAR else _raise_bad_date()

    return read


def instant_reader(layout: str | None, utc_offset: str) -> Callable[[Any], datetime]:
    """A reader of instants, ISO or `layout`; without a zone of its own an instant is read at `utc_offset`."""
    zone = _zone(utc_offset)

    def read(value: Any) -> datetime:
        try:
            if not isinstance(value, str):
                raise ValueError
            plain = _LONG_FRACTION.sub(r"\1", value)
            if layout is not None:
                found = datetime.strptime(plain, layout).replace(tzinfo=zone)
            elif _INSTANT.match(plain):
                found = datetime.fromisoformat(plain)
            else:
                raise ValueError
            found = (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            raise _bad_date() from None
        return found if _FIRST_YEAR <= found.year < _LAST_YEAR else _raise_bad_date()

    return read


def read_country(value: str) -> str:
    """iso2 of a country in any known spelling."""
    code = _known_country(value)
    if code is None:
        raise PydanticCustomError("unknown_country", "no country by that name")
    return code


def read_email(value: str) -> str:
    """The address, normalised."""
    address = Email.normalize(value)
    if address is None:
        raise PydanticCustomError("bad_email", "not a mail address")
    return address


def _bad_date() -> PydanticCustomError:
    return PydanticCustomError("bad_date", "not a date")


def _raise_bad_date() -> Any:
    raise _bad_date()


def _zone(utc_offset: str) -> timezone:
    hours, minutes = utc_offset[1:].split(":")
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-shift if utc_offset.startswith("-") else shift)
