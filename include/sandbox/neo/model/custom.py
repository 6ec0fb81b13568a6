"""Builds what a new table of the organisation's own consists of, beyond the columns somebody asked for."""

from collections.abc import Sequence
from dataclasses import replace

from include.sandbox.neo.model import money
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Cascade, Column, Kind, Label, Option, Relationship, Table, stable_id
from include.sandbox.neo.model.sheets import block_columns, state_columns

_PLURALS = {"task": "Tasks", "appointment": "Appointments", "email": "Emails", "phonecall": "Phonecalls"}


def plural(name: str) -> str:
    """The default plural the platform gives a name (`pc_match` -> `pc_matches`)."""
    if name.endswith(("s", "x", "z", "ch", "sh")):
        return f"{name}es"
    if name.endswith("y") and not name.endswith(("ay", "ey", "iy", "oy", "uy")):
        return f"{name[:-1]}ies"
    return f"{name}s"


def system_columns(
    logical: str, schema: str, set_name: str, label: Label, *, is_user_owned: bool
) -> tuple[list[Column], list[Relationship]]:
    """Id, audit, owner and state columns of a custom table, with their relationships."""
    columns = [
        Column(
            f"{logical}id", f"{schema}Id", Kind.GUID, label, stable_id(logical, f"{logical}id"),
            required="SystemRequired", is_primary_id=True,
        )
    ]  # fmt: skip
    relationships: list[Relationship] = []
    for block in ("audit", "import", "owner" if is_user_owned else "organization"):
        block_held, links = block_columns(block, logical, set_name, plural(schema))
        columns += block_held
        relationships += links
    active, inactive = Label.of("Activo", "Active"), Label.of("Inactivo", "Inactive")
    states = (Option(0, active, default_status=1), Option(1, inactive, default_status=2))
    reasons = (Option(1, active, state=0), Option(2, inactive, state=1))
    columns += state_columns(logical, states, reasons)
    return columns, relationships


def money_companions(table: Table, columns: Sequence[Column]) -> tuple[tuple[Column, ...], tuple[Relationship, ...]]:
    """What new money columns bring to an existing or new table."""
    held = {**table.columns, **{column.logical: column for column in columns}}
    return money.companions(table.logical, table.schema, held.values())


def open_to_notes_and_activities(catalog: Catalog, table: Table) -> None:
    """Let notes and activities be about rows of a custom table, when its definition says so.

    Derived anew whenever the table is loaded, so nothing of it needs to be kept.
    """
    if table.has_notes:
        _add_target(catalog, "annotation", "objectid", table, f"objectid_{table.logical}", "Annotations")
    if table.has_activities:
        for activity, many in _PLURALS.items():
            navigation = f"regardingobjectid_{table.logical}_{activity}"
            _add_target(catalog, activity, "regardingobjectid", table, navigation, many)
        navigation = f"regardingobjectid_{table.logical}"
        _add_target(catalog, "activitypointer", "regardingobjectid", table, navigation, "ActivityPointers")


def _add_target(catalog: Catalog, child: str, attribute: str, table: Table, navigation: str, many: str) -> None:
    held = catalog.tables[child]
    column = held.columns[attribute]
    if table.logical not in column.targets:
        catalog.put_column(child, replace(column, targets=(*column.targets, table.logical)))
    name = f"{table.logical}_{many}"
    on_delete: Cascade = "NoCascade" if held.is_view else "Cascade"
    catalog.put_relationship(
        Relationship(
            name, table.logical, child, attribute, navigation, name,
            stable_id("relationship", child, name), on_delete=on_delete, is_custom=True,
        )
    )  # fmt: skip
