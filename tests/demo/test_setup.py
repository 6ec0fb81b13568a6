"""Ports, environment, logins, home: what the demo prepares before it starts anything."""

import socket
import stat
from pathlib import Path

import pytest

from include.core.errors import ConfigError
from include.demo.airflow_setup import airflow_environment, clean_environment, ensure_passwords
from include.demo.ports import SANDBOX_PORTS, Ports, choose_ports
from include.demo.runner import expected_dags, prepare_home
from include.stages.registry import SOURCES

PORTS = Ports(sandbox=9000, airflow=9100, worker_log=9101, trigger_log=9102)


def test_occupied_ports_are_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = choose_ports(sandbox=port - 3, airflow=port)
    block = range(ports.sandbox, ports.sandbox + SANDBOX_PORTS)
    assert port not in block
    assert ports.airflow != port
    assert len({*block, ports.airflow, ports.worker_log, ports.trigger_log}) == SANDBOX_PORTS + 3


def test_a_setting_left_in_the_shell_cannot_lead_the_demo_to_a_real_neo(tmp_path: Path) -> None:
    shell = {
        "PATH": "/bin",
        "HUB_NEO__URL": "https://the.real.neo",
        "HUB_HOME": "/elsewhere",
        "AIRFLOW_CONN_NEO_DEFAULT": "neo://real",
        "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
        "NO_PROXY": "intranet",
    }
    clean = clean_environment(tmp_path, shell)
    assert clean == {
        "PATH": "/bin",
        "HUB_HOME": str(tmp_path),
        "NO_PROXY": "intranet,localhost,127.0.0.1",
        "no_proxy": "intranet,localhost,127.0.0.1",
    }


def test_airflow_listens_on_this_machine_only_and_asks_for_a_login(tmp_path: Path) -> None:
    env = airflow_environment(tmp_path, PORTS, {"PATH": "/bin"}, Path("/venv/bin"))
    assert env["AIRFLOW__API__HOST"] == "127.0.0.1"
    assert "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS" not in env
    assert env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin,gerencia:viewer"
    assert len(env["AIRFLOW__API_AUTH__JWT_SECRET"]) >= 64
    assert env["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert env["PATH"].startswith("/venv/bin:")
    again = airflow_environment(tmp_path, PORTS, {"PATH": "/bin"}, Path("/venv/bin"))
    assert again["AIRFLOW__API_AUTH__JWT_SECRET"] != env["AIRFLOW__API_AUTH__JWT_SECRET"]


def test_logins_are_generated_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    passwords = ensure_passwords(tmp_path)
    assert set(passwords) == {"admin", "gerencia"}
    assert min(map(len, passwords.values())) >= 16
    file = tmp_path / "airflow" / "passwords.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert ensure_passwords(tmp_path) == passwords
    assert ensure_passwords(tmp_path / "other") != passwords


def test_a_fresh_home_is_emptied_only_if_a_demo_made_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    prepare_home(home, fresh=True)
    (home / "ledger.db").touch()
    prepare_home(home, fresh=False)
    assert (home / "ledger.db").exists()
    prepare_home(home, fresh=True)
    assert not (home / "ledger.db").exists()

    somebodys = tmp_path / "documents"
    somebodys.mkdir()
    (somebodys / "letter.txt").touch()
    with pytest.raises(ConfigError, match="no demo made it"):
        prepare_home(somebodys, fresh=True)
    assert (somebodys / "letter.txt").exists()


def test_a_home_where_a_demo_runs_is_refused(tmp_path: Path) -> None:
    prepare_home(tmp_path, fresh=False)
    (tmp_path / "demo.json").touch()
    with pytest.raises(ConfigError, match="hub demo stop"):
        prepare_home(tmp_path, fresh=True)


def test_the_demo_waits_for_every_dag() -> None:
    assert set(SOURCES) < expected_dags()
    assert {"customer_360", "neo_writeback", "reports"} < expected_dags()
