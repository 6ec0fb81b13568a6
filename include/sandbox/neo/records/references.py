"""Finds the row that a reference means: by guid, by alternate key, or by the number of an earlier request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Key, Kind, Table
from include.sandbox.neo.odata.predicates import KeyValue, Predicate, Segment, relative_reference, split_path
from include.sandbox.neo.records.convert import convert
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.sqlite.schema import comparable, quoted
from include.sandbox.neo.sqlite.text import fold

SERVICE_ROOT = re.compile(r"/api/data/v9\.\d/")
_PLAIN = re.compile(r"^/?([a-z_0-9]+)\(([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\)$")


@dataclass(frozen=True)
class Reference:
    """A row by table and id."""

    table: str
    row_id: str


@dataclass
class References:
    """Resolves references against the rows; `content_ids` holds the rows earlier requests of a change set made."""

    database: Database
    catalog: Catalog
    content_ids: Mapping[str, Reference] = field(default_factory=dict)
    is_trusting: bool = False

    def resolve(self, text: str) -> Reference:
        """The row of a bind value. Raises when the set is unknown or the row is not there."""
        if text.startswith("$"):
            return self.by_content_id(text[1:])
        plain = _PLAIN.match(text)
        if plain:
            table = self.table_of(plain[1])
            return self._existing(table, plain[2].lower())
        root = SERVICE_ROOT.search(text)
        segments = split_path(relative_reference(text, root[0] if root else "/api/data/v9.2/"))
        if len(segments) != 1 or not segments[0].has_key:
            raise errors.query("Bad Request - The entity reference is not of the form set(key).")
        return self.of_segment(segments[0])

    def of_segment(self, segment: Segment) -> Reference:
        """The row a keyed path segment means."""
        table = self.table_of(segment.name)
        predicate = segment.predicate()
        if predicate.guid is not None:
            return self._existing(table, predicate.guid)
        found = self.find_by_key(table, predicate)
        if found is None:
            raise errors.key_row_missing(table.logical)
        return Reference(table.logical, found)

    def table_of(self, set_name: str) -> Table:
        """The table of an entity set; refused when there is none."""
        table = self.catalog.by_set(set_name)
        if table is None:
            raise errors.unknown_segment(set_name)
        return table

    def by_content_id(self, name: str) -> Reference:
        """The row an earlier request of the change set was about."""
        if name not in self.content_ids:
            raise errors.payload("", f"Content-ID Reference: '${name}' does not exist in the batch context.")
        return self.content_ids[name]

    def exists(self, table: Table, row_id: str) -> bool:
        """Whether a row with this id is there."""
        sql = f"select 1 from {quoted(table.logical)} where {quoted(table.primary_id)} = ?"
        return self.database.row(sql, (row_id,)) is not None

    def find_by_key(self, table: Table, predicate: Predicate) -> str | None:
        """The id of the row with these key values, or None. Raises when no active key has these columns."""
        values = self.key_values(table, predicate)
        terms = [f"{comparable(table, table.columns[name], '')} = ?" for name in values]
        sql = f"select {quoted(table.primary_id)} from {quoted(table.logical)} where {' and '.join(terms)}"
        found = self.database.row(sql, [fold(value) for value in values.values()])
        return str(found[0]) if found else None

    def key_values(self, table: Table, predicate: Predicate) -> dict[str, Any]:
        """The key's columns with their stored values, as an upsert copies them into a new row."""
        names = {_logical(name) for name, _ in predicate.parts}
        key = next((k for k in table.keys.values() if set(k.columns) == names and k.status == "Active"), None)
        if key is None:
            raise errors.key_undefined(table.logical)
        written = {_logical(name): value for name, value in predicate.parts}
        return {name: self._key_value(table, key, table.columns[name], written[name]) for name in key.columns}

    def _key_value(self, table: Table, key: Key, column: Column, value: KeyValue) -> Any:
        raw: Any = value.text
        is_text = column.kind in (Kind.STRING, Kind.MEMO, Kind.DATETIME)
        if column.kind is Kind.DATETIME or (is_text and value.is_quoted) or column.kind.is_lookup:
            return convert(self.catalog, table, column, raw)
        if is_text or value.is_quoted:
            raise errors.query(f"The key value of '{column.logical}' is not of the type of the column.")
        try:
            raw = float(raw) if column.kind in (Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY) else int(raw)
        except ValueError as error:
            raise errors.query(f"The key value of '{column.logical}' is not a number.") from error
        return convert(self.catalog, table, column, raw)

    def _existing(self, table: Table, row_id: str) -> Reference:
        if not self.is_trusting and not self.exists(table, row_id):
            raise errors.bound_row_missing(table.logical, row_id)
        return Reference(table.logical, row_id)


def _logical(name: str) -> str:
    """`_x_value` names the lookup column x in a key predicate."""
    return name[1:-6] if name.startswith("_") and name.endswith("_value") else name
