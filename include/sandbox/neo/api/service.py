"""The router of the Web API: from a path to the handler, and from any refusal to its answer."""

import re
import sqlite3

from include.sandbox.neo import errors
from include.sandbox.neo.api import links, records, writes
from include.sandbox.neo.api.batch import run_batch
from include.sandbox.neo.api.bulk import bulk
from include.sandbox.neo.api.collections import count_rows, list_rows
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.functions import ACTIONS, FUNCTIONS, function_parameters
from include.sandbox.neo.api.message import ApiRequest, ApiResponse, refusal
from include.sandbox.neo.api.metadata.router import METADATA_ACTIONS, METADATA_SETS, route_metadata
from include.sandbox.neo.api.service_document import csdl, service_document
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.predicates import Segment
from include.sandbox.neo.store.neo_store import NeoStore

BULK_MESSAGES = frozenset({"CreateMultiple", "UpdateMultiple", "UpsertMultiple", "DeleteMultiple"})
_NAMESPACE = "Microsoft.Dynamics.CRM."
# The platform's web server refuses these in a path before the Web API sees it, so such keys cannot be addressed.
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_DANGEROUS = re.compile(r"[<>*%&:\\?+/]")


class Service:
    """Answers requests against one store. Never lets an exception of a request's making escape."""

    def __init__(self, store: NeoStore) -> None:
        self.store = store

    def answer(self, request: ApiRequest) -> ApiResponse:
        """The response to one request, refusals included."""
        with self.store.database.lock:
            self.store.settle_keys()
            try:
                return self.handle(request)
            except errors.ServiceError as error:
                return refusal(error)
            except RecursionError:
                return refusal(errors.query("Recursion limit exceeded: the request nests too deeply."))
            except sqlite3.OperationalError as error:
                if _is_too_complex(error):
                    return refusal(errors.query("The node count limit has been exceeded."))
                raise

    def handle(self, request: ApiRequest) -> ApiResponse:
        """Like `answer`, but refusals are raised: a batch decides itself what a failed part means."""
        _refuse_dangerous(request.path)
        context = Context.of(self.store, request)
        if not context.segments:
            _require_method(context, "GET")
            return service_document(context)
        first = context.segments[0]
        if first.name == "$metadata":
            _require_method(context, "GET")
            return csdl(context)
        if first.name == "$batch":
            _require_method(context, "POST")
            return run_batch(self.store, request, self.handle)
        if first.name in METADATA_SETS or first.name in METADATA_ACTIONS:
            return context.prefer_applied(route_metadata(context))
        if first.name in FUNCTIONS or first.name in ACTIONS:
            return _call(context, first)
        table = context.table(first.name)
        return context.prefer_applied(_route_rows(context, table, first, context.segments[1:]))


def _is_too_complex(error: sqlite3.OperationalError) -> bool:
    return any(word in str(error) for word in ("too large", "too many", "parser stack", "at most"))


def _refuse_dangerous(path: str) -> None:
    for quoted_text in _QUOTED.findall(path):
        found = _DANGEROUS.search(quoted_text)
        if found is not None:
            raise errors.ServiceError(
                400, "", f"A potentially dangerous Request.Path value was detected from the client ({found[0]})."
            )


def _require_method(context: Context, *allowed: str) -> None:
    if context.request.method not in allowed:
        raise errors.method_not_allowed(context.request.method)


def _call(context: Context, segment: Segment) -> ApiResponse:
    is_function = segment.name in FUNCTIONS
    if context.request.method != ("GET" if is_function else "POST") or len(context.segments) > 1:
        raise errors.wrong_verb()
    handler = FUNCTIONS[segment.name] if is_function else ACTIONS[segment.name]
    return handler(context, function_parameters(context, segment.inner))


def _route_rows(context: Context, table: Table, first: Segment, rest: tuple[Segment, ...]) -> ApiResponse:
    if not first.has_key:
        return _route_set(context, table, rest)
    if not rest:
        return _route_row(context, table, first)
    if rest[0].name.startswith(_NAMESPACE):
        raise errors.unknown_segment(rest[0].name)
    row_id = records.locate(context, table, first)
    return _route_member(context, table, row_id, rest)


def _route_set(context: Context, table: Table, rest: tuple[Segment, ...]) -> ApiResponse:
    method = context.request.method
    if not rest:
        if method == "GET":
            return list_rows(context, table)
        _require_method(context, "POST")
        return writes.create(context, table)
    name = rest[0].name
    if name == "$count" and method == "GET":
        return count_rows(context, table)
    message = name.removeprefix(_NAMESPACE)
    if name.startswith(_NAMESPACE) and message in BULK_MESSAGES:
        if method != "POST":
            raise errors.wrong_verb()
        return bulk(context, table, message)
    raise errors.unknown_segment(name)


def _route_row(context: Context, table: Table, segment: Segment) -> ApiResponse:
    method = context.request.method
    if method == "GET":
        return records.retrieve(context, table, records.locate(context, table, segment))
    if method == "PATCH":
        return writes.upsert(context, table, segment)
    if method == "DELETE":
        return writes.delete(context, table, segment)
    raise errors.method_not_allowed(method)


def _route_member(context: Context, table: Table, row_id: str, rest: tuple[Segment, ...]) -> ApiResponse:
    method = context.request.method
    if method == "GET":
        return records.read_member(context, table, row_id, rest)
    if len(rest) == 2 and rest[1].name == "$ref":
        return links.write_reference(context, table, row_id, rest[0])
    if len(rest) == 1 and method in ("PUT", "DELETE"):
        if context.catalog.collection(table.logical, rest[0].name) is not None and method == "PUT":
            return links.replace_children(context, table, row_id, rest[0].name)
        return writes.write_property(context, table, row_id, rest[0].name)
    raise errors.method_not_allowed(method)
