"""Tying rows together and apart through navigation properties."""

from typing import TYPE_CHECKING

from include.sandbox.neo import errors
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.records.draft import many_sides
from include.sandbox.neo.records.references import Reference
from include.sandbox.neo.sqlite.schema import quoted

if TYPE_CHECKING:
    from include.sandbox.neo.records.writer import Writer


def set_lookup(writer: "Writer", table: Table, row_id: str, navigation: str, target: Reference | None) -> None:
    """Point a single-valued navigation property at a row, or at nothing."""
    if writer.catalog.single(table.logical, navigation) is None:
        raise errors.unknown_segment(navigation)
    if target is None:
        writer.update(table, row_id, {navigation: None})
        return
    target_set = writer.catalog.tables[target.table].set_name
    writer.update(table, row_id, {f"{navigation}@odata.bind": f"/{target_set}({target.row_id})"})


def associate(writer: "Writer", table: Table, row_id: str, navigation: str, other: Reference) -> None:
    """Add a row to a collection-valued navigation property."""
    many = writer.catalog.many(table.logical, navigation)
    if many is None:
        _associate_child(writer, table, row_id, navigation, other)
        return
    writer.caller.require("Append", table)
    own, others, other_table = many_sides(many, table.logical)
    if other.table != other_table:
        raise errors.invalid_argument(f"'{navigation}' holds rows of '{other_table}'.")
    writer.database.write(
        f"insert or ignore into {quoted(many.intersect)} ({quoted(own)}, {quoted(others)}) values (?, ?)",
        (row_id, other.row_id),
    )


def disassociate(writer: "Writer", table: Table, row_id: str, navigation: str, other: Reference) -> None:
    """Take a row out of a collection-valued navigation property."""
    many = writer.catalog.many(table.logical, navigation)
    if many is not None:
        writer.caller.require("Append", table)
        own, others, _ = many_sides(many, table.logical)
        writer.database.write(
            f"delete from {quoted(many.intersect)} where {quoted(own)} = ? and {quoted(others)} = ?",
            (row_id, other.row_id),
        )
        return
    relationship = writer.catalog.collection(table.logical, navigation)
    if relationship is None or relationship.referencing != other.table:
        raise errors.unknown_segment(navigation)
    child = writer.catalog.tables[other.table]
    before = writer.fetch(child, other.row_id) or {}
    if before.get(relationship.attribute) != row_id:
        raise errors.row_missing(other.table, other.row_id)
    set_lookup(writer, child, other.row_id, relationship.single_name, None)


def _associate_child(writer: "Writer", table: Table, row_id: str, navigation: str, other: Reference) -> None:
    relationship = writer.catalog.collection(table.logical, navigation)
    if relationship is None:
        raise errors.unknown_segment(navigation)
    if relationship.referencing != other.table:
        raise errors.invalid_argument(f"'{navigation}' holds rows of '{relationship.referencing}'.")
    child = writer.catalog.tables[other.table]
    set_lookup(writer, child, other.row_id, relationship.single_name, Reference(table.logical, row_id))
