"""One JSON value to the value that is stored, by column type, with the platform's own refusals."""

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_date, parse_guid, parse_instant, utf16_length
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Kind, Table

EDM = {
    Kind.STRING: "Edm.String",
    Kind.MEMO: "Edm.String",
    Kind.INTEGER: "Edm.Int32",
    Kind.BIGINT: "Edm.Int64",
    Kind.DECIMAL: "Edm.Decimal",
    Kind.DOUBLE: "Edm.Double",
    Kind.MONEY: "Edm.Decimal",
    Kind.BOOLEAN: "Edm.Boolean",
    Kind.DATETIME: "Edm.DateTimeOffset",
    Kind.PICKLIST: "Edm.Int32",
    Kind.STATE: "Edm.Int32",
    Kind.STATUS: "Edm.Int32",
    Kind.MULTISELECT: "Edm.String",
    Kind.GUID: "Edm.Guid",
    Kind.LOOKUP: "Edm.Guid",
    Kind.CUSTOMER: "Edm.Guid",
    Kind.OWNER: "Edm.Guid",
}
INT32 = (-(2**31), 2**31 - 1)
INT64 = (-(2**63), 2**63 - 1)
EARLIEST = datetime(1753, 1, 1, tzinfo=UTC)

_CLR = {Kind.INTEGER: "System.Int32", Kind.DECIMAL: "System.Decimal", Kind.DOUBLE: "System.Double"}


def edm_type(column: Column) -> str:
    """The OData type of a column."""
    return "Edm.Date" if column.is_date_only else EDM[column.kind]


def convert(catalog: Catalog, table: Table, column: Column, value: Any) -> Any:
    """The stored form of `value`; None stays None and an empty text becomes None, as on the platform."""
    if value is None:
        return None
    return _CONVERTERS[column.kind](catalog, table, column, value)


def _wrong_type(table: Table, column: Column, value: Any) -> errors.ServiceError:
    literal = value if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    return errors.wrong_type(table.set_name, literal, edm_type(column))


def _text(catalog: Catalog, table: Table, column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong_type(table, column, value)
    try:
        length = utf16_length(value)
    except UnicodeEncodeError as error:  # half of a surrogate pair is no text
        raise errors.payload(table.set_name, f"Invalid character in the value of '{column.logical}'.") from error
    if "\x00" in value:
        raise errors.payload(table.set_name, "'.', hexadecimal value 0x00, is an invalid character.")
    if column.max_length is not None and length > column.max_length:
        raise errors.too_long(table.logical, column.logical, column.max_length)
    return value or None


def _whole(limits: tuple[int, int]) -> Callable[[Catalog, Table, Column, Any], int]:
    def converter(catalog: Catalog, table: Table, column: Column, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not limits[0] <= value <= limits[1]:
            raise _wrong_type(table, column, value)
        if column.kind is Kind.INTEGER:
            _check_range(table, column, value, "0x8004432f")
        return value

    return converter


def _fraction(catalog: Catalog, table: Table, column: Column, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(table, column, value)
    if isinstance(value, float) and not math.isfinite(value):
        raise _wrong_type(table, column, value)
    if abs(value) > 1e28:  # beyond what a Decimal of the platform holds; also keeps float() from overflowing
        raise _wrong_type(table, column, value)
    rounded = round(float(value), column.precision) if column.precision is not None else float(value)
    _check_range(table, column, rounded, "0x80044330")
    return rounded


def _check_range(table: Table, column: Column, value: float, code: str) -> None:
    low, high = column.minimum, column.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"{_bound(low)} to {_bound(high)}"
        type_name = _CLR.get(column.kind, "Microsoft.Xrm.Sdk.Money")
        raise errors.out_of_range(table.logical, column.logical, value, type_name, bounds, code)


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"


def _boolean(catalog: Catalog, table: Table, column: Column, value: Any) -> int:
    if not isinstance(value, bool):
        raise _wrong_type(table, column, value)
    return int(value)


def _choice(catalog: Catalog, table: Table, column: Column, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not INT32[0] <= value <= INT32[1]:
        raise _wrong_type(table, column, value)
    _check_choice(catalog, table, column, value)
    return value


def _check_choice(catalog: Catalog, table: Table, column: Column, value: int) -> None:
    accepted = [option.value for option in catalog.options_of(column)]
    if value not in accepted:
        raise errors.bad_choice(table.logical, column.logical, value, accepted)


def _choices(catalog: Catalog, table: Table, column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong_type(table, column, value)
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(re.fullmatch(r"-?\d{1,10}", part) for part in parts):
        raise _wrong_type(table, column, value)
    numbers = sorted({int(part) for part in parts})
    for number in numbers:
        _check_choice(catalog, table, column, number)
    return ",".join(str(number) for number in numbers) or None


def _moment(catalog: Catalog, table: Table, column: Column, value: Any) -> str | None:
    if not isinstance(value, str):
        raise _wrong_type(table, column, value)
    if value == "":
        return None
    if column.is_date_only:
        day = parse_date(value)
        if day is None:
            raise _wrong_type(table, column, value)
        if day < EARLIEST.date():
            raise errors.date_too_early(value)
        return day.isoformat()
    moment = parse_instant(value)
    if moment is None:
        raise _wrong_type(table, column, value)
    if moment < EARLIEST:
        raise errors.date_too_early(value)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _guid(catalog: Catalog, table: Table, column: Column, value: Any) -> str:
    parsed = parse_guid(value) if isinstance(value, str) else None
    if parsed is None:
        raise _wrong_type(table, column, value)
    return parsed


_CONVERTERS: dict[Kind, Callable[[Catalog, Table, Column, Any], Any]] = {
    Kind.STRING: _text,
    Kind.MEMO: _text,
    Kind.INTEGER: _whole(INT32),
    Kind.BIGINT: _whole(INT64),
    Kind.DECIMAL: _fraction,
    Kind.DOUBLE: _fraction,
    Kind.MONEY: _fraction,
    Kind.BOOLEAN: _boolean,
    Kind.PICKLIST: _choice,
    Kind.STATE: _choice,
    Kind.STATUS: _choice,
    Kind.MULTISELECT: _choices,
    Kind.DATETIME: _moment,
    Kind.GUID: _guid,
    Kind.LOOKUP: _guid,
    Kind.CUSTOMER: _guid,
    Kind.OWNER: _guid,
}
