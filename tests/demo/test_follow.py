"""Following a flow to its end, with an Airflow that says what the test wants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from include.demo import follow
from include.demo.airflow_api import Failure
from include.demo.board import StageLine
from include.demo.follow import DemoError, Follower
from include.demo.runner import wait_for
from include.store.ledger import Ledger

SINCE = datetime(2026, 11, 3, tzinfo=UTC)


@dataclass
class ScriptedApi:
    """Answers from a script: per question the list of active DAGs; the last answer stays."""

    active: list[list[str]]
    queued: list[bool] = field(default_factory=lambda: [False])
    broken: list[Failure] = field(default_factory=list)
    url: str = "http://airflow.test"

    def active_runs(self) -> list[str]:
        return self.active.pop(0) if len(self.active) > 1 else self.active[0]

    def has_queued_events(self, dag_ids: Sequence[str]) -> bool:
        assert dag_ids
        return self.queued.pop(0) if len(self.queued) > 1 else self.queued[0]

    def failures(self, since: str) -> list[Failure]:
        assert since == SINCE.isoformat()
        return self.broken


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "_BOARD_S", 0.0)


def follower(api: ScriptedApi, ledger: Ledger, warned: list[Failure] | None = None) -> Follower:
    boards: list[list[StageLine]] = []
    warnings = [] if warned is None else warned
    return Follower(api, ledger, ["customer_360"], boards.append, warnings.append)  # type: ignore[arg-type]


def failure(state: str, attempt: int = 1) -> Failure:
    return Failure("sarlaft", "run-1", "screen", attempt, state, "ConfigError: the sheet is wrong")


def test_quiet_is_no_run_no_event_and_still_no_run(ledger: Ledger) -> None:
    # idle, but an event waits; idle, no event, but it has just become a run; running; at last quiet
    api = ScriptedApi(active=[[], [], ["customer_360"], ["customer_360"], []], queued=[True, False, False])
    lines = follower(api, ledger).until_quiet(SINCE, timeout=10)
    assert api.active == [[]]
    assert {line.state for line in lines} == {"waiting"}


def test_idle_looks_at_the_named_dags_only(ledger: Ledger) -> None:
    api = ScriptedApi(active=[["ingest__un", "sarlaft"], ["sarlaft"]])
    follower(api, ledger).until_idle(["ingest__un"], SINCE, timeout=10)
    assert api.active == [["sarlaft"]]


def test_a_failed_task_ends_it_with_its_log_and_where_to_look(ledger: Ledger) -> None:
    api = ScriptedApi(active=[[]], broken=[failure("failed")])
    with pytest.raises(DemoError) as ended:
        follower(api, ledger).until_quiet(SINCE, timeout=10)
    assert "sarlaft.screen failed" in str(ended.value)
    assert "the sheet is wrong" in str(ended.value)
    assert "http://airflow.test/dags/sarlaft/runs/run-1" in str(ended.value)


def test_a_task_that_will_try_again_is_told_once_per_attempt(ledger: Ledger) -> None:
    warned: list[Failure] = []
    api = ScriptedApi(active=[["sarlaft"]] * 40 + [[]], broken=[failure("up_for_retry"), failure("up_for_retry", 2)])
    follower(api, ledger, warned).until_quiet(SINCE, timeout=10)
    assert [found.try_number for found in warned] == [1, 2]


def test_it_does_not_wait_for_ever_and_names_what_is_still_active(ledger: Ledger) -> None:
    api = ScriptedApi(active=[["neo_writeback"]])
    with pytest.raises(DemoError, match="still active: neo_writeback"):
        follower(api, ledger).until_quiet(SINCE, timeout=0.05)


def test_waiting_for_something_ends_with_its_answer_or_with_the_problem() -> None:
    answers = iter([None, 0])
    assert wait_for(lambda: next(answers), "it never came", timeout=5) == 0
    with pytest.raises(DemoError, match="it never came within 0 s"):
        wait_for(lambda: None, "it never came", timeout=0.01)
