"""From an outside source to its staged datasets: land, validate, quarantine, judge, merge, publish.

What is particular to a source is in its sheet (`include/config/sources/`); how each step works is in `ingesting/`.
"""

from include.core.sheets import sheet_fingerprint
from include.core.source_sheet import load_source, source_path
from include.core.summary import RunSummary
from include.stages.ingesting.gathering import gather_stream, source_lease
from include.stages.ingesting.publishing import publish_streams
from include.stages.ingesting.reading import open_reader
from include.stages.ingesting.watchlists import ingest_watchlist
from include.stages.protocol import StageContext


def run_source(ctx: StageContext, source: str) -> RunSummary:
    """Ingest one source by its sheet.

    Raises ConfigError (sheet, address, secret), RetriableError (the source is away, or another run is reading it) and
    DriftDetected (the source is not what it was); in each case the versions before stay in use.
    """
    folder = ctx.settings.config_dir / "sources"
    sheet = load_source(source, folder)
    summary = RunSummary(f"ingest__{source}", ctx.run_id)
    summary.sheets[source] = sheet_fingerprint(source_path(source, folder))
    with source_lease(ctx, source):
        if sheet.kind == "list":
            ingest_watchlist(ctx, sheet, summary)
        else:
            reader = open_reader(ctx.settings, sheet)
            gathered = [gather_stream(ctx, sheet, stream, reader, summary) for stream in sheet.streams]
            publish_streams(ctx, sheet, [one for one in gathered if one is not None], summary)
    return summary.seal()
