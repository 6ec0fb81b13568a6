"""The page behind Airflow's own login, asked over HTTP as Airflow mounts it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hub_airflow.plugin import PREFIX, NeoHubPlugin

from include.core.settings import load_settings
from include.core.summary import Counts, RunSummary
from include.stages.reporting.shelf import Shelf
from include.store.ledger import Ledger

ADDRESSES = ["/page", "/state.json", "/report", "/report.xlsx"]


@pytest.fixture(scope="module")
def airflow_app() -> Iterator[TestClient]:
    """Airflow's whole web application, our plugin mounted in it."""
    from airflow.api_fastapi.app import create_app, purge_cached_app
    from airflow.utils.db import initdb

    initdb()
    purge_cached_app()
    with TestClient(create_app(), base_url="http://testserver") as client:
        yield client


@pytest.fixture(scope="module")
def token(airflow_app: TestClient) -> str:
    """The login of Airflow's first user."""
    from airflow.api_fastapi.auth.managers.simple.simple_auth_manager import SimpleAuthManager

    passwords = json.loads(Path(SimpleAuthManager.get_generated_password_file()).read_text(encoding="utf-8"))
    answer = airflow_app.post("/auth/token", json={"username": "admin", "password": passwords["admin"]})
    assert answer.status_code == 201
    return str(answer.json()["access_token"])


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub where one stage ran, one record waits and a report was drawn."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    ledger = Ledger(load_settings(home=tmp_path).ledger_url)
    ledger.migrate()
    ledger.runs.start("run-1", "customer_360")
    done = RunSummary("customer_360", "run-1", parts={"rows": Counts(read=5, created=5)})
    ledger.runs.finish("run-1", "customer_360", "success", summary=done.to_dict())
    ledger.quarantine.add(
        "portal", "contacts", "K-1", "run-1", "email", "bad", "mend", {"email": "persona@correo.test"}, "bad_email"
    )
    row = {"plan_id": "p", "target": "account", "reason_code": "duplicate_key"}
    ledger.outcomes.add_many([row | {"run_id": "run-1", "row_key": "A", "outcome": "failed"}])
    ledger.outcomes.add_many([row | {"run_id": "run-1", "row_key": "B", "outcome": "rejected"}])
    ledger.outcomes.add_many([row | {"run_id": "run-2", "row_key": "B", "outcome": "created", "reason_code": None}])
    ledger.close()
    shelf = Shelf(load_settings(home=tmp_path).lake_url, "gaps", tmp_path)
    shelf.write("today/brechas.html", b"<h1>Brechas</h1>")
    shelf.write("today/brechas.xlsx", b"PK workbook")
    shelf.write("latest.json", b'{"folder": "today"}')
    return tmp_path


@pytest.mark.parametrize("address", ADDRESSES)
def test_nobody_sees_anything_without_a_login(airflow_app: TestClient, hub: Path, address: str) -> None:
    assert airflow_app.get(PREFIX + address).status_code == 401


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/openapi.json"])
def test_there_is_no_page_beside_those(airflow_app: TestClient, token: str, address: str) -> None:
    assert airflow_app.get(PREFIX + address, headers=bearer(token)).status_code == 404


def test_a_user_sees_the_state_and_no_personal_data(airflow_app: TestClient, token: str, hub: Path) -> None:
    page = airflow_app.get(f"{PREFIX}/page", headers=bearer(token))
    state = airflow_app.get(f"{PREFIX}/state.json", headers=bearer(token))
    assert (page.status_code, state.status_code) == (200, 200)
    assert "Cliente único" in page.text
    assert "No es un correo utilizable" in page.text
    assert "persona@correo.test" not in page.text + state.text
    assert state.json()["quarantine"][0]["rows"] == 1


def test_a_refusal_that_was_mended_since_is_not_shown(airflow_app: TestClient, token: str, hub: Path) -> None:
    state = airflow_app.get(f"{PREFIX}/state.json", headers=bearer(token)).json()
    assert [(row["outcome"], row["rows"]) for row in state["outcomes"]] == [("failed", 1)]


def test_a_login_cookie_serves_too_because_the_page_is_shown_in_a_frame(
    airflow_app: TestClient, token: str, hub: Path
) -> None:
    airflow_app.cookies.set("_token", token)
    try:
        assert airflow_app.get(f"{PREFIX}/page").status_code == 200
    finally:
        airflow_app.cookies.clear()


def test_the_report_is_shown_in_a_sandbox_and_the_workbook_is_a_download(
    airflow_app: TestClient, token: str, hub: Path
) -> None:
    report = airflow_app.get(f"{PREFIX}/report", headers=bearer(token))
    assert report.text == "<h1>Brechas</h1>"
    assert report.headers["content-security-policy"].startswith("sandbox")
    workbook = airflow_app.get(f"{PREFIX}/report.xlsx", headers=bearer(token))
    assert workbook.content == b"PK workbook"
    assert "attachment" in workbook.headers["content-disposition"]


def test_before_the_first_run_the_page_is_there_and_no_ledger_is_made(
    airflow_app: TestClient, token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    page = airflow_app.get(f"{PREFIX}/page", headers=bearer(token))
    assert page.status_code == 200
    assert "El hub todavía no ha corrido" in page.text
    assert airflow_app.get(f"{PREFIX}/report", headers=bearer(token)).status_code == 404
    assert list(tmp_path.iterdir()) == []


def test_the_plugin_is_in_the_menu_and_loads_its_application_only_when_asked() -> None:
    (view,) = NeoHubPlugin.external_views
    assert view["destination"] == "nav"
    assert view["href"].startswith(PREFIX)
    probe = (
        "import sys, hub_airflow.plugin; sys.exit('hub_airflow.pages.app' in sys.modules or 'duckdb' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
