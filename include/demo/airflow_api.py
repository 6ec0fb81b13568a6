"""What the demo asks of Airflow's REST API, and how it reads the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests

from include.core.errors import ConfigError, RetriableError

_TIMEOUT_S = 30.0
_ATTEMPTS = 3


@dataclass(frozen=True)
class Failure:
    """A task that failed or waits for its next attempt, with the end of its log."""

    dag_id: str
    run_id: str
    task_id: str
    try_number: int
    state: str
    log_tail: str


class AirflowApi:
    """The few questions the demo asks. Raises RetriableError when Airflow does not answer as expected."""

    def __init__(self, url: str, user: str, password: str) -> None:
        self.url = url
        self._login = {"username": user, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False

    def is_healthy(self, components: Sequence[str]) -> bool:
        """True when all `components` (as the health page names them) say so; False while they start."""
        try:
            answer = self._session.get(f"{self.url}/api/v2/monitor/health", timeout=_TIMEOUT_S)
        except requests.RequestException:
            return False
        return answer.ok and all(answer.json()[name]["status"] == "healthy" for name in components)

    def log_in(self) -> None:
        """Get a token for the calls that follow."""
        answer = self._session.post(f"{self.url}/auth/token", json=self._login, timeout=_TIMEOUT_S)
        if not answer.ok:
            raise ConfigError("airflow login", f"status {answer.status_code}", "Remove passwords.json and start again")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def warm_up(self) -> None:
        """Ask the part that serves tasks for a sign of life: it loads itself at its first request, not before."""
        requests.get(f"{self.url}/execution/health", timeout=_TIMEOUT_S)

    def dag_ids(self) -> set[str]:
        """DAGs Airflow has read so far."""
        return {dag["dag_id"] for dag in self._get("dags", limit=200)["dags"]}

    def import_errors(self) -> list[str]:
        """DAG files that could not be read, with the last line of the reason."""
        errors = self._get("importErrors")["import_errors"]
        return [f"{error['filename']}: {error['stack_trace'].strip().splitlines()[-1]}" for error in errors]

    def set_pool(self, name: str, slots: int) -> None:
        """Give the pool this many slots; it is made when it is not there. With none its tasks wait."""
        facts = {"slots": slots, "description": "neo-hub: one stage at a time", "include_deferred": False}
        if name in {pool["name"] for pool in self._get("pools", limit=100)["pools"]}:
            self._call("PATCH", f"pools/{name}", json={"pool": name, **facts})
        else:
            self._call("POST", "pools", json={"name": name, **facts})

    def unpause_all(self) -> None:
        """Switch every DAG on."""
        self._call("PATCH", "dags", params={"dag_id_pattern": "%"}, json={"is_paused": False})

    def trigger(self, dag_id: str) -> str:
        """Start a run now; returns its id."""
        answer = self._call("POST", f"dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": {}})
        return str(answer["dag_run_id"])

    def active_runs(self) -> list[str]:
        """DAGs with a run that is queued or running."""
        runs = self._get("dags/~/dagRuns", state=["queued", "running"], limit=100)["dag_runs"]
        return sorted({run["dag_id"] for run in runs})

    def has_queued_events(self, dag_ids: Sequence[str]) -> bool:
        """True when an asset event waits to be turned into a run of one of the DAGs."""
        for dag_id in dag_ids:
            answer = self._session.get(f"{self.url}/api/v2/dags/{dag_id}/assets/queuedEvents", timeout=_TIMEOUT_S)
            if answer.ok and answer.json()["total_entries"]:
                return True
        return False

    def failures(self, since: str) -> list[Failure]:
        """Tasks that failed or wait for another attempt, among those begun since the instant `since` (ISO)."""
        states = ["failed", "up_for_retry", "upstream_failed"]
        found = self._get("dags/~/dagRuns/~/taskInstances", state=states, start_date_gte=since, limit=50)
        return [self._failure(task) for task in found["task_instances"] if task["state"] != "upstream_failed"]

    def _failure(self, task: Mapping[str, Any]) -> Failure:
        dag_id, run_id, task_id = task["dag_id"], task["dag_run_id"], task["task_id"]
        path = f"dags/{dag_id}/dagRuns/{quote(run_id, safe='')}/taskInstances/{task_id}"
        log = self._get(f"{path}/logs/{task['try_number']}", full_content="true")
        return Failure(dag_id, run_id, task_id, task["try_number"], task["state"], _readable(log.get("content", [])))

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        return self._call("GET", path, params=params)

    def _call(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                answer = self._session.request(method, f"{self.url}/api/v2/{path}", timeout=_TIMEOUT_S, **kwargs)
                break
            except requests.RequestException as error:
                # A busy machine may let a question time out; only questions are asked again.
                if method != "GET" or attempt == _ATTEMPTS:
                    raise RetriableError("airflow", f"{method} {path}: {type(error).__name__}") from error
        if not answer.ok:
            raise RetriableError("airflow", f"{method} {path} was refused", status=answer.status_code)
        body: dict[str, Any] = answer.json()
        return body


def _readable(content: Any, lines: int = 20) -> str:
    """Turn the structured log of a task into plain lines and keep the end."""
    if isinstance(content, str):
        return "\n".join(content.splitlines()[-lines:])
    text: list[str] = []
    for event in content:
        text += str(event.get("event", "")).splitlines()
        for detail in event.get("error_detail") or []:
            text.append(f"{detail.get('exc_type')}: {detail.get('exc_value')}")
    return "\n".join([line for line in text if line and not line.startswith("::")][-lines:])
