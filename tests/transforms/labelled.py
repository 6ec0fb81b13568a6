"""Reads the tables of cases: one row per case, `why` says what it stands for."""

import csv
from pathlib import Path

CASES = Path(__file__).resolve().parents[1] / "cases"


def read_cases(name: str) -> list[dict[str, str]]:
    """Rows of `tests/cases/<name>.csv`; lines that begin with # are comments."""
    with (CASES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(line for line in file if not line.startswith("#")))
    assert rows, f"{name}.csv holds no case"
    return rows


def written(text: str) -> str | None:
    """A cell: empty stands for None."""
    return text or None
