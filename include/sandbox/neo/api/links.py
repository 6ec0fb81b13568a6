"""Associating and disassociating rows through `$ref`."""

from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.predicates import Segment
from include.sandbox.neo.records.linking import associate, disassociate, set_lookup
from include.sandbox.neo.records.references import Reference
from include.sandbox.neo.records.removing import delete_row


def write_reference(context: Context, table: Table, row_id: str, segment: Segment) -> ApiResponse:
    """`POST|PUT|DELETE set(key)/nav/$ref` and `DELETE set(key)/nav(key)/$ref`; always 204."""
    single = context.catalog.single(table.logical, segment.name)
    method = context.request.method
    with context.store.transaction():
        if single is not None and not segment.has_key:
            if method not in ("PUT", "DELETE"):
                raise errors.method_not_allowed(method)
            target = None if method == "DELETE" else _target(context)
            set_lookup(context.writer(), table, row_id, segment.name, target)
        elif method == "POST":
            associate(context.writer(), table, row_id, segment.name, _target(context))
        elif method == "DELETE":
            disassociate(context.writer(), table, row_id, segment.name, _removed(context, table, segment))
        else:
            raise errors.method_not_allowed(method)
    return ApiResponse(204)


def replace_children(context: Context, table: Table, row_id: str, navigation: str) -> ApiResponse:
    """`PUT emails(<key>)/email_activity_parties`: the new list of participants takes the place of the old one."""
    relationship = context.catalog.collection(table.logical, navigation)
    if relationship is None or relationship.referencing != "activityparty":
        raise errors.method_not_allowed("PUT")
    rows: Any = context.request.json_object().get("value")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise errors.payload(table.set_name, "The payload has no list 'value'.")
    child = context.catalog.tables[relationship.referencing]
    with context.store.transaction():
        writer = context.writer()
        present = context.reader().page(child, context.options, context.reader().children(relationship, row_id))
        for row in present.rows:
            delete_row(writer, child, str(row[child.primary_id]))
        writer.update(table, row_id, {navigation: rows})
    return ApiResponse(204)


def _target(context: Context) -> Reference:
    reference = context.request.json_object().get("@odata.id")
    if not isinstance(reference, str) or not reference:
        raise errors.payload("", "The payload has no '@odata.id'.")
    return context.references().resolve(reference)


def _removed(context: Context, table: Table, segment: Segment) -> Reference:
    if not segment.has_key:
        if context.options.id is None:
            raise errors.query("The reference to remove is missing: give its key or $id.")
        return context.references().resolve(context.options.id)
    relationship = context.catalog.collection(table.logical, segment.name)
    many = context.catalog.many(table.logical, segment.name)
    if relationship is not None:
        other = context.catalog.tables[relationship.referencing]
    elif many is not None:
        other = context.catalog.tables[many.second if table.logical == many.first else many.first]
    else:
        raise errors.unknown_segment(segment.name)
    return context.references().of_segment(Segment(other.set_name, segment.inner))
