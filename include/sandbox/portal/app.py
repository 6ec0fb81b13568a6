"""The portal's interface under `/api/v1`, its page for visitors, and the sandbox controls.

Bearer token on every call of the interface; errors are JSON with a code; pages never skip a record that was
committed before they were read.
"""

import hmac
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Path, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from include.sandbox.control import CallPool, Clock, Control, utc_now
from include.sandbox.portal.controls import add_controls
from include.sandbox.portal.cursors import read_cursor, stored_instant, write_cursor
from include.sandbox.portal.pages import add_pages
from include.sandbox.portal.registering import add_registration
from include.sandbox.portal.shapes import Answer, AnswerIn, ErrorBody, Page, RegistrationIn
from include.sandbox.portal.store import (
    STREAMS,
    KeyUsedForAnotherBodyError,
    PortalStore,
    Position,
    Record,
    UnknownRecordError,
)

DEFAULT_LIMIT, MAX_LIMIT = 100, 500
CALLS_PER_MINUTE = 1_200
_CODES = {
    401: "unauthorized",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    422: "invalid",
    429: "too_many_requests",
}
_ERRORS: dict[int | str, dict[str, Any]] = {status: {"model": ErrorBody} for status in (401, 404, 409, 422, 429)}


def create_portal_app(
    store: PortalStore,
    token: str,
    control_token: str,
    *,
    calls_per_minute: int = CALLS_PER_MINUTE,
    now: Clock = utc_now,
) -> FastAPI:
    """The portal on a store. `token` opens the interface, `control_token` the sandbox controls."""
    app = FastAPI(
        title="Portal de negocios – interfaz de integración",
        version="1.0",
        description=_ABOUT,
        docs_url=None,  # the usual page loads its parts from a public network; ours is in `pages`
        redoc_url=None,
    )
    control = Control(control_token, now)
    router = control.install(app)
    add_controls(router, store, now)
    app.include_router(router)
    app.include_router(_interface(store, token, CallPool(calls_per_minute), now))
    add_pages(app, store, now)
    _answer_errors_as_json(app)
    return app


def _interface(store: PortalStore, token: str, pool: CallPool, now: Clock) -> APIRouter:
    def authorised(authorization: Annotated[str, Header(include_in_schema=False)] = "") -> None:
        given = authorization.removeprefix("Bearer ").strip()
        if not authorization.startswith("Bearer ") or not hmac.compare_digest(given.encode(), token.encode()):
            raise HTTPException(401, "a bearer token of this portal is required", {"WWW-Authenticate": "Bearer"})
        wait = pool.admit()
        if wait is not None:
            raise HTTPException(429, "too many calls in a minute", {"Retry-After": f"{wait:.0f}"})

    router = APIRouter(prefix="/api/v1", dependencies=[Depends(authorised)], responses=_ERRORS)
    for stream in STREAMS:
        _add_stream(router, store, stream)

    @router.post("/registrations", status_code=201, tags=["registrations"], summary="A visitor registers")
    def register(body: RegistrationIn, response: Response) -> Record:
        record = add_registration(store, body, now())
        response.headers["Location"] = f"/api/v1/registrations/{record['id']}"
        return record

    @router.put("/registrations/{record_id}/answer", tags=["registrations"], summary="Answer a registration")
    def answer(
        record_id: Annotated[str, Path()],
        body: AnswerIn,
        response: Response,
        idempotency_key: Annotated[str, Header(min_length=1, max_length=200)],
    ) -> Answer:
        """Sets the status and the message the company reads. A repetition under the same key changes nothing."""
        try:
            stored, is_new = store.answer(idempotency_key, record_id, body.model_dump(), stored_instant(now()))
        except UnknownRecordError:
            raise HTTPException(404, f"there is no registration {record_id}") from None
        except KeyUsedForAnotherBodyError:
            raise HTTPException(409, "this Idempotency-Key was used with another content") from None
        response.headers["Idempotency-Replayed"] = "false" if is_new else "true"
        return Answer.model_validate(stored)

    return router


def _add_stream(router: APIRouter, store: PortalStore, stream: str) -> None:
    @router.get(f"/{stream}", tags=[stream], summary=f"Records of {stream}, oldest change first", name=f"list {stream}")
    def read(
        limit: Annotated[int, Query(ge=1, le=MAX_LIMIT)] = DEFAULT_LIMIT,
        cursor: Annotated[str | None, Query(max_length=400)] = None,
        updated_since: Annotated[datetime | None, Query(description="At this instant or later")] = None,
    ) -> Page:
        after: Position | None = None
        since = stored_instant(_utc(updated_since)) if updated_since else None
        if cursor is not None:
            try:
                after, since = read_cursor(cursor)
            except ValueError as error:
                raise HTTPException(422, str(error)) from None
        records = store.page(stream, since=since, after=after, limit=limit + 1)
        last = records[limit - 1] if len(records) > limit else None
        following = write_cursor(Position(last["updated_at"], last["id"]), since) if last else None
        return Page(data=records[:limit], next_cursor=following)

    @router.get(f"/{stream}/{{record_id}}", tags=[stream], summary=f"One of {stream}", name=f"get {stream}")
    def read_one(record_id: Annotated[str, Path()]) -> Record:
        try:
            return store.get(stream, record_id)
        except UnknownRecordError:
            raise HTTPException(404, f"there is no record {record_id} in {stream}") from None


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _answer_errors_as_json(app: FastAPI) -> None:
    async def refused(request: Request, error: Exception) -> JSONResponse:
        status = error.status_code if isinstance(error, StarletteHTTPException) else 500
        detail = str(error.detail) if isinstance(error, StarletteHTTPException) else HTTPStatus(status).phrase
        headers = error.headers if isinstance(error, StarletteHTTPException) else None
        return _error(request, status, detail, headers)

    async def invalid(request: Request, error: Exception) -> JSONResponse:
        # Names the field and the rule, never the value: it may belong to a person.
        first = error.errors()[0] if isinstance(error, RequestValidationError) else {"loc": (), "msg": "invalid"}
        where = ".".join(str(part) for part in first["loc"])
        return _error(request, 422, f"{where}: {first['msg']}", None)

    handlers: dict[type[Exception], Callable[[Request, Exception], Awaitable[JSONResponse]]] = {
        StarletteHTTPException: refused,
        RequestValidationError: invalid,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


def _error(request: Request, status: int, message: str, headers: Any) -> JSONResponse:
    code = _CODES.get(status, "error")
    request_id = getattr(request.state, "request_id", "")
    return JSONResponse(
        {"error": {"code": code, "message": message, "request_id": request_id}}, status_code=status, headers=headers
    )


_ABOUT = """Streams are read page by page in the order of their last change: pass `updated_since` for the first page and
`cursor` = `next_cursor` of the page before for every further one. A removed record comes back as
`{"id", "deleted": true, "updated_at"}`. A record may be committed late, with an `updated_at` a few minutes old: read
with an overlap."""
