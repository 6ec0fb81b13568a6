"""Where names in a query live: a table, its alias, and the joins that paths over lookups bring in."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from include.sandbox.neo import errors
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Kind, Relationship, Table
from include.sandbox.neo.odata.syntax import Path
from include.sandbox.neo.sqlite.schema import quoted, target_column


@dataclass(frozen=True)
class Place:
    """A column in a query: its table, its definition, and the alias it is read through."""

    table: Table
    column: Column
    alias: str

    @property
    def sql(self) -> str:
        """The column as SQL reads it."""
        return f"{self.alias}.{quoted(self.column.logical)}"

    @property
    def compared(self) -> str:
        """The expression the database compares and orders by."""
        return f"neo_fold({self.sql})" if self.column.kind in (Kind.STRING, Kind.MEMO) else self.sql


@dataclass
class Scope:
    """One `from` with its joins. A lambda opens a scope inside another."""

    catalog: Catalog
    table: Table
    hidden: frozenset[str] = frozenset()
    alias: str = "t0"
    variable: str | None = None
    outer: "Scope | None" = None
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    joins: list[str] = field(default_factory=list)
    _joined: dict[tuple[str, str], tuple[Table, str]] = field(default_factory=dict)

    def inner(self, table: Table, variable: str | None) -> "Scope":
        """A scope inside this one, for the rows of a collection."""
        return Scope(self.catalog, table, self.hidden, f"t{next(self.numbers)}", variable, self, self.numbers)

    def place(self, path: Path) -> Place:
        """The column at the end of a path; joins what lies between."""
        scope, names = self.owner_of(path.names)
        table, alias = scope.table, scope.alias
        for name in names[:-1]:
            table, alias = scope._join(table, alias, name)
        return Place(table, column_of(table, names[-1]), alias)

    def owner_of(self, names: tuple[str, ...]) -> tuple["Scope", tuple[str, ...]]:
        """The scope a path starts in and the path within it; a lambda variable names its own scope."""
        scope: Scope | None = self
        while scope is not None:
            if scope.variable is not None and names[0] == scope.variable and len(names) > 1:
                return scope, names[1:]
            scope = scope.outer
        scope = self
        while scope.outer is not None:
            scope = scope.outer
        return scope, names

    def visible(self, logical: str) -> Table:
        """A table that may be read through this query; a hidden one does not exist for the caller."""
        if logical in self.hidden:
            raise errors.ServiceError(
                403, "0x80040220", f"Principal user is missing prvRead privilege for entity '{logical}'."
            )
        return self.catalog.tables[logical]

    def _join(self, table: Table, alias: str, navigation: str) -> tuple[Table, str]:
        held = self._joined.get((alias, navigation))
        if held is not None:
            return held
        relationship = self.catalog.single(table.logical, navigation)
        if relationship is None:
            raise errors.unknown_query_property(navigation, table.logical)
        target = self.visible(relationship.referenced)
        joined = f"t{next(self.numbers)}"
        condition = f"{joined}.{quoted(target.primary_id)} = {alias}.{quoted(relationship.attribute)}"
        condition += kind_condition(table, relationship, alias)
        self.joins.append(f"left join {quoted(target.logical)} as {joined} on {condition}")
        self._joined[(alias, navigation)] = (target, joined)
        return target, joined

    @property
    def source(self) -> str:
        """The `from` list with every join used so far."""
        return " ".join([f"{quoted(self.table.logical)} as {self.alias}", *self.joins])


def kind_condition(table: Table, relationship: Relationship, alias: str) -> str:
    """For a lookup that may point at several tables: ` and` it points at this one."""
    column = table.columns[relationship.attribute]
    if not column.is_polymorphic or relationship.referenced == "principal":
        return ""
    # The table name comes from the catalog and passed the pattern of `quoted`; as a text it needs single quotes.
    name = quoted(relationship.referenced).strip('"')
    return f" and {alias}.{quoted(target_column(column.logical))} = '{name}'"


def column_of(table: Table, name: str) -> Column:
    """A column by its Web API property name. Lookups answer to `_x_value` only, as on the real service."""
    column = table.columns.get(name)
    if column is not None and not column.kind.is_lookup:
        return column
    if name.startswith("_") and name.endswith("_value"):
        column = table.columns.get(name[1:-6])
        if column is not None and column.kind.is_lookup:
            return column
    raise errors.unknown_query_property(name, table.logical)
