"""The registry of the model: finds tables, navigation properties and choices, and takes new ones.

It holds no rows and writes no files; `store` persists what is put here at run time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from include.sandbox.neo.model.kinds import Column, Key, ManyToMany, Option, OptionSet, Relationship, Table


@dataclass
class Catalog:
    """Everything the organisation knows of its own shape. Names are case-sensitive, as on the real service."""

    tables: dict[str, Table] = field(default_factory=dict)
    relationships: dict[str, Relationship] = field(default_factory=dict)
    many_to_many: dict[str, ManyToMany] = field(default_factory=dict)
    option_sets: dict[str, OptionSet] = field(default_factory=dict)
    _by_set: dict[str, str] = field(default_factory=dict)
    _single: dict[str, dict[str, Relationship]] = field(default_factory=dict)
    _collection: dict[str, dict[str, Relationship]] = field(default_factory=dict)
    _many: dict[str, dict[str, ManyToMany]] = field(default_factory=dict)

    def put_table(self, table: Table) -> None:
        """Add a table or replace its definition."""
        self.tables[table.logical] = table
        self._by_set[table.set_name] = table.logical

    def put_column(self, table: str, column: Column) -> Table:
        """Add a column to a table, or replace it; returns the new definition of the table."""
        held = self.tables[table]
        changed = replace(held, columns={**held.columns, column.logical: column})
        self.tables[table] = changed
        return changed

    def put_key(self, table: str, key: Key) -> Table:
        """Add or replace an alternate key; returns the new definition of the table."""
        held = self.tables[table]
        changed = replace(held, keys={**held.keys, key.logical: key})
        self.tables[table] = changed
        return changed

    def drop_key(self, table: str, logical: str) -> Table:
        """Remove an alternate key; returns the new definition of the table."""
        held = self.tables[table]
        changed = replace(held, keys={name: key for name, key in held.keys.items() if name != logical})
        self.tables[table] = changed
        return changed

    def drop_column(self, table: str, logical: str) -> Table:
        """Remove a column; returns the new definition of the table."""
        held = self.tables[table]
        kept = {name: column for name, column in held.columns.items() if name != logical}
        changed = replace(held, columns=kept)
        self.tables[table] = changed
        return changed

    def put_relationship(self, relationship: Relationship) -> None:
        """Add a 1:N relationship with both its navigation properties."""
        self.relationships[_relationship_key(relationship)] = relationship
        self._single.setdefault(relationship.referencing, {})[relationship.single_name] = relationship
        self._collection.setdefault(relationship.referenced, {})[relationship.collection_name] = relationship

    def drop_relationship(self, relationship: Relationship) -> None:
        """Remove a 1:N relationship with both its navigation properties."""
        self.relationships.pop(_relationship_key(relationship), None)
        self._single[relationship.referencing].pop(relationship.single_name, None)
        self._collection[relationship.referenced].pop(relationship.collection_name, None)

    def put_many_to_many(self, link: ManyToMany) -> None:
        """Add an N:N relationship."""
        self.many_to_many[link.schema] = link
        self._many.setdefault(link.first, {})[link.first_name] = link
        self._many.setdefault(link.second, {})[link.second_name] = link

    def put_option_set(self, option_set: OptionSet) -> None:
        """Add or replace a global choice."""
        self.option_sets[option_set.name] = option_set

    def by_set(self, set_name: str) -> Table | None:
        """The table of an entity set, or None."""
        logical = self._by_set.get(set_name)
        return self.tables[logical] if logical else None

    def by_metadata_id(self, metadata_id: str) -> Table | None:
        """The table with this metadata id, or None."""
        return next((t for t in self.tables.values() if t.metadata_id == metadata_id), None)

    def single(self, table: str, navigation: str) -> Relationship | None:
        """The relationship behind a single-valued navigation property."""
        return self._single.get(table, {}).get(navigation)

    def collection(self, table: str, navigation: str) -> Relationship | None:
        """The relationship behind a collection-valued navigation property."""
        return self._collection.get(table, {}).get(navigation)

    def many(self, table: str, navigation: str) -> ManyToMany | None:
        """The N:N relationship behind a navigation property."""
        return self._many.get(table, {}).get(navigation)

    def singles_of(self, table: str) -> Mapping[str, Relationship]:
        """The single-valued navigation properties of a table."""
        return self._single.get(table, {})

    def collections_of(self, table: str) -> Mapping[str, Relationship]:
        """The collection-valued navigation properties of a table (1:N)."""
        return self._collection.get(table, {})

    def manys_of(self, table: str) -> Mapping[str, ManyToMany]:
        """The N:N navigation properties of a table."""
        return self._many.get(table, {})

    def navigations_of_column(self, table: str, column: str) -> tuple[Relationship, ...]:
        """The navigation properties of one lookup: one per target."""
        return tuple(r for r in self.singles_of(table).values() if r.attribute == column)

    def has_relationship(self, schema: str) -> bool:
        """Whether the schema name is taken, whatever its case."""
        taken = {r.schema for r in self.relationships.values()} | set(self.many_to_many)
        return schema.lower() in {name.lower() for name in taken}

    def options_of(self, column: Column) -> tuple[Option, ...]:
        """The options of a choice, whether they are its own or a global choice's."""
        if column.option_set is not None:
            return self.option_sets[column.option_set].options
        return column.options

    def option_label(self, column: Column, value: int) -> str | None:
        """What people read for a value of a choice, or None."""
        return next((o.label.text for o in self.options_of(column) if o.value == value), None)

    def activities(self) -> Iterable[Table]:
        """The tables of activities, without their union."""
        return (t for t in self.tables.values() if t.is_activity and not t.is_view)


def _relationship_key(relationship: Relationship) -> str:
    # The platform's own schema names are unique; ours of shared blocks repeat per table.
    return f"{relationship.referencing}.{relationship.attribute}.{relationship.schema}"
