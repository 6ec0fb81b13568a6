"""What the small services share: the request log, planned faults and the token that guards `/_sandbox/`.

NEO has its own, richer one. Nothing here belongs to a real system; tests and demonstrations use it.
"""

import hmac
import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Body, Depends, FastAPI, Header, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG_LENGTH = 20_000
PREFIX = "/_sandbox"
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present instant, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class LoggedRequest:
    """One request as it was answered. No body and no header is kept."""

    seq: int
    at: str
    method: str
    path: str
    query: str
    status: int
    request_id: str


class Fault(BaseModel):
    """The next `times` requests that fit, outside `/_sandbox/`, are answered with `status`."""

    model_config = ConfigDict(extra="forbid")

    status: int = Field(ge=400, le=599)
    times: int = Field(default=1, ge=1, le=10_000)
    retry_after: float | None = Field(default=None, ge=0)
    path_contains: str = ""
    method: str = ""


class Control:
    """The log and the faults of one service."""

    def __init__(self, token: str, now: Clock = utc_now) -> None:
        self._token = token
        self._now = now
        self._lock = threading.Lock()
        self._log: deque[LoggedRequest] = deque(maxlen=LOG_LENGTH)
        self._seq = 0
        self._faults: list[Fault] = []

    def install(self, app: FastAPI) -> APIRouter:
        """Watch all requests of `app` and return the guarded router for the service's own controls.

        Include the returned router with `app.include_router` after adding routes to it.
        """
        app.add_middleware(_Watch, control=self)
        router = APIRouter(prefix=PREFIX, dependencies=[Depends(self.require)], include_in_schema=False)
        router.get("/requests")(self._read_log)
        router.post("/faults", status_code=201)(self._plan_fault)
        router.delete("/faults", status_code=204)(self._forget_faults)
        return router

    def require(self, x_sandbox_token: Annotated[str, Header()] = "") -> None:
        """Refuse whoever does not know the control token."""
        if not self.is_token(x_sandbox_token):
            raise HTTPException(401, "the sandbox control token is missing or wrong")

    def is_token(self, given: str) -> bool:
        """True for the control token; compared in constant time."""
        return hmac.compare_digest(given.encode(), self._token.encode())

    def requests(self, since: int = 0) -> list[LoggedRequest]:
        """Logged requests after `since`, oldest first."""
        with self._lock:
            return [entry for entry in self._log if entry.seq > since]

    def fault_for(self, method: str, path: str) -> Fault | None:
        """The fault that this request meets, used up by asking."""
        with self._lock:
            for fault in self._faults:
                if fault.path_contains in path and fault.method.upper() in ("", method):
                    fault.times -= 1
                    self._faults = [f for f in self._faults if f.times > 0]
                    return fault
        return None

    def note(self, scope: Scope, status: int, request_id: str) -> None:
        """Log one answered request."""
        with self._lock:
            self._seq += 1
            query = scope["query_string"].decode("latin-1")
            at = self._now().isoformat()
            self._log.append(LoggedRequest(self._seq, at, scope["method"], scope["path"], query, status, request_id))

    def _read_log(self, since: Annotated[int, Query(ge=0)] = 0) -> dict[str, Any]:
        return {"requests": [asdict(entry) for entry in self.requests(since)]}

    def _plan_fault(self, fault: Annotated[Fault, Body()]) -> Fault:
        with self._lock:
            self._faults.append(fault)
        return fault

    def _forget_faults(self) -> None:
        with self._lock:
            self._faults.clear()


class CallPool:
    """So many calls in any minute, shared by all who draw on it."""

    def __init__(self, calls_per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls = calls_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()

    def admit(self) -> float | None:
        """Count a call; None when it may pass, else the seconds until the next place is free."""
        with self._lock:
            now = self._clock()
            while self._recent and now - self._recent[0] >= 60:
                self._recent.popleft()
            if len(self._recent) >= self._calls:
                return 60 - (now - self._recent[0])
            self._recent.append(now)
            return None


class _Watch:
    """ASGI middleware: gives each request an id, meets it with a planned fault, logs its status."""

    def __init__(self, app: ASGIApp, control: Control) -> None:
        self._app = app
        self._control = control

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(PREFIX):
            await self._app(scope, receive, send)
            return
        request_id = str(uuid4())
        status = 500

        async def keep_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        fault = self._control.fault_for(scope["method"], scope["path"])
        try:
            if fault is not None:
                await _answer_fault(fault, keep_status)
            else:
                await self._app(scope, receive, keep_status)
        finally:
            self._control.note(scope, status, request_id)


async def _answer_fault(fault: Fault, send: Callable[[Message], Any]) -> None:
    body = json.dumps({"error": {"code": "planned_fault", "message": "The sandbox was told to fail."}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    if fault.retry_after is not None:
        headers.append((b"retry-after", f"{fault.retry_after:g}".encode()))
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
