"""Benchmarks: each module has `run() -> dict` with rows, seconds, rows_per_second, peak_rss_mb, baseline, ratio."""
