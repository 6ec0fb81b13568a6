"""`hub run STAGE|all`: run stages in this process, as the DAGs would."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from include.core.summary import RunSummary
    from include.stages.protocol import StageContext


def run(
    stages: Annotated[list[str], typer.Argument(help="Names of stages, `sources`, or `all` for the whole chain.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
) -> None:
    """Run stages one after the other. Exit code 1 when anything failed; the good rows are saved all the same."""
    from rich.console import Console

    from include.commands.progress import stage_progress
    from include.stages.protocol import open_context

    names = _expand(stages)
    summaries: list[RunSummary] = []
    errors: list[str] = []
    console = Console(stderr=True)
    with stage_progress(console, enabled=not as_json) as progress, open_context(progress=progress) as ctx:
        for name in names:
            progress(name)
            error, summary, stop = _run_one(name, ctx)
            if summary is not None:
                summaries.append(summary)
            if error is not None:
                errors.append(f"{name}: {error}")
            if stop:
                break
    if as_json:
        typer.echo(json.dumps({"runs": [s.to_dict() for s in summaries], "errors": errors}, default=str, indent=2))
    else:
        from include.commands.tables import summary_table

        Console().print(summary_table(summaries))
        for text in errors:
            console.print(f"[bold red]failed[/] {text}", highlight=False)
    raise typer.Exit(1 if errors else 0)


def _expand(stages: list[str]) -> list[str]:
    from include.core.errors import ConfigError
    from include.stages.registry import CHAIN, SOURCES, STAGES

    names: list[str] = []
    for name in stages:
        names += CHAIN if name == "all" else SOURCES if name == "sources" else [name]
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        raise ConfigError(
            "hub run", f"no stage named {', '.join(unknown)}", f"Stages are: all, sources, {', '.join(STAGES)}"
        )
    return names


def _run_one(name: str, ctx: "StageContext") -> "tuple[str | None, RunSummary | None, bool]":
    """Run one stage; return its error, its summary and whether the chain has to stop.

    A source that fails leaves its last good version in use, and refused rows are kept for the next run:
    neither is a reason to withhold the rest.
    """
    from include.core.errors import HubError, OutcomeError
    from include.core.summary import RunSummary
    from include.stages.protocol import run_stage
    from include.stages.registry import STAGES

    try:
        return None, run_stage(name, ctx), False
    except HubError as error:
        kept = [row for row in ctx.ledger.runs.recent(run_id=ctx.run_id) if row["stage"] == name and row["summary"]]
        summary = RunSummary.from_dict(kept[0]["summary"]) if kept else RunSummary(name, ctx.run_id, notes=[str(error)])
        return str(error), summary, not (STAGES[name].is_source or isinstance(error, OutcomeError))
