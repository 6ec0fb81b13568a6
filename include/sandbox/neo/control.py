"""`/_sandbox/`: what only tests and the sandbox itself may do. Every route needs the control token."""

import hmac
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from include.sandbox.neo.limits import Fault
from include.sandbox.neo.users import ensure_application_users
from include.sandbox.neo.web_api import WebApi

HEADER = "x-sandbox-token"


class FaultSheet(BaseModel):
    """A fault as a test asks for it (`POST /_sandbox/faults`)."""

    model_config = ConfigDict(extra="forbid")
    status: int = Field(503, ge=200, le=599)
    times: int = Field(1, ge=1, le=10_000)
    path_contains: str = ""
    method: str = ""
    stage: str = Field("before", pattern="^(before|after)$")
    retry_after: int | None = Field(None, ge=0, le=3600)
    latency_ms: int = Field(0, ge=0, le=60_000)


def control_routes(api: WebApi) -> list[Route]:
    """The routes of test control, closed to everybody without the token."""

    async def requests(request: Request) -> Response:
        since = request.query_params.get("since", "0")
        return JSONResponse({"requests": api.log.since(int(since) if since.isdigit() else 0)})

    async def reset(request: Request) -> Response:
        await run_in_threadpool(_reset, api)
        return JSONResponse({"reset": True})

    async def add_fault(request: Request) -> Response:
        try:
            sheet = FaultSheet.model_validate_json(await request.body() or b"{}")
        except ValidationError as error:
            return JSONResponse({"problem": error.errors(include_url=False, include_context=False)}, 422)
        values: dict[str, Any] = sheet.model_dump()
        api.faults.add(Fault(**values))
        return JSONResponse(values, 201)

    async def clear_faults(request: Request) -> Response:
        api.faults.clear()
        return Response(status_code=204)

    async def expire_tokens(request: Request) -> Response:
        api.issuer.expire_all()
        return Response(status_code=204)

    routes = [
        ("requests", "GET", requests),
        ("reset", "POST", reset),
        ("faults", "POST", add_fault),
        ("faults", "DELETE", clear_faults),
        ("tokens/expire", "POST", expire_tokens),
    ]
    return [Route(f"/_sandbox/{path}", _guarded(api, endpoint), methods=[method]) for path, method, endpoint in routes]


def _reset(api: WebApi) -> None:
    with api.store.database.lock:
        api.store.reset()
        ensure_application_users(api.store, api.identity)
    api.log.clear()
    api.faults.clear()
    api.protection.forget()


def _guarded(api: WebApi, endpoint: Any) -> Any:
    async def guarded(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), api.identity.control_token.encode()):
            return JSONResponse({"problem": f"the header {HEADER} is missing or wrong"}, 403)
        answer: Response = await endpoint(request)
        return answer

    return guarded
