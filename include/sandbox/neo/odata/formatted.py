"""Formatted values: how a stored value reads to a user of the organisation (Spanish, Colombian usage)."""

from datetime import date, timedelta, timezone
from typing import Any

from include.sandbox.neo.literals import parse_instant
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Kind

BOGOTA = timezone(timedelta(hours=-5))  # Colombia keeps the same offset all year


def formatted(catalog: Catalog, column: Column, value: Any, currency_symbol: str = "$") -> str | None:
    """The display text of a stored value, or None where the platform gives none (plain text, guids)."""
    if value is None:
        return None
    kind = column.kind
    if kind is Kind.MULTISELECT:
        return "; ".join(catalog.option_label(column, int(part)) or part for part in str(value).split(","))
    if kind.is_choice or kind is Kind.BOOLEAN:
        return catalog.option_label(column, int(value)) or str(value)
    if kind is Kind.MONEY:
        return f"{currency_symbol} {_grouped(float(value), column.precision or 2)}"
    if kind in (Kind.DECIMAL, Kind.DOUBLE):
        return _grouped(float(value), column.precision if column.precision is not None else 2)
    if kind in (Kind.INTEGER, Kind.BIGINT):
        return f"{int(value):,}".replace(",", ".")
    if kind is Kind.DATETIME:
        return format_moment(str(value), is_date_only=column.is_date_only)
    return None


def format_moment(text: str, *, is_date_only: bool = False) -> str:
    """`6/05/2024` or `6/05/2024 2:08 a. m.` in Bogotá's time."""
    if is_date_only or len(text) == 10:
        day = date.fromisoformat(text[:10])
        return f"{day.day}/{day.month:02d}/{day.year:04d}"
    moment = parse_instant(text)
    if moment is None:
        return text
    local = moment.astimezone(BOGOTA) if moment.year > 1 else moment
    half = "a. m." if local.hour < 12 else "p. m."
    return f"{local.day}/{local.month:02d}/{local.year:04d} {(local.hour % 12) or 12}:{local.minute:02d} {half}"


def _grouped(number: float, precision: int) -> str:
    text = f"{number:,.{min(precision, 10)}f}"
    return text.replace(",", "\0").replace(".", ",").replace("\0", ".")
