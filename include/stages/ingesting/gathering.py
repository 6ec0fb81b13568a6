"""Reading everything new of a stream: raw pages land first, then each is read back and checked.

What is gathered here is published by `publishing`; until then only the lake's raw folder has changed.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from include.core.errors import ConfigError, RetriableError
from include.core.source_sheet import SourceSheet, stream_schema
from include.core.summary import RunSummary
from include.stages.ingesting.contract import Checked, RecordContract
from include.stages.ingesting.marks import Mark, newest_of, read_mark
from include.stages.ingesting.merging import Arrived
from include.stages.ingesting.reading import Reader, Row
from include.stages.protocol import StageContext

_LEASE_S = 3600.0


@dataclass
class Gathered:
    """Everything one run knows about one stream before anything is published.

    `keys`: of records that came and are settled by it, accepted or deleted. `mark` None: a replay, which reads nothing
    from the source and does not judge it.
    """

    stream: str
    arrived: Arrived
    checked: Checked
    mark: Mark | None
    keys: set[str] = field(default_factory=set)

    def take(self, contract: RecordContract, rows: Sequence[Row], gone: Sequence[Row] = ()) -> None:
        """Check a page of records and of marks of deletion, and keep what became of them."""
        checked = contract.check(rows)
        gone_keys = [contract.record_key(row) for row in gone]
        self.arrived.read += len(rows) + len(gone)
        self.arrived.add_rows(checked.rows)
        self.arrived.add_gone(gone_keys)
        self.arrived.held += [refusal.record_key for refusal in checked.refusals]
        self.keys |= {contract.staged_key(row) for row in checked.rows} | set(gone_keys)
        self.checked.absorb(replace(checked, rows=[]))


@contextmanager
def source_lease(ctx: StageContext, source: str) -> Iterator[None]:
    """Hold a source for this run: two runs merging into one dataset would lose rows of one of them."""
    name = f"ingest:{source}"
    if not ctx.ledger.locks.acquire(name, ctx.run_id, _LEASE_S):
        raise RetriableError(source, "another run is working on this source", retry_after=60)
    try:
        yield
    finally:
        ctx.ledger.locks.release(name, ctx.run_id)


def gather_stream(
    ctx: StageContext, sheet: SourceSheet, stream: str, reader: Reader, summary: RunSummary
) -> Gathered | None:
    """Land and check everything new of a stream; None, with a note, when the source does not have it yet."""
    described = sheet.streams[stream]
    mark = read_mark(ctx.ledger, sheet, stream)
    since = mark.since(described)
    started_at = ctx.clock.now()
    try:
        landed = [
            ctx.lake.land_raw(sheet.source, stream, ctx.run_id, f"{number:05d}", payload)
            for number, payload in enumerate(_told(ctx, stream, reader.fetch(described, since)))
        ]
    except ConfigError as error:
        if not described.optional:
            raise
        summary.notes.append(f"{stream}: left out, {error.problem}")
        return None
    one = Gathered(stream, Arrived(stream_schema(sheet, stream)), Checked(), mark)
    contract = RecordContract(sheet, stream)
    for raw in landed:
        page = reader.parse(described, ctx.lake.read_raw(raw), since)
        one.take(contract, page.rows, page.gone)
        one.arrived.is_full = page.is_full
        seen = newest_of([*page.rows, *page.gone], sheet, stream, started_at)
        newest = max((instant for instant in (mark.newest, seen) if instant is not None), default=None)
        mark = replace(mark, newest=newest, link=page.link or mark.link)
    one.mark = mark
    return one


def _told(ctx: StageContext, stream: str, pages: Iterable[bytes]) -> Iterator[bytes]:
    for number, payload in enumerate(pages, start=1):
        ctx.progress(f"{stream}: page {number}", number)
        yield payload
