"""How every stage begins, finishes and is recorded."""

from pathlib import Path

import pyarrow as pa
import pytest

from include.core.errors import ConfigError, OutcomeError
from include.core.summary import Counts, RunSummary
from include.stages import protocol, registry
from include.stages.protocol import StageContext, begin, finish, run_stage, waiting
from include.stages.registry import STAGES, StageSpec

ROWS = pa.table({"id": ["a"]})


def put(ctx: StageContext, dataset: str, value: str = "a") -> None:
    ctx.lake.publish(dataset, pa.table({"id": [value]}), key=["id"], run_id=ctx.run_id)


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yml"
    path.write_text("version: 1\n")
    return path


def test_everything_is_new_to_a_stage_that_never_ran(ctx: StageContext, sheet: Path) -> None:
    put(ctx, "raw")
    inputs = begin(ctx, "demo", required=["raw"], sheets={"rules": sheet})
    assert inputs.changed == {"raw", "rules", "code"}


def test_nothing_is_new_after_success(ctx: StageContext, sheet: Path) -> None:
    put(ctx, "raw")
    inputs = begin(ctx, "demo", required=["raw"], sheets={"rules": sheet})
    finish(ctx, inputs, RunSummary("demo", ctx.run_id))
    assert begin(ctx, "demo", required=["raw"], sheets={"rules": sheet}).changed == frozenset()


@pytest.mark.parametrize("change", ["data", "rules", "code"])
def test_a_change_of_data_rules_or_code_is_new(
    ctx: StageContext, sheet: Path, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(ctx, "raw")
    finish(ctx, begin(ctx, "demo", required=["raw"], sheets={"rules": sheet}), RunSummary("demo", ctx.run_id))
    if change == "data":
        put(ctx, "raw", "b")
    elif change == "rules":
        sheet.write_text("version: 2\n")
    else:
        monkeypatch.setattr(protocol, "code_version", lambda: "another")
    expected = {"data": "raw", "rules": "rules", "code": "code"}[change]
    assert begin(ctx, "demo", required=["raw"], sheets={"rules": sheet}).changed == {expected}


def test_inputs_stay_unconsumed_while_rows_failed(ctx: StageContext) -> None:
    put(ctx, "raw")
    inputs = begin(ctx, "demo", required=["raw"])
    finish(ctx, inputs, RunSummary("demo", ctx.run_id, parts={"x": Counts(read=1, failed=1)}))
    assert "raw" in begin(ctx, "demo", required=["raw"]).changed


def test_a_missing_input_makes_a_stage_wait(ctx: StageContext) -> None:
    inputs = begin(ctx, "demo", required=["raw"], optional=["extra"])
    summary = waiting(ctx, inputs)
    assert inputs.missing == ("raw",)
    assert summary.skipped
    assert "raw" in summary.notes[0]


@pytest.fixture
def demo_stage(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Register a stage `demo` whose function each test sets."""
    monkeypatch.setitem(STAGES, "demo", StageSpec("demo", "nowhere:nothing", "Demo"))
    return monkeypatch


def behave(patch: pytest.MonkeyPatch, stage: protocol.Stage) -> None:
    patch.setattr(registry, "load_stage", lambda spec: stage)


def test_a_run_is_recorded_with_its_summary(ctx: StageContext, demo_stage: pytest.MonkeyPatch) -> None:
    behave(demo_stage, lambda ctx: RunSummary("demo", ctx.run_id, parts={"x": Counts(read=1, created=1)}))
    run_stage("demo", ctx)
    (row,) = ctx.ledger.runs.latest()
    assert (row["state"], row["summary"]["total"]["created"]) == ("success", 1)


def test_failed_rows_fail_the_run_after_it_was_recorded(ctx: StageContext, demo_stage: pytest.MonkeyPatch) -> None:
    behave(demo_stage, lambda ctx: RunSummary("demo", ctx.run_id, parts={"x": Counts(read=2, created=1, failed=1)}))
    with pytest.raises(OutcomeError, match="1 rows"):
        run_stage("demo", ctx)
    (row,) = ctx.ledger.runs.latest()
    assert (row["state"], row["summary"]["total"]["failed"]) == ("failed", 1)


def test_our_own_error_is_kept_in_words_and_a_strangers_is_not(
    ctx: StageContext, demo_stage: pytest.MonkeyPatch
) -> None:
    """A foreign exception may quote a person's data; only its type is written down."""

    def ours(ctx: StageContext) -> RunSummary:
        raise ConfigError("sheet.yml:3", "unknown key", "Remove it")

    def strange(ctx: StageContext) -> RunSummary:
        raise ValueError("ana@example.com is not a number")

    for stage, error, words in ((ours, ConfigError, "sheet.yml:3"), (strange, ValueError, "ValueError")):
        behave(demo_stage, stage)
        with pytest.raises(error):
            run_stage("demo", ctx)
        (row,) = ctx.ledger.runs.latest()
        assert words in row["error"]
        assert "@" not in row["error"]
