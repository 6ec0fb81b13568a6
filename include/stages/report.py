"""The gap report: one HTML page and one Excel workbook per set of inputs, kept as files of the lake.

Equal inputs give the same folder and the same bytes; a pointer file names the newest. Nothing is decided
here: figures come from the datasets of matchmaking.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from include.core import reference
from include.core.fingerprint import fingerprint
from include.core.sheets import load_sheet
from include.core.summary import Counts, RunSummary
from include.stages.matchmaking_inputs import heading_names
from include.stages.protocol import Inputs, StageContext, begin, finish, waiting
from include.stages.reporting.figures import Figures, read_figures
from include.stages.reporting.page import render_page
from include.stages.reporting.shelf import Shelf
from include.stages.reporting.workbook import render_workbook
from transforms.gaps.sheet import GapsSheet

STAGE = "report"
REQUIRED = (
    "fct_match",
    "fct_need_coverage",
    "fct_demand_gap",
    "fct_requirement_unlock",
    "fct_exporter_guide",
    "ref_requirement",
    "dim_customer",
)
OPTIONAL = ("dim_sarlaft_state",)
PAGE, WORKBOOK, POINTER = "brechas.html", "brechas.xlsx", "latest.json"


def run(ctx: StageContext) -> RunSummary:
    """Write the page and the workbook of the present data, unless they are there already."""
    config = ctx.settings.config_dir
    sheets = {"gaps": config / "rules" / "gaps.yml"}
    sheets |= {path.name: path for path in sorted((config / "templates" / "report").iterdir())}
    inputs = begin(ctx, STAGE, required=REQUIRED, optional=OPTIONAL, sheets=sheets)
    if inputs.missing:
        return waiting(ctx, inputs)
    shelf, folder = _shelf(ctx), _folder(inputs)
    is_there = shelf.has(f"{folder}/{PAGE}") and shelf.has(f"{folder}/{WORKBOOK}")
    if not is_there:
        ctx.progress("Armando el informe de brechas")
        figures = _figures(ctx, inputs)
        made_at = inputs.versions["fct_need_coverage"].created_at
        shelf.write(f"{folder}/{PAGE}", render_page(figures, config / "templates" / "report").encode())
        shelf.write(f"{folder}/{WORKBOOK}", render_workbook(figures, made_at))
    shelf.write(POINTER, json.dumps({"folder": folder}).encode())
    counts = Counts(read=2, unchanged=2) if is_there else Counts(read=2, created=2)
    summary = RunSummary(STAGE, ctx.run_id, parts={"files": counts}, notes=[f"page: reports/gaps/{folder}/{PAGE}"])
    return finish(ctx, inputs, summary)


def latest_report(ctx: StageContext) -> Path | None:
    """Return the newest report page, or None when none was written yet. The workbook lies beside it."""
    shelf = _shelf(ctx)
    if not shelf.has(POINTER):
        return None
    folder = json.loads(shelf.read(POINTER))["folder"]
    shelf.fetch(f"{folder}/{WORKBOOK}")
    return shelf.fetch(f"{folder}/{PAGE}")


def workbook_of(page: Path) -> Path:
    """Return the workbook that goes with a page."""
    return page.with_name(WORKBOOK)


def _shelf(ctx: StageContext) -> Shelf:
    return Shelf(ctx.settings.lake_url, "gaps", ctx.settings.home)


def _folder(inputs: Inputs) -> str:
    made_at = inputs.versions["fct_need_coverage"].created_at
    return f"{made_at:%Y-%m-%d}-{fingerprint(inputs.version_names, inputs.sheets)[:8]}"


def _figures(ctx: StageContext, inputs: Inputs) -> Figures:
    gaps = load_sheet(ctx.settings.config_dir / "rules" / "gaps.yml", GapsSheet)
    requirements = ctx.lake.read(inputs.versions["ref_requirement"], columns=["requirement_code", "name_es"])
    names: dict[str, str] = {}
    for row in requirements.to_pylist():
        names.setdefault(row["requirement_code"], row["name_es"])
    with _open(ctx, inputs, names) as con:
        return read_figures(
            con,
            data_on=inputs.versions["fct_need_coverage"].created_at.date(),
            min_buyers=gaps.min_buyers,
            market_names={code: country.name_es for code, country in reference.countries().items()},
            sector_names={slug: sector.name_es for slug, sector in reference.sectors().items()},
            requirement_name=lambda code: names.get(code, code),
        )


@contextmanager
def _open(ctx: StageContext, inputs: Inputs, names: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    with ctx.lake.query(inputs.versions) as con:
        if "dim_sarlaft_state" not in inputs.versions:
            con.register("dim_sarlaft_state", pa.table({"customer_id": pa.array([], pa.string()), "state": []}))
        con.register("heading_name", _pairs("heading", heading_names()))
        con.register("requirement_name", _pairs("requirement_code", names))
        yield con


def _pairs(key: str, names: dict[str, str]) -> pa.Table:
    schema = pa.schema([(key, pa.string()), ("name_es", pa.string())])
    return pa.table({key: list(names), "name_es": list(names.values())}, schema=schema)
