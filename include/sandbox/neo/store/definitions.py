"""Keeps run-time metadata beside the rows, so that a provisioned organisation survives a restart.

Standard tables come from their sheets; only what was added to them is stored here.
"""

from typing import Any

from pydantic import TypeAdapter

from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.custom import open_to_notes_and_activities
from include.sandbox.neo.model.kinds import Column, Key, ManyToMany, OptionSet, Relationship, Table
from include.sandbox.neo.model.sheets import standard_catalog
from include.sandbox.neo.sqlite import schema
from include.sandbox.neo.sqlite.database import Database

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    "optionset": TypeAdapter(OptionSet),
    "table": TypeAdapter(Table),
    "column": TypeAdapter(Column),
    "key": TypeAdapter(Key),
    "relationship": TypeAdapter(Relationship),
    "many": TypeAdapter(ManyToMany),
}


def save(database: Database, kind: str, name: str, component: object) -> None:
    """Store or replace one component. `name` is unique within its kind: `account.pc_nit` for a column."""
    body = _ADAPTERS[kind].dump_json(component).decode()
    database.write(
        "insert into _definition (kind, name, body) values (?, ?, ?) "
        "on conflict (kind, name) do update set body = excluded.body",
        (kind, name, body),
    )


def forget(database: Database, kind: str, name: str) -> None:
    """Remove one component."""
    database.write("delete from _definition where kind = ? and name = ?", (kind, name))


def load_catalog(database: Database) -> Catalog:
    """The standard catalog with everything that was added to this organisation, in the order it was added."""
    catalog = standard_catalog()
    for kind, name, body in database.rows("select kind, name, body from _definition order by seq"):
        _put(catalog, str(kind), str(name).split(".")[0], _ADAPTERS[str(kind)].validate_json(body))
    return catalog


def _put(catalog: Catalog, kind: str, table: str, component: Any) -> None:
    if kind == "optionset":
        catalog.put_option_set(component)
    elif kind == "table":
        catalog.put_table(component)
        open_to_notes_and_activities(catalog, component)
    elif kind == "column":
        catalog.put_column(table, component)
    elif kind == "key":
        catalog.put_key(table, component)
    elif kind == "relationship":
        catalog.put_relationship(component)
    else:
        catalog.put_many_to_many(component)


def prepare_tables(database: Database, catalog: Catalog) -> None:
    """Create what is missing in SQL for the whole catalog."""
    with database.transaction():
        connection = database.connection
        for table in catalog.tables.values():
            if not table.is_view:
                schema.create_table(connection, table)
                schema.add_missing_columns(connection, table)
        for link in catalog.many_to_many.values():
            schema.create_intersect(connection, link)
        for table in catalog.tables.values():
            if table.is_view:
                schema.create_view(connection, catalog, table)
