"""Verdicts on labelled pairs, and the frozen file that shows what a change of rules or weights does to them.

To accept a change: HUB_ACCEPT=1 pytest tests/transforms/resolve/test_decisions.py, then read the diff of the file.
"""

import csv
import difflib
import io
import os
from pathlib import Path

import pytest

from tests.transforms.labelled import read_cases
from tests.transforms.resolve.parties import band, judge, party
from transforms.resolve.record import Evidence, Party

CASES = read_cases("company_pairs")
FROZEN = Path(__file__).resolve().parents[2] / "frozen" / "resolution_decisions.csv"


def sides(case: dict[str, str]) -> tuple[Party, Party]:
    """The two records of a case."""
    left, right = (
        party(
            side,
            case[f"{side}_name"],
            case[f"{side}_nit"],
            country=case[f"{side}_country"] or "CO",
            city=case[f"{side}_city"],
            email=case[f"{side}_email"],
            phone=case[f"{side}_phone"],
        )
        for side in ("left", "right")
    )
    return left, right


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_pair(case: dict[str, str]) -> None:
    evidence = judge(*sides(case))
    assert band(evidence) == case["expected"], evidence


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case"])
def test_sides_do_not_matter(case: dict[str, str]) -> None:
    left, right = sides(case)
    there, back = judge(left, right), judge(right, left)
    assert (there.rule, there.confidence) == (back.rule, pytest.approx(back.confidence))


@pytest.mark.parametrize("case", [case for case in CASES if case["expected"] != "apart"], ids=lambda case: case["case"])
def test_every_verdict_is_explained_with_both_names(case: dict[str, str]) -> None:
    why = judge(*sides(case)).why_es
    assert case["left_name"] in why
    assert case["right_name"] in why
    assert why.endswith(".")


def test_decisions_are_those_that_were_accepted() -> None:
    now = decisions()
    if os.environ.get("HUB_ACCEPT"):
        FROZEN.write_text(now, encoding="utf-8")
    accepted = FROZEN.read_text(encoding="utf-8")
    diff = difflib.unified_diff(accepted.splitlines(), now.splitlines(), "accepted", "now", lineterm="", n=0)
    assert now == accepted, "decisions changed:\n" + "\n".join(diff)


def decisions() -> str:
    """One line per case: band, rule, score, sentence."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["case", "band", "rule", "score", "why"])
    for case in CASES:
        evidence: Evidence = judge(*sides(case))
        writer.writerow([case["case"], band(evidence), evidence.rule, f"{evidence.confidence:.2f}", evidence.why_es])
    return out.getvalue()
