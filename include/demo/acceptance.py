"""What must hold before the quick demo may say that it worked. Asked of the systems themselves, not of our notes.

Which tables must hold how many rows is in `acceptance.yml`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from include.core.sheets import Sheet, load_sheet
from include.demo.board import StageLine
from include.demo.neo import count_rows
from include.stages.report import workbook_of

if TYPE_CHECKING:
    from connectors.neo.client import NeoClient

_SHEET = Path(__file__).with_name("acceptance.yml")


class AcceptanceSheet(Sheet):
    """The sheet: world to table to the least number of rows."""

    rows: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Finding:
    """One thing that was checked."""

    what: str
    holds: bool
    detail: str


def check_stages(lines: Sequence[StageLine]) -> list[Finding]:
    """Every stage of the flow ran and none ended badly."""
    behind = [f"{line.stage} is {line.state}" for line in lines if line.state not in ("done", "nothing new")]
    failed = [f"{line.stage}: {line.counts['failed']} rows" for line in lines if line.counts.get("failed")]
    return [
        Finding("every stage succeeded", not behind, "; ".join(behind) or f"{len(lines)} stages"),
        Finding("no row failed", not failed, "; ".join(failed) or "0 rows"),
    ]


def check_neo(client: "NeoClient", world: str) -> list[Finding]:
    """NEO holds the rows it should, counted by NEO itself."""
    findings = []
    for table, least in load_sheet(_SHEET, AcceptanceSheet).rows[world].items():
        rows = count_rows(client, table)
        findings.append(Finding(f"NEO holds {table}", rows >= least, f"{rows} rows, at least {least} expected"))
    return findings


def check_report(page: Path | None) -> list[Finding]:
    """The report is there as a page and as a workbook, and neither is empty."""
    files = [] if page is None else [page, workbook_of(page)]
    filled = [file.name for file in files if file.exists() and file.stat().st_size]
    return [Finding("report as page and workbook", len(filled) == 2, ", ".join(filled) or "no file")]


def check_second_pass(lines: Sequence[StageLine], log: Sequence[dict[str, Any]]) -> list[Finding]:
    """A pass over unchanged sources lost no row, read NEO and wrote nothing to it, by NEO's own request log."""
    failed = sum(line.counts.get("failed", 0) for line in lines)
    written = sum(int(entry["rows_written"] or 0) for entry in log)
    detail = f"{written} rows written in {len(log)} requests"
    return [
        Finding("no row failed in a second pass", failed == 0, f"{failed} rows"),
        Finding("a second pass writes nothing to NEO", written == 0 and bool(log), detail),
    ]
