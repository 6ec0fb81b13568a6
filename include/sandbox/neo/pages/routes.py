"""The routes below `/360/`. Nobody gets past the login page without a session; nothing can be written here."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from include.sandbox.neo.identity import PageUser
from include.sandbox.neo.literals import parse_guid
from include.sandbox.neo.pages.account_page import account_view
from include.sandbox.neo.pages.desk import Desk
from include.sandbox.neo.pages.search import search_accounts
from include.sandbox.neo.pages.session import Sessions, caller_of
from include.sandbox.neo.pages.timeline import KINDS, LIMIT
from include.sandbox.neo.pages.tones import tone_of
from include.sandbox.neo.store.neo_store import NeoStore

_HERE = Path(__file__).parent
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ROLE_NAMES = {
    "asesor": "Asesor comercial",
    "cumplimiento": "Cumplimiento",
    "gerencia": "Gerencia",
    "admin": "Administración",
}
Page = Callable[[Request, PageUser, Desk], Response]


class Pages:
    """Renders the pages over one store."""

    def __init__(self, store: NeoStore, sessions: Sessions) -> None:
        self._store = store
        self._sessions = sessions
        self._templates = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["tone_of"] = tone_of
        self._css = (_HERE / "static" / "neo.css").read_bytes()

    def routes(self) -> list[Route]:
        """All routes of the pages."""
        return [
            Route("/360", self._home),
            Route("/360/", self._guarded(self._list)),
            Route("/360/entrar", self._login, methods=["GET", "POST"]),
            Route("/360/salir", self._logout, methods=["POST"]),
            Route("/360/estilo.css", self._style),
            Route("/360/cuentas/{account_id}", self._guarded(self._account)),
            Route("/360/registros/{table}/{row_id}", self._guarded(self._record)),
            Route("/360/{rest:path}", self._guarded(self._nothing)),
        ]

    def _render(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        html = self._templates.get_template(template).render(**values)
        return HTMLResponse(html, status, dict(_HEADERS))

    def _guarded(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            person = self._sessions.person(request)
            if person is None:
                return RedirectResponse("/360/entrar", 303, dict(_HEADERS))
            return await run_in_threadpool(self._answer, page, request, person)

        return answer

    def _answer(self, page: Page, request: Request, person: PageUser) -> Response:
        with self._store.database.lock:
            return page(request, person, Desk(self._store, caller_of(person)))

    async def _home(self, request: Request) -> Response:
        return RedirectResponse("/360/", 303, dict(_HEADERS))

    async def _style(self, request: Request) -> Response:
        headers = {"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(self._css, 200, headers, "text/css; charset=utf-8")

    async def _login(self, request: Request) -> Response:
        if request.method == "GET":
            return self._render("login.html", person=None, role="", failed=False, username="")
        form = await request.form()
        username, password = str(form.get("usuario", ""))[:100], str(form.get("clave", ""))[:200]
        person = self._sessions.authenticate(username, password)
        if person is None:
            return self._render("login.html", 401, person=None, role="", failed=True, username=username)
        response = RedirectResponse("/360/", 303, dict(_HEADERS))
        self._sessions.open(response, person)
        return response

    async def _logout(self, request: Request) -> Response:
        response = RedirectResponse("/360/entrar", 303, dict(_HEADERS))
        self._sessions.close(response)
        return response

    def _list(self, request: Request, person: PageUser, desk: Desk) -> Response:
        listing = search_accounts(desk, dict(request.query_params))
        kept = {f.column: str(f.chosen) for f in listing.filters if f.chosen is not None}
        if listing.text:
            kept["q"] = listing.text
        return self._render("accounts.html", person=person, role=_ROLE_NAMES[person.role], listing=listing, kept=kept)

    def _account(self, request: Request, person: PageUser, desk: Desk) -> Response:
        account_id = parse_guid(request.path_params["account_id"])
        asked = request.query_params.get("ver")
        kind = asked if asked in KINDS else None
        view = account_view(desk, account_id, kind) if account_id else None
        if view is None:
            return self._nothing(request, person, desk)
        return self._render(
            "account.html",
            person=person,
            role=_ROLE_NAMES[person.role],
            view=view,
            kinds=KINDS,
            kind=kind,
            limit=LIMIT if request.query_params.get("todo") is None else len(view.timeline),
        )

    def _record(self, request: Request, person: PageUser, desk: Desk) -> Response:
        table = desk.table(request.path_params["table"])
        row_id = parse_guid(request.path_params["row_id"])
        row = desk.row(table, row_id) if table is not None and row_id is not None else None
        if table is None or row is None:
            return self._nothing(request, person, desk)
        values = desk.filled(table, row, skip=frozenset({table.primary_name or ""}))
        return self._render(
            "record.html",
            person=person,
            role=_ROLE_NAMES[person.role],
            kind=table.label.text,
            title=desk.title(table, row),
            values=values,
        )

    def _nothing(self, request: Request, person: PageUser, desk: Desk) -> Response:
        return self._render("missing.html", 404, person=person, role=_ROLE_NAMES[person.role])


def page_routes(store: NeoStore, sessions: Sessions) -> list[Route]:
    """The routes to mount in the application."""
    return Pages(store, sessions).routes()
