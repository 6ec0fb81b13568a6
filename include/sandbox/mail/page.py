"""The page that shows caught messages, for the users of the demonstration; a JSON list for tests.

Bodies are strangers' HTML: they are shown in a frame without scripts, origin or network.
"""

import hmac
from collections.abc import Mapping
from dataclasses import asdict
from html import escape
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException
from fastapi.responses import HTMLResponse, Response
from fastapi.security import HTTPBasic, HTTPBasicCredentials
from jinja2 import Environment, FileSystemLoader, select_autoescape

from include.sandbox.control import Control
from include.sandbox.mail.box import Mail, Mailbox

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(["html"])
)
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
# `sandbox` without allowances: no scripts, no forms, an origin of its own, even when opened outside the frame.
_BODY_HEADERS = _PAGE_HEADERS | {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
}


def create_mail_app(box: Mailbox, users: Mapping[str, str], control_token: str) -> FastAPI:
    """The viewer. `users` maps names to passwords; the control token opens it as well."""
    app = FastAPI(title="Correo del entorno de demostración", docs_url=None, redoc_url=None)
    control = Control(control_token)
    router = control.install(app)
    router.delete("/messages", status_code=204)(box.clear)
    app.include_router(router)
    app.include_router(_pages(box, users, control))
    return app


def _pages(box: Mailbox, users: Mapping[str, str], control: Control) -> APIRouter:
    basic = HTTPBasic(auto_error=False, realm="Correo")

    def admitted(
        given: Annotated[HTTPBasicCredentials | None, Depends(basic)], x_sandbox_token: Annotated[str, Header()] = ""
    ) -> None:
        if control.is_token(x_sandbox_token):
            return
        expected = users.get(given.username, "") if given else ""
        if given is None or not expected or not hmac.compare_digest(given.password.encode(), expected.encode()):
            raise HTTPException(401, "Inicie sesión para ver el correo", {"WWW-Authenticate": 'Basic realm="Correo"'})

    router = APIRouter(dependencies=[Depends(admitted)])

    @router.get("/")
    def inbox() -> HTMLResponse:
        text = _TEMPLATES.get_template("bandeja.html").render(mails=list(reversed(box.all())))
        return HTMLResponse(text, headers=_PAGE_HEADERS)

    @router.get("/mensajes/{number}")
    def message(number: int) -> HTMLResponse:
        text = _TEMPLATES.get_template("mensaje.html").render(mail=_wanted(box, number))
        return HTMLResponse(text, headers=_PAGE_HEADERS)

    @router.get("/mensajes/{number}/cuerpo")
    def body(number: int) -> Response:
        mail = _wanted(box, number)
        shown = mail.html or f"<pre style='white-space:pre-wrap;font:inherit'>{escape(mail.text)}</pre>"
        return HTMLResponse(shown, headers=_BODY_HEADERS)

    @router.get("/api/messages")
    def messages(since: int = 0) -> dict[str, list[dict[str, Any]]]:
        """Messages numbered above `since`, oldest first, as JSON."""
        return {"messages": [asdict(mail) for mail in box.all() if mail.number > since]}

    return router


def _wanted(box: Mailbox, number: int) -> Mail:
    mail = box.get(number)
    if mail is None:
        raise HTTPException(404, "No hay un mensaje con ese número")
    return mail
