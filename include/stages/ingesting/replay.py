"""Quarantined records judged again, after a sheet was mended: the good ones join their dataset, the others stay.

An entry that is open is the newest word of the source on that record; a newer one would have settled it.
"""

from collections.abc import Collection

from include.core.source_sheet import SourceSheet, load_source, stream_schema
from include.core.summary import RunSummary
from include.stages.ingesting.contract import Checked, RecordContract
from include.stages.ingesting.gathering import Gathered, source_lease
from include.stages.ingesting.merging import Arrived
from include.stages.ingesting.publishing import publish_streams
from include.stages.protocol import StageContext
from include.store.ledger.repository import Row


def replay_source(ctx: StageContext, source: str, ids: Collection[int] | None = None) -> RunSummary:
    """Judge the open entries of a source again (all, or those of `ids`) and publish what passes now.

    Raises ConfigError for a sheet that cannot be read and RetriableError while a run is working on the source.
    """
    sheet = load_source(source, ctx.settings.config_dir / "sources")
    summary = RunSummary(f"replay__{source}", ctx.run_id)
    with source_lease(ctx, source):
        by_stream: dict[str, list[Row]] = {}
        for entry in ctx.ledger.quarantine.open(source):
            if (ids is None or entry["id"] in ids) and entry["stream"] in sheet.streams:
                by_stream.setdefault(entry["stream"], []).append(entry)
        gathered = [_gather(sheet, stream, entries) for stream, entries in by_stream.items()]
        publish_streams(ctx, sheet, gathered, summary)
    return summary.seal()


def _gather(sheet: SourceSheet, stream: str, entries: list[Row]) -> Gathered:
    one = Gathered(stream, Arrived(stream_schema(sheet, stream)), Checked(), mark=None)
    one.take(RecordContract(sheet, stream), [entry["raw"] for entry in entries])
    return one
