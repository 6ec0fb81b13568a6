"""Everything the demo says. A live table on a terminal; one line per news where the output is a file or a CI log."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table

from include.demo.acceptance import Finding
from include.demo.airflow_api import Failure
from include.demo.board import StageLine, describe, draw_board
from include.stages.report import workbook_of


@dataclass(frozen=True)
class Places:
    """Where to look at the end. `sandbox` is its `ready.json`, `example` the page of one customer in NEO."""

    airflow: str
    home: Path
    sandbox: Mapping[str, Any]
    example: str | None
    report: Path | None


class Screen:
    """The voice of one demo."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._live: Live | None = None
        self._title = ""
        self._said: dict[str, str] = {}

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Show that something is awaited, and how long it took."""
        began = time.monotonic()
        with self.console.status(f"waiting: {what} …"):
            yield
        self.console.print(f"[green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]")

    @contextmanager
    def live(self, title: str) -> Iterator[None]:
        """Draw the board in place while the block runs; it is gone afterwards."""
        self._title, self._said = title, {}
        if not self.console.is_terminal:
            self.console.print(f"{title}:")
            yield
            return
        with Live(console=self.console, refresh_per_second=4, transient=True) as self._live:
            yield
        self._live = None

    def board(self, lines: Sequence[StageLine]) -> None:
        """Show the present state of all stages."""
        if self._live is not None:
            self._live.update(self._drawn(lines, self._title))
            return
        for line in lines:
            text = describe(line)
            if line.runs and line.state != "running" and self._said.get(line.stage) != text:
                self._said[line.stage] = text
                self.console.print(f"  {text}", markup=False, highlight=False, soft_wrap=True)

    def _drawn(self, lines: Sequence[StageLine], title: str) -> Table:
        return draw_board(lines, title, width=self.console.width)

    def warn(self, failure: Failure) -> None:
        """A task failed and Airflow will try it again."""
        where = f"{failure.dag_id}.{failure.task_id}, attempt {failure.try_number}"
        self.console.print(f"[yellow]will be tried again:[/] {escape(where)}\n[dim]{escape(failure.log_tail)}[/]")

    def failed(self, problem: str, home: Path) -> None:
        """The demo failed; say where to look."""
        self.console.print(Panel(escape(problem), title="The demo failed", border_style="red", title_align="left"))
        logs = (home / "airflow" / "logs", home / "airflow" / "scheduler.log", home / "sandbox" / "sandbox.log")
        self.console.print("Look at:", *(f"  {path}" for path in logs), sep="\n", highlight=False)

    def summary(self, lines: Sequence[StageLine], findings: Sequence[Finding]) -> None:
        """The final table and what was checked."""
        self.console.print(self._drawn(lines, "What each stage did"))
        for finding in findings:
            mark = "[green]✓[/]" if finding.holds else "[bold red]✗[/]"
            self.console.print(f"{mark} {finding.what} [dim]{escape(finding.detail)}[/]", highlight=False)

    def addresses(self, places: Places, passwords: Mapping[str, str]) -> None:
        """Where everything is, with the logins that were generated for this home."""
        table = Table(
            box=box.SIMPLE, show_header=False, title="Where to look", title_justify="left", title_style="bold"
        )
        table.add_column(style="bold", no_wrap=True)
        table.add_column(overflow="fold")
        table.add_row("Airflow", places.airflow)
        table.add_row("  page neo-hub", f"{places.airflow}/plugin/neo-hub")
        table.add_row("  logins", _logins(passwords.items()))
        if places.example:
            table.add_row("NEO, one customer", places.example)
        for name, url in places.sandbox["urls"].items():
            table.add_row(f"  sandbox: {name}", f"{url}/360/" if name == "neo" else url)
        table.add_row("  logins", _logins((user["user"], user["password"]) for user in places.sandbox["users"]))
        if places.report:
            table.add_row("Report", str(places.report))
            table.add_row("", str(workbook_of(places.report)))
        table.add_row("Home", str(places.home))
        self.console.print(table)

    def timings(self, timings: Mapping[str, float]) -> None:
        """Seconds per part."""
        parts = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in timings.items())
        self.console.print(f"[dim]{parts}[/]", highlight=False)

    def stay(self) -> None:
        """Wait for Ctrl-C."""
        self.console.print("Sandbox and Airflow stay up. [bold]Ctrl-C[/] ends them.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            self.leaving()

    def leaving(self) -> None:
        """Say that the end has begun."""
        self.console.print("Ending sandbox and Airflow …")


def _logins(pairs: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{user} / {password}" for user, password in pairs)
