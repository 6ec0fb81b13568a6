"""`hub eval`: one sub-command per subject, each a function of its module in `include/evaluation`."""

import typer

from include.evaluation.matching import matching
from include.evaluation.resolution import resolution

app = typer.Typer(no_args_is_help=True)
app.command("resolution")(resolution)
app.command("matching")(matching)
