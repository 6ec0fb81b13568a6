"""The small application behind the page: the page, its state as JSON, the report and its workbook.

Every address asks for Airflow's login. The documentation pages FastAPI would add are not covered by that; they are off.
"""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from fastapi import Depends, FastAPI, HTTPException
from fastapi.encoders import jsonable_encoder
from fastapi.responses import FileResponse, HTMLResponse

from hub_airflow.pages.login import require_login
from hub_airflow.pages.state import Report, find_report, read_state
from hub_airflow.pages.view import View, build_view, spanish_number, spanish_seconds
from include.core.clock import SystemClock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# The report is a file of its own; what it may do inside Airflow's address is nothing but show itself.
REPORT_POLICY = "sandbox allow-scripts allow-popups; default-src 'none'; img-src data:; style-src 'unsafe-inline'; " \
    "script-src 'unsafe-inline'; font-src data:"  # fmt: skip


def create_app() -> FastAPI:
    """Return the application. Mounted by Airflow under the plugin's prefix."""
    app = FastAPI(
        title="neo-hub", dependencies=[Depends(require_login)], docs_url=None, redoc_url=None, openapi_url=None
    )

    @app.get("/page", response_class=HTMLResponse)
    def page() -> str:
        return render_page(build_view(read_state(), SystemClock().now()), has_report=find_report() is not None)

    @app.get("/state.json")
    def state() -> Any:
        return jsonable_encoder(read_state())

    @app.get("/report")
    def report() -> FileResponse:
        return FileResponse(
            _existing_report().page, media_type="text/html", headers={"Content-Security-Policy": REPORT_POLICY}
        )

    @app.get("/report.xlsx")
    def workbook() -> FileResponse:
        path = _existing_report().workbook
        return FileResponse(path, media_type=XLSX, filename=path.name)

    return app


def render_page(view: View, *, has_report: bool) -> str:
    """The whole page as HTML; every value is escaped."""
    return _template().render(view=view, has_report=has_report)


def _existing_report() -> Report:
    report = find_report()
    if report is None:
        raise HTTPException(404, "Todavía no hay informe: corra la etapa de emparejamiento y luego la de informes.")
    return report


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).with_name("templates")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"number": spanish_number, "seconds": spanish_seconds}
    return environment.get_template("page.html")
