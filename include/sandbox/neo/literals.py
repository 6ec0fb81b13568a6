"""How the service writes guids, dates and instants, read strictly: what does not fit is None, never an exception."""

import re
from datetime import UTC, date, datetime

_GUID = re.compile(r"\{?[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,7})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)


def parse_instant(text: str) -> datetime | None:
    """An ISO instant as aware UTC, or None; without an offset it is taken as UTC."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def parse_date(text: str) -> date | None:
    """An ISO date, or None."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_guid(text: str) -> str | None:
    """A guid in the platform's spelling (lower case, no braces), or None."""
    return text.strip("{}").lower() if _GUID.fullmatch(text) else None


def utf16_length(text: str) -> int:
    """The length as the platform's database counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2
