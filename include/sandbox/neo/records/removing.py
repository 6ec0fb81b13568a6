"""Deleting a row, and what its relationships do to the rows that pointed at it."""

from typing import TYPE_CHECKING

from include.sandbox.neo import errors
from include.sandbox.neo.model.kinds import Relationship, Table
from include.sandbox.neo.records.draft import Draft, many_sides
from include.sandbox.neo.records.fill import fill_computed
from include.sandbox.neo.sqlite.database import utc_text
from include.sandbox.neo.sqlite.schema import quoted, target_column

if TYPE_CHECKING:
    from include.sandbox.neo.records.writer import Writer

# The platform disables users and keeps its own foundations; it never deletes them.
_NEVER_DELETED = frozenset({"systemuser", "organization", "transactioncurrency", "businessunit"})


def delete_row(writer: "Writer", table: Table, row_id: str) -> None:
    """Delete a row and follow each relationship's rule for what pointed at it.

    Raises 404 for a row that is not there and the platform's refusal where a relationship restricts deletion.
    """
    writer.caller.require("Delete", table)
    if table.is_view or table.logical in _NEVER_DELETED:
        raise errors.delete_restricted(table.logical)
    if not writer.references.exists(table, row_id):
        raise errors.row_missing(table.logical, row_id)
    _delete(writer, table, row_id)


def _delete(writer: "Writer", table: Table, row_id: str) -> None:
    for relationship in writer.catalog.collections_of(table.logical).values():
        _follow(writer, relationship, table, row_id)
    for many in writer.catalog.manys_of(table.logical).values():
        own, _, _ = many_sides(many, table.logical)
        writer.database.write(f"delete from {quoted(many.intersect)} where {quoted(own)} = ?", (row_id,))
    sql = f"delete from {quoted(table.logical)} where {quoted(table.primary_id)} = ?"
    if writer.database.write(sql, (row_id,)):
        writer.database.record_deletion(table.logical, row_id, utc_text(writer.now()))
        writer.wrote(table)
        writer.audit(table, row_id, "delete", {})


def _follow(writer: "Writer", relationship: Relationship, table: Table, row_id: str) -> None:
    child = writer.catalog.tables[relationship.referencing]
    if child.is_view or relationship.on_delete == "NoCascade" or child.columns[relationship.attribute].is_readonly:
        return
    for child_id in _children(writer, child, relationship.attribute, table.logical, row_id):
        if relationship.on_delete == "Restrict":
            raise errors.delete_restricted(table.logical)
        if relationship.on_delete == "Cascade":
            _delete(writer, child, child_id)
        else:
            _unlink(writer, child, child_id, relationship.attribute)


def _children(writer: "Writer", child: Table, attribute: str, parent: str, row_id: str) -> list[str]:
    condition, parameters = f"{quoted(attribute)} = ?", [row_id]
    if child.columns[attribute].is_polymorphic:
        condition += f" and {quoted(target_column(attribute))} = ?"
        parameters.append(parent)
    sql = f"select {quoted(child.primary_id)} from {quoted(child.logical)} where {condition}"
    return [str(found[0]) for found in writer.database.rows(sql, parameters)]


def _unlink(writer: "Writer", child: Table, child_id: str, attribute: str) -> None:
    draft = Draft()
    draft.point(child.columns[attribute], "", None)
    fill_computed(writer.catalog, child, writer.organisation, draft.values, {})
    writer.stamp(child, draft.values, is_new=False)
    writer.store_changes(child, child_id, draft.values)
