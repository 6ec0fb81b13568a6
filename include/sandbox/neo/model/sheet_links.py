"""Relationships out of the sheets: what a lookup means for both of its tables, by name."""

from collections.abc import Iterator, Mapping

from include.sandbox.neo.model.kinds import Cascade, ManyToMany, Relationship, stable_id
from include.sandbox.neo.model.sheet_forms import LookupSheet, ManySheet, TableSheet


class Names:
    """The names that fill the placeholders of navigation names."""

    def __init__(self, table: str, set_name: str, plural: str) -> None:
        self.table, self.set_name, self.plural = table, set_name, plural

    def fill(self, pattern: str, *, column: str = "", target: str = "") -> str:
        """The pattern with its placeholders filled."""
        return pattern.format(table=self.table, set=self.set_name, Plural=self.plural, column=column, target=target)


def relationships_of(sheet: TableSheet, lookups: Mapping[str, LookupSheet]) -> Iterator[Relationship]:
    """The relationships of all lookups of a table."""
    names = Names(sheet.table, sheet.set, sheet.plural)
    for logical, lookup in lookups.items():
        yield from links_of(names, logical, lookup)


def links_of(names: Names, logical: str, sheet: LookupSheet) -> Iterator[Relationship]:
    """The relationships of one lookup: one per target; an owner is reached as a principal."""
    if sheet.kind == "owner":
        schema = f"owner_{names.set_name}"
        yield _link(names, logical, "principal", schema, single=logical, on_delete="NoCascade")
        return
    pattern = sheet.nav or ("{column}_{target}" if len(sheet.to) > 1 else "{column}")
    for target, collection in sheet.to.items():
        if collection is not None:
            single = names.fill(pattern, column=logical, target=target)
            yield _link(names, logical, target, names.fill(collection), single=single, on_delete=sheet.delete)


def _link(names: Names, logical: str, target: str, schema: str, *, single: str, on_delete: Cascade) -> Relationship:
    return Relationship(
        schema=schema,
        referenced=target,
        referencing=names.table,
        attribute=logical,
        single_name=single,
        collection_name=schema,
        metadata_id=stable_id("relationship", names.table, schema),
        on_delete=on_delete,
    )


def many_to_many(name: str, sheet: TableSheet, other: ManySheet, sheets: Mapping[str, TableSheet]) -> ManyToMany:
    """An N:N relationship between the table of a sheet and another one."""
    return ManyToMany(
        schema=name,
        first=sheet.table,
        second=sheets[other.other].table,
        intersect=other.intersect,
        first_name=name,
        second_name=name,
        metadata_id=stable_id("relationship", name),
    )
