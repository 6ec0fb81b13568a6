"""The portal's pages for visitors, in Spanish: register, and see where one's own registration stands.

They show status and message and nothing of the form, so that a guessed number reveals nobody's data.
"""

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, select_autoescape
from pydantic import ValidationError

from include.core import reference
from include.sandbox.control import Clock
from include.sandbox.portal.registering import add_registration
from include.sandbox.portal.shapes import RegistrationIn
from include.sandbox.portal.store import PortalStore, UnknownRecordError

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=select_autoescape(["html"])
)
STATUS_ES = {
    "pending": "Recibido",
    "in_review": "En revisión",
    "accepted": "Aceptado",
    "refused": "No aceptado por ahora",
    "needs_correction": "Requiere corrección",
}
_WAITING_ES = "Recibimos su registro. Le informaremos por este medio en cuanto tengamos una respuesta."
_WAITING_EN = "We received your registration. We will let you know here as soon as there is an answer."
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


def add_pages(app: FastAPI, store: PortalStore, now: Clock) -> None:
    """Routes `/`, `POST /registro`, `/estado/{registration_id}` and `/docs`."""

    @app.get("/", include_in_schema=False)
    def home() -> HTMLResponse:
        return _page("registro.html", errors=[], form={})

    @app.post("/registro", include_in_schema=False, response_model=None)
    async def register(request: Request) -> HTMLResponse | RedirectResponse:
        form = {name: str(value).strip() for name, value in (await request.form()).items()}
        given: dict[str, object] = {name: value for name, value in form.items() if value}
        given["consent_marketing"] = "consent_marketing" in form
        try:
            body = RegistrationIn.model_validate(given)
        except ValidationError as error:
            names = [_LABELS.get(str(item["loc"][0]), str(item["loc"][0])) for item in error.errors() if item["loc"]]
            return _page("registro.html", status=422, errors=names, form=form)
        record = add_registration(store, body, now())
        return RedirectResponse(f"/estado/{record['id']}", status_code=303)

    @app.get("/docs", include_in_schema=False)
    def interface() -> HTMLResponse:
        return _page("interfaz.html", api=app.openapi())

    @app.get("/estado", include_in_schema=False)
    def look_up(numero: str = "") -> RedirectResponse:
        wanted = "".join(letter for letter in numero.upper() if letter.isalnum())[:12]
        return RedirectResponse(f"/estado/{wanted or 'R000000'}", status_code=303)

    @app.get("/estado/{registration_id}", include_in_schema=False)
    def status(registration_id: str) -> HTMLResponse:
        try:
            record = store.get("registrations", registration_id)
        except UnknownRecordError:
            return _page("estado.html", status=404, number=registration_id, found=False)
        answer = store.latest_answer(registration_id) or {}
        return _page(
            "estado.html",
            number=registration_id,
            found=True,
            state=str(record.get("status")),
            label=STATUS_ES.get(str(record.get("status")), "Recibido"),
            message_es=answer.get("message_es", _WAITING_ES),
            message_en=answer.get("message_en", _WAITING_EN),
            answered_at=str(answer.get("answered_at", ""))[:10],
        )


_LABELS = {
    "audience": "Tipo de empresa",
    "company_name": "Razón social",
    "country": "País",
    "email": "Correo electrónico",
    "nit": "NIT",
}


def _page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    countries = sorted((country.name_es, country.iso2) for country in reference.countries().values())
    text = _TEMPLATES.get_template(template).render(countries=countries, **values)
    return HTMLResponse(text, status_code=status, headers=_HEADERS)
