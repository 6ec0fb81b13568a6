"""The pages people look at, opened by a real browser against a demo that really runs.

One demo on the quick world, started and ended like anybody would; it must end without a process left.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.e2e, pytest.mark.browser]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_TIMEOUT_S = 600.0
PATIENCE_MS = 20_000


@dataclass(frozen=True)
class RunningDemo:
    """A demo that has gone through its first pass."""

    home: Path
    notes: dict[str, Any]

    def airflow_password(self, user: str) -> str:
        passwords: dict[str, str] = json.loads((self.home / "airflow" / "passwords.json").read_text(encoding="utf-8"))
        return passwords[user]

    def neo_password(self, user: str) -> str:
        ready = json.loads((self.home / "sandbox" / "ready.json").read_text(encoding="utf-8"))
        return next(str(entry["password"]) for entry in ready["users"] if entry["user"] == user)


@pytest.fixture(scope="module")
def chromium() -> str:
    """A Chromium on this machine; where CI runs there must be one."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = "no Chromium here: apt-get install chromium, or name one in the variable CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return found


def living_in(sessions: set[int]) -> list[int]:
    """Processes of these sessions that still live; those already killed get a moment to be buried by init."""
    left: list[int] = []
    for _ in range(100):
        left = [
            found.pid
            for found in psutil.process_iter(["status"])
            if session_of(found.pid) in sessions and found.info["status"] != psutil.STATUS_ZOMBIE
        ]
        if not left:
            break
        time.sleep(0.1)
    return left


@pytest.fixture(scope="module")
def demo(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDemo]:
    """`hub demo up` on the quick world, up until the tests of this file are done."""
    home = tmp_path_factory.mktemp("demo") / "hub"
    log = home.with_suffix(".log")
    hub = str(Path(sys.executable).with_name("hub"))
    with log.open("wb") as output:
        command = [hub, "demo", "up", "--world", "quick", "--home", str(home)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    members: list[dict[str, Any]] = []
    try:
        notes = wait_for_notes(process, home / "demo.json", log)
        members = json.loads((home / "demo.json").read_text(encoding="utf-8"))["members"]
        yield RunningDemo(home, notes)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text(encoding="utf-8")[-3000:]
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    sessions = {member["pid"] for member in members}
    assert living_in(sessions) == []
    assert not (home / "demo.json").exists()


def wait_for_notes(process: subprocess.Popen[bytes], state: Path, log: Path) -> dict[str, Any]:
    """What the demo tells of itself once its first pass is done."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if state.exists():
            notes: dict[str, Any] = json.loads(state.read_text(encoding="utf-8"))["notes"]
            if notes:
                return notes
        time.sleep(0.5)
    raise AssertionError(f"the demo did not get there:\n{log.read_text(encoding='utf-8')[-4000:]}")


def session_of(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


@pytest.fixture(scope="module")
def browser(chromium: str) -> "Iterator[Browser]":
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
        opened = playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: "Browser") -> "Iterator[Page]":
    """A fresh visitor. The sandbox's certificate is its own, which is no finding here."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1440, "height": 1000}, locale="es-CO")
    visitor = context.new_page()
    visitor.set_default_timeout(PATIENCE_MS)
    yield visitor
    context.close()


def test_everything_held_in_the_first_pass(demo: RunningDemo) -> None:
    assert demo.notes["holds"] is True


def test_airflow_shows_the_page_to_whoever_logged_in_and_to_nobody_else(demo: RunningDemo, page: "Page") -> None:
    airflow = demo.notes["airflow"]
    answer = page.goto(f"{airflow}/neo-hub/page")
    assert answer is not None
    assert answer.status == 401

    page.goto(airflow)
    page.fill("input[name=username]", "gerencia")
    page.fill("input[name=password]", demo.airflow_password("gerencia"))
    page.keyboard.press("Enter")
    page.get_by_role("link", name="neo-hub").first.click()
    frame = page.frame_locator("iframe").first
    frame.locator("#stages").get_by_text("Cliente único").wait_for()
    assert frame.locator("#stages tbody tr").count() == 15
    assert frame.locator("#stages .badge.bad").count() == 0
    frame.locator("#lists").get_by_text("OFAC").first.wait_for()
    report = frame.frame_locator("#report iframe")
    report.locator("h1").first.wait_for()


def test_the_workbook_is_a_download(demo: RunningDemo, page: "Page") -> None:
    airflow = demo.notes["airflow"]
    token = page.request.post(
        f"{airflow}/auth/token",
        data={"username": "gerencia", "password": demo.airflow_password("gerencia")},
    ).json()["access_token"]
    answer = page.request.get(f"{airflow}/neo-hub/report.xlsx", headers={"Authorization": f"Bearer {token}"})
    assert answer.ok
    assert answer.body()[:2] == b"PK"


def test_neo_shows_one_customer_to_its_advisor(demo: RunningDemo, page: "Page") -> None:
    page.goto(demo.notes["neo"])
    assert "/360/entrar" in page.url
    user, password = page.locator("input:not([type=hidden])").nth(0), page.locator("input[type=password]")
    user.fill("asesor")
    password.fill(demo.neo_password("asesor"))
    password.press("Enter")
    page.goto(demo.notes["neo"])
    assert page.url == demo.notes["neo"]
    page.locator("h1").first.wait_for()
    assert page.locator("html").get_attribute("lang") == "es"
    assert "CU-" in page.content()


def test_the_report_needs_nothing_from_outside(demo: RunningDemo, page: "Page") -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(Path(demo.notes["report"]).as_uri())
    page.locator("h1").first.wait_for()
    assert complaints == []
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
