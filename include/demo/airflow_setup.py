"""How the demo runs Airflow: its environment, its database, its logins, its processes.

The components are started one by one instead of by `airflow standalone`, which imports all of Airflow once more,
in sequence, only to start them; on two cores that is a third of the start.
"""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from include.core.sheets import PROJECT_ROOT
from include.demo.follow import DemoError
from include.demo.ports import Ports
from include.demo.processes import Crew

# The stages after the sources share one slot; see hub_airflow.order.
FLOW_POOL, FLOW_SLOTS = "hub_flow", 1
USERS = {"admin": "admin", "gerencia": "viewer"}
_SCHEDULER_CONFIG = Path(__file__).with_name("scheduler_config")
_CACHE = PROJECT_ROOT / ".cache"


def clean_environment(home: Path, inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the demo's processes: the caller's, without any HUB_ or AIRFLOW setting of his.

    A variable left over in a shell must not lead the demo's write-back to a real NEO.
    """
    kept = {name: value for name, value in inherited.items() if not name.startswith(("HUB_", "AIRFLOW"))}
    local = "localhost,127.0.0.1"
    no_proxy = ",".join(filter(None, (inherited.get("no_proxy") or inherited.get("NO_PROXY"), local)))
    return kept | {"HUB_HOME": str(home), "no_proxy": no_proxy, "NO_PROXY": no_proxy}


def airflow_environment(home: Path, ports: Ports, base: Mapping[str, str], bin_folder: Path) -> dict[str, str]:
    """Return `base` with everything Airflow needs to live in `<home>/airflow`."""
    url = f"http://127.0.0.1:{ports.airflow}"
    options = {
        "CORE__DAGS_FOLDER": PROJECT_ROOT / "dags",
        "CORE__PLUGINS_FOLDER": PROJECT_ROOT / "plugins",
        "CORE__LOAD_EXAMPLES": False,
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": 4,
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_USERS": ",".join(f"{name}:{role}" for name, role in USERS.items()),
        "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": _passwords_file(home),
        "CORE__TEST_CONNECTION": "Enabled",
        "DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{_database(home)}",
        "API__HOST": "127.0.0.1",
        "API__PORT": ports.airflow,
        "API__BASE_URL": url,
        "API__WORKERS": 1,
        "API_AUTH__JWT_SECRET": secrets.token_hex(48),
        "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": 0.2,
        # A task's guardian that misses the end of its child looks again only at the next heartbeat.
        "WORKERS__MIN_HEARTBEAT_INTERVAL": 1,
        # Nobody edits DAG files while the demo runs, and parsing them again competes with the tasks.
        "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": 300,
        "DAG_PROCESSOR__REFRESH_INTERVAL": 60,
        "LOGGING__WORKER_LOG_SERVER_PORT": ports.worker_log,
        "LOGGING__TRIGGER_LOG_SERVER_PORT": ports.trigger_log,
        "USAGE_DATA_COLLECTION__ENABLED": False,
    }
    settings = {f"AIRFLOW__{name}": str(value) for name, value in options.items()}
    path = os.pathsep.join((str(bin_folder), base.get("PATH", os.defpath)))
    return {**base, **settings, "AIRFLOW_HOME": str(home / "airflow"), "PATH": path}


def ensure_passwords(home: Path) -> dict[str, str]:
    """Return user to password; generated at the first start, in a file only its owner may read.

    Airflow would generate its own and print them into its log.
    """
    path = _passwords_file(home)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump({name: secrets.token_urlsafe(12) for name in USERS}, file)
    passwords: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return passwords


def ensure_metadata(home: Path, environment: Mapping[str, str]) -> None:
    """Make Airflow's database, or bring an existing one up to date. Raises DemoError when that fails.

    A fresh one is the same every time, so it is made once per version of Airflow and copied afterwards.
    """
    database = _database(home)
    template = _CACHE / f"airflow-metadata-{version('apache-airflow-core')}.db"
    is_fresh = not database.exists()
    if is_fresh and template.exists():
        shutil.copyfile(template, database)
        return
    log = home / "airflow" / "migrate.log"
    with log.open("wb") as output:
        command = ["airflow", "db", "migrate"]
        done = subprocess.run(command, env=dict(environment), cwd=home, stdout=output, stderr=output, check=False)
    if done.returncode:
        raise DemoError(f"`airflow db migrate` failed; see {log}")
    if is_fresh:
        _keep_template(database, template)


def start_airflow(crew: Crew, home: Path, environment: Mapping[str, str], *, with_triggerer: bool) -> list[str]:
    """Start the components; returns their names as members of the crew.

    No task of ours defers itself, so the triggerer is there only for the health page of a demo people look at.
    """
    names = ["api-server", "scheduler", "dag-processor", *(["triggerer"] if with_triggerer else [])]
    for name in names:
        own = dict(environment)
        if name == "scheduler":
            own["PYTHONPATH"] = os.pathsep.join(filter(None, (str(_SCHEDULER_CONFIG), environment.get("PYTHONPATH"))))
        crew.start(name, ["airflow", name], env=own, log=home / "airflow" / f"{name}.log")
    return names


def _keep_template(database: Path, template: Path) -> None:
    template.parent.mkdir(parents=True, exist_ok=True)
    (template.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    scratch = template.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, scratch)
    scratch.replace(template)


def _passwords_file(home: Path) -> Path:
    return home / "airflow" / "passwords.json"


def _database(home: Path) -> Path:
    return home / "airflow" / "airflow.db"
