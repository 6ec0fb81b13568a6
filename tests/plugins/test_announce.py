"""When a stage has news: the table of cases that decides whether anybody downstream is started."""

import pytest
from hub_airflow.announce import event_extra, find_news, reason_for_silence

from include.core.summary import Counts, RunSummary

NOTHING = Counts(read=10, unchanged=10)
WROTE = Counts(read=10, created=1, changed=2, unchanged=7)


def summary(counts: Counts = NOTHING, *, skipped: bool = False, notes: tuple[str, ...] = ()) -> RunSummary:
    return RunSummary("some_stage", "run-1", parts={"rows": counts}, skipped=skipped, notes=list(notes))


@pytest.mark.parametrize(
    ("current", "announced", "fresh"),
    [
        ({"a": "v1"}, {}, ("a",)),
        ({"a": "v1"}, {"a": "v1"}, ()),
        ({"a": "v2", "b": "v1"}, {"a": "v1", "b": "v1"}, ("a",)),
        ({"b": "v1", "a": "v1"}, {}, ("a", "b")),
        ({}, {"a": "v1"}, ()),
    ],
)
def test_news_are_versions_not_announced_yet(
    current: dict[str, str], announced: dict[str, str], fresh: tuple[str, ...]
) -> None:
    news = find_news(summary(), current, announced, try_number=1)
    assert news.datasets == fresh
    assert bool(news) is bool(fresh)


def test_what_a_dead_attempt_published_is_announced_by_the_next_although_it_does_nothing() -> None:
    assert find_news(summary(NOTHING), {"a": "v2"}, {"a": "v1"}, try_number=2)


def test_rows_counted_as_changed_are_no_news_while_the_datasets_are_the_same() -> None:
    assert not find_news(summary(WROTE), {"a": "v1"}, {"a": "v1"}, try_number=1)


@pytest.mark.parametrize(
    ("counts", "skipped", "try_number", "has_news"),
    [
        (WROTE, False, 1, True),
        (NOTHING, False, 1, False),
        (NOTHING, False, 2, True),  # the attempt before may have written
        (NOTHING, True, 3, False),  # it waits for its inputs: it cannot have written
    ],
)
def test_a_stage_without_datasets_has_news_when_it_wrote(
    counts: Counts, skipped: bool, try_number: int, has_news: bool
) -> None:
    assert bool(find_news(summary(counts, skipped=skipped), {}, {}, try_number=try_number)) is has_news


def test_an_event_carries_versions_and_counts_and_no_row() -> None:
    told = summary(WROTE, notes=("a note",))
    news = find_news(told, {"a": "v2", "b": "v1"}, {"b": "v1"}, try_number=1)
    extra = event_extra(told, news)
    assert set(extra) == {"run_id", "versions", "news", "total"}
    assert extra["versions"] == {"a": "v2", "b": "v1"}
    assert extra["news"] == ["a"]
    assert extra["total"]["accepted"] == 10


def test_silence_is_explained() -> None:
    assert reason_for_silence(summary()) == "nothing new: 10 rows read, all as they were"
    assert reason_for_silence(summary(skipped=True, notes=("waits for dim_customer",))) == "waits for dim_customer"
