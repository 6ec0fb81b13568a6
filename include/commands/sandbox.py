"""`hub sandbox`: start and stop the stand-ins for every outside system, and say where they are."""

import json
import os
import shlex
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from include.sandbox.home import Running, SandboxHome

app = typer.Typer(no_args_is_help=True)
HomeOption = Annotated[
    Path | None, typer.Option("--home", help="Folder of the hub's state (default: HUB_HOME or .hub).")
]
STOP_TIMEOUT_S = 20.0
# The short names the wider world knows NEO's variables by, beside our own.
_SHORT = {
    "NEO_URL": "HUB_NEO__URL",
    "NEO_AUTHORITY": "HUB_NEO__AUTHORITY",
    "NEO_TENANT": "HUB_NEO__TENANT",
    "NEO_CLIENT_ID": "HUB_NEO__CLIENT_ID",
    "NEO_CLIENT_SECRET": "HUB_NEO__CLIENT_SECRET",
    "NEO_CA": "HUB_CA_BUNDLE",
}


@app.command()
def up(
    only: Annotated[list[str] | None, typer.Option("--only", help="Start this service alone; may be repeated.")] = None,
    world: Annotated[str | None, typer.Option("--world", help="quick or full.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Another seed makes another world.")] = None,
    port: Annotated[int, typer.Option("--port", help="First of seven ports; 0 takes free ones.")] = 8443,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what happened and seed again.")] = False,
    home: HomeOption = None,
) -> None:
    """Start every sandbox service and keep them running until Ctrl-C or SIGTERM."""
    from rich.console import Console

    from include.core.errors import ConfigError
    from include.sandbox.up import SERVICES, start_sandbox

    if world not in (None, "quick", "full"):
        raise ConfigError("--world", f"there is no world {world}", "Choose quick or full")
    console = Console()
    begun = time.monotonic()
    # From the first moment on, so that a stop during seeding leaves nothing half open.
    wish = _StopWish()
    with console.status("Sandbox: building and seeding the world …") as status:
        sandbox = start_sandbox(
            home or _default_home(),
            world=world,
            seed=seed,
            port=port,
            only=only or SERVICES,
            fresh=fresh,
            progress=lambda step: status.update(f"Sandbox: {step} …"),
        )
    with sandbox:
        _print(console, sandbox.urls, sandbox.ports, sandbox.users, sandbox.home)
        console.print(f"Ready after {time.monotonic() - begun:.1f} s. Ctrl-C stops it.")
        wish.wait()
    console.print("Sandbox stopped.")


@app.command()
def env(home: HomeOption = None) -> None:
    """Print shell assignments that lead to the sandbox: eval "$(hub sandbox env)"."""
    files = _files(home)
    if not files.env_file.exists():
        _nothing_there(files)
    pairs = dict(
        line.split("=", 1)
        for line in files.env_file.read_text(encoding="utf-8").splitlines()
        if "=" in line and not line.startswith("#")
    )
    pairs |= {short: pairs[name] for short, name in _SHORT.items() if name in pairs}
    for name, value in sorted(pairs.items()):
        typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def stop(home: HomeOption = None) -> None:
    """Stop the sandbox that runs on this home, and wait until it is gone."""
    files = _files(home)
    running = files.running()
    if running is None:
        typer.echo("No sandbox is running here.")
        return
    os.kill(running.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while running.is_alive():
        if time.monotonic() > deadline:
            from include.core.errors import ConfigError

            raise ConfigError(f"pid {running.pid}", "the sandbox does not stop", "End that process by hand")
        time.sleep(0.1)
    typer.echo("Sandbox stopped.")


@app.command()
def status(
    home: HomeOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say whether a sandbox runs on this home, and where. Exit code 1 when none does."""
    files = _files(home)
    running = files.running()
    if as_json:
        typer.echo(json.dumps(_as_json(running), indent=2, ensure_ascii=False))
    elif running is None:
        typer.echo("No sandbox is running here. Start one with `hub sandbox up`.")
    else:
        from rich.console import Console

        _print(Console(), running.ready["urls"], running.ready["ports"], running.ready["users"], files.home)
    if running is None:
        raise typer.Exit(1)


class _StopWish:
    """Remembers SIGTERM and SIGINT from its making on; `wait` returns when either came."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def wait(self) -> None:
        """Sleep until a stop is wished."""
        os.read(self._read, 1)

    def _note(self, *_: object) -> None:
        os.write(self._write, b"x")


def _print(console: Any, urls: dict[str, str], ports: dict[str, int], users: list[dict[str, str]], home: Path) -> None:
    from rich import box
    from rich.table import Table

    titles = {
        "neo": "NEO (360° pages: /360/)",
        "portal": "Portal (documentation: /docs)",
        "rues": "RUES, open data",
        "lists": "Lists",
        "directory": "Directory",
        "mail": "Caught mail",
    }
    table = Table(box=box.SIMPLE, title="Sandbox", title_justify="left", title_style="bold")
    table.add_column("System", style="bold", no_wrap=True)
    table.add_column("Address", overflow="fold")
    for service, url in urls.items():
        table.add_row(titles.get(service, service), url)
    if "smtp" in ports:
        table.add_row("SMTP", f"127.0.0.1:{ports['smtp']}")
    table.add_row("Home", str(home))
    console.print(table)
    logins = Table(box=box.SIMPLE, title="People of the pages", title_justify="left", title_style="bold")
    for heading in ("User", "Password", "Role"):
        logins.add_column(heading, no_wrap=True)
    for user in users:
        logins.add_row(user["user"], user["password"], user["role"])
    console.print(logins)


def _as_json(running: "Running | None") -> dict[str, Any]:
    if running is None:
        return {"running": False}
    facts = {name: running.ready[name] for name in ("pid", "ports", "urls", "world")}
    return {"running": True, **facts}


def _files(home: Path | None) -> "SandboxHome":
    from include.sandbox.home import SandboxHome

    return SandboxHome(home or _default_home())


def _nothing_there(files: "SandboxHome") -> None:
    from include.core.errors import ConfigError

    raise ConfigError(str(files.env_file), "no sandbox was ever started here", "Start one with `hub sandbox up`")


def _default_home() -> Path:
    from include.core.settings import hub_home

    return hub_home()
