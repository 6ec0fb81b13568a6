"""`hub plan`: what writing to NEO would do now, before anything is done."""

import json
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from include.stages.writing.explain import RowView
    from include.stages.writing.sides import Planned

_ACTIONS = ("create", "update", "unchanged", "conflict", "held", "rejected")


def plan(
    diff: Annotated[str | None, typer.Option("--diff", metavar="KEY", help="One record, field by field.")] = None,
    refresh: Annotated[bool, typer.Option(help="Read NEO's present rows first.")] = True,
    samples: Annotated[int, typer.Option(help="Rows to show of each kind of change.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what would be created, updated, left to people and held back, with its cost in requests."""
    from include.stages.ingest import run_source
    from include.stages.protocol import open_context
    from include.stages.writing.explain import current_plan, explain_row

    with open_context() as ctx:
        if refresh:
            run_source(ctx, "neo")
        planned = current_plan(ctx)
        views = explain_row(planned, diff) if diff is not None else []
    if diff is not None:
        _show_record(diff, views, as_json=as_json)
    elif as_json:
        typer.echo(json.dumps(_facts(planned), indent=2, ensure_ascii=False))
    else:
        _show_plan(planned, samples)


def _facts(planned: "Planned") -> dict[str, Any]:
    from include.stages.writing.apply import CHUNK_ROWS

    made = planned.plan
    reasons = Counter((row.table, row.action, row.reason_code, row.reason_es) for row in made.rows if row.reason_code)
    return {
        "hash": made.hash,
        "requests": made.requests(CHUNK_ROWS),
        "tables": {table: {action: counted[action] for action in _ACTIONS} for table, counted in made.counts().items()},
        "reasons": [
            {"table": table, "action": action, "code": code, "reason": reason, "rows": rows}
            for (table, action, code, reason), rows in reasons.most_common()
        ],
        "columns": [
            {"table": table, "column": column, "verdict": verdict, "rows": rows}
            for (table, column, verdict), rows in _columns(planned).most_common()
        ],
        "notes": planned.notes,
    }


def _columns(planned: "Planned") -> Counter[tuple[str, str, str]]:
    """How often each column of a row that is in NEO would change, or is left to a person."""
    return Counter(
        (row.table, change.column, change.verdict)
        for row in planned.plan.rows
        if row.action in ("update", "conflict")
        for change in row.changes
    )


def _show_plan(planned: "Planned", samples: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    facts = _facts(planned)
    table = Table(title=f"plan {facts['hash']}", box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("table")
    for action in _ACTIONS:
        table.add_column(action, justify="right")
    for name, counted in facts["tables"].items():
        table.add_row(name, *(f"{counted[action]:,}" if counted[action] else "·" for action in _ACTIONS))
    console.print(table)
    for reason in facts["reasons"]:
        head = f"{reason['rows']:,} × {reason['table']} {reason['action']}"
        console.print(f"{head} [dim]{reason['code']}[/]: {reason['reason']}", highlight=False)
    for column in facts["columns"][:20]:
        console.print(f"{column['rows']:,} × {column['table']}.{column['column']} {column['verdict']}", highlight=False)
    for action in ("create", "update", "conflict", "held", "rejected"):
        keys = [f"{row.table} {row.row_key}" for row in planned.plan.rows if row.action == action][:samples]
        if keys:
            console.print(f"[bold]{action}[/], for example: {', '.join(keys)}", highlight=False)
    for note in facts["notes"]:
        console.print(f"[yellow]note[/] {note}", highlight=False)
    console.print(f"cost: {facts['requests']} bulk requests. One record: hub plan --diff KEY", highlight=False)


def _show_record(key: str, views: "list[RowView]", *, as_json: bool) -> None:
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if as_json:
        typer.echo(json.dumps([view.to_dict() for view in views], indent=2, ensure_ascii=False))
        return
    console = Console()
    if not views:
        console.print(f"No sync model speaks of {key}.", markup=False)
        raise typer.Exit(1)
    for view in views:
        reason = f" – {view.reason_es} ({view.reason_code})" if view.reason_code else ""
        title = f"{view.table} {view.row_key}: {view.action}{reason}"
        table = Table(title=escape(title), box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
        for heading in ("column", "the hub wants", "NEO has", "sent or seen", "verdict", "owner"):
            table.add_column(heading, overflow="fold")
        for change in view.changes:
            cells = [change.column, change.desired, change.present, change.base, change.verdict, change.owner]
            style = {"same": "dim", "write": "green", "keep": "yellow", "ask": "yellow"}[change.verdict]
            table.add_row(*("" if cell is None else escape(str(cell)) for cell in cells), style=style)
        console.print(table)
