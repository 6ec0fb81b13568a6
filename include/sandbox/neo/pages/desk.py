"""Reads rows the way a person sees them: through the rights of the role, with labels and display texts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta, timezone
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

from include.sandbox.neo.api.message import Preferences
from include.sandbox.neo.api.projection import FORMATTED, LOOKUP_TABLE
from include.sandbox.neo.api.reader import Reader, Restriction
from include.sandbox.neo.literals import parse_instant
from include.sandbox.neo.model.kinds import Column, Kind, Relationship, Table
from include.sandbox.neo.odata.options import Options
from include.sandbox.neo.pages.layout import DEFAULTS_ARE_SILENT, PLUMBING
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.sqlite.schema import quoted
from include.sandbox.neo.store.neo_store import NeoStore

Row = Mapping[str, Any]
BOGOTA = timezone(timedelta(hours=-5))
_TIED = "\N{NO-BREAK SPACE}"  # a date is never broken over two lines
_MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
_LINKED_TABLES = frozenset({"systemuser", "team", "businessunit", "organization", "transactioncurrency"})


@dataclass(frozen=True)
class Shown:
    """A value with its label, ready for a template: `href` makes it a link."""

    column: str
    label: str
    text: str
    href: str | None = None
    source: str | None = None

    @property
    def is_long(self) -> bool:
        """Whether the value needs the whole width."""
        return len(self.text) > 90 or "\n" in self.text


class Desk:
    """One person's view of the organisation."""

    def __init__(self, store: NeoStore, caller: Caller) -> None:
        self.store = store
        self.caller = caller
        self.hidden = caller.rights.hidden_tables
        prefer = Preferences(annotations=("*",))
        self._reader = Reader(store.database, store.catalog, caller, prefer, store.now(), "")

    def table(self, logical: str) -> Table | None:
        """A table, or None when it does not exist or is not for this person: both look the same."""
        return None if logical in self.hidden else self.store.catalog.tables.get(logical)

    def row(self, table: Table, row_id: str) -> Row | None:
        """One row with display texts; None also for a row that is about something hidden from this person."""
        found = self._reader.single(table, row_id, Options())
        return None if found is None or self._is_about_hidden(table, found) else found

    def rows(
        self,
        table: Table,
        restriction: Restriction | None = None,
        *,
        order: Sequence[tuple[str, bool]] = (),
        select: Sequence[str] | None = None,
        limit: int = 200,
    ) -> list[dict[str, Any]]:
        """Rows with display texts; nothing at all for a hidden table."""
        if table.logical in self.hidden:
            return []
        known = [(name, down) for name, down in order if name in table.columns]
        shown = (
            None if select is None else tuple(dict.fromkeys(_property(table, n) for n in select if n in table.columns))
        )
        options = Options(select=shown, orderby=tuple(known))
        found = self._reader.page(table, options, restriction, limit=limit).rows
        return [row for row in found if not self._is_about_hidden(table, row)]

    def children(
        self,
        relationship: Relationship,
        parent_id: str,
        *,
        order: Sequence[tuple[str, bool]] = (),
        limit: int = 200,
    ) -> list[dict[str, Any]]:
        """The rows of a 1:N relationship below one parent."""
        child = self.store.catalog.tables[relationship.referencing]
        return self.rows(child, self._reader.children(relationship, parent_id), order=order, limit=limit)

    def count(self, table: Table, restriction: Restriction | None = None) -> int:
        """How many rows, without the limit that the Web API puts on counting."""
        if table.logical in self.hidden:
            return 0
        statement = self._reader.statement(table, Options(), [], restriction)
        sql, parameters = statement.count_sql(10_000_000)
        found = self.store.database.row(sql, parameters)
        return int(found[0]) if found else 0

    def shown(self, table: Table, row: Row, column: Column) -> Shown | None:
        """A column of a row as a person reads it; None when it is empty."""
        value = row.get(column.property_name)
        if value is None or value == "":
            return None
        text = self.text(row, column)
        return Shown(column.logical, column.label.text or column.logical, text, self._href(row, column, value))

    def text(self, row: Row, column: Column) -> str:
        """The display text of a column; empty when it has no value."""
        value = row.get(column.property_name)
        if value is None:
            return ""
        if column.kind is Kind.DATETIME:
            return spanish_date(str(value)) if column.is_date_only else spanish_moment(str(value))
        text = str(row.get(f"{column.property_name}@{FORMATTED}", value))
        return person_name(text) if column.kind.is_lookup else text

    def title(self, table: Table, row: Row) -> str:
        """The name a row is known by."""
        return str(row.get(table.primary_name or "") or table.label.text)

    def filled(self, table: Table, row: Row, *, skip: frozenset[str] = frozenset()) -> list[Shown]:
        """Every filled column a person has use for, in the order of the metadata."""
        found = []
        for column in table.columns.values():
            if column.logical in skip or not self._is_telling(table, column, row):
                continue
            shown = self.shown(table, row, column)
            if shown is not None:
                found.append(shown)
        return found

    def user_names(self, ids: Sequence[str]) -> dict[str, str]:
        """Full names by user id."""
        names: dict[str, str] = {}
        for user_id in set(ids):
            found = self.store.database.row("select fullname from systemuser where systemuserid = ?", (user_id,))
            if found and found[0]:
                names[user_id] = person_name(str(found[0]))
        return names

    def by_lookup(self, table: Table, attribute: str, ids: Sequence[str]) -> Restriction:
        """The rows of a table whose lookup points at one of `ids`."""
        marks = ", ".join("?" * len(ids)) or "null"
        return Restriction(f"t0.{quoted(attribute)} in ({marks})", list(ids))

    def _is_about_hidden(self, table: Table, row: Row) -> bool:
        """A task or a note about a hidden row would tell that the row exists."""
        lookups = (c.property_name for c in table.columns.values() if c.kind.is_lookup)
        return any(row.get(f"{name}@{LOOKUP_TABLE}") in self.hidden for name in lookups)

    def _is_telling(self, table: Table, column: Column, row: Row) -> bool:
        if column.logical in PLUMBING or column.is_primary_id or column.base_of is not None:
            return False
        value = row.get(column.property_name)
        if column.logical in DEFAULTS_ARE_SILENT or (column.kind is Kind.BOOLEAN and not column.is_custom):
            return value is not None and value != column.default
        return column.kind is not Kind.GUID

    def _href(self, row: Row, column: Column, value: Any) -> str | None:
        if column.kind.is_lookup:
            target = str(row.get(f"{column.property_name}@{LOOKUP_TABLE}") or "")
            return self.link(target, str(value))
        if not isinstance(value, str):
            return None
        if column.format == "Email" or column.logical.startswith("emailaddress"):
            return f"mailto:{quote(value, safe='@.+-_')}" if "@" in value else None
        if column.format == "Phone":
            return f"tel:{''.join(c for c in value if c.isdigit() or c == '+')}"
        return web_address(value) if column.format == "Url" else None

    def link(self, table: str, row_id: str) -> str | None:
        """The page of a row, when there is one for this person."""
        if table in self.hidden or table in _LINKED_TABLES or table not in self.store.catalog.tables:
            return None
        return f"/360/cuentas/{row_id}" if table == "account" else f"/360/registros/{table}/{row_id}"


def person_name(text: str) -> str:
    """Application users carry a `#` in front of their name; people read that nobody was at the keys."""
    return f"{text[2:].capitalize()} (automático)" if text.startswith("# ") else text


def _property(table: Table, logical: str) -> str:
    return table.columns[logical].property_name


def web_address(text: str) -> str | None:
    """A safe link for what somebody typed as a web site; never a scheme that could run something."""
    candidate = text if "://" in text else f"https://{text}"
    try:
        parts = urlsplit(candidate)
    except ValueError:
        return None
    return candidate if parts.scheme in ("http", "https") and parts.netloc and " " not in candidate else None


def spanish_moment(text: str) -> str:
    """`2026-11-03T19:05:00Z` -> `3 nov 2026, 2:05 p. m.` (Bogotá)."""
    moment = parse_instant(text)
    if moment is None:
        return text
    local = moment.astimezone(BOGOTA)
    half = "a. m." if local.hour < 12 else "p. m."
    day = f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
    return f"{day}, {(local.hour % 12) or 12}:{local.minute:02d} {half}".replace(" ", _TIED)


def spanish_date(text: str) -> str:
    """`2026-11-03` -> `3 nov 2026`; an instant gives its day in Bogotá."""
    moment = parse_instant(text)
    if moment is None:
        return text
    local = moment.astimezone(BOGOTA) if "T" in text else moment
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}".replace(" ", _TIED)


class _TextOnly(HTMLParser):
    """Collects the text of a mail body, leaving every tag out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag in ("br", "p", "div", "li", "tr"):
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style") and self._silent:
            self._silent -= 1

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def plain_text(html: str) -> str:
    """The readable text of a mail body."""
    if "<" not in html:
        return html
    parser = _TextOnly()
    parser.feed(html)
    lines = (" ".join(line.split()) for line in "".join(parser.parts).splitlines())
    return "\n".join(line for line in lines if line)
