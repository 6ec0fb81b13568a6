"""Creating, changing and deleting one row, with the conditions of `If-Match` and `If-None-Match`."""

from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context, selected
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.options import Options
from include.sandbox.neo.odata.predicates import Predicate, Segment
from include.sandbox.neo.records.references import Reference
from include.sandbox.neo.records.removing import delete_row
from include.sandbox.neo.records.writer import given_id
from include.sandbox.neo.sqlite.schema import quoted


def create(context: Context, table: Table) -> ApiResponse:
    """`POST accounts`: 204 with the new row's address, or 201 with the row."""
    body = context.request.json_object()
    with context.store.transaction():
        row_id = context.writer().create(table, body)
    return _created(context, table, row_id)


def upsert(context: Context, table: Table, segment: Segment) -> ApiResponse:
    """`PATCH accounts(<key>)`: update or create, as the conditions allow."""
    body = context.request.json_object()
    predicate = segment.predicate()
    with context.store.transaction():
        existing = _find(context, table, predicate)
        if existing is None:
            _require_may_create(context, table, predicate)
            row_id = _create_by_key(context, table, predicate, body)
        else:
            _require_may_update(context, table, existing)
            context.writer().update(table, existing, without_key(body, predicate))
            row_id = existing
    if existing is None and context.prefer.wants_representation:
        return _created(context, table, row_id)
    if context.prefer.wants_representation:
        return _representation(context, table, row_id, 200)
    # For a key address the service answers with the key, not with the id behind it.
    key = row_id if predicate.guid is not None else (segment.inner or "").strip()
    headers = {"OData-EntityId": context.entity_url(table, key)}
    return ApiResponse(204, headers, made=Reference(table.logical, row_id))


def delete(context: Context, table: Table, segment: Segment) -> ApiResponse:
    """`DELETE accounts(<key>)`: 204, 404, or 412 when the version moved on."""
    with context.store.transaction():
        predicate = segment.predicate()
        existing = _find(context, table, predicate)
        if existing is None:
            raise _missing(table, predicate)
        _require_may_update(context, table, existing)
        delete_row(context.writer(), table, existing)
    return ApiResponse(204)


def write_property(context: Context, table: Table, row_id: str, name: str) -> ApiResponse:
    """`PUT accounts(<key>)/name` with a value, `DELETE accounts(<key>)/name` to clear it."""
    column = table.columns.get(name)
    if column is None or column.kind.is_lookup:
        raise errors.unknown_segment(name)
    body: dict[str, Any] = {name: None}
    if context.request.method == "PUT":
        sent = context.request.json_object()
        if "value" not in sent:
            raise errors.payload(table.set_name, "The payload has no property 'value'.")
        body[name] = sent["value"]
    with context.store.transaction():
        context.writer().update(table, row_id, body)
    return ApiResponse(204)


def _find(context: Context, table: Table, predicate: Predicate) -> str | None:
    references = context.references()
    if predicate.guid is None:
        return references.find_by_key(table, predicate)
    return predicate.guid if references.exists(table, predicate.guid) else None


def _missing(table: Table, predicate: Predicate) -> errors.ServiceError:
    if predicate.guid is not None:
        return errors.row_missing(table.logical, predicate.guid)
    return errors.key_row_missing(table.logical)


def _condition(context: Context, header: str) -> str:
    """A condition header; the literal word `null` means no condition."""
    value = context.request.headers.get(header, "").strip()
    return "" if value.lower() == "null" else value


def _require_may_create(context: Context, table: Table, predicate: Predicate) -> None:
    if _condition(context, "if-match"):
        raise _missing(table, predicate)


def _require_may_update(context: Context, table: Table, row_id: str) -> None:
    if context.request.method == "PATCH" and _condition(context, "if-none-match") == "*":
        raise errors.row_exists()
    wanted = _condition(context, "if-match")
    if not wanted or wanted == "*" or "versionnumber" not in table.columns:
        return
    found = context.store.database.row(
        f"select versionnumber from {quoted(table.logical)} where {quoted(table.primary_id)} = ?", (row_id,)
    )
    if found is None or wanted != f'W/"{found[0]}"':
        raise errors.version_mismatch()


def _create_by_key(context: Context, table: Table, predicate: Predicate, body: dict[str, Any]) -> str:
    """Create at an address: a guid becomes the id, key values fill what the body leaves out."""
    if predicate.guid is not None:
        sent = given_id(table, body)
        if sent is not None and sent != predicate.guid:
            raise errors.invalid_argument("The id in the payload differs from the id in the URL.")
        return context.writer().create(table, body, row_id=predicate.guid)
    return context.writer().create(table, {**key_body(context, table, predicate, body), **body})


def key_body(context: Context, table: Table, predicate: Predicate, body: dict[str, Any]) -> dict[str, Any]:
    """The key's values as a payload would hold them, but for those the body itself holds."""
    values = context.references().key_values(table, predicate)
    filled: dict[str, Any] = {}
    for name, value in values.items():
        column = table.columns[name]
        if not column.kind.is_lookup:
            filled[name] = value
            continue
        navigation = context.catalog.navigations_of_column(table.logical, name)[0]
        target = context.catalog.tables[navigation.referenced]
        bind = f"{navigation.single_name}@odata.bind"
        if bind not in body:
            filled[bind] = f"/{target.set_name}({value})"
    return filled


def without_key(body: dict[str, Any], predicate: Predicate) -> dict[str, Any]:
    """An update ignores the key columns that already stand in the address."""
    names = {name for name, _ in predicate.parts}
    return {name: value for name, value in body.items() if name not in names}


def _created(context: Context, table: Table, row_id: str) -> ApiResponse:
    if context.prefer.wants_representation:
        return _representation(context, table, row_id, 201)
    address = context.entity_url(table, row_id)
    headers = {"OData-EntityId": address, "Location": address}
    return ApiResponse(204, headers, made=Reference(table.logical, row_id))


def _representation(context: Context, table: Table, row_id: str, status: int) -> ApiResponse:
    context.applied.append("return=representation")
    options = context.options
    expand = options.expand if context.request.method == "POST" else ()
    shown = Options(select=options.select, expand=expand, aliases=options.aliases)
    row = context.reader().single(table, row_id, shown) or {}
    row = {k: v for k, v in row.items() if not k.endswith("@odata.nextLink")}
    payload = {"@odata.context": context.context_url(f"{table.set_name}{selected(shown)}/$entity"), **row}
    headers = {"ETag": str(row["@odata.etag"])} if "@odata.etag" in row else {}
    return ApiResponse(status, headers, payload, made=Reference(table.logical, row_id))
