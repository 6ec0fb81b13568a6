"""`hub report`: reports for management, written from the present data."""

import json
import shutil
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True)


@app.callback()
def reports() -> None:
    """Reports for management."""


@app.command("gaps")
def gaps(
    open_page: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Also copy page and workbook into this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Write the demand gap report (HTML page and Excel workbook) of the newest matches and say where it is."""
    from rich.console import Console

    from include.stages.protocol import open_context, run_stage
    from include.stages.report import latest_report, workbook_of

    with open_context() as ctx:
        summary = run_stage("report", ctx)
        page = None if summary.skipped else latest_report(ctx)
    if page is None:
        note = "; ".join(summary.notes)
        if as_json:
            typer.echo(json.dumps({"page": None, "workbook": None, "note": note}, ensure_ascii=False))
        else:
            Console(stderr=True).print(f"No report yet: {note}", highlight=False)
        raise typer.Exit(1)
    files = [page, workbook_of(page)]
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        files = [Path(shutil.copy2(file, out / file.name)) for file in files]
    if as_json:
        typer.echo(json.dumps({"page": str(files[0]), "workbook": str(files[1])}, ensure_ascii=False))
    else:
        for title, file in zip(("Page", "Workbook"), files, strict=True):
            Console().print(f"{title:<9} {file}", highlight=False, soft_wrap=True)
    if open_page:
        webbrowser.open(files[0].resolve().as_uri())
