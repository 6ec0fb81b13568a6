"""What a running stage leaves in its task's log."""

import logging

import pytest
from hub_airflow import tasks
from hub_airflow.tasks import _ProgressLog


def test_progress_is_told_without_flooding_the_log(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(tasks.time, "monotonic", lambda: now[0])
    progress = _ProgressLog()
    with caplog.at_level(logging.INFO, logger=tasks.__name__):
        progress("reading")
        for done in range(1, 1001):
            now[0] += 0.1
            progress("rows", done, 1000)
    told = [record.getMessage() for record in caplog.records]
    assert told[0] == "reading"
    assert told[-1] == "rows: 1000/1000"
    assert 10 <= len(told) <= 13
