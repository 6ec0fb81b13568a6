"""The SQLite shape of the model: one SQL table per NEO table, one SQL column per NEO column.

Names reach SQL only through `quoted`, and only after the model accepted them.
"""

import re
import sqlite3
from collections.abc import Iterable
from functools import lru_cache

from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Key, Kind, ManyToMany, Table
from include.sandbox.neo.model.sheets import ACTIVITIES, unique_groups, view_members

_NAME = re.compile(r"^[a-z_][a-z0-9_]{0,127}$")
_INTEGERS = {Kind.INTEGER, Kind.BIGINT, Kind.BOOLEAN, Kind.PICKLIST, Kind.STATE, Kind.STATUS}
_REALS = {Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY}

HOUSEKEEPING = (
    "create table if not exists _organization (name text primary key, value text not null)",
    "create table if not exists _definition (seq integer primary key, kind text not null, name text not null, "
    "body text not null, unique (kind, name))",
    "create table if not exists _deleted (tablename text not null, id text not null, versionnumber integer not null, "
    "at text not null)",
    "create index if not exists _deleted_by_version on _deleted (tablename, versionnumber)",
    "create table if not exists _audit (id integer primary key, at text not null, actor text not null, "
    "tablename text not null, row text not null, action text not null, changes text not null)",
    "create index if not exists _audit_by_row on _audit (tablename, row)",
)


@lru_cache(maxsize=4096)
def quoted(name: str) -> str:
    """A name as SQL identifier. The pattern keeps anything but our own plain names out of SQL."""
    if not _NAME.match(name):
        raise ValueError("not a column or table name")
    return f'"{name}"'


def target_column(column: str) -> str:
    """Where a polymorphic lookup keeps which table it points at."""
    return f"{column}__target"


def sql_type(kind: Kind) -> str:
    """The SQLite type a kind of column is stored as."""
    if kind in _INTEGERS:
        return "integer"
    return "real" if kind in _REALS else "text"


def comparable(table: Table, column: Column, alias: str) -> str:
    """The expression by which the database compares this column."""
    reference = f"{alias}.{quoted(column.logical)}" if alias else quoted(column.logical)
    return f"neo_fold({reference})" if column.kind in (Kind.STRING, Kind.MEMO) else reference


def create_table(connection: sqlite3.Connection, table: Table) -> None:
    """Create the SQL table of a NEO table, with its indexes."""
    parts = [f"{quoted(table.primary_id)} text primary key not null"]
    for column in table.columns.values():
        if column.logical != table.primary_id:
            parts += _column_definitions(column)
    connection.execute(f"create table if not exists {quoted(table.logical)} ({', '.join(parts)})")
    _create_indexes(connection, table)


def add_missing_columns(connection: sqlite3.Connection, table: Table) -> None:
    """Bring an existing SQL table up to the model: a sheet may have grown since the file was made."""
    held = {row[1] for row in connection.execute(f"pragma table_info({quoted(table.logical)})")}
    for column in table.columns.values():
        add_column(connection, table, column, held)
    _create_indexes(connection, table)


def add_column(connection: sqlite3.Connection, table: Table, column: Column, held: Iterable[str]) -> None:
    """Add a column unless `held` already names it."""
    for definition in _column_definitions(column):
        if definition.split('"')[1] not in held:
            connection.execute(f"alter table {quoted(table.logical)} add column {definition}")
    if column.kind.is_lookup:
        _create_lookup_index(connection, table, column)


def create_key_index(connection: sqlite3.Connection, table: Table, key: Key) -> None:
    """Raises sqlite3.IntegrityError when present rows already break the key."""
    terms = ", ".join(comparable(table, table.columns[name], "") for name in key.columns)
    name = quoted(f"key_{table.logical}_{key.logical}")
    connection.execute(f"create unique index if not exists {name} on {quoted(table.logical)} ({terms})")


def drop_key_index(connection: sqlite3.Connection, table: Table, key: Key) -> None:
    """Remove the index of an alternate key."""
    connection.execute(f"drop index if exists {quoted(f'key_{table.logical}_{key.logical}')}")


def create_intersect(connection: sqlite3.Connection, link: ManyToMany) -> None:
    """Create the table between the two sides of an N:N relationship."""
    first = quoted(link.column_of(link.first))
    second = quoted(link.column_of(link.second, is_second=True))
    table = quoted(link.intersect)
    connection.execute(
        f"create table if not exists {table} ({first} text not null, {second} text not null, "
        f"primary key ({first}, {second})) without rowid"
    )
    connection.execute(f"create index if not exists {quoted(f'back_{link.intersect}')} on {table} ({second}, {first})")


def create_view(connection: sqlite3.Connection, catalog: Catalog, table: Table) -> None:
    """(Re)build a readable union; it changes whenever an activity table joins."""
    members = view_members(table.logical)
    logicals = [t.logical for t in catalog.activities()] if members == ACTIVITIES else list(members or ())
    wanted = _sql_columns(table)
    selects = []
    for logical in logicals:
        held = set(_sql_columns(catalog.tables[logical]))
        terms = [quoted(name) if name in held else f"null as {quoted(name)}" for name in wanted]
        selects.append(f"select {', '.join(terms)} from {quoted(logical)}")
    connection.execute(f"drop view if exists {quoted(table.logical)}")
    connection.execute(f"create view {quoted(table.logical)} as {' union all '.join(selects)}")


def _sql_columns(table: Table) -> list[str]:
    names = []
    for column in table.columns.values():
        names.append(column.logical)
        if column.is_polymorphic:
            names.append(target_column(column.logical))
    return names


def _column_definitions(column: Column) -> list[str]:
    definitions = [f"{quoted(column.logical)} {sql_type(column.kind)}"]
    if column.is_polymorphic:
        definitions.append(f"{quoted(target_column(column.logical))} text")
    return definitions


def _create_indexes(connection: sqlite3.Connection, table: Table) -> None:
    name = table.logical
    if "versionnumber" in table.columns:
        connection.execute(f"create index if not exists {quoted(f'version_{name}')} on {quoted(name)} (versionnumber)")
    for column in table.columns.values():
        if column.kind.is_lookup:
            _create_lookup_index(connection, table, column)
    for group in unique_groups(name):
        terms = ", ".join(comparable(table, table.columns[member], "") for member in group)
        index = quoted(f"unique_{name}_{'_'.join(group)}")
        connection.execute(f"create unique index if not exists {index} on {quoted(name)} ({terms})")


def _create_lookup_index(connection: sqlite3.Connection, table: Table, column: Column) -> None:
    # Audit columns point every row at one of few users: an index there costs every write and answers nothing.
    if column.is_readonly and column.targets == ("systemuser",):
        return
    index = quoted(f"lookup_{table.logical}_{column.logical}")
    where = f"where {quoted(column.logical)} is not null"
    connection.execute(
        f"create index if not exists {index} on {quoted(table.logical)} ({quoted(column.logical)}) {where}"
    )
