"""Paging cookies and change tokens: opaque to clients, readable here."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote
from xml.sax.saxutils import quoteattr

from defusedxml.ElementTree import fromstring

from include.sandbox.neo import errors

_TOKEN = re.compile(r"^(\d{1,18})!(\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2})$")


@dataclass(frozen=True)
class PageMark:
    """Where a page ended: the next page's number and the last row's ordering values, in order."""

    number: int
    last: tuple[Any, ...]
    since: int = 0  # change tracking: the version the whole reading counts from


def write_cookie(mark: PageMark, id_column: str) -> str:
    """The value of `$skiptoken`, in the shape of the platform's own cookie."""
    attributes = "".join(f" v{i}={quoteattr(_write(value))}" for i, value in enumerate(mark.last))
    inner = f'<cookie page="{mark.number - 1}" since="{mark.since}"><{id_column}{attributes} /></cookie>'
    return f'<cookie pagenumber="{mark.number}" pagingcookie="{quote(quote(inner))}" istracking="False" />'


def read_cookie(text: str) -> PageMark:
    """The mark in a `$skiptoken`; raises the query error for anything this server did not write."""
    try:
        outer = fromstring(text)
        inner = fromstring(unquote(unquote(outer.attrib["pagingcookie"])))
        row = inner[0]
        last = tuple(_read(row.attrib[f"v{i}"]) for i in range(len(row.attrib)))
        return PageMark(int(outer.attrib["pagenumber"]), last, int(inner.attrib["since"]))
    except Exception as error:  # whatever an altered token breaks, the answer is the same
        raise errors.query("Malformed XML in the Paging Cookie") from error


def write_token(version: int, now: datetime) -> str:
    """The value of `$deltatoken`: version and moment, as the platform writes it."""
    return f"{version}!{now:%m/%d/%Y %H:%M:%S}"


def read_token(text: str, now: datetime, days: int) -> int:
    """The version in a `$deltatoken`; a token older than `days` has expired."""
    match = _TOKEN.match(text)
    if match is None:
        raise errors.query("The $deltatoken could not be read.")
    try:
        made = datetime.strptime(match[2], "%m/%d/%Y %H:%M:%S").replace(tzinfo=now.tzinfo)
    except ValueError as error:
        raise errors.query("The $deltatoken could not be read.") from error
    if (now - made).days >= days:
        raise errors.ServiceError(
            400, "0x80044352", "Version stamp associated with the client has expired. Please perform a full sync."
        )
    return int(match[1])


def _write(value: Any) -> str:
    if value is None:
        return "n"
    if isinstance(value, int):
        return f"i{value}"
    return f"f{value!r}" if isinstance(value, float) else f"s{value}"


def _read(text: str) -> Any:
    kind, value = text[:1], text[1:]
    if kind == "n":
        return None
    if kind == "i":
        return int(value)
    if kind == "f":
        return float(value)
    if kind == "s":
        return value
    raise ValueError("unknown kind of value")
