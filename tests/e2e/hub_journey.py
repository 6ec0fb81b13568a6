"""A hub beside a sandbox, driven as a person would: run stages, change something outside, look into NEO."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests

from connectors.neo.client import open_neo
from connectors.neo.reader import fetch_table
from include.core.errors import HubError
from include.core.neo_schema import KEY_COLUMN
from include.core.settings import Settings, load_settings
from include.core.summary import RunSummary
from include.sandbox.up import Sandbox
from include.stages.protocol import StageContext, open_context, run_stage
from include.stages.registry import CHAIN
from include.stages.writing.sides import load_schema

NeoState = dict[str, dict[str, dict[str, Any]]]  # table, hub id, column
# Differs from one NEO to the next although the content is the same: ids NEO chose, instants, and who stood where.
NOT_CONTENT = {"versionnumber", "modifiedon", "createdon"}


@dataclass(frozen=True)
class Journey:
    """One hub home on one sandbox."""

    sandbox: Sandbox

    @property
    def settings(self) -> Settings:
        """Settings as the sandbox wrote them for the hub."""
        return load_settings(home=self.sandbox.home)

    def provision(self) -> None:
        """Give NEO our tables and columns."""
        assert self.start("neo", "provision").wait(timeout=120) == 0

    def run(self, stages: Sequence[str] = CHAIN) -> dict[str, RunSummary | HubError]:
        """Run stages in this process, one context, going on after an error as `hub run` does for sources."""
        results: dict[str, RunSummary | HubError] = {}
        with open_context(self.settings) as ctx:
            for stage in stages:
                try:
                    results[stage] = run_stage(stage, ctx)
                except HubError as error:
                    results[stage] = error
        return results

    def command(self, *arguments: str) -> list[str]:
        """The command line of `hub`."""
        return [sys.executable, "-c", "from include.cli import main; main()", *arguments]

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `hub` as a process of its own, in a group that can be killed as one."""
        env = os.environ | {"HUB_HOME": str(self.sandbox.home)}
        return subprocess.Popen(
            self.command(*arguments),
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def control(self, service: str, method: str, path: str, **more: Any) -> requests.Response:
        """Call a control route of the sandbox."""
        answer = requests.request(
            method,
            f"{self.sandbox.urls[service]}/_sandbox/{path}",
            headers={"X-Sandbox-Token": self.sandbox.control_token},
            verify=str(self.sandbox.ca_bundle),
            timeout=30,
            **more,
        )
        answer.raise_for_status()
        return answer

    def neo_requests(self, since: int = 0) -> list[dict[str, Any]]:
        """NEO's own request log after the entry `since`."""
        log: list[dict[str, Any]] = self.control("neo", "GET", "requests", params={"since": since}).json()["requests"]
        return log

    def last_request(self) -> int:
        """Number of the newest entry in NEO's request log."""
        return max((int(entry["seq"]) for entry in self.neo_requests()), default=0)

    def rows_written(self, since: int) -> int:
        """Rows NEO wrote after the entry `since`, by its own log."""
        return sum(int(entry["rows_written"] or 0) for entry in self.neo_requests(since))

    def has_entered(self, stage: str, since: datetime) -> bool:
        """Whether a run that began after `since` is in `stage` or past it."""
        with open_context(self.settings) as ctx:
            return any(row["stage"] == stage for row in ctx.ledger.runs.recent(since=since))

    def neo_state(self) -> NeoState:
        """Content of every table the hub writes, by hub id, lookups named by the hub id they lead to."""
        with open_context(self.settings) as ctx, open_neo(self.settings) as client:
            columns = {name: _columns(ctx, name) for name in load_schema(ctx).tables}
            found = {
                name: [row for page in fetch_table(client, name, wanted) for row in page.rows]
                for name, wanted in columns.items()
                if wanted
            }
            ids = {
                str(row[client.table(name).id_column]): str(row[KEY_COLUMN])
                for name, rows in found.items()
                for row in rows
                if row.get(KEY_COLUMN)
            } | {client.whoami().user_id: "the hub"}  # each NEO gives the hub's own user another id
        return {name: _by_hub_id(rows, ids) for name, rows in found.items()}


def _columns(ctx: StageContext, table: str) -> list[str]:
    """Columns the hub reads of a table; none for tables that wait for a later stage."""
    version = ctx.lake.current(f"stg_neo__{table}")
    return [] if version is None else list(ctx.lake.read(version).column_names)


def _by_hub_id(rows: list[dict[str, Any]], ids: dict[str, str]) -> dict[str, dict[str, Any]]:
    return {
        str(row[KEY_COLUMN]): {
            column: ids.get(value, value) if isinstance(value, str) else value
            for column, value in row.items()
            if column not in NOT_CONTENT
        }
        for row in rows
        if row.get(KEY_COLUMN)
    }
