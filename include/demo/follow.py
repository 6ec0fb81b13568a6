"""Following the flow until it is quiet: nothing runs, nothing is queued, no event waits."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from include.core.errors import HubError
from include.demo.airflow_api import AirflowApi, Failure
from include.demo.board import StageLine, stage_lines
from include.store.ledger import Ledger

# The board comes from the ledger and costs nothing; every question to Airflow takes time from the tasks.
_BOARD_S = 0.5
_ASK_EVERY = 1
_LOOK_FOR_FAILURES_EVERY = 8


class DemoError(HubError):
    """The demo cannot go on; the message says where to look."""


@dataclass(frozen=True)
class Follower:
    """Watches one demo. `show` gets the lines of the board at every step; `warn` a task that will try again."""

    api: AirflowApi
    ledger: Ledger
    dag_ids: Sequence[str]
    show: Callable[[list[StageLine]], None]
    warn: Callable[[Failure], None]
    _warned: set[tuple[str, str, int]] = field(default_factory=set)

    def until_quiet(self, since: datetime, timeout: float) -> list[StageLine]:
        """Return the board when all is quiet. Raises DemoError when a task failed for good, or time is up."""
        return self._until(self._is_quiet, since, timeout)

    def until_idle(self, dag_ids: Sequence[str], since: datetime, timeout: float) -> list[StageLine]:
        """Return the board when none of these DAGs has a run that is queued or running; raises like `until_quiet`."""
        return self._until(lambda: not set(dag_ids) & set(self.api.active_runs()), since, timeout)

    def _until(self, is_done: Callable[[], bool], since: datetime, timeout: float) -> list[StageLine]:
        deadline = time.monotonic() + timeout
        for step in count(1):
            self.show(self.lines(since))
            if step % _LOOK_FOR_FAILURES_EVERY == 0:
                self._look_for_failures(since)
            if step % _ASK_EVERY == 0 and is_done():
                break
            if time.monotonic() > deadline:
                active = ", ".join(self.api.active_runs())
                raise DemoError(f"not finished after {timeout:.0f} s; still active: {active}")
            time.sleep(_BOARD_S)
        self._look_for_failures(since)
        lines = self.lines(since)
        self.show(lines)
        return lines

    def lines(self, since: datetime) -> list[StageLine]:
        """The board of what ran since an instant."""
        return stage_lines(self.ledger.runs.recent(since=since, limit=1000))

    def _is_quiet(self) -> bool:
        # Runs are asked for twice: between the two questions a waiting event may have become a run.
        return (
            not self.api.active_runs() and not self.api.has_queued_events(self.dag_ids) and not self.api.active_runs()
        )

    def _look_for_failures(self, since: datetime) -> None:
        for failure in self.api.failures(since.isoformat()):
            if failure.state == "failed":
                raise DemoError(
                    f"{failure.dag_id}.{failure.task_id} failed.\n{failure.log_tail}\n"
                    f"More: {self.api.url}/dags/{failure.dag_id}/runs/{failure.run_id}"
                )
            key = (failure.dag_id, failure.run_id, failure.try_number)
            if key not in self._warned:
                self._warned.add(key)
                self.warn(failure)
