"""The Web API over HTTP: authentication, limits, faults, the log; the answers themselves come from `api`."""

import re
import time
from dataclasses import dataclass, field
from uuid import uuid4

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import ApiRequest, ApiResponse, refusal
from include.sandbox.neo.api.service import Service
from include.sandbox.neo.directory_login import origin
from include.sandbox.neo.identity import Identity
from include.sandbox.neo.limits import Fault, Faults, Limits, ServiceProtection
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.request_log import RequestLog, without_values
from include.sandbox.neo.sqlite.database import utc_text
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.neo.tokens import TokenIssuer
from include.sandbox.neo.users import caller_of, impersonated

_PATH = re.compile(r"^/api/data/(v9\.[0-2])(?:/(.*))?$", re.DOTALL)
MAX_URL = 32_768
MAX_BODY = 128 * 1024 * 1024


@dataclass
class _Outcome:
    """What the log and the headers need to know of an answered request."""

    response: ApiResponse
    user: str | None = None
    rows_written: int = 0


@dataclass
class WebApi:
    """The endpoint below `/api/data/`."""

    store: NeoStore
    identity: Identity
    issuer: TokenIssuer
    limits: Limits
    log: RequestLog = field(default_factory=RequestLog)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.service = Service(self.store)
        self.protection = ServiceProtection(self.limits, time.monotonic)

    async def endpoint(self, request: Request) -> Response:
        """Answer one HTTP request. Everything that blocks runs in a worker thread."""
        started = time.perf_counter()
        path, query = str(request.scope["path"]), request.scope.get("query_string", b"").decode("utf-8", "replace")
        body = await request.body()
        outcome = await run_in_threadpool(self._answer, request, path, query, body)
        elapsed = (time.perf_counter() - started) * 1000
        self.log.add(
            at=utc_text(self.store.now()),
            method=request.method,
            path=without_values(path, query),
            status=outcome.response.status,
            user=outcome.user,
            rows_written=outcome.rows_written,
            ms=elapsed,
        )
        return self._http(outcome)

    def _answer(self, request: Request, path: str, query: str, body: bytes) -> _Outcome:
        fault = self.faults.take(request.method, path)
        if fault is not None and fault.latency_ms:
            time.sleep(fault.latency_ms / 1000)
        user: str | None = None
        try:
            caller = self._authenticate(request)
            user = caller.name
            refused = fault.refusal() if fault is not None and fault.stage == "before" else None
            if refused is not None:
                raise refused
            return self._admitted(request, caller, path, query, body, fault)
        except errors.ServiceError as error:
            return _Outcome(refusal(error), user)

    def _admitted(
        self, request: Request, caller: Caller, path: str, query: str, body: bytes, fault: Fault | None
    ) -> _Outcome:
        self.protection.enter(caller.user_id)
        started = time.perf_counter()
        try:
            outcome = self._serve(request, caller, path, query, body)
        finally:
            self.protection.leave(caller.user_id, (time.perf_counter() - started) * 1000)
        refused = fault.refusal() if fault is not None and fault.stage == "after" else None
        if refused is not None:
            outcome.response = refusal(refused)
        outcome.response.headers |= self.protection.headers(caller.user_id)
        return outcome

    def _serve(self, request: Request, caller: Caller, path: str, query: str, body: bytes) -> _Outcome:
        match = _PATH.match(path)
        if match is None:
            raise errors.wrong_verb()
        if request.method == "GET" and len(path) + len(query) > MAX_URL:
            raise errors.ServiceError(414, "", "The request URI is too long.")
        if len(body) > MAX_BODY:
            raise errors.ServiceError(413, "", "The request body is too large.")
        headers = _joined_headers(request)
        acting = impersonated(self.store, caller, headers.get("callerobjectid"), headers.get("mscrmcallerid"))
        api_request = ApiRequest(
            method=request.method,
            path=match[2] or "",
            query=query,
            headers=headers,
            body=body,
            root=f"{origin(request)}/api/data/{match[1]}/",
            caller=acting,
        )
        with self.store.database.lock:
            before = self.store.database.rows_written
            response = self.service.answer(api_request)
            return _Outcome(response, caller.name, self.store.database.rows_written - before)

    def _authenticate(self, request: Request) -> Caller:
        application = self.issuer.verify(request.headers.get("authorization"), origin(request))
        if application is None:
            base = origin(request)
            challenge = f"Bearer authorization_uri={base}/{self.identity.tenant}/oauth2/authorize, resource_id={base}/"
            raise errors.ServiceError(401, "", "Unauthorized", {"WWW-Authenticate": challenge})
        return caller_of(application)

    def _http(self, outcome: _Outcome) -> Response:
        request_id = str(uuid4())
        headers = {"x-ms-service-request-id": request_id, "REQ_ID": request_id, **outcome.response.all_headers()}
        headers = {name: _header_text(value) for name, value in headers.items()}
        return Response(outcome.response.content(), outcome.response.status, headers)


def _joined_headers(request: Request) -> dict[str, str]:
    """Lower-case names; repeated headers (`Prefer`) are joined by commas."""
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _header_text(value: str) -> str:
    """Header values are latin-1 and one line, whatever a client put into a key."""
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace").decode("latin-1")
