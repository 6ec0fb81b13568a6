"""Runs a read: conditions, order, page, expansion. Gives JSON-ready rows; knows nothing of status codes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import Preferences
from include.sandbox.neo.api.projection import Projection, RowWriter, project
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import ManyToMany, Relationship, Table
from include.sandbox.neo.odata.conditions import Conditions
from include.sandbox.neo.odata.cookies import PageMark
from include.sandbox.neo.odata.options import Expand, Options
from include.sandbox.neo.odata.scope import Scope, kind_condition
from include.sandbox.neo.odata.statement import Statement
from include.sandbox.neo.odata.syntax import parse_filter
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.records.draft import many_sides
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.sqlite.schema import quoted, target_column

PAGE_LIMIT = 5000
COUNT_LIMIT = 5000
Row = dict[str, Any]


@dataclass(frozen=True)
class Restriction:
    """A condition beside the filter: the rows of a parent, one id, changes since a version."""

    sql: str
    parameters: Sequence[Any] = ()


@dataclass
class Page:
    """The rows of one page; `mark` says where the next one starts, None on the last."""

    rows: list[Row]
    mark: PageMark | None = None
    stored: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Reader:
    """Reads for one request and one caller."""

    database: Database
    catalog: Catalog
    caller: Caller
    prefer: Preferences
    now: datetime
    root: str

    def __post_init__(self) -> None:
        self._hidden = self.caller.rights.hidden_tables
        self._json = RowWriter(self.database, self.catalog, self.prefer, self._hidden)
        self._conditions = Conditions(self.now, self.caller.user_id, self.caller.business_unit_id)

    def page(
        self,
        table: Table,
        options: Options,
        restriction: Restriction | None = None,
        *,
        limit: int | None = None,
        mark: PageMark | None = None,
    ) -> Page:
        """Rows that fit the options, at most `limit` of them, beginning behind `mark`."""
        projection = self._projection(table, options)
        statement = self.statement(table, options, projection.sql_names(), restriction)
        statement.order_by(options.orderby)
        if mark is not None:
            statement.start_after(mark)
        sql, parameters = statement.sql(None if limit is None else limit + 1)
        found = self.database.rows(sql, parameters)
        has_more = limit is not None and len(found) > limit
        found = found[:limit] if limit is not None else found
        names = list(statement.columns)
        stored = [dict(zip(names, row, strict=False)) for row in found]
        rows = self._json.write(projection, stored)
        self._expand(projection.table, options, stored, rows)
        following = None
        if has_more and found:
            number = (mark.number if mark else 1) + 1
            following = PageMark(number, tuple(found[-1][len(names) :]), mark.since if mark else 0)
        return Page(rows, following, stored)

    def single(self, table: Table, row_id: str, options: Options) -> Row | None:
        """One row by id with the options' columns and expansions, or None."""
        restriction = Restriction(f"t0.{quoted(table.primary_id)} = ?", (row_id,))
        plain = Options(select=options.select, expand=options.expand, aliases=options.aliases)
        page = self.page(table, plain, restriction, limit=1)
        return page.rows[0] if page.rows else None

    def count(self, table: Table, options: Options, restriction: Restriction | None = None) -> int:
        """How many rows fit, as the service says it: never more than its limit."""
        sql, parameters = self.statement(table, options, [], restriction).count_sql(COUNT_LIMIT)
        found = self.database.row(sql, parameters)
        return int(found[0]) if found else 0

    def statement(
        self, table: Table, options: Options, names: Sequence[str], restriction: Restriction | None
    ) -> Statement:
        """The query of some options over a table; a hidden table is refused."""
        scope = Scope(self.catalog, table, self._hidden)
        scope.visible(table.logical)
        statement = Statement(scope, names)
        if options.filter is not None:
            node = parse_filter(options.filter, options.aliases)
            statement.where(*self._conditions.compile(node, scope))
        if restriction is not None:
            statement.where(restriction.sql, restriction.parameters)
        return statement

    def children(self, relationship: Relationship, parent_id: str) -> Restriction:
        """The rows of a 1:N collection."""
        child = self.catalog.tables[relationship.referencing]
        sql = f"t0.{quoted(relationship.attribute)} = ?{kind_condition(child, relationship, 't0')}"
        return Restriction(sql, (parent_id,))

    def members(self, many: ManyToMany, table: Table, parent_id: str) -> tuple[Table, Restriction]:
        """The rows of an N:N collection."""
        own, others, other = many_sides(many, table.logical)
        target = self.catalog.tables[other]
        between = f"select {quoted(others)} from {quoted(many.intersect)} where {quoted(own)} = ?"
        return target, Restriction(f"t0.{quoted(target.primary_id)} in ({between})", (parent_id,))

    def _projection(self, table: Table, options: Options) -> Projection:
        singles = [self.catalog.single(table.logical, item.name) for item in options.expand]
        return project(self.catalog, table, options.select, [single for single in singles if single is not None])

    def _expand(self, table: Table, options: Options, stored: list[dict[str, Any]], rows: list[Row]) -> None:
        for item in options.expand:
            single = self.catalog.single(table.logical, item.name)
            if single is not None:
                self._expand_single(table, single, item, stored, rows)
            elif item.is_reference:
                raise errors.query("$expand with $ref is only supported for single-valued navigation properties.")
            elif (relationship := self.catalog.collection(table.logical, item.name)) is not None:
                self._expand_children(table, relationship, item, rows)
            elif (many := self.catalog.many(table.logical, item.name)) is not None:
                self._expand_members(table, many, item, rows)
            else:
                raise errors.unknown_query_property(item.name, table.logical)

    def _expand_single(
        self, table: Table, single: Relationship, item: Expand, stored: list[dict[str, Any]], rows: list[Row]
    ) -> None:
        target = self.catalog.tables[single.referenced]
        kinds = target_column(single.attribute)
        is_typed = table.columns[single.attribute].is_polymorphic and single.referenced != "principal"
        ids = [row[single.attribute] if not is_typed or row[kinds] == single.referenced else None for row in stored]
        restriction = _by_ids(target, [row_id for row_id in ids if row_id is not None])
        options = Options(select=() if item.is_reference else item.options.select, expand=item.options.expand)
        found = self.page(target, options, restriction)
        by_id = {row[target.primary_id]: row for row in found.rows}
        for row_id, row in zip(ids, rows, strict=True):
            held = by_id.get(row_id) if row_id is not None else None
            if held is not None and item.is_reference:
                row[item.name] = {"@odata.id": f"{self.root}{target.set_name}({row_id})"}
            else:
                row[item.name] = None if held is None else dict(held)

    def _expand_children(self, table: Table, relationship: Relationship, item: Expand, rows: list[Row]) -> None:
        child = self.catalog.tables[relationship.referencing]
        ids = [str(row[table.primary_id]) for row in rows]
        attribute = quoted(relationship.attribute)
        condition = f"t0.{attribute} in (select value from json_each(?))"
        condition += kind_condition(child, relationship, "t0")
        owner = Relationship(relationship.schema, table.logical, child.logical, relationship.attribute, "", "", "")
        projected = self._grouped(child, item, Restriction(condition, (json.dumps(ids),)), owner)
        for row in rows:
            _put_collection(row, item, projected.get(str(row[table.primary_id]), []), self.root, table)

    def _grouped(
        self, child: Table, item: Expand, restriction: Restriction, owner: Relationship
    ) -> dict[str, list[Row]]:
        """The children of many parents, read at once and dealt out by parent."""
        options = item.options
        projection = project(self.catalog, child, options.select, [owner, *self._singles(child, options)])
        statement = self.statement(child, options, projection.sql_names(), restriction)
        statement.order_by(options.orderby)
        sql, parameters = statement.sql()
        names = list(statement.columns)
        stored = [dict(zip(names, row, strict=False)) for row in self.database.rows(sql, parameters)]
        rows = self._json.write(projection, stored)
        self._expand(child, options, stored, rows)
        grouped: dict[str, list[Row]] = {}
        for held, row in zip(stored, rows, strict=True):
            group = grouped.setdefault(str(held[owner.attribute]), [])
            if options.top is None or len(group) < options.top:
                group.append(row)
        return grouped

    def _singles(self, table: Table, options: Options) -> list[Relationship]:
        found = (self.catalog.single(table.logical, item.name) for item in options.expand)
        return [single for single in found if single is not None]

    def _expand_members(self, table: Table, many: ManyToMany, item: Expand, rows: list[Row]) -> None:
        for row in rows:
            target, restriction = self.members(many, table, str(row[table.primary_id]))
            found = self.page(target, item.options, restriction, limit=item.options.top or PAGE_LIMIT)
            _put_collection(row, item, found.rows, self.root, table)


def _by_ids(table: Table, ids: Sequence[str]) -> Restriction:
    condition = f"t0.{quoted(table.primary_id)} in (select value from json_each(?))"
    return Restriction(condition, (json.dumps(list(dict.fromkeys(ids))),))


def _put_collection(row: Row, item: Expand, found: list[Row], root: str, table: Table) -> None:
    row[item.name] = found
    select = f"?$select={','.join(item.options.select)}" if item.options.select else ""
    row[f"{item.name}@odata.nextLink"] = f"{root}{table.set_name}({row[table.primary_id]})/{item.name}{select}"
