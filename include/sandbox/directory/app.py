"""Graph's `/v1.0/users`: selection, filter, pages by next link, and its error bodies.

Tokens are those of the sandbox's authority; a callable given by the assembler says whether one is good.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import UTC
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Body, Depends, FastAPI, Header, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from include.sandbox.control import Clock, Control, utc_now
from include.sandbox.directory.filters import FilterError, parse_filter
from include.sandbox.directory.users import User

DEFAULT_TOP, MAX_TOP = 100, 999
_DEFAULT_FIELDS = (
    "id", "displayName", "givenName", "surname", "mail", "userPrincipalName", "jobTitle", "officeLocation",
    "preferredLanguage",
)  # fmt: skip
TokenCheck = Callable[[str], bool]


class GraphError(StarletteHTTPException):
    """A refusal with Graph's own code."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(status, message)
        self.code = code


class Directory:
    """The users by id; one instance serves all threads."""

    def __init__(self, users: list[User]) -> None:
        self._lock = threading.Lock()
        self._users = {str(user["id"]): user for user in users}

    def all(self) -> list[User]:
        """Every user, in a stable order."""
        with self._lock:
            return list(self._users.values())

    def get(self, user_id: str) -> User | None:
        """One user, by object id or principal name."""
        with self._lock:
            found = self._users.get(user_id)
            return found or next((u for u in self._users.values() if u["userPrincipalName"] == user_id), None)

    def change(self, user_id: str, changes: Mapping[str, Any]) -> User:
        """Change properties of a user. Raises KeyError."""
        with self._lock:
            self._users[user_id] = self._users[user_id] | dict(changes)
            return self._users[user_id]


def create_directory_app(
    directory: Directory, is_valid_token: TokenCheck, control_token: str, *, now: Clock = utc_now
) -> FastAPI:
    """The directory over its users. `is_valid_token` gets the bearer token of each call."""
    app = FastAPI(title="Microsoft Graph (directorio)", docs_url=None, redoc_url=None)
    control = Control(control_token, now)
    router = control.install(app)
    _add_controls(router, directory)
    app.include_router(router)
    app.include_router(_graph(directory, is_valid_token))

    @app.exception_handler(StarletteHTTPException)
    def refuse(request: Request, error: StarletteHTTPException) -> JSONResponse:
        code = error.code if isinstance(error, GraphError) else "BadRequest"
        inner = {
            "date": now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": getattr(request.state, "request_id", ""),
            "client-request-id": request.headers.get("client-request-id", ""),
        }
        body = {"error": {"code": code, "message": error.detail, "innerError": inner}}
        return JSONResponse(body, status_code=error.status_code, headers=error.headers)

    return app


def _graph(directory: Directory, is_valid_token: TokenCheck) -> APIRouter:
    def authorised(authorization: Annotated[str, Header()] = "") -> None:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise GraphError(401, "InvalidAuthenticationToken", "Access token is empty.")
        if not is_valid_token(token):
            raise GraphError(401, "InvalidAuthenticationToken", "Access token validation failure.")

    router = APIRouter(prefix="/v1.0", dependencies=[Depends(authorised)])

    @router.get("/users")
    def users(
        request: Request,
        select: Annotated[str | None, Query(alias="$select")] = None,
        top: Annotated[int, Query(alias="$top")] = DEFAULT_TOP,
        where: Annotated[str | None, Query(alias="$filter")] = None,
        skip_token: Annotated[str | None, Query(alias="$skiptoken")] = None,
    ) -> dict[str, Any]:
        if not 1 <= top <= MAX_TOP:
            raise GraphError(
                400, "Request_BadRequest", f"Invalid page size specified: '{top}'. Must be 1 to {MAX_TOP}."
            )
        fields = _fields(select)
        matching = _matching(directory.all(), where)
        start = _start(skip_token)
        page = [_shown(user, fields) for user in matching[start : start + top]]
        body: dict[str, Any] = {"@odata.context": f"{_base(request)}/$metadata#users", "value": page}
        if start + top < len(matching):
            body["@odata.nextLink"] = _next_link(request, start + top)
        return body

    @router.get("/users/{user_id}")
    def user(user_id: str, select: Annotated[str | None, Query(alias="$select")] = None) -> User:
        found = directory.get(user_id)
        if found is None:
            raise GraphError(404, "Request_ResourceNotFound", f"Resource '{user_id}' does not exist.")
        return _shown(found, _fields(select))

    return router


def _fields(select: str | None) -> tuple[str, ...]:
    """Graph returns a short set of properties unless others are asked for; extension attributes never by default."""
    return tuple(name.strip() for name in select.split(",") if name.strip()) if select else _DEFAULT_FIELDS


def _shown(user: User, fields: tuple[str, ...]) -> User:
    missing = [name for name in fields if name not in user]
    if missing:
        raise GraphError(400, "Request_BadRequest", f"Could not find a property named '{missing[0]}' on type 'user'.")
    return {name: user[name] for name in dict.fromkeys(("id", *fields))}


def _matching(users: list[User], where: str | None) -> list[User]:
    if not where:
        return users
    try:
        test = parse_filter(where)
        return [user for user in users if test(user)]
    except FilterError as error:
        raise GraphError(400, "Request_UnsupportedQuery", f"Invalid filter clause: {error}") from None


def _start(skip_token: str | None) -> int:
    if skip_token is None:
        return 0
    if not skip_token.isdigit():
        raise GraphError(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
    return int(skip_token)


def _base(request: Request) -> str:
    return f"{request.base_url}v1.0".replace("//v1.0", "/v1.0")


def _next_link(request: Request, start: int) -> str:
    kept = {name: value for name, value in request.query_params.items() if name != "$skiptoken"}
    return f"{_base(request)}/users?{urlencode({**kept, '$skiptoken': start}, safe='$,')}"


def _add_controls(router: APIRouter, directory: Directory) -> None:
    @router.patch("/users/{user_id}")
    def change(user_id: str, changes: Annotated[dict[str, Any], Body()]) -> User:
        try:
            return directory.change(user_id, changes)
        except KeyError:
            raise HTTPException(404, f"there is no user {user_id}") from None
