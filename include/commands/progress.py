"""A progress line for long work, drawn by rich on the terminal and silent elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from include.stages.protocol import Progress as StageProgress
from include.stages.protocol import no_progress


@contextmanager
def stage_progress(console: Console, *, enabled: bool = True) -> Iterator[StageProgress]:
    """Hand out a progress function for `open_context`; nothing is drawn when the output is not a terminal."""
    if not enabled or not console.is_terminal:
        yield no_progress
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        task = bars.add_task("", total=None)

        def report(message: str, done: int | None = None, total: int | None = None) -> None:
            bars.update(task, description=message, completed=done or 0, total=total)

        yield report
