"""`hub quarantine list|show|replay`: records that may not pass yet, why, and what to do about them.

Lists name records by their key and never show their content; `show --reveal` does, on this terminal only.
"""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from include.core.summary import RunSummary
    from include.store.ledger.repository import Row

app = typer.Typer(no_args_is_help=True)
_SHOWN = 50

Source = Annotated[str | None, typer.Option("--source", help="Only this source (portal, rues, ...).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_entries(
    source: Source = None,
    stream: Annotated[str | None, typer.Option("--stream", help="Only this stream of the source.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to show.")] = _SHOWN,
    as_json: AsJson = False,
) -> None:
    """Show the records that wait, oldest first: which, what is wrong, since when."""
    from include.stages.protocol import open_context

    with open_context() as ctx:
        entries = ctx.ledger.quarantine.open(source, stream)
    if as_json:
        facts = ("id", "source", "stream", "record_key", "field", "reason_code", "reason", "remedy", "run_id", "at")
        typer.echo(json.dumps([{name: entry[name] for name in facts} for entry in entries], default=str, indent=2))
        return
    _print_entries(entries, limit)


@app.command("show")
def show_entry(
    entry_id: Annotated[int, typer.Argument(help="The number `list` gives.")],
    reveal: Annotated[bool, typer.Option("--reveal", help="Show the values too; they may be personal.")] = False,
) -> None:
    """Show one record: what is wrong, what to do, and its fields (values masked unless `--reveal`)."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from include.stages.protocol import open_context

    with open_context() as ctx:
        entry = _find(ctx.ledger.quarantine.open(), entry_id)
    console = Console()
    console.print(f"[bold]{entry['source']} / {entry['stream']}[/] record {escape(entry['record_key'])}")
    console.print(f"[yellow]{entry['field']}[/]: {escape(entry['reason'])} ({entry['reason_code']})")
    console.print(f"{escape(entry['remedy'])}.")
    table = Table("field", "value", box=None, pad_edge=False)
    for name, value in entry["raw"].items():
        table.add_row(escape(name), escape(_shown(value) if reveal else _masked(value)))
    console.print(table)


@app.command("replay")
def replay(
    ids: Annotated[list[int] | None, typer.Argument(help="Numbers of entries; none means all.")] = None,
    source: Source = None,
    as_json: AsJson = False,
) -> None:
    """Judge waiting records again, after a sheet was mended; the good ones join their dataset."""
    from rich.console import Console

    from include.commands.tables import summary_table
    from include.stages.ingesting.replay import replay_source
    from include.stages.protocol import open_context

    with open_context() as ctx:
        entries = ctx.ledger.quarantine.open(source)
        for wanted in ids or []:
            _find(entries, wanted)
        chosen = {entry["source"] for entry in entries if not ids or entry["id"] in ids}
        summaries = [replay_source(ctx, name, ids or None) for name in sorted(chosen)]
    if as_json:
        typer.echo(json.dumps([summary.to_dict() for summary in summaries], default=str, indent=2))
    elif not summaries:
        typer.echo("Nothing waits in quarantine.")
    else:
        Console().print(summary_table(summaries))
        Console().print(_still_waiting(summaries))


def _find(entries: "list[Row]", entry_id: int) -> "Row":
    from include.core.errors import ConfigError

    entry = next((entry for entry in entries if entry["id"] == entry_id), None)
    if entry is None:
        raise ConfigError(f"entry {entry_id}", "no open entry has this number", "See `hub quarantine list`")
    return entry


def _print_entries(entries: "list[Row]", limit: int) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    if not entries:
        typer.echo("Nothing waits in quarantine.")
        return
    table = Table("id", "source", "stream", "record", "field", "reason", "since", box=None, pad_edge=False)
    for entry in entries[:limit]:
        since = f"{entry['at']:%Y-%m-%d %H:%M}"
        names = (entry["source"], entry["stream"], entry["record_key"], entry["field"], entry["reason_code"])
        table.add_row(str(entry["id"]), *map(escape, names), since)
    console = Console()
    console.print(table)
    if len(entries) > limit:
        console.print(f"… and {len(entries) - limit} more (--limit)")
    console.print("Why and what to do: `hub quarantine show ID`. After a sheet was mended: `hub quarantine replay`.")


def _still_waiting(summaries: "list[RunSummary]") -> str:
    total = sum(summary.total.quarantined for summary in summaries)
    passed = sum(summary.total.accepted for summary in summaries)
    return f"{passed} records passed, {total} still wait."


def _masked(value: Any) -> str:
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, str):
        return f"text of {len(value)} characters"
    if isinstance(value, list):
        return f"list of {len(value)}"
    return type(value).__name__


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
