"""Measuring resolution: pairs, clusters, and what must stay unlinked."""

import json
from pathlib import Path

import pytest

from include.core.errors import ConfigError
from include.evaluation.resolution import read_truth, score_resolution

A, B, C, D = ("neo", "a"), ("portal", "b"), ("rues", "c"), ("neo", "d")
STRANGER = ("portal_registration", "s")


def test_a_perfect_result() -> None:
    score, mistakes = score_resolution({"x": [A, B, C], "y": [D]}, {A: "1", B: "1", C: "1", D: "2"})
    assert (score.precision, score.recall, score.f1, score.bcubed_precision, score.entities_exact) == (1, 1, 1, 1, 1)
    assert (mistakes.wrong, mistakes.missed) == ([], [])


def test_a_split_entity_costs_recall_and_a_mixed_customer_precision() -> None:
    score, mistakes = score_resolution({"x": [A, B, C], "y": [D]}, {A: "1", B: "1", D: "1"})
    assert (score.pairs_true, score.pairs_found, score.pairs_right) == (3, 3, 1)
    assert (score.precision, score.recall) == (round(1 / 3, 4), round(1 / 3, 4))
    assert (score.entities_split, score.customers_mixed, score.entities_exact) == (1, 1, 0.0)
    assert mistakes.missed == [(A, C), (B, C)]
    assert score.recall_by_sources == {"neo - portal": 1.0, "neo - rues": 0.0, "portal - rues": 0.0}


def test_records_that_may_not_make_a_customer_must_stay_unlinked() -> None:
    truth = {"x": [A, B], "unknown": [STRANGER, C]}
    assert score_resolution(truth, {A: "1", B: "1"})[0].strangers_linked == 0
    assert score_resolution(truth, {A: "1", B: "1", STRANGER: "1"})[0].strangers_linked == 1


def test_nothing_found_is_precise_and_finds_nothing() -> None:
    score, _ = score_resolution({"x": [A, B]}, {})
    assert (score.precision, score.recall, score.f1) == (1.0, 0.0, 0.0)


def test_a_truth_file_holds_entities_with_records(tmp_path: Path) -> None:
    path = tmp_path / "truth.json"
    path.write_text(json.dumps({"seed": 1, "entities": {"x": {"nit": "1", "records": [list(A)]}}}))
    assert {name: entity.records for name, entity in read_truth(path).items()} == {"x": [A]}


@pytest.mark.parametrize("content", [None, "[]", '{"entities": {"x": {}}}', "nothing"])
def test_any_other_file_is_refused_by_name(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "truth.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=r"truth\.json"):
        read_truth(path)
