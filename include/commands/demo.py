"""`hub demo up|stop`: everything at once on this machine, without an account anywhere."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.command()
def up(
    quick: Annotated[
        bool, typer.Option("--quick", help="Small world in a fresh home; check the result, then leave.")
    ] = False,
    world: Annotated[str, typer.Option(help="quick or full; --quick always takes the quick one.")] = "full",
    home: Annotated[
        Path | None,
        typer.Option(help="Where the demo keeps its state. Default: HUB_HOME or .hub; --quick: quick/ in it."),
    ] = None,
    sandbox_port: Annotated[int, typer.Option(help="First of seven ports of the sandbox, when free.")] = 8443,
    airflow_port: Annotated[int, typer.Option(help="Port of Airflow, when free.")] = 8080,
) -> None:
    """Start sandbox and Airflow, run the whole chain, show it live. Ctrl-C ends it and leaves no process behind.

    Exit code 0 means that everything held; with --quick this includes that a second pass writes no row to NEO.
    """
    from include.core.settings import hub_home
    from include.demo.ports import choose_ports
    from include.demo.runner import Demo

    chosen = home.resolve() if home else hub_home() / "quick" if quick else hub_home()
    ports = choose_ports(sandbox_port, airflow_port)
    demo = Demo(home=chosen, is_quick=quick, world="quick" if quick else world, ports=ports)
    raise typer.Exit(demo.run())


@app.command()
def stop(
    home: Annotated[Path | None, typer.Option(help="Home of the demo that crashed. Default: both usual homes.")] = None,
) -> None:
    """End whatever a crashed demo left running."""
    from rich.console import Console

    from include.core.settings import hub_home
    from include.demo.processes import stop_leftovers

    console = Console()
    left: list[int] = []
    for folder in [home.resolve()] if home else [hub_home(), hub_home() / "quick"]:
        found, still = stop_leftovers(folder)
        left += still
        if found:
            console.print(f"{found} processes of the demo in {folder} ended.")
    if left:
        console.print(f"[bold red]still there:[/] {', '.join(map(str, left))}")
        raise typer.Exit(1)
    console.print("No process of a demo is left.")
