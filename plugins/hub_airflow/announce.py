"""When a stage has news for those downstream, and when its task ends as skipped instead.

News is what was published and not yet announced: the current versions of its datasets against those in the asset's
last event. A task that published and then died is therefore announced by its next attempt, although that attempt
finds nothing to do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.core.summary import RunSummary


@dataclass(frozen=True)
class News:
    """What to announce: current versions per dataset, and the datasets whose version is new."""

    versions: dict[str, str]
    datasets: tuple[str, ...]
    rows_written: int

    def __bool__(self) -> bool:
        return bool(self.datasets) or self.rows_written > 0


def find_news(
    summary: RunSummary, current: Mapping[str, str], announced: Mapping[str, str], *, try_number: int
) -> News:
    """Compare the versions published by now with those announced last.

    `current` and `announced` map dataset to version. A stage without datasets changes the world outside the lake;
    its news are the rows it wrote, and a repeated attempt counts as news because the attempt before may have written.
    """
    fresh = tuple(sorted(name for name, version in current.items() if announced.get(name) != version))
    written = 0
    if not current and not summary.skipped:
        total = summary.total
        written = total.created + total.changed or try_number - 1
    return News(versions=dict(current), datasets=fresh, rows_written=written)


def event_extra(summary: RunSummary, news: News) -> dict[str, Any]:
    """The extra of the asset event: versions and counts, never a row."""
    return {
        "run_id": summary.run_id,
        "versions": news.versions,
        "news": list(news.datasets),
        "total": summary.to_dict()["total"],
    }


def reason_for_silence(summary: RunSummary) -> str:
    """The sentence a skipped task shows."""
    if summary.notes:
        return "; ".join(summary.notes)
    return f"nothing new: {summary.total.read} rows read, all as they were"
