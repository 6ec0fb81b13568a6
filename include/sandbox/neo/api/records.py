"""Reading one row: the row itself, one of its properties, what it points at, what points at it."""

from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.collections import count_rows, list_rows
from include.sandbox.neo.api.context import Context, selected
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.reader import PAGE_LIMIT, Restriction
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.options import Options
from include.sandbox.neo.odata.predicates import Segment
from include.sandbox.neo.sqlite.schema import quoted, target_column


def locate(context: Context, table: Table, segment: Segment) -> str:
    """The id that a keyed segment means; the row of a guid need not exist yet."""
    predicate = segment.predicate()
    if predicate.guid is not None:
        return predicate.guid
    found = context.references().find_by_key(table, predicate)
    if found is None:
        raise errors.key_row_missing(table.logical)
    return found


def retrieve(context: Context, table: Table, row_id: str) -> ApiResponse:
    """`GET accounts(<guid>)`, with 304 when the client already holds this version."""
    context.request.caller.require("Read", table)
    options = context.options
    row = context.reader().single(table, row_id, options)
    if row is None:
        raise errors.row_missing(table.logical, row_id)
    held = context.request.headers.get("if-none-match", "")
    etag = str(row.get("@odata.etag", ""))
    if held and held == etag and not options.expand and not context.prefer.annotations:
        return ApiResponse(304, {"ETag": etag})
    return ApiResponse(200, {"ETag": etag} if etag else {}, payload=_entity(context, table, row, options))


def _entity(context: Context, table: Table, row: dict[str, Any], options: Options) -> dict[str, Any]:
    members = {k: v for k, v in row.items() if not k.endswith("@odata.nextLink")}
    return {"@odata.context": context.context_url(f"{table.set_name}{selected(options)}/$entity"), **members}


def read_member(context: Context, table: Table, row_id: str, rest: tuple[Segment, ...]) -> ApiResponse:
    """Whatever stands behind a row in the path: a column, a lookup, a collection, `$ref`, `$count`, `$value`."""
    name, tail = rest[0].name, rest[1:]
    _require_row(context, table, row_id)
    column = table.columns.get(name)
    if (column is not None and not column.kind.is_lookup) or name.startswith("_"):
        return _read_property(context, table, row_id, name, tail)
    single = context.catalog.single(table.logical, name)
    if single is not None:
        target = context.catalog.tables[single.referenced]
        pointed = _pointed_at(context, table, row_id, name)
        return _read_single(context, target, pointed, tail)
    return _read_collection(context, table, row_id, name, tail)


def _require_row(context: Context, table: Table, row_id: str) -> None:
    context.request.caller.require("Read", table)
    if not context.references().exists(table, row_id):
        raise errors.row_missing(table.logical, row_id)


def _read_property(context: Context, table: Table, row_id: str, name: str, tail: tuple[Segment, ...]) -> ApiResponse:
    row = context.reader().single(table, row_id, Options(select=(name,))) or {}
    value = row.get(name)
    if value is None:
        return ApiResponse(204)
    if tail and tail[0].name == "$value":
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return ApiResponse(200, {"Content-Type": "text/plain"}, text=text.encode())
    if tail:
        raise errors.unknown_segment(tail[0].name)
    url = context.context_url(f"{table.set_name}({row_id})/{name}")
    return ApiResponse(200, payload={"@odata.context": url, "value": value})


def _pointed_at(context: Context, table: Table, row_id: str, navigation: str) -> str | None:
    single = context.catalog.single(table.logical, navigation)
    if single is None:
        raise errors.unknown_segment(navigation)
    column = table.columns[single.attribute]
    names = [column.logical] + ([target_column(column.logical)] if column.is_polymorphic else [])
    terms = ", ".join(quoted(name) for name in names)
    found = context.store.database.row(
        f"select {terms} from {quoted(table.logical)} where {quoted(table.primary_id)} = ?", (row_id,)
    )
    if found is None or found[0] is None:
        return None
    if column.is_polymorphic and single.referenced not in (found[1], "principal"):
        return None
    return str(found[0])


def _read_single(context: Context, target: Table, pointed: str | None, tail: tuple[Segment, ...]) -> ApiResponse:
    if pointed is None:
        return ApiResponse(204)
    if not tail:
        return retrieve(context, target, pointed)
    if tail[0].name == "$ref":
        payload = {
            "@odata.context": context.context_url("$ref"),
            "@odata.id": context.entity_url(target, pointed),
        }
        return ApiResponse(200, payload=payload)
    return read_member(context, target, pointed, tail)


def _read_collection(context: Context, table: Table, row_id: str, name: str, tail: tuple[Segment, ...]) -> ApiResponse:
    reader = context.reader()
    relationship = context.catalog.collection(table.logical, name)
    many = context.catalog.many(table.logical, name)
    if relationship is not None:
        target = context.catalog.tables[relationship.referencing]
        restriction = reader.children(relationship, row_id)
    elif many is not None:
        target, restriction = reader.members(many, table, row_id)
    else:
        raise errors.unknown_segment(name)
    if not tail:
        return list_rows(context, target, restriction, f"{table.set_name}({row_id})/{name}")
    if tail[0].name == "$count":
        return count_rows(context, target, restriction)
    if tail[0].name == "$ref":
        return _list_references(context, target, restriction)
    raise errors.unknown_segment(tail[0].name)


def _list_references(context: Context, target: Table, restriction: Restriction) -> ApiResponse:
    page = context.reader().page(
        target, Options(select=(), filter=context.options.filter), restriction, limit=PAGE_LIMIT
    )
    ids = [row[target.primary_id] for row in page.rows]
    payload = {
        "@odata.context": context.context_url("Collection($ref)"),
        "value": [{"@odata.id": context.entity_url(target, row_id)} for row_id in ids],
    }
    return ApiResponse(200, payload=payload)
