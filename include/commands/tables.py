"""Tables the commands share, drawn by rich."""

from collections.abc import Sequence

from rich import box
from rich.table import Table

from include.core.summary import RunSummary

OUTCOMES = ("read", "created", "changed", "unchanged", "quarantined", "held", "failed")


def summary_table(summaries: Sequence[RunSummary]) -> Table:
    """One line per stage: what became of its rows, and what it has to say."""
    table = Table(box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("stage", no_wrap=True)
    for name in OUTCOMES:
        table.add_column(name, justify="right")
    table.add_column("seconds", justify="right")
    table.add_column("notes", overflow="fold")
    for summary in summaries:
        total = summary.total
        counts = [_number(getattr(total, name), name) for name in OUTCOMES]
        style = "dim" if summary.skipped else ""
        notes = "; ".join(summary.notes[:3]) + (f" (+{len(summary.notes) - 3})" if len(summary.notes) > 3 else "")
        table.add_row(summary.stage, *counts, f"{summary.seconds:.1f}", notes, style=style)
    return table


def _number(value: int, outcome: str) -> str:
    if not value:
        return "·"
    text = f"{value:,}"
    return (
        f"[yellow]{text}[/]"
        if outcome in ("quarantined", "held")
        else f"[red]{text}[/]"
        if outcome == "failed"
        else text
    )
