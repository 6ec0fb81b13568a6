"""`hub status`: what ran, what waits, how old the lists are."""

import json
from datetime import datetime
from typing import Annotated, Any

import typer


def status(
    run_id: Annotated[
        str | None, typer.Option("--run", help="One run: its stages and every outcome by reason.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the newest run of every stage, what waits in quarantine and outbox, and the list versions in use."""
    from include.stages.protocol import open_context
    from include.stages.state import hub_state

    with open_context() as ctx:
        state = hub_state(ctx, run_id)
    if as_json:
        typer.echo(json.dumps(state, default=str, indent=2, ensure_ascii=False))
        return
    _print(state)


def _print(state: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console()
    console.print(
        _table(
            "Runs",
            state["runs"],
            ("stage", "state", "started_at", "read", "created", "changed", "quarantined", "failed", "says"),
        )
    )
    sections = (
        (
            "Waits in quarantine (see `hub quarantine list`)",
            "quarantine",
            ("source", "stream", "field", "reason_code", "rows"),
        ),
        ("Written to NEO", "outcomes", ("target", "outcome", "reason_code", "rows")),
        ("Messages", "outbox", ("channel", "kind", "state", "rows")),
        ("Screening lists", "lists", ("list_code", "state", "entries", "published_at", "fetched_at", "reason")),
        ("Datasets", "datasets", ("dataset", "rows", "version")),
    )
    for title, name, columns in sections:
        if state[name]:
            console.print(_table(title, state[name], columns))


def _table(title: str, rows: list[dict[str, Any]], columns: tuple[str, ...]) -> Any:
    from rich import box
    from rich.table import Table

    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    for column in columns:
        is_number = bool(rows) and all(isinstance(row.get(column), int | float) for row in rows)
        is_prose = column in ("says", "reason")
        table.add_column(column, justify="right" if is_number else "left", no_wrap=not is_prose, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    return table


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:,}" if isinstance(value, int) else str(value)
