"""Changes the organisation's shape: every change reaches the catalog, the SQL schema and the stored definitions.

Callers check what may be created and open the transaction (`NeoStore.customization`).
"""

import sqlite3
from dataclasses import replace

from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.custom import money_companions, open_to_notes_and_activities
from include.sandbox.neo.model.kinds import Column, Key, ManyToMany, OptionSet, Relationship, Table
from include.sandbox.neo.sqlite import schema
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.store import definitions


class Customizer:
    """Adds, replaces and removes components of one organisation."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog

    def add_table(self, table: Table, relationships: list[Relationship]) -> None:
        """A new table with all its columns; relationships of its system columns come along."""
        added, links = money_companions(table, ())
        columns = {**table.columns, **{column.logical: column for column in added}}
        table = replace(table, columns=columns, object_type_code=self._next_type_code())
        self._catalog.put_table(table)
        schema.create_table(self._database.connection, table)
        definitions.save(self._database, "table", table.logical, table)
        for relationship in (*relationships, *links):
            self._put_relationship(relationship)
        open_to_notes_and_activities(self._catalog, table)
        self._refresh_schema(table)

    def replace_table(self, table: Table) -> None:
        """A table's labels or switches changed."""
        self._catalog.put_table(table)
        open_to_notes_and_activities(self._catalog, table)
        definitions.save(self._database, "table", table.logical, replace(table, keys={}))
        for key in table.keys.values():
            self.save_key(table, key)
        self._refresh_schema(table)

    def add_column(self, table: str, column: Column) -> None:
        """A new column; the first money column of a table brings currency and rate along."""
        definition = self._catalog.tables[table]
        added, links = money_companions(definition, (column,))
        for item in (column, *added):
            self._put_column(table, item)
        for relationship in links:
            self._put_relationship(relationship)

    def replace_column(self, table: str, column: Column) -> None:
        """A column's labels, limits or options changed."""
        self._catalog.put_column(table, column)
        definitions.save(self._database, "column", f"{table}.{column.logical}", column)

    def drop_column(self, table: str, column: Column) -> None:
        """Remove a column with its data and its relationships."""
        for relationship in self._catalog.navigations_of_column(table, column.logical):
            self.drop_relationship(relationship)
        self._catalog.drop_column(table, column.logical)
        definitions.forget(self._database, "column", f"{table}.{column.logical}")
        held = self._catalog.tables[table]
        if held.is_custom:
            definitions.save(self._database, "table", table, replace(held, keys={}))
        index = schema.quoted(f"lookup_{table}_{column.logical}")
        self._database.write(f"drop index if exists {index}")
        name = schema.quoted(column.logical)
        self._database.write(f"alter table {schema.quoted(table)} drop column {name}")

    def add_lookup(self, column: Column, relationship: Relationship) -> None:
        """A 1:N relationship with the lookup column that carries it."""
        self._put_column(relationship.referencing, column)
        self._put_relationship(relationship)

    def drop_relationship(self, relationship: Relationship) -> None:
        """Remove a relationship; its column is another matter."""
        self._catalog.drop_relationship(relationship)
        definitions.forget(self._database, "relationship", _relationship_name(relationship))

    def add_many_to_many(self, link: ManyToMany) -> None:
        """A new N:N relationship with its intersect table."""
        self._catalog.put_many_to_many(link)
        schema.create_intersect(self._database.connection, link)
        definitions.save(self._database, "many", link.schema, link)

    def save_option_set(self, option_set: OptionSet) -> None:
        """Add or replace a global choice."""
        self._catalog.put_option_set(option_set)
        definitions.save(self._database, "optionset", option_set.name, option_set)

    def drop_option_set(self, name: str) -> None:
        """Remove a global choice."""
        self._catalog.option_sets.pop(name, None)
        definitions.forget(self._database, "optionset", name)

    def save_key(self, table: Table, key: Key) -> None:
        """Add or replace an alternate key; its index is another matter."""
        self._catalog.put_key(table.logical, key)
        definitions.save(self._database, "key", f"{table.logical}.{key.logical}", key)

    def drop_key(self, table: Table, key: Key) -> None:
        """Remove an alternate key with its index."""
        schema.drop_key_index(self._database.connection, table, key)
        self._catalog.drop_key(table.logical, key.logical)
        definitions.forget(self._database, "key", f"{table.logical}.{key.logical}")

    def build_key(self, table: Table, key: Key) -> Key:
        """Build the index of a key: it becomes active, or failed when present rows break it."""
        try:
            schema.create_key_index(self._database.connection, table, key)
            settled = replace(key, status="Active")
        except sqlite3.IntegrityError:
            settled = replace(key, status="Failed")
        self.save_key(self._catalog.tables[table.logical], settled)
        return settled

    def _put_column(self, table: str, column: Column) -> None:
        definition = self._catalog.put_column(table, column)
        held = {row[1] for row in self._database.rows(f"pragma table_info({schema.quoted(table)})")}
        schema.add_column(self._database.connection, definition, column, held)
        definitions.save(self._database, "column", f"{table}.{column.logical}", column)

    def _put_relationship(self, relationship: Relationship) -> None:
        self._catalog.put_relationship(relationship)
        definitions.save(self._database, "relationship", _relationship_name(relationship), relationship)

    def _refresh_schema(self, table: Table) -> None:
        """Columns that gained a second target need their type column; unions are made again."""
        connection = self._database.connection
        if table.has_notes or table.has_activities:
            for held in list(self._catalog.tables.values()):
                if held.is_view:
                    schema.create_view(connection, self._catalog, held)
                elif held.is_activity or held.logical == "annotation":
                    schema.add_missing_columns(connection, held)

    def _next_type_code(self) -> int:
        return max([9999, *(t.object_type_code for t in self._catalog.tables.values())]) + 1


def _relationship_name(relationship: Relationship) -> str:
    return f"{relationship.referencing}.{relationship.attribute}.{relationship.schema}"
