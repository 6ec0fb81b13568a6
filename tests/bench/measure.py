"""How a benchmark measures itself: wall time, rows per second, peak resident memory of this process."""

import resource
import time
from collections.abc import Callable
from typing import Any


def measure(rows: int, work: Callable[[], Any]) -> dict[str, float]:
    """Run `work` once over `rows` rows and return rows, seconds, rows_per_second, peak_rss_mb."""
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    return {
        "rows": rows,
        "seconds": round(seconds, 3),
        "rows_per_second": round(rows / seconds),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def against(name: str, baseline: dict[str, float], result: dict[str, float]) -> dict[str, Any]:
    """Put a result beside the baseline of the same run; ratio > 1 means faster than the baseline."""
    return {
        **result,
        "baseline": {"name": name, **baseline},
        "ratio": round(baseline["seconds"] / result["seconds"], 2),
    }
