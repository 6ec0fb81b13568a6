"""The two factories every DAG file uses: `hub_dag` for house law, `stage_task` for one stage as one task.

A task runs its stage, leaves the summary as XCom and announces what is new. No rule of the business is here.
"""

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, TriggerRule, XComArg, task
from airflow.sdk.exceptions import AirflowSkipException

from hub_airflow.announce import event_extra, find_news, reason_for_silence
from hub_airflow.assets import ASSETS
from hub_airflow.order import WEIGHT_RULE, pool_of, weight_of
from hub_airflow.retry import RETRIES, RETRY_DELAY, RETRY_POLICY
from hub_airflow.tags import Tag
from include.stages.registry import STAGES

OWNER = "datos"
TIMEOUT = timedelta(minutes=30)

log = logging.getLogger(__name__)


def hub_dag(dag_id: str, *, doc: str | None, schedule: Any, tags: Iterable[Tag]) -> DAG:
    """Return a DAG under house law: one run at a time, no catch-up, an owner, tags, its docstring as its page.

    One run at a time because every stage takes up all that changed since its last success: a second run beside it
    would do the same work. For the same reason there is nothing to catch up.
    """
    return DAG(
        dag_id,
        doc_md=doc,
        schedule=schedule,
        catchup=False,
        max_active_runs=1,
        tags=sorted(tags),
        default_args={
            "owner": OWNER,
            "retries": RETRIES,
            "retry_delay": RETRY_DELAY,
            "retry_exponential_backoff": True,
            "max_retry_delay": timedelta(minutes=15),
            "retry_policy": RETRY_POLICY,
        },
    )


def stage_task(
    stage: str,
    *,
    speaks_to: Sequence[str] = (),
    task_id: str | None = None,
    trigger_rule: TriggerRule = TriggerRule.ALL_SUCCESS,
    timeout: timedelta = TIMEOUT,
) -> XComArg:
    """Add a task that runs `stage` to the DAG at hand; returns its XCom, the summary as a dictionary.

    `speaks_to` names the outside systems whose Airflow connections count for this stage. The task is skipped, and
    sends no asset event, when the stage had nothing to publish.
    """
    asset = ASSETS[stage]

    @task(
        task_id=task_id or stage.partition("__")[0],
        doc_md=STAGES[stage].title_es,
        # One XCom for the summary, not one for each of its keys.
        multiple_outputs=False,
        trigger_rule=trigger_rule,
        execution_timeout=timeout,
        pool=pool_of(stage),
        priority_weight=weight_of(stage),
        weight_rule=WEIGHT_RULE,
        # Also an inlet: the last event says which versions were announced already.
        inlets=[asset],
        outlets=[asset],
    )
    def run_and_announce(**context: Any) -> dict[str, Any]:
        return _run_and_announce(stage, speaks_to, context)

    return run_and_announce()


def _run_and_announce(stage: str, speaks_to: Sequence[str], context: Mapping[str, Any]) -> dict[str, Any]:
    from hub_airflow.connections import settings_from_airflow
    from include.stages.protocol import open_context, run_stage

    asset = ASSETS[stage]
    with open_context(settings_from_airflow(speaks_to), progress=_ProgressLog()) as ctx:
        summary = run_stage(stage, ctx)
        published = {name: ctx.lake.current(name) for name in STAGES[stage].outputs}
    current = {name: version.version for name, version in published.items() if version is not None}
    ti = context["ti"]
    news = find_news(summary, current, _announced(context["inlet_events"][asset]), try_number=ti.try_number)
    for note in summary.notes:
        log.info("%s: %s", stage, note)
    if not news:
        ti.xcom_push(key="return_value", value=summary.to_dict())
        raise AirflowSkipException(reason_for_silence(summary))
    context["outlet_events"][asset].extra = event_extra(summary, news)
    return summary.to_dict()


def _announced(events: Any) -> dict[str, str]:
    """Versions in the newest event of the asset; none when it never had one."""
    newest = events.ascending(False).limit(1)
    if len(newest) == 0:
        return {}
    return dict(newest[0].extra.get("versions", {}))


class _ProgressLog:
    """Writes progress into the task's log: every new message, and counts at most once in EVERY_S seconds."""

    EVERY_S = 10.0

    def __init__(self) -> None:
        self._last = 0.0

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Take note of progress."""
        if done is None:
            log.info("%s", message)
            return
        now = time.monotonic()
        if done == total or now - self._last >= self.EVERY_S:
            self._last = now
            log.info("%s: %s/%s", message, done, total or "?")
