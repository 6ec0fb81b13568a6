"""What every stage shares: its context, the versions it reads, and how a run is recorded.

A stage is a plain function `(StageContext) -> RunSummary`. `begin` pins its inputs and says what changed
since it last succeeded; `finish` seals the summary and records what was consumed; `run_stage` runs one by
name, writes the run to the ledger and raises when rows did not arrive.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from include.core.clock import Clock, SystemClock
from include.core.code_version import code_version
from include.core.errors import HubError, OutcomeError
from include.core.settings import Settings, load_settings
from include.core.sheets import sheet_fingerprint
from include.core.summary import RunSummary
from include.store.lake import Lake, Version
from include.store.ledger import Ledger


class Progress(Protocol):
    """Told how far a stage is; draws a bar, or does nothing."""

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Take note of progress."""
        ...


def no_progress(message: str, done: int | None = None, total: int | None = None) -> None:
    """Take no note."""


@dataclass(frozen=True)
class StageContext:
    """Everything a stage may touch."""

    settings: Settings
    lake: Lake
    ledger: Ledger
    clock: Clock
    run_id: str
    progress: Progress = no_progress


Stage = Callable[[StageContext], RunSummary]


@dataclass(frozen=True)
class Inputs:
    """The versions a stage reads in this run, and what is new about them.

    `changed` names datasets and sheets that differ from those of the stage's last success; `previous` are
    the versions consumed then; `missing` are required datasets without any version.
    """

    stage: str
    versions: dict[str, Version]
    sheets: dict[str, str]
    previous: dict[str, str] = field(default_factory=dict)
    changed: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()

    @property
    def version_names(self) -> dict[str, str]:
        """Dataset to version name."""
        return {dataset: version.version for dataset, version in self.versions.items()}


@contextmanager
def open_context(
    settings: Settings | None = None,
    *,
    clock: Clock | None = None,
    run_id: str | None = None,
    progress: Progress = no_progress,
) -> Iterator[StageContext]:
    """Open both stores, bring the ledger's schema up to date and hand out a context."""
    settings = settings or load_settings()
    clock = clock or SystemClock()
    ledger = Ledger(settings.ledger_url, clock)
    try:
        ledger.migrate()
        lake = Lake(settings.lake_url, ledger)
        yield StageContext(settings, lake, ledger, clock, run_id or new_run_id(clock), progress)
    finally:
        ledger.close()


def new_run_id(clock: Clock) -> str:
    """Return a run id that sorts by time."""
    return f"{clock.now():%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"


def begin(
    ctx: StageContext,
    stage: str,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    sheets: Mapping[str, Path] | None = None,
) -> Inputs:
    """Pin the current version of every input and compare with what `stage` consumed last.

    The code counts as a sheet: after a release every stage computes once more, and publishes only what differs.
    """
    found = {dataset: ctx.lake.current(dataset) for dataset in (*required, *optional)}
    versions = {dataset: version for dataset, version in found.items() if version is not None}
    prints = {name: sheet_fingerprint(path) for name, path in (sheets or {}).items()} | {"code": code_version()}
    last = ctx.ledger.runs.consumed(stage)
    before: dict[str, str] = dict(last["versions"]) if last else {}
    sheets_before: dict[str, str] = dict(last["sheets"]) if last else {}
    changed = {name for name, version in versions.items() if before.get(name) != version.version}
    changed |= {name for name, print_ in prints.items() if sheets_before.get(name) != print_}
    return Inputs(
        stage=stage,
        versions=versions,
        sheets=prints,
        previous=before,
        changed=frozenset(changed),
        missing=tuple(dataset for dataset in required if dataset not in versions),
    )


def waiting(ctx: StageContext, inputs: Inputs) -> RunSummary:
    """Return the summary of a stage that cannot start because a required input was never published."""
    note = f"waits for {', '.join(inputs.missing)}: run the stage that makes it first"
    return RunSummary(inputs.stage, ctx.run_id, notes=[note], skipped=True)


def finish(ctx: StageContext, inputs: Inputs, summary: RunSummary) -> RunSummary:
    """Seal the summary (conservation law) and record the versions as consumed.

    Rows that failed keep the inputs unconsumed, so that the next run takes them up again.
    """
    summary.versions_in = inputs.version_names
    summary.sheets = dict(inputs.sheets)
    summary.seal()
    if summary.total.failed == 0:
        ctx.ledger.runs.consume(inputs.stage, ctx.run_id, inputs.version_names, inputs.sheets)
    return summary


def run_stage(name: str, ctx: StageContext) -> RunSummary:
    """Run the stage `name`, recorded in the ledger.

    Raises whatever the stage raises, and OutcomeError when it saved its good rows but some failed.
    """
    from include.stages.registry import STAGES, load_stage

    stage = load_stage(STAGES[name])
    ctx.ledger.runs.start(ctx.run_id, name)
    started = time.monotonic()
    try:
        summary = stage(ctx).seal()
    except BaseException as error:
        ctx.ledger.runs.finish(ctx.run_id, name, "failed", error=_words(error), error_type=type(error).__name__)
        raise
    summary.seconds = round(time.monotonic() - started, 3)
    failed = summary.total.failed
    state = "skipped" if summary.skipped else "failed" if failed else "success"
    refused = OutcomeError(name, failed, ctx.run_id, summary.notes[0] if summary.notes else "") if failed else None
    ctx.ledger.runs.finish(
        ctx.run_id,
        name,
        state,
        summary=summary.to_dict(),
        error=str(refused) if refused else None,
        error_type=type(refused).__name__ if refused else None,
    )
    if refused is not None:
        raise refused
    return summary


def _words(error: BaseException) -> str:
    """Our own errors hold no personal data; of a stranger's only the type is safe to keep."""
    return str(error) if isinstance(error, HubError) else f"{type(error).__name__} (see the task log)"
