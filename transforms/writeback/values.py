"""Canonical form of a value, so that the hub's and NEO's spellings of the same value are equal.

The canonical form is also what is sent: JSON-ready, rounded, trimmed, in UTC. A value that NEO's column cannot hold
raises `UnfitValueError`; nothing is bent into shape, except a memo that its sheet allows to be shortened.
"""

import math
import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime
from typing import Any

from include.core.neo_schema import Column

Canonical = str | int | float | bool | None
Canonicaliser = Callable[[Any], Canonical]

# XML 1.0 has no place for these, and NEO refuses a text that holds one.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_EARLIEST = date(1753, 1, 1)
ELLIPSIS = "…"


class UnfitValueError(Exception):
    """A value its column cannot hold: `code` for counting, `reason_es` for people; the value itself is not quoted."""

    def __init__(self, code: str, reason_es: str) -> None:
        self.code, self.reason_es = code, reason_es
        super().__init__(code)


def canonicaliser(column: Column, options: Collection[int] | None = None) -> Canonicaliser:
    """Return the function that brings values of `column` into canonical form; null and blank text become None.

    `options` are the numbers of a choice; None accepts any number (a list that is NEO's own).
    """
    of_kind: dict[str, Canonicaliser] = {
        "string": lambda value: _text(value, column, one_line=True),
        "memo": lambda value: _text(value, column, one_line=False),
        "integer": lambda value: _integer(value, column),
        "decimal": lambda value: _number(value, column),
        "double": lambda value: _number(value, column),
        "money": lambda value: _number(value, column),
        "boolean": _boolean,
        "choice": lambda value: _choice(value, options),
        "state": lambda value: _choice(value, None),
        "date": _date,
        "datetime": _datetime,
    }
    convert = of_kind[column.kind]

    def canonical(value: Any) -> Canonical:
        return None if value is None else convert(value)

    return canonical


def present_canonicaliser(column: Column) -> Canonicaliser:
    """As `canonicaliser`, for what NEO holds: never refuses, because NEO's value is a fact."""
    # Ranges and lengths bind what we send; what is there may be older than the sheet.
    loose = column.model_copy(update={"max_length": 10_000_000, "minimum": None, "maximum": None, "shorten": False})
    strict = canonicaliser(loose)

    def canonical(value: Any) -> Canonical:
        try:
            return strict(value)
        except UnfitValueError:
            return str(value)

    return canonical


def _text(value: Any, column: Column, *, one_line: bool) -> str | None:
    text = str(value)
    if not text.isprintable():
        text = _CONTROL.sub("", text)
    text = " ".join(text.split()) if one_line else text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        return None
    limit = column.max_length or 0
    if 2 * len(text) <= limit or _units(text) <= limit:
        return text
    if not column.shorten:
        raise UnfitValueError("too_long", f"tiene {_units(text)} caracteres y caben {limit}")
    while _units(text) > limit - 1:
        text = text[: len(text) - max(1, (_units(text) - limit + 1) // 2)]
    return text.rstrip() + ELLIPSIS


def _units(text: str) -> int:
    """Length as NEO counts it: UTF-16 units, so that a character outside the basic plane is two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _integer(value: Any, column: Column) -> int:
    number = _float(value)
    if not number.is_integer():
        raise UnfitValueError("not_an_integer", "no es un número entero")
    _check_range(number, column)
    return int(number)


def _number(value: Any, column: Column) -> float:
    number = round(_float(value), column.precision or 0) + 0.0  # + 0.0 turns -0.0 into 0.0
    _check_range(number, column)
    return number


def _float(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise UnfitValueError("not_a_number", "no es un número") from None
    if not math.isfinite(number):
        raise UnfitValueError("not_a_number", "no es un número finito")
    return number


def _check_range(number: float, column: Column) -> None:
    low = column.minimum if column.minimum is not None else -100_000_000_000.0
    high = column.maximum if column.maximum is not None else 100_000_000_000.0
    if column.kind == "integer":
        low, high = max(low, -(2.0**31)), min(high, 2.0**31 - 1)
    if not low <= number <= high:
        raise UnfitValueError("out_of_range", f"está fuera de {low:g} a {high:g}")


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise UnfitValueError("not_a_boolean", "no es un sí o un no")


def _choice(value: Any, options: Collection[int] | None) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise UnfitValueError("unknown_option", "la lista de opciones no conoce el valor") from None
    if options is not None and number not in options:
        raise UnfitValueError("unknown_option", "la lista de opciones no conoce el valor")
    return number


def _date(value: Any) -> str:
    if isinstance(value, datetime):
        value = value.date()
    if not isinstance(value, date):
        try:
            value = date.fromisoformat(str(value)[:10])
        except ValueError:
            raise UnfitValueError("not_a_date", "no es una fecha") from None
    _check_earliest(value)
    return str(value.isoformat())


def _datetime(value: Any) -> str:
    if not isinstance(value, datetime):
        try:
            value = datetime.fromisoformat(str(value))
        except ValueError:
            raise UnfitValueError("not_an_instant", "no es una fecha con hora") from None
    instant = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    _check_earliest(instant.date())
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"  # NEO keeps whole seconds


def _check_earliest(day: date) -> None:
    if day < _EARLIEST:
        raise UnfitValueError("too_early", "es anterior a 1753, lo primero que NEO admite")
