"""CreateMultiple, UpdateMultiple and UpsertMultiple: many rows of one table in one transaction."""

from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.writes import key_body, without_key
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.predicates import Predicate, relative_reference, split_path
from include.sandbox.neo.records.references import SERVICE_ROOT
from include.sandbox.neo.records.writer import Writer, given_id

Target = dict[str, Any]
_PREFIX = "Microsoft.Dynamics.CRM."


def bulk(context: Context, table: Table, name: str) -> ApiResponse:
    """Run one bulk message; any refusal undoes all of it and does not say which target it was about."""
    targets = _targets(context, table)
    if name == "DeleteMultiple":
        raise errors.ServiceError(501, "0x80040800", "DeleteMultiple has not yet been implemented.")
    with context.store.transaction():
        writer = context.writer()
        if name == "CreateMultiple":
            ids = [writer.create(table, target) for target in targets]
            payload = {
                "@odata.context": context.context_url(f"{_PREFIX}CreateMultipleResponse"),
                "Ids": ids,
            }
            return ApiResponse(200, payload=payload)
        if name == "UpdateMultiple":
            for target in targets:
                _update(writer, table, target)
        else:
            _upsert_all(context, writer, table, targets)
    return ApiResponse(204)


def _targets(context: Context, table: Table) -> list[Target]:
    targets: Any = context.request.json_object().get("Targets")
    if not isinstance(targets, list) or not targets or not all(isinstance(t, dict) for t in targets):
        raise errors.payload(table.set_name, "The parameter 'Targets' is not a list of entities.")
    wanted = {f"{_PREFIX}{table.logical}", f"#{_PREFIX}{table.logical}"}
    for target in targets:
        if target.get("@odata.type") not in wanted:
            raise errors.payload(
                table.set_name,
                "Microsoft.OData.ODataException: Every target needs the annotation '@odata.type' with the value "
                f"'{_PREFIX}{table.logical}'.",
            )
    return targets


def _update(writer: Writer, table: Table, target: Target) -> None:
    row_id = given_id(table, target)
    if row_id is None:
        raise errors.invalid_argument("Entity Id must be specified for Update.")
    writer.update(table, row_id, target)


def _upsert_all(context: Context, writer: Writer, table: Table, targets: list[Target]) -> None:
    """Update what exists, create what does not. The same row twice in one message is refused."""
    seen: set[str] = set()
    for target in targets:
        row_id = _upsert(context, writer, table, target)
        if row_id in seen:
            raise errors.duplicate_id()
        seen.add(row_id)


def _upsert(context: Context, writer: Writer, table: Table, target: Target) -> str:
    predicate = _address(table, target)
    if predicate.guid is not None:
        if writer.references.exists(table, predicate.guid):
            writer.update(table, predicate.guid, target)
            return predicate.guid
        return writer.create(table, target, row_id=predicate.guid)
    found = writer.references.find_by_key(table, predicate)
    if found is None:
        return writer.create(table, {**key_body(context, table, predicate, target), **target})
    writer.update(table, found, without_key(target, predicate))
    return found


def _address(table: Table, target: Target) -> Predicate:
    reference = target.get("@odata.id")
    if isinstance(reference, str):
        root = SERVICE_ROOT.search(reference)
        segments = split_path(relative_reference(reference, root[0] if root else "/api/data/v9.2/"))
        if len(segments) != 1 or segments[0].name != table.set_name or not segments[0].has_key:
            raise errors.query(f"The '@odata.id' of a target does not address the set '{table.set_name}'.")
        return segments[0].predicate()
    row_id = given_id(table, target)
    if row_id is None:
        raise errors.invalid_argument("Every target needs an '@odata.id' or its primary key.")
    return Predicate(guid=row_id)
