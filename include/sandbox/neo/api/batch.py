"""`$batch`: runs the parts in order, change sets all-or-nothing, and answers in the platform's multipart."""

import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import ApiRequest, ApiResponse, refusal
from include.sandbox.neo.api.multipart import BatchWriter, ChangeSet, Operation, malformed, parse_batch
from include.sandbox.neo.records.references import SERVICE_ROOT, Reference
from include.sandbox.neo.store.neo_store import NeoStore

MAX_OPERATIONS = 1000
_REFERENCE_URL = re.compile(r"^/?\$([A-Za-z0-9_.-]+)(/.*)?$", re.DOTALL)

Handler = Callable[[ApiRequest], ApiResponse]


class _ChangeSetFailedError(Exception):
    """Ends the transaction of a change set; carries the refusal of the part that failed."""

    def __init__(self, content_id: str | None, response: ApiResponse) -> None:
        super().__init__()
        self.content_id = content_id
        self.response = response


def run_batch(store: NeoStore, request: ApiRequest, handle: Handler) -> ApiResponse:
    """Answer a batch. Without `odata.continue-on-error` it stops at the first item that fails."""
    if request.is_in_batch:
        raise malformed("A batch cannot hold another batch.")
    items = parse_batch(request.headers.get("content-type", ""), request.body)
    if sum(len(item.operations) if isinstance(item, ChangeSet) else 1 for item in items) > MAX_OPERATIONS:
        raise malformed(f"The maximum number of operations in a batch is {MAX_OPERATIONS}.")
    goes_on = request.prefer.continues_on_error
    writer = BatchWriter()
    status = 200
    for item in items:
        if isinstance(item, ChangeSet):
            outcome = _run_change_set(store, request, item, handle, writer)
        else:
            outcome = _run_single(store, request, item, handle, writer)
        if outcome >= 400 and not goes_on:
            status = outcome
            break
    headers = {"Content-Type": writer.content_type}
    if goes_on:
        headers["Preference-Applied"] = "odata.continue-on-error"
    return ApiResponse(status, headers, text=writer.content())


def _run_single(
    store: NeoStore, request: ApiRequest, operation: Operation, handle: Handler, writer: BatchWriter
) -> int:
    try:
        response = handle(_request_of(store, request, operation, {}, is_in_change_set=False))
    except errors.ServiceError as error:
        response = refusal(error)
    writer.add(response)
    return response.status


def _run_change_set(store: NeoStore, request: ApiRequest, item: ChangeSet, handle: Handler, writer: BatchWriter) -> int:
    made: dict[str, Reference] = {}
    responses: list[tuple[str | None, ApiResponse]] = []
    try:
        with store.transaction():
            for operation in item.operations:
                response = _run_in_change_set(store, request, operation, made, handle)
                if operation.content_id is not None and response.made is not None:
                    made[operation.content_id] = response.made
                responses.append((operation.content_id, response))
    except _ChangeSetFailedError as failed:
        writer.add_change_set([(failed.content_id, failed.response)])
        return failed.response.status
    writer.add_change_set(responses)
    return 200


def _run_in_change_set(
    store: NeoStore, request: ApiRequest, operation: Operation, made: dict[str, Reference], handle: Handler
) -> ApiResponse:
    try:
        if operation.method == "GET":
            raise malformed("A change set cannot hold a GET request.")
        response = handle(_request_of(store, request, operation, made, is_in_change_set=True))
    except errors.ServiceError as error:
        response = refusal(error)
    if response.status >= 400:
        raise _ChangeSetFailedError(operation.content_id, response)
    return response


def _request_of(
    store: NeoStore, outer: ApiRequest, operation: Operation, made: dict[str, Reference], *, is_in_change_set: bool
) -> ApiRequest:
    path, query = _target(store, operation.url, made)
    return replace(
        outer,
        method=operation.method,
        path=path,
        query=query,
        headers=operation.headers,
        body=operation.body,
        content_ids=made,
        is_in_change_set=is_in_change_set,
        is_in_batch=True,
    )


def _target(store: NeoStore, url: str, made: dict[str, Reference]) -> tuple[str, str]:
    """The decoded path below the service root and the raw query of a URL inside a batch."""
    reference = _REFERENCE_URL.match(url)
    if reference is not None:
        name = reference[1].split("?", 1)[0]
        if name not in made:
            raise errors.payload("", f"Content-ID Reference: '${name}' does not exist in the batch context.")
        table = store.table(made[name].table)
        tail, _, query = (reference[2] or "").partition("?")
        return unquote(f"{table.set_name}({made[name].row_id}){tail}"), query
    path, _, query = url.partition("?")
    if "://" in path:
        try:
            path = urlsplit(path).path
        except ValueError as error:
            raise malformed(f"The URL '{url[:100]}' could not be read.") from error
    root = SERVICE_ROOT.match(path)
    if root is not None:
        path = path[root.end() :]
    elif path.startswith("/api/data/"):
        raise malformed(f"The URL '{url[:100]}' does not belong to this service.")
    return unquote(path.lstrip("/")), query
