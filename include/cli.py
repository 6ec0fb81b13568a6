"""The `hub` command: the same stages the DAGs run, without Airflow.

This file only mounts the command groups of `include/commands/`; heavy imports happen inside them.
"""

import sys

import typer

from include.commands import (
    bench,
    demo,
    evaluate,
    neo,
    plan,
    quarantine,
    report,
    run,
    sandbox,
    screen,
    status,
    trace,
)
from include.core.errors import HubError

app = typer.Typer(
    name="hub",
    help="neo-hub: what happens on the portal and in outside databases, written into NEO stage by stage.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command("run")(run.run)
app.command("status")(status.status)
app.command("trace")(trace.trace)
app.command("plan")(plan.plan)
app.command("screen")(screen.screen)
app.command("bench")(bench.bench)
app.add_typer(sandbox.app, name="sandbox", help="Stand-ins for every outside system, on this machine.")
app.add_typer(neo.app, name="neo", help="NEO, the CRM: provision, check, who am I.")
app.add_typer(quarantine.app, name="quarantine", help="Records that may not pass yet: list, show, replay.")
app.add_typer(report.app, name="report", help="Reports for management.")
app.add_typer(evaluate.app, name="eval", help="Judge resolution and matching on labelled files.")
app.add_typer(demo.app, name="demo", help="Everything at once: sandbox, Airflow, the whole chain.")


def main() -> None:
    """Run the command; one of our own errors becomes one clear line and exit code 1."""
    try:
        app()
    except HubError as error:
        from rich.console import Console

        Console(stderr=True).print(f"[bold red]{type(error).__name__}[/] {error}", markup=True, highlight=False)
        sys.exit(1)
