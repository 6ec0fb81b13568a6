"""Which columns of a row are shown, and how a stored row becomes Web API JSON."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import Preferences
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Kind, Relationship, Table
from include.sandbox.neo.model.money import CURRENCY
from include.sandbox.neo.odata.formatted import formatted
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.sqlite.schema import quoted, target_column

FORMATTED = "OData.Community.Display.V1.FormattedValue"
LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname"
NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty"


@dataclass(frozen=True)
class Projection:
    """The shown columns of one table for one query."""

    table: Table
    shown: tuple[Column, ...]
    extra: tuple[Column, ...] = ()

    def sql_names(self) -> list[str]:
        """The SQL columns to read, targets of polymorphic lookups included."""
        names: dict[str, None] = {}
        for column in (*self.shown, *self.extra):
            names[column.logical] = None
            if column.is_polymorphic:
                names[target_column(column.logical)] = None
        if "versionnumber" in self.table.columns:
            names["versionnumber"] = None
        return list(names)


def project(
    catalog: Catalog, table: Table, select: Sequence[str] | None, navigations: Iterable[Relationship] = ()
) -> Projection:
    """The projection of a `$select`; the primary key always comes, money drags its currency along."""
    extra = tuple(table.columns[relationship.attribute] for relationship in navigations)
    if select is None:
        return Projection(table, tuple(table.columns.values()), extra)
    wanted: dict[str, Column] = {}
    for name in select:
        column = _selected(catalog, table, name)
        wanted[column.logical] = column
        if column.kind is Kind.MONEY and CURRENCY in table.columns:
            wanted[CURRENCY] = table.columns[CURRENCY]
        if column.logical.startswith("address") and column.logical.endswith("_line1"):
            composite = column.logical.replace("_line1", "_composite")
            wanted[composite] = table.columns[composite]
    wanted[table.primary_id] = table.columns[table.primary_id]
    return Projection(table, tuple(wanted.values()), extra)


def _selected(catalog: Catalog, table: Table, name: str) -> Column:
    column = table.columns.get(name)
    if column is not None and not column.kind.is_lookup:
        return column
    if name.startswith("_") and name.endswith("_value"):
        column = table.columns.get(name[1:-6])
        if column is not None and column.kind.is_lookup:
            return column
    relationship = catalog.single(table.logical, name)
    if relationship is not None:
        return table.columns[relationship.attribute]
    raise errors.unknown_query_property(name, table.logical)


@dataclass
class RowWriter:
    """Turns stored rows into JSON objects with the annotations that were asked for."""

    database: Database
    catalog: Catalog
    prefer: Preferences
    hidden: frozenset[str] = frozenset()
    _names: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _symbols: dict[str, str] = field(default_factory=dict)

    def write(self, projection: Projection, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """The JSON objects of some rows, in order."""
        plain = not self.prefer.annotations
        if not plain:
            self._load_names(projection, rows)
        has_version = "versionnumber" in projection.table.columns
        members = [(c.logical, c.property_name, c.kind is Kind.BOOLEAN, c) for c in projection.shown]
        written: list[dict[str, Any]] = []
        for row in rows:
            out: dict[str, Any] = {}
            if has_version:
                out["@odata.etag"] = f'W/"{row["versionnumber"]}"'
            for logical, name, is_boolean, column in members:
                value = row[logical]
                if not plain and value is not None:
                    self._annotate(out, projection.table, column, row, value)
                out[name] = bool(value) if is_boolean and value is not None else value
            written.append(out)
        return written

    def _annotate(self, out: dict[str, Any], table: Table, column: Column, row: Mapping[str, Any], value: Any) -> None:
        name = column.property_name
        if column.kind.is_lookup:
            self._annotate_lookup(out, table, column, row, str(value))
        elif self.prefer.includes(FORMATTED):
            text = formatted(self.catalog, column, value, self._symbol(row.get(CURRENCY)))
            if text is not None:
                out[f"{name}@{FORMATTED}"] = text

    def _annotate_lookup(
        self, out: dict[str, Any], table: Table, column: Column, row: Mapping[str, Any], value: str
    ) -> None:
        target = row[target_column(column.logical)] if column.is_polymorphic else column.targets[0]
        name = column.property_name
        text = self._names.get((str(target), value))
        if text is not None and self.prefer.includes(FORMATTED):
            out[f"{name}@{FORMATTED}"] = text
        if self.prefer.includes(NAVIGATION):
            navigation = _navigation(self.catalog, table, column, str(target))
            if navigation is not None:
                out[f"{name}@{NAVIGATION}"] = navigation
        if self.prefer.includes(LOOKUP_TABLE):
            out[f"{name}@{LOOKUP_TABLE}"] = target

    def _load_names(self, projection: Projection, rows: Sequence[Mapping[str, Any]]) -> None:
        """The primary names of every row that is pointed at, with one query per table."""
        wanted: dict[str, set[str]] = {}
        for column in projection.shown:
            if not column.kind.is_lookup:
                continue
            for row in rows:
                value = row[column.logical]
                if value is not None:
                    target = row[target_column(column.logical)] if column.is_polymorphic else column.targets[0]
                    wanted.setdefault(str(target), set()).add(str(value))
        for target, ids in wanted.items():
            self._load_table_names(target, ids)

    def _load_table_names(self, target: str, ids: Iterable[str]) -> None:
        table = self.catalog.tables.get(target)
        if table is None or table.primary_name is None or target in self.hidden:
            return
        missing = [row_id for row_id in ids if (target, row_id) not in self._names]
        sql = (
            f"select {quoted(table.primary_id)}, {quoted(table.primary_name)} from {quoted(target)} "
            f"where {quoted(table.primary_id)} in (select value from json_each(?))"
        )
        for row_id, name in self.database.rows(sql, (json.dumps(missing),)):
            self._names[(target, str(row_id))] = name

    def _symbol(self, currency_id: Any) -> str:
        if currency_id is None:
            return "$"
        if currency_id not in self._symbols:
            found = self.database.row(
                "select currencysymbol from transactioncurrency where transactioncurrencyid = ?", (currency_id,)
            )
            self._symbols[currency_id] = str(found[0]) if found else "$"
        return self._symbols[currency_id]


def _navigation(catalog: Catalog, table: Table, column: Column, target: str) -> str | None:
    for relationship in catalog.navigations_of_column(table.logical, column.logical):
        if relationship.referenced in (target, "principal"):
            return relationship.single_name
    return None
