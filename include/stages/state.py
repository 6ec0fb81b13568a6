"""The state of the hub as facts without personal data: runs, what waits, list versions, datasets."""

from typing import Any

from include.stages.protocol import StageContext
from include.store.ledger.repository import Row


def hub_state(ctx: StageContext, run_id: str | None = None) -> dict[str, Any]:
    """Return {runs, quarantine, outcomes, outbox, lists, datasets}; with `run_id`, runs and outcomes of that run."""
    ledger = ctx.ledger
    runs = ledger.runs.recent(run_id=run_id) if run_id else ledger.runs.latest()
    return {
        "runs": [_run(row) for row in runs],
        "quarantine": ledger.quarantine.counts(),
        "outcomes": ledger.outcomes.counts(run_id),
        "outbox": ledger.outbox.counts(),
        "lists": newest_lists(ledger.lists.all()),
        "datasets": [
            {"dataset": row["dataset"], "version": row["version"], "rows": row["rows"]}
            for row in ledger.datasets.all_current()
        ],
    }


def newest_lists(versions: list[Row]) -> list[Row]:
    """Per list the version in use and, when the newest fetch was refused, that one too."""
    shown: dict[tuple[str, str], Row] = {}
    newest: set[str] = set()
    for row in versions:
        code, state = row["list_code"], row["state"]
        is_newest = code not in newest
        newest.add(code)
        if state == "active" or is_newest:
            shown.setdefault((code, state), row)
    return [shown[key] for key in sorted(shown)]


def _run(row: Row) -> Row:
    summary = row["summary"] or {}
    total = summary.get("total", {})
    says = row["error"] or "; ".join(summary.get("notes", [])[:2])
    counts = {
        name: total.get(name, 0)
        for name in ("read", "created", "changed", "unchanged", "quarantined", "held", "failed")
    }
    return {
        "stage": row["stage"],
        "run_id": row["run_id"],
        "state": row["state"],
        "started_at": row["started_at"].isoformat(timespec="seconds"),
        "seconds": summary.get("seconds"),
        **counts,
        "says": says,
    }
