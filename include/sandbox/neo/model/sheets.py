"""Reads the sheets of the standard tables (`tables/*.yml`) into the metadata model.

The sheets are checked as they are read: an unknown key or a wrong type stops the start, naming the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml

from include.sandbox.neo.model import money
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import (
    Column,
    Kind,
    Label,
    ManyToMany,
    Option,
    Relationship,
    Table,
    stable_id,
)
from include.sandbox.neo.model.sheet_forms import BlocksSheet, ColumnSheet, LookupSheet, TableSheet
from include.sandbox.neo.model.sheet_links import Names, links_of, many_to_many, relationships_of

SHEETS = Path(__file__).parent.parent / "tables"
ACTIVITIES = "activities"

_KINDS = {
    "string": Kind.STRING,
    "memo": Kind.MEMO,
    "integer": Kind.INTEGER,
    "bigint": Kind.BIGINT,
    "decimal": Kind.DECIMAL,
    "double": Kind.DOUBLE,
    "money": Kind.MONEY,
    "boolean": Kind.BOOLEAN,
    "datetime": Kind.DATETIME,
    "picklist": Kind.PICKLIST,
    "guid": Kind.GUID,
}
_BOUNDS: Mapping[Kind, tuple[float, float]] = {
    Kind.INTEGER: (-2147483648, 2147483647),
    Kind.DECIMAL: (-100000000000, 100000000000),
    Kind.DOUBLE: (-100000000000, 100000000000),
    Kind.MONEY: (-922337203685477, 922337203685477),
}


@cache
def table_sheets() -> tuple[BlocksSheet, Mapping[str, TableSheet]]:
    """All sheets, parsed once a process."""
    blocks = BlocksSheet.model_validate(_read(SHEETS / "_blocks.yml"))
    sheets = {}
    for path in sorted(SHEETS.glob("[!_]*.yml")):
        sheet = TableSheet.model_validate(_read(path))
        sheets[sheet.table] = sheet
    return blocks, sheets


@cache
def _standard_parts() -> tuple[tuple[Table, ...], tuple[Relationship, ...], tuple[ManyToMany, ...]]:
    blocks, sheets = table_sheets()
    tables: list[Table] = []
    relationships: list[Relationship] = []
    many: list[ManyToMany] = []
    for sheet in sheets.values():
        columns, lookups = _merge_blocks(sheet, blocks)
        table = _table(sheet, columns, lookups, blocks)
        added, links = money.companions(table.logical, table.schema, table.columns.values())
        tables.append(replace(table, columns={**table.columns, **{column.logical: column for column in added}}))
        relationships += [*relationships_of(sheet, lookups), *links]
        many += [many_to_many(name, sheet, other, sheets) for name, other in sheet.many_to_many.items()]
    return tuple(tables), tuple(relationships), tuple(many)


def standard_catalog() -> Catalog:
    """A fresh catalog that holds the standard tables and nothing of anybody's own."""
    tables, relationships, many = _standard_parts()
    catalog = Catalog()
    for table in tables:
        catalog.put_table(table)
    for relationship in relationships:
        catalog.put_relationship(relationship)
    for link in many:
        catalog.put_many_to_many(link)
    return catalog


def view_members(table: str) -> str | tuple[str, ...] | None:
    """What a readable union consists of: table names, the word `activities`, or None for an ordinary table."""
    sheet = table_sheets()[1].get(table)
    return sheet.view_of if sheet else None


def unique_groups(table: str) -> tuple[tuple[str, ...], ...]:
    """Column groups that the platform itself keeps unique, beside the alternate keys."""
    sheet = table_sheets()[1].get(table)
    return sheet.unique if sheet else ()


def initial_state(table: str) -> int | None:
    """The state a new row takes when it is not the first one (appointments start as scheduled)."""
    sheet = table_sheets()[1].get(table)
    states = sheet.state.items() if sheet else ()
    return next((value for value, state in states if state.initial), None)


def block_columns(name: str, table: str, set_name: str, plural: str) -> tuple[list[Column], list[Relationship]]:
    """The columns and relationships of a shared block, as a custom table gets them at its creation."""
    blocks, _ = table_sheets()
    block = blocks.blocks[name]
    columns = [_column(table, logical, sheet, blocks) for logical, sheet in block.columns.items()]
    columns += [_lookup(table, logical, sheet) for logical, sheet in block.lookups.items()]
    names = Names(table, set_name, plural)
    relationships = [r for logical, sheet in block.lookups.items() for r in links_of(names, logical, sheet)]
    return columns, relationships


def _read(path: Path) -> object:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: {error}") from error


def _merge_blocks(sheet: TableSheet, blocks: BlocksSheet) -> tuple[dict[str, ColumnSheet], dict[str, LookupSheet]]:
    columns: dict[str, ColumnSheet] = {}
    lookups: dict[str, LookupSheet] = {}
    for name in sheet.blocks:
        block = blocks.blocks[name]
        columns |= {logical.replace("{address}", name): column for logical, column in block.columns.items()}
        lookups |= block.lookups
    return columns | sheet.columns, lookups | sheet.lookups


def _table(
    sheet: TableSheet,
    columns: Mapping[str, ColumnSheet],
    lookups: Mapping[str, LookupSheet],
    blocks: BlocksSheet,
) -> Table:
    held = [_primary_id(sheet)]
    held += [_column(sheet.table, name, c, blocks, sheet.primary_name) for name, c in columns.items()]
    held += [_lookup(sheet.table, name, lookup) for name, lookup in lookups.items()]
    held += list(_state_columns(sheet))
    return Table(
        logical=sheet.table,
        schema=sheet.schema_name,
        set_name=sheet.set,
        label=Label.of(sheet.es[0], sheet.en[0]),
        collection_label=Label.of(sheet.es[1], sheet.en[1]),
        primary_id=sheet.primary_id,
        primary_name=sheet.primary_name,
        object_type_code=sheet.otc,
        metadata_id=stable_id(sheet.table),
        columns={column.logical: column for column in held},
        ownership=sheet.ownership,
        is_activity=sheet.is_activity,
        has_notes=sheet.notes,
        has_activities=sheet.activities,
        change_tracking=sheet.change_tracking,
        is_view=sheet.view_of is not None,
    )


def _primary_id(sheet: TableSheet) -> Column:
    return Column(
        logical=sheet.primary_id,
        schema=sheet.primary_id.capitalize(),
        kind=Kind.GUID,
        label=Label.of(sheet.es[0], sheet.en[0]),
        metadata_id=stable_id(sheet.table, sheet.primary_id),
        required="SystemRequired",
        is_primary_id=True,
    )


def _column(
    table: str, logical: str, sheet: ColumnSheet, blocks: BlocksSheet, primary_name: str | None = None
) -> Column:
    kind = _KINDS[sheet.type]
    low, high = _BOUNDS.get(kind, (None, None))
    is_text = kind in (Kind.STRING, Kind.MEMO)
    return Column(
        logical=logical,
        schema=logical.capitalize(),
        kind=kind,
        label=Label.of(sheet.es, sheet.en),
        metadata_id=stable_id(table, logical),
        max_length=int(sheet.max or 100) if is_text else None,
        minimum=None if is_text else (low if sheet.min is None else sheet.min),
        maximum=None if is_text else (high if sheet.max is None else sheet.max),
        precision=sheet.precision if sheet.precision is not None else (2 if kind is Kind.MONEY else None),
        format=sheet.format,
        behavior=sheet.behavior or ("UserLocal" if kind is Kind.DATETIME else None),
        options=_options(sheet, blocks),
        default=sheet.default,
        required=sheet.required,
        is_readonly=sheet.readonly,
        is_primary_name=logical == primary_name,
    )


def _options(sheet: ColumnSheet, blocks: BlocksSheet) -> tuple[Option, ...]:
    if sheet.type == "boolean":
        return (Option(1, Label.of(*sheet.true)), Option(0, Label.of(*sheet.false)))
    listed = blocks.options[sheet.options] if isinstance(sheet.options, str) else sheet.options
    return tuple(Option(value, Label.of(*texts)) for value, texts in (listed or {}).items())


def _lookup(table: str, logical: str, sheet: LookupSheet) -> Column:
    kind = {"lookup": Kind.LOOKUP, "customer": Kind.CUSTOMER, "owner": Kind.OWNER}[sheet.kind]
    return Column(
        logical=logical,
        schema=logical.capitalize(),
        kind=kind,
        label=Label.of(sheet.es, sheet.en),
        metadata_id=stable_id(table, logical),
        targets=tuple(sheet.to),
        required=sheet.required,
        is_readonly=sheet.readonly,
    )


def _state_columns(sheet: TableSheet) -> Iterator[Column]:
    if not sheet.state:
        return
    states = tuple(
        Option(value, Label.of(state.es, state.en), default_status=state.default or next(iter(state.status)))
        for value, state in sheet.state.items()
    )
    reasons = tuple(
        Option(reason, Label.of(*texts), state=value)
        for value, state in sheet.state.items()
        for reason, texts in state.status.items()
    )
    yield from state_columns(sheet.table, states, reasons)


def state_columns(table: str, states: tuple[Option, ...], reasons: tuple[Option, ...]) -> tuple[Column, Column]:
    """The pair of columns every table with a life cycle has."""
    return (
        Column(
            "statecode", "StateCode", Kind.STATE, Label.of("Estado", "Status"), stable_id(table, "statecode"),
            options=states, required="SystemRequired",
        ),
        Column(
            "statuscode", "StatusCode", Kind.STATUS, Label.of("Razón para el estado", "Status Reason"),
            stable_id(table, "statuscode"), options=reasons,
        ),
    )  # fmt: skip
