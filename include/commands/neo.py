"""`hub neo`: provision NEO from the sheets, check that everything we write is there, and who we are to it."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from transforms.writeback.provisioning import Step

app = typer.Typer(no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def whoami(as_json: _Json = False) -> None:
    """Ask NEO who we are: the cheapest proof that address, token and user are right."""
    from connectors.neo.client import open_neo
    from include.core.settings import load_settings

    settings = load_settings()
    with open_neo(settings) as client:
        me = client.whoami()
    facts = {"url": settings.neo.url, "user": me.user_id, "organization": me.organization_id}
    typer.echo(json.dumps(facts, indent=2) if as_json else "\n".join(f"{name:13} {v}" for name, v in facts.items()))


@app.command()
def provision(
    plan_only: Annotated[bool, typer.Option("--plan", help="Only say what would be created.")] = False,
    as_json: _Json = False,
) -> None:
    """Create tables, columns, choices, lookups and keys that NEO lacks. Nothing is ever deleted or renamed."""
    from rich.console import Console

    from connectors.neo.client import open_neo
    from include.commands.progress import stage_progress
    from include.core.neo_schema import load_neo_schema
    from include.core.settings import load_settings
    from include.stages import provision as stage

    settings = load_settings()
    schema = load_neo_schema(settings.config_dir)
    with open_neo(settings) as client:
        if plan_only:
            steps = stage.plan(client, schema)
        else:
            with stage_progress(Console(stderr=True), enabled=not as_json) as progress:
                done = stage.apply_provisioning(client, schema, progress=progress)
            steps = [*done.created, *done.different]
    if as_json:
        typer.echo(json.dumps([vars(step) for step in steps], indent=2, ensure_ascii=False))
        return
    _print_steps(steps, verb="would be created" if plan_only else "created")


@app.command()
def check(as_json: _Json = False) -> None:
    """Compare NEO with the sheets. Exit code 1 when something is missing or different."""
    from connectors.neo.client import open_neo
    from include.core.neo_schema import load_neo_schema
    from include.core.settings import load_settings
    from include.stages import provision as stage

    settings = load_settings()
    with open_neo(settings) as client:
        steps = stage.plan(client, load_neo_schema(settings.config_dir))
    if as_json:
        typer.echo(json.dumps([vars(step) for step in steps], indent=2, ensure_ascii=False))
    else:
        _print_steps(steps, verb="missing")
    raise typer.Exit(1 if steps else 0)


def _print_steps(steps: "list[Step]", *, verb: str) -> None:
    from collections import Counter

    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    created = Counter((step.kind, step.owner if step.owner != step.name else "") for step in steps
                      if step.action == "create")  # fmt: skip
    if not steps:
        console.print("NEO has everything the sheets ask for.")
        return
    if created:
        table = Table(title=verb, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
        for heading in ("kind", "in", "how many"):
            table.add_column(heading, justify="right" if heading == "how many" else "left")
        for (kind, owner), number in created.items():
            table.add_row(kind, owner, str(number))
        console.print(table)
    for step in steps:
        if step.action == "different":
            console.print(f"[yellow]different[/] {step.kind} {step.owner}.{step.name}: {step.detail}", highlight=False)
