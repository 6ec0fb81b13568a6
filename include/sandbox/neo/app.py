"""The ASGI application of sandbox NEO: sign-in service, Web API, the advisor's pages and test control."""

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from include.sandbox.neo.control import control_routes
from include.sandbox.neo.directory_login import login_routes
from include.sandbox.neo.identity import Identity
from include.sandbox.neo.limits import Limits
from include.sandbox.neo.pages.routes import page_routes
from include.sandbox.neo.pages.session import Sessions
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.neo.tokens import TokenIssuer
from include.sandbox.neo.users import ensure_application_users
from include.sandbox.neo.web_api import WebApi

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD", "OPTIONS"]


def create_app(
    store: NeoStore,
    identity: Identity,
    *,
    limits: Limits | None = None,
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """NEO over `store` for the users of `identity`.

    `clock` (epoch seconds) decides when tokens expire. `app.state.web_api` is the running Web API, for tests that
    want to look inside.
    """
    ensure_application_users(store, identity)
    issuer = TokenIssuer(identity, clock)
    api = WebApi(store, identity, issuer, limits or Limits())

    async def home(request: Request) -> Response:
        return RedirectResponse("/360/", 303)

    async def broken(request: Request, error: Exception) -> Response:
        """A fault of ours still answers in the service's form; the server logs the trace."""
        return JSONResponse({"error": {"code": "0x80040216", "message": "An unexpected error occurred."}}, 500)

    app = Starlette(
        exception_handlers={Exception: broken},
        routes=[
            Route("/", home),
            *login_routes(identity, issuer),
            *control_routes(api),
            *page_routes(store, Sessions(identity)),
            Route("/api/data/{rest:path}", api.endpoint, methods=_METHODS),
        ],
    )
    app.state.web_api = api
    app.state.issuer = issuer
    return app
