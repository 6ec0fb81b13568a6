"""Accepted decisions on 826 published pairs of names: a change of sheet or code shows as a diff of decisions.

The pairs are nomenklatura's `name_bench` (MIT), read from the shared data; only row numbers, the right answer and
our level are kept here. To accept a change: `python -m tests.transforms.screening.test_frozen`, then read the diff.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.transforms.screening.labelled import Compare, name_comparison, packaged_rarity, sheet

FROZEN = Path(__file__).resolve().parents[2] / "frozen" / "screening_name_bench.csv"
BENCH = "sanctions/name-matching/name_bench_cases.csv"
FIELDS = ("row", "is_match", "quality", "level")
Decision = dict[str, str]


def bench_rows(shared_data: Path) -> Iterator[dict[str, str]]:
    with (shared_data / BENCH).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def decisions(shared_data: Path, compare: Compare) -> list[Decision]:
    found = []
    for number, row in enumerate(bench_rows(shared_data), start=1):
        kind = "person" if row["schema"] == "Person" else "company"
        hit = compare(row["name1"], row["name2"], kind)
        level = hit.level if hit else "none"
        found.append({"row": str(number), "is_match": row["is_match"], "quality": row["quality"], "level": level})
    return found


@pytest.fixture(scope="module")
def decided(shared_data: Path, compare: Compare) -> list[Decision]:
    return decisions(shared_data, compare)


def test_decisions_are_the_accepted_ones(decided: list[Decision]) -> None:
    with FROZEN.open(encoding="utf-8", newline="") as file:
        accepted = list(csv.DictReader(file))
    moved = [
        f"row {now['row']} ({now['is_match']}, {now['quality']}): {then['level']} -> {now['level']}"
        for then, now in zip(accepted, decided, strict=True)
        if then != now
    ]
    assert not moved, f"{len(moved)} decisions moved; see the docstring for how to accept them: {moved[:20]}"


def test_the_accepted_decisions_are_good(decided: list[Decision]) -> None:
    """Best published F1 of a rule-based scorer on these pairs is 0.803; what is strong is never lost lightly."""
    hits = [row for row in decided if row["level"] in ("exact", "high", "medium")]
    right = sum(row["is_match"] == "true" for row in hits)
    wanted = sum(row["is_match"] == "true" for row in decided)
    precision, recall = right / len(hits), right / wanted
    assert precision > 0.93
    assert 2 * precision * recall / (precision + recall) > 0.84
    lost = [row["row"] for row in decided if row["quality"] == "STRONG" and row["is_match"] == "true"
            and row["level"] == "none"]  # fmt: skip
    assert len(lost) <= 1, f"strong pairs lost: rows {lost}"


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[4] / "shared" / "data"
    rules = sheet()
    with FROZEN.open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(decisions(folder, name_comparison(rules, packaged_rarity(rules))))
