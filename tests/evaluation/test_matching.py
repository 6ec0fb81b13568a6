"""The evaluation of matching: its measures against small examples, and the command on a small lake."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from include.core.errors import ConfigError
from include.evaluation.matching import matching, ndcg, read_truth, score_matching, score_search
from include.evaluation.safety import Inputs, read_requirement_rows, unsafe_pairs
from include.stages.matchmaking import run
from include.stages.matchmaking_inputs import sheet_paths
from include.stages.protocol import StageContext
from tests.stages.matchmaking_lake import (
    BASIC_PAPERS,
    buyer,
    certificate,
    exporter,
    need,
    offer,
    publish,
    publish_inputs,
)


def pair(need_id: str, offer_id: str, *, band: str = "A", product: float = 1.0, **fields: Any) -> dict[str, Any]:
    return {
        "match_id": f"{need_id}|{offer_id}",
        "need_id": need_id,
        "offer_id": offer_id,
        "need_customer_id": "B",
        "offer_customer_id": "E",
        "state": "eligible",
        "band": band,
        "rank": 1,
        "factors": json.dumps({"product": {"x": product}}),
    } | fields


@pytest.mark.parametrize(
    ("gains", "ideal", "expected"),
    [
        ([3, 1], [1, 3], 1.0),
        ([1, 3], [3, 1], (1 + 3 / 1.58496) / (3 + 1 / 1.58496)),
        ([], [3], 0.0),
        ([0, 0], [], 1.0),
        ([0] * 10 + [3], [3], 0.0),
    ],
)
def test_ndcg(gains: list[int], ideal: list[int], expected: float) -> None:
    assert ndcg(gains, ideal) == pytest.approx(expected, abs=1e-4)


def test_search_measures() -> None:
    truth = {"N1": {"O1": 3, "O2": 1}, "N2": {"O3": 3}, "N3": {}}
    pairs = {"N1": [pair("N1", "O1"), pair("N1", "O9")], "N3": [pair("N3", "O1")]}
    score = score_search(pairs, truth)
    assert score.needs == 2
    assert score.first_right == 0.5
    assert score.supply_found == 0.5
    assert score.same_product_recall == 0.5
    assert score.same_heading_precision == pytest.approx(1 / 3, abs=1e-4)


def test_the_whole_evaluation() -> None:
    matches = [
        pair("N1", "O2", product=0.9, rank=1),
        pair("N1", "O1", product=1.0, rank=2),
        pair("N1", "O3", band="C", state="discarded", rank=None),
    ]
    truth = {
        "N1": {"O1": 3, "O2": 1, "O3": 3, "O-gone": 3},
        "N2": {"O-gone": 3},
        "N3": {"O1": 3},
        "N-closed": {"O1": 3},
    }
    coverage = [{"need_id": key} for key in ("N1", "N2", "N3")]
    score = score_matching(matches, coverage, truth, {"N1": "es", "N2": "en", "N3": "en"}, ["O1", "O2", "O3"], {})
    assert score.search.needs == 2
    assert set(score.by_language) == {"es", "en"}
    assert score.by_language["es"].ndcg_at_10 == pytest.approx(ndcg([3, 1, 3], [3, 3, 1]), abs=1e-4)
    assert score.shown_ndcg_at_10 == pytest.approx(ndcg([1, 3], [3, 1]), abs=1e-4)
    gap = score.gap_signal
    assert (gap.called, gap.true, gap.right, gap.precision, gap.recall) == (2, 1, 1, 0.5, 1.0)
    assert score.ineligible_shown == 0


@pytest.fixture
def clean(settings: Any) -> dict[str, Any]:
    """Inputs of one pair that may be shown, by the safety check's own means."""
    paths = sheet_paths(settings.config_dir)
    return {
        "needs": {"N1": need("1", "B1")},
        "offers": {"O1": offer("1", "E1") | {"customer_id": "CU-E1"}},
        "states": {"CU-B1": "habilitado", "CU-E1": "habilitado"},
        "profiles": {"CU-E1": "approved"},
        "rules": read_requirement_rows(paths["market_requirements"]),
        "blocs": {"EU": frozenset({"DE"})},
        "equivalents": {"BRCGS-IFS": ("IFS",)},
        "today": date(2026, 11, 3),
    }


SHOWN = pair("N1", "O1", need_customer_id="CU-B1", offer_customer_id="CU-E1")
UNSAFE: list[tuple[str, dict[str, Any], str]] = [
    ("states", {"CU-B1": "habilitado", "CU-E1": "en_verificacion"}, "offer_customer_id is not habilitado"),
    ("states", {"CU-E1": "habilitado"}, "need_customer_id is not habilitado"),
    ("profiles", {"CU-E1": "pending"}, "profile is not approved"),
    ("needs", {"N1": need("1", "B1", status="closed")}, "need is closed"),
    ("needs", {}, "need or offer is gone"),
    ("needs", {"N1": need("1", "B1", certificates_required=["BRCGS-IFS"])}, "lacks BRCGS-IFS"),
    ("needs", {"N1": need("1", "B1", market="US")}, "lacks US-ORIGIN-MARK"),
    ("needs", {"N1": need("1", "B1", market="DE")}, "lacks EU-GPSR, EU-PPWR, EU-REACH-XVII"),
    ("offers", {"O1": offer("1", "E1", status="paused")}, "offer is paused"),
    ("offers", {"O1": offer("1", "E1", excluded_markets=["CR"])}, "exporter excludes the market"),
    ("offers", {"O1": offer("1", "E1", certificates=[certificate(code) for code in BASIC_PAPERS[:3]])}, "lacks CITES"),
    ("offers", {"O1": offer("1", "E1", certificates=[certificate(code, is_verified=False) for code in BASIC_PAPERS])},
     "lacks CITES, CO-DEX, CO-RUT-EXP, ISPM-15"),
    ("offers", {"O1": offer("1", "E1", certificates=[certificate(code, "2027-02-28") for code in BASIC_PAPERS])},
     "lacks CITES, CO-DEX, CO-RUT-EXP, ISPM-15"),
]  # fmt: skip


def test_a_pair_that_may_be_shown_is_safe(clean: dict[str, Any]) -> None:
    assert unsafe_pairs([SHOWN], Inputs(**clean)) == {}
    paper = offer("1", "E1", "IFS") | {"customer_id": "CU-E1"}
    wants = {"N1": need("1", "B1", certificates_required=["BRCGS-IFS"])}
    assert unsafe_pairs([SHOWN], Inputs(**clean | {"offers": {"O1": paper}, "needs": wants})) == {}


@pytest.mark.parametrize(("part", "value", "problem"), UNSAFE)
def test_a_pair_that_may_not_be_shown_is_named(
    clean: dict[str, Any], part: str, value: dict[str, Any], problem: str
) -> None:
    assert unsafe_pairs([SHOWN], Inputs(**clean | {part: value})) == {"N1|O1": [problem]}


@pytest.fixture
def command() -> Typer:
    app = Typer()
    app.command()(matching)
    return app


def test_the_command(ctx: StageContext, tmp_path: Path, monkeypatch: Any, command: Typer) -> None:
    publish_inputs(ctx, [exporter("1"), buyer("1")], [offer("1", "E1")], [need("1", "B1")])
    run(ctx)
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"need_relevance": {"N1": {"O1": 3}}, "need_language": {"N1": "es"}, "other": 1}))
    monkeypatch.setenv("HUB_HOME", str(ctx.settings.home))
    result = CliRunner().invoke(command, ["--truth", str(truth), "--json"])
    assert result.exit_code == 0, result.output
    score = json.loads(result.stdout)
    assert score["search"]["ndcg_at_10"] == 1.0
    assert score["ineligible_shown"] == 0

    publish(ctx, "dim_sarlaft_state", [{"customer_id": "CU-B1", "state": "habilitado"}])
    result = CliRunner().invoke(command, ["--truth", str(truth), "--json"])
    assert result.exit_code == 1
    assert json.loads(result.stdout)["unsafe"] == {"N1|O1": ["offer_customer_id is not habilitado"]}


def test_a_truth_file_of_another_shape_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_truth(tmp_path / "missing.json")
    wrong = tmp_path / "wrong.json"
    wrong.write_text('{"need_relevance": {"N1": ["O1"]}}')
    with pytest.raises(ConfigError, match=r"need_relevance\.N1"):
        read_truth(wrong)
