"""Reads a payload into a draft: column values, links to other rows, and rows to make along with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, ManyToMany, Relationship, Table
from include.sandbox.neo.records.convert import convert
from include.sandbox.neo.records.references import Reference, References
from include.sandbox.neo.sqlite.schema import target_column

BIND = "@odata.bind"


@dataclass
class Draft:
    """What a payload says, checked and converted; nothing is written yet."""

    values: dict[str, Any] = field(default_factory=dict)
    parents: list[tuple[Relationship, Mapping[str, Any]]] = field(default_factory=list)
    children: list[tuple[Relationship, list[Mapping[str, Any]]]] = field(default_factory=list)
    links: list[tuple[str, list[Reference]]] = field(default_factory=list)

    def point(self, column: Column, target: str, row_id: str | None) -> None:
        """Set a lookup, with the table it points at when it may point at several."""
        self.values[column.logical] = row_id
        if column.is_polymorphic:
            self.values[target_column(column.logical)] = None if row_id is None else target


@dataclass
class DraftReader:
    """Reads payloads of one request. `is_trusting` also takes what only the server may set (seeding)."""

    catalog: Catalog
    references: References
    is_trusting: bool = False

    def read(self, table: Table, body: Mapping[str, Any]) -> Draft:
        """A draft of `body`; raises the platform's refusal for whatever it does not accept."""
        draft = Draft()
        columns = table.columns
        for name, value in body.items():
            column = columns.get(name)
            if column is not None and not column.kind.is_lookup:
                if not column.is_readonly or self.is_trusting:
                    draft.values[name] = convert(self.catalog, table, column, value)
            elif name.endswith(BIND):
                self._bind(table, draft, name[: -len(BIND)], value)
            elif "@" not in name:
                self._navigate(table, draft, name, value)
        return draft

    def _bind(self, table: Table, draft: Draft, name: str, value: Any) -> None:
        single = self.catalog.single(table.logical, name)
        if single is not None:
            self._bind_single(table, draft, single, value)
        elif self._is_collection(table, name):
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                raise errors.payload(table.set_name, f"The value of '{name}{BIND}' is not a list of references.")
            draft.links.append((name, [self.references.resolve(item) for item in value]))
        else:
            raise errors.undeclared_bind(table.set_name, name)

    def _bind_single(self, table: Table, draft: Draft, single: Relationship, value: Any) -> None:
        column = table.columns[single.attribute]
        if column.is_readonly and not self.is_trusting:
            return
        if value is None:
            draft.point(column, single.referenced, None)
            return
        if not isinstance(value, str) or not value:
            raise errors.payload(table.set_name, f"The value of '{single.single_name}{BIND}' is not a reference.")
        target = self.references.resolve(value)
        if target.table not in column.targets or (
            single.referenced != "principal" and target.table != single.referenced
        ):
            raise errors.payload(
                table.set_name,
                f"A resource of type '{target.table}' cannot be bound to navigation property '{single.single_name}'.",
            )
        draft.point(column, target.table, target.row_id)

    def _navigate(self, table: Table, draft: Draft, name: str, value: Any) -> None:
        single = self.catalog.single(table.logical, name)
        if single is not None and not isinstance(value, list):
            self._nest_single(table, draft, single, name, value)
        elif self.catalog.collection(table.logical, name) is not None:
            self._nest_collection(table, draft, name, value)
        elif _is_lookup_property(table, name):
            raise errors.direct_lookup(table.set_name)
        else:
            raise errors.unknown_property(table.set_name, table.logical, name)

    def _nest_single(self, table: Table, draft: Draft, single: Relationship, name: str, value: Any) -> None:
        if value is None:
            draft.point(table.columns[single.attribute], single.referenced, None)
        elif isinstance(value, dict) and single.referenced != "principal":
            draft.parents.append((single, value))
        else:
            raise errors.direct_lookup(table.set_name)

    def _nest_collection(self, table: Table, draft: Draft, name: str, value: Any) -> None:
        relationship = self.catalog.collection(table.logical, name)
        if relationship is None or not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise errors.payload(table.set_name, f"The value of '{name}' is not a list of rows.")
        draft.children.append((relationship, value))

    def _is_collection(self, table: Table, name: str) -> bool:
        return (
            self.catalog.collection(table.logical, name) is not None
            or self.catalog.many(table.logical, name) is not None
        )


def _is_lookup_property(table: Table, name: str) -> bool:
    if name in table.columns:
        return True
    return name.startswith("_") and name.endswith("_value") and name[1:-6] in table.columns


def many_sides(link: ManyToMany, table: str) -> tuple[str, str, str]:
    """For a row of `table`: its own intersect column, the other one, and the other table."""
    if table == link.first:
        return link.column_of(link.first), link.column_of(link.second, is_second=True), link.second
    return link.column_of(link.second, is_second=True), link.column_of(link.first), link.first
