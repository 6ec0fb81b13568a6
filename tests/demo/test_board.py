"""From the ledger's runs to the lines people see, and to the verdict of the quick demo."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from include.demo.acceptance import check_second_pass, check_stages
from include.demo.board import StageLine, describe, draw_board, stage_lines

START = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
STAGES = ("customer_360", "sarlaft")


def run(stage: str, at: int, state: str = "success", **total: int) -> dict[str, Any]:
    counts = dict.fromkeys(("read", "created", "changed", "unchanged", "quarantined", "held", "failed"), 0) | total
    summary = {"total": counts, "skipped": state == "skipped", "notes": [f"note {at}"], "seconds": 1.5}
    finished = state != "running"
    return {
        "stage": stage,
        "started_at": START + timedelta(seconds=at),
        "state": state,
        "summary": summary if finished else None,
        "error": "it broke" if state == "failed" else None,
    }


def lines(*runs: dict[str, Any]) -> dict[str, StageLine]:
    return {line.stage: line for line in stage_lines(runs, STAGES)}


def test_a_stage_that_never_ran_waits() -> None:
    assert [line.state for line in stage_lines([], STAGES)] == ["waiting", "waiting"]


def test_the_counts_are_those_of_the_last_run_that_did_something() -> None:
    line = lines(
        run("sarlaft", 0, "skipped"),
        run("sarlaft", 20, read=10, unchanged=10),
        run("sarlaft", 10, read=10, created=10),
    )["sarlaft"]
    assert (line.state, line.runs, line.seconds) == ("done", 3, 4.5)
    assert (line.counts["read"], line.counts["created"]) == (10, 10)


def test_waiting_for_inputs_is_not_having_nothing_new() -> None:
    assert lines(run("sarlaft", 0, "skipped"))["sarlaft"].state == "waiting"
    assert lines(run("sarlaft", 0), run("sarlaft", 1, "skipped"))["sarlaft"].state == "nothing new"


def test_a_failure_and_a_running_stage_are_said() -> None:
    found = lines(run("sarlaft", 0, "failed"), run("customer_360", 1, "running"))
    assert (found["sarlaft"].state, found["sarlaft"].note) == ("failed", "it broke")
    assert found["customer_360"].state == "running"


def test_the_board_has_a_row_per_stage_with_its_spanish_name() -> None:
    out = io.StringIO()
    board = draw_board(stage_lines([run("sarlaft", 0, read=1234, held=3)], STAGES), "The flow")
    Console(file=out, width=160).print(board)
    assert max(map(len, out.getvalue().splitlines())) <= 160
    assert "Consulta en listas" in out.getvalue()
    assert "Cliente único" in out.getvalue()
    assert "1,234" in out.getvalue()


def test_numbers_are_whole_however_long_the_notes_are() -> None:
    chatty = run("sarlaft", 0, read=14_965, created=14_965, quarantined=1_000)
    chatty["summary"]["notes"] = ["a very long note " * 20]
    for width in (100, 112, 140, 160):
        out = io.StringIO()
        Console(file=out, width=width).print(draw_board(stage_lines([chatty], STAGES), "The flow", width=width))
        assert out.getvalue().count("14,965") == 2, width
        assert "1,000" in out.getvalue(), width


def test_a_line_of_plain_text_leaves_zeros_out() -> None:
    line = lines(run("sarlaft", 0, read=7, held=3))["sarlaft"]
    assert describe(line) == "sarlaft: done (read 7, held 3) note 0"


def test_everything_held_only_if_every_stage_did_its_work() -> None:
    good = stage_lines([run("sarlaft", 0, read=1, created=1), run("customer_360", 0)], STAGES)
    assert [finding.holds for finding in check_stages(good)] == [True, True]
    behind = stage_lines([run("sarlaft", 0, read=1, created=1)], STAGES)
    assert [finding.holds for finding in check_stages(behind)] == [False, True]
    lost = stage_lines([run("sarlaft", 0, read=1, failed=1), run("customer_360", 0)], STAGES)
    assert [finding.holds for finding in check_stages(lost)] == [True, False]


def test_a_second_pass_must_ask_neo_lose_nothing_and_write_nothing() -> None:
    calm = stage_lines([run("sarlaft", 0, read=1, unchanged=1)], STAGES)
    lossy = stage_lines([run("sarlaft", 0, read=1, failed=1)], STAGES)

    def held(*written: int, lines: list[StageLine] = calm) -> bool:
        return all(finding.holds for finding in check_second_pass(lines, [{"rows_written": rows} for rows in written]))

    assert held(0, 0, 0)
    assert not held(0, 1, 0)
    assert not held(0, 0, lines=lossy)
    assert not held()  # a log without a single request proves nothing
