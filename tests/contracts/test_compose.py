"""The compose file without an engine: its schema, its secrets, its health, and what it points at."""

import base64
import re
import runpy
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.core.sheets import PROJECT_ROOT

COMPOSE = PROJECT_ROOT / "docker-compose.yml"
MAKE_ENV = PROJECT_ROOT / "docker" / "make_env.py"
VARIABLE = re.compile(r"\$\{([A-Z_]+)(:\?[^}]*)?\}")
# Jobs that end by themselves.
ONE_SHOT = {"init", "provision"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    return loaded


@pytest.fixture
def generated(tmp_path: Path) -> dict[str, str]:
    """The `.env` as `make compose-env` writes it."""
    return read_env(make_env(tmp_path / ".env"))


def make_env(path: Path) -> Path:
    subprocess.run([sys.executable, str(MAKE_ENV), str(path)], check=True, capture_output=True)
    return path


def read_env(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text(encoding="utf-8").splitlines())


def test_it_follows_the_compose_specification() -> None:
    command = ["check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_grown_up_shape_is_complete(compose: dict[str, Any]) -> None:
    services = set(compose["services"])
    airflow = {"api-server", "scheduler", "dag-processor", "triggerer", "worker"}
    assert services >= airflow | {"postgres", "redis", "objects", "init", "sandbox"}
    assert compose["services"]["sandbox"]["profiles"] == ["sandbox"]
    assert "profiles" not in compose["services"]["worker"]


def test_every_service_that_stays_says_how_it_feels(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert ("healthcheck" in service) == (name not in ONE_SHOT), name


def test_no_secret_has_a_value_here_and_a_missing_one_stops_the_start(compose: dict[str, Any]) -> None:
    seen = 0
    for name, service in compose["services"].items():
        for key, value in (service.get("environment") or {}).items():
            if re.search(r"PASSWORD|SECRET|_KEY|TOKEN", key):
                seen += 1
                assert VARIABLE.fullmatch(str(value)), f"{name}.{key} carries a value"
    assert seen >= 10
    for variable, guard in VARIABLE.findall(COMPOSE.read_text(encoding="utf-8")):
        assert guard, f"{variable} may be empty without anybody noticing"


def test_every_variable_is_generated_and_nothing_is_generated_in_vain(generated: dict[str, str]) -> None:
    used = {name for name, _ in VARIABLE.findall(COMPOSE.read_text(encoding="utf-8"))}
    assert used == set(generated)


def test_the_generated_secrets_are_long_and_never_the_same(generated: dict[str, str], tmp_path: Path) -> None:
    again = read_env(make_env(tmp_path / "again.env"))
    assert all(again[name] != value for name, value in generated.items())
    assert all(len(value) >= 16 for value in generated.values())
    assert len(base64.urlsafe_b64decode(generated["AIRFLOW_FERNET_KEY"])) == 32
    assert len(generated["AIRFLOW_JWT_SECRET"]) >= 64
    inside_a_url = [value for name, value in generated.items() if name.endswith("PASSWORD")]
    assert all(re.fullmatch(r"[0-9a-f]+", value) for value in inside_a_url)


def test_an_existing_env_stays_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = make_env(tmp_path / ".env")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text(encoding="utf-8")
    make_env(path)
    assert path.read_text(encoding="utf-8") == before


def test_git_ignores_the_env_file() -> None:
    assert ".env" in (PROJECT_ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


def test_what_it_mounts_and_builds_from_is_there(compose: dict[str, Any]) -> None:
    volumes = set(compose["volumes"])
    for name, service in compose["services"].items():
        for mount in service.get("volumes", []):
            source = mount.split(":")[0]
            assert source in volumes or (PROJECT_ROOT / source).exists(), f"{name}: {mount}"
        if "build" in service:
            assert (PROJECT_ROOT / service["build"]["dockerfile"]).is_file()
        for word in re.findall(r"/opt/hub/(docker/[\w.]+)", str(service)):
            assert (PROJECT_ROOT / word).is_file(), f"{name}: {word}"


def test_only_the_own_machine_reaches_published_ports(compose: dict[str, Any]) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_postgres_gets_a_database_and_an_owner_for_each_of_the_two(compose: dict[str, Any]) -> None:
    script = (PROJECT_ROOT / "docker" / "postgres" / "10-databases.sh").read_text(encoding="utf-8")
    environment = compose["services"]["worker"]["environment"]
    assert "://airflow:" in environment["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    assert "://hub:" in environment["HUB_LEDGER_URL"]
    for name, password in (("airflow", "AIRFLOW_DB_PASSWORD"), ("hub", "HUB_DB_PASSWORD")):
        assert f'create_database {name} "${password}"' in script


@pytest.mark.parametrize(
    ("answer", "healthy"),
    [
        (b'{"version": "3"}', True),
        (b'{"scheduler": {"status": "healthy"}, "metadatabase": {"status": "healthy"}}', True),
        (b'{"scheduler": {"status": "unhealthy"}, "metadatabase": {"status": "healthy"}}', False),
        (b"not json", False),
    ],
)
def test_the_health_probe_reads_answers(tmp_path: Path, answer: bytes, healthy: bool) -> None:
    page = tmp_path / "health"
    page.write_bytes(answer)
    probe = runpy.run_path(str(PROJECT_ROOT / "docker" / "healthy.py"))
    assert probe["is_healthy"](page.as_uri()) is healthy


def test_the_health_probe_calls_silence_unhealthy() -> None:
    probe = runpy.run_path(str(PROJECT_ROOT / "docker" / "healthy.py"))
    assert probe["is_healthy"]("http://127.0.0.1:1/health") is False
