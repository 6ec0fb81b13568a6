"""`hub bench NAME`: measure something that is said to be fast; prints JSON."""

import json
from importlib import import_module
from typing import Annotated

import typer

from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT


def bench(name: Annotated[str, typer.Argument(help="Name of a benchmark; `list` shows them.")] = "list") -> None:
    """Run `tests/bench/NAME.py`; print rows, seconds, rows/s, peak RSS and the ratio to its baseline."""
    folder = PROJECT_ROOT / "tests" / "bench"
    known = {path.stem.removeprefix("bench_").replace("_", "-"): path.stem for path in folder.glob("bench_*.py")}
    if name == "list":
        typer.echo("\n".join(sorted(known)))
        return
    if name not in known:
        raise ConfigError("hub bench", f"no benchmark named {name}", f"There are: {', '.join(sorted(known))}")
    result = import_module(f"tests.bench.{known[name]}").run()
    typer.echo(json.dumps(result, indent=2))
