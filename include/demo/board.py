"""What the demo shows while it runs and at its end: one line per stage, in the order of the flow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from include.stages.registry import CHAIN, STAGES
from include.store.ledger.repository import Row

_STYLES = {"running": "cyan", "done": "green", "nothing new": "green", "failed": "bold red", "waiting": "dim"}
_COLUMNS = ("read", "created", "changed", "quarantined", "held", "failed")

_WITHOUT_NOTES, _LEAST_NOTE = 112, 20  # columns of the terminal


@dataclass(frozen=True)
class StageLine:
    """One stage of the flow: its state, the counts of its last run that did work, all its seconds together."""

    stage: str
    state: str
    runs: int
    counts: dict[str, int]
    seconds: float
    note: str


def stage_lines(runs: Iterable[Row], stages: Sequence[str] = CHAIN) -> list[StageLine]:
    """Fold the ledger's runs, in any order, into one line per stage."""
    by_stage: dict[str, list[Row]] = {stage: [] for stage in stages}
    for row in sorted(runs, key=lambda row: row["started_at"]):
        if row["stage"] in by_stage:
            by_stage[row["stage"]].append(row)
    return [_line(stage, rows) for stage, rows in by_stage.items()]


def _line(stage: str, rows: Sequence[Row]) -> StageLine:
    if not rows:
        return StageLine(stage, "waiting", 0, {}, 0.0, "")
    summaries = [row["summary"] for row in rows if row["summary"]]
    worked = [summary for summary in summaries if not summary["skipped"] and _moved(summary["total"])]
    told = (worked or summaries or [{}])[-1]
    last = rows[-1]
    return StageLine(
        stage=stage,
        state=_state(last, has_worked=any(row["state"] == "success" for row in rows)),
        runs=len(rows),
        counts={name: told.get("total", {}).get(name, 0) for name in _COLUMNS},
        seconds=round(sum(summary.get("seconds") or 0.0 for summary in summaries), 1),
        note=last["error"] or next(iter(told.get("notes", [])), ""),
    )


def _state(last: Row, *, has_worked: bool) -> str:
    if last["state"] == "skipped":
        return "nothing new" if has_worked else "waiting"
    return "done" if last["state"] == "success" else str(last["state"])


def _moved(total: dict[str, int]) -> bool:
    return any(total.get(name, 0) for name in ("created", "changed", "quarantined", "held", "failed"))


def draw_board(lines: Sequence[StageLine], title: str, *, width: int = 160) -> Table:
    """The table of all stages; notes get what `width` leaves them, or nothing at all."""
    room = width - _WITHOUT_NOTES
    with_notes = room >= _LEAST_NOTE
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("stage", no_wrap=True)
    table.add_column("state", no_wrap=True)
    for name in (*_COLUMNS, "seconds"):
        table.add_column(name, justify="right", no_wrap=True)
    if with_notes:
        table.add_column("note", overflow="ellipsis", no_wrap=True, max_width=room)
    for line in lines:
        counts = [f"{line.counts[name]:,}" if line.counts.get(name) else "" for name in _COLUMNS]
        seconds = f"{line.seconds:.1f}" if line.runs else ""
        state = Text(line.state, style=_STYLES.get(line.state, ""))
        note = [Text(line.note, style="dim")] if with_notes else []
        table.add_row(STAGES[line.stage].title_es, state, *counts, seconds, *note)
    return table


def describe(line: StageLine) -> str:
    """One line of plain text, for outputs that are no terminal."""
    counts = ", ".join(f"{name} {line.counts[name]:,}" for name in _COLUMNS if line.counts.get(name))
    return f"{line.stage}: {line.state}" + (f" ({counts})" if counts else "") + (f" {line.note}" if line.note else "")
