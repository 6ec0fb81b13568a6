"""Starting, stopping and finding the sandbox: files it leaves, worlds it keeps, and the command."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from include.core.errors import ConfigError
from include.core.settings import load_settings
from include.sandbox.home import SandboxHome, write_private
from include.sandbox.up import SERVICES, start_sandbox
from include.sandbox.world import ANCHOR

HUB = [sys.executable, "-c", "from include.commands.sandbox import app; app()"]


def test_every_service_answers_and_the_files_tell_where(sandbox: Any) -> None:
    ready = json.loads((sandbox.home / "sandbox" / "ready.json").read_text(encoding="utf-8"))
    assert ready["pid"] == os.getpid()
    assert ready["urls"] == sandbox.urls
    assert set(ready["urls"]) == set(SERVICES)
    assert {user["role"] for user in ready["users"]} >= {"asesor", "cumplimiento"}
    assert set(ready["ports"]) == {*SERVICES, "smtp"}


def test_what_is_secret_is_readable_by_its_owner_alone(sandbox: Any) -> None:
    folder = sandbox.home / "sandbox"
    assert folder.stat().st_mode & 0o077 == 0
    for path in (sandbox.home / "hub.env", *(folder / name for name in ("ready.json", "tokens.json", "truth.json"))):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_the_hub_finds_everything_through_its_settings(sandbox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    settings = load_settings(home=sandbox.home)
    for system in ("neo", "portal", "rues", "lists", "directory"):
        settings.require(system)
        assert getattr(settings, system).url == sandbox.urls[system]
    assert settings.ca_bundle == sandbox.ca_bundle
    assert settings.mail.port == sandbox.ports["smtp"]
    assert settings.neo.authority.endswith(settings.neo.tenant)
    assert settings.neo.client_id != settings.directory.client_id


def test_a_restart_keeps_what_happened_and_fresh_forgets_it(tmp_path: Path) -> None:
    only = ["portal"]
    with start_sandbox(tmp_path, seed=3, only=only, today=ANCHOR) as first:
        first.portal.change("companies", "E000001", {"name": "Otro nombre"}, "2026-11-21T00:00:00Z")
        secret = first.env["HUB_PORTAL__TOKEN"]
        assert first.world is not None
    assert not (tmp_path / "sandbox" / "ready.json").exists()
    with start_sandbox(tmp_path, only=only) as again:
        assert again.world is None
        assert again.portal.get("companies", "E000001")["name"] == "Otro nombre"
        assert again.env["HUB_PORTAL__TOKEN"] == secret
    with pytest.raises(ConfigError, match="hold the world quick, seed 3"):
        start_sandbox(tmp_path, seed=4, only=only)
    with start_sandbox(tmp_path, seed=3, only=only, fresh=True, today=ANCHOR) as fresh:
        assert fresh.portal.get("companies", "E000001")["name"] != "Otro nombre"


def test_a_seeding_that_was_cut_short_is_done_again(tmp_path: Path) -> None:
    with start_sandbox(tmp_path, only=["portal"], today=ANCHOR):
        pass
    (tmp_path / "sandbox" / "world.json").unlink()
    with start_sandbox(tmp_path, only=["portal"], today=ANCHOR) as again:
        assert again.world is not None


def test_two_sandboxes_do_not_share_a_home_or_a_port(sandbox: Any, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="runs here already"):
        start_sandbox(sandbox.home)
    with pytest.raises(ConfigError, match="something listens there already"):
        start_sandbox(tmp_path, port=sandbox.ports["neo"], only=["neo"], today=ANCHOR)
    assert not (tmp_path / "sandbox" / "ready.json").exists()


def test_unknown_services_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no service crm"):
        start_sandbox(tmp_path, only=["crm"])


def test_a_dead_process_is_not_running(tmp_path: Path) -> None:
    files = SandboxHome(tmp_path)
    write_private(files.path("ready.json"), json.dumps({"pid": os.getpid(), "started_at": 1.0}))
    assert files.running() is None  # the number is ours, the process it named is long gone


@pytest.mark.e2e
def test_the_command_starts_tells_and_stops(tmp_path: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUB_")} | {"HUB_HOME": str(tmp_path)}
    command = [*HUB, "up", "--port", "0", "--only", "portal", "--only", "neo"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        ready = tmp_path / "sandbox" / "ready.json"
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert process.poll() is None, process.stdout and process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        status = subprocess.run([*HUB, "status", "--json"], env=environment, capture_output=True, text=True)
        assert status.returncode == 0, status.stderr
        url = json.loads(status.stdout)["urls"]["portal"]
        session = requests.Session()
        session.trust_env = False
        assert session.get(f"{url}/", verify=str(tmp_path / "sandbox" / "ca.pem"), timeout=10).status_code == 200
        env = subprocess.run([*HUB, "env"], env=environment, capture_output=True, text=True, check=True).stdout
        assert "export NEO_URL=https://localhost:" in env
        assert "export NEO_CLIENT_SECRET=" in env
        stop = subprocess.run([*HUB, "stop"], env=environment, capture_output=True, text=True)
        assert "stopped" in stop.stdout
        output, _ = process.communicate(timeout=20)
        assert process.returncode == 0, output
        assert "Traceback" not in output
        secrets = (tmp_path / "hub.env").read_text(encoding="utf-8")
        for line in secrets.splitlines():
            name, _, value = line.partition("=")
            assert not (name.endswith(("SECRET", "TOKEN")) and value in output), name
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
