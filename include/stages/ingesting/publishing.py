"""From what arrived to what is published, in an order that survives a crash at any point:

gates for every stream, then per stream: refusals to quarantine, the new version, entries settled, the mark. Whatever
was done before a crash is found done by the next run, which reads the same rows again because the mark did not move.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from include.core.errors import DriftDetected
from include.core.fingerprint import fingerprint
from include.core.source_sheet import SourceSheet
from include.core.summary import Counts, RunSummary
from include.stages.ingesting.contract import Refusal
from include.stages.ingesting.gate import Batch, judge_batches
from include.stages.ingesting.gathering import Gathered
from include.stages.ingesting.marks import write_mark
from include.stages.ingesting.merging import merge_stream
from include.stages.protocol import StageContext
from include.store.lake import Version

_HANDFUL = 20


@dataclass(frozen=True)
class _Next:
    """A stream about to be published. `table` None: the version in use stands."""

    one: Gathered
    before: Version | None
    counts: Counts
    table: pa.Table | None = None
    vanished: int = 0


def publish_streams(ctx: StageContext, sheet: SourceSheet, gathered: Sequence[Gathered], summary: RunSummary) -> None:
    """Judge and publish the streams of a source, and tell the summary.

    Raises DriftDetected when a critical gate does not hold: nothing of the source is published then.
    """
    coming = [_next_version(ctx, sheet, one) for one in gathered]
    _judge(sheet, coming, summary)
    for one in coming:
        _publish(ctx, sheet, one, summary)


def _next_version(ctx: StageContext, sheet: SourceSheet, one: Gathered) -> _Next:
    before = ctx.lake.current(sheet.datasets[one.stream])
    schema = one.arrived.schema
    if one.arrived.changes_nothing(0 if before is None else before.rows):
        counts = Counts(read=one.arrived.read, quarantined=len(one.arrived.held))
        return _Next(one, before, counts, schema.empty_table() if before is None else None)
    present = schema.empty_table() if before is None else ctx.lake.read(before)
    merged = merge_stream(ctx.lake, present, one.arrived, sheet.streams[one.stream].key)
    counts = merged.counts
    # A sheet that gained a column publishes, even while the column is empty: readers ask for it.
    is_news = bool(counts.created or counts.changed or merged.vanished) or not present.schema.equals(schema)
    return _Next(one, before, counts, merged.table if before is None or is_news else None, merged.vanished)


def _judge(sheet: SourceSheet, coming: Sequence[_Next], summary: RunSummary) -> None:
    findings = judge_batches([_batch(sheet, one, one.table) for one in coming if one.table is not None])
    critical = [finding.problem for finding in findings if finding.is_critical]
    critical += [problem for one in coming if (problem := _mostly_refused(sheet, one.one))]
    if critical:
        raise DriftDetected(
            sheet.source,
            "; ".join(critical),
            "Nothing was published and the last version stays in use. Compare the raw pages of this run with those "
            "before; if the source really changed, change `expect` in its sheet",
        )
    summary.notes += [f"{finding.problem} (warning)" for finding in findings]


def _mostly_refused(sheet: SourceSheet, one: Gathered) -> str | None:
    """A handful of bad rows are bad rows; a good part of a page is a source that changed its shape."""
    refused, read = len(one.checked.refusals), one.arrived.read
    if one.mark is None or refused < _HANDFUL or refused <= sheet.streams[one.stream].expect.max_refused * read:
        return None
    codes = Counter(f"{refusal.field}: {refusal.reason.code}" for refusal in one.checked.refusals)
    most, times = codes.most_common(1)[0]
    return f"{one.stream}: {refused} of {read} records would be refused, {times} of them for {most}"


def _batch(sheet: SourceSheet, one: _Next, table: pa.Table) -> Batch:
    stream = one.one.stream
    described = sheet.streams[stream]
    return Batch(stream, table, described.key, described.expect, None if one.before is None else one.before.rows)


def _publish(ctx: StageContext, sheet: SourceSheet, coming: _Next, summary: RunSummary) -> None:
    one, stream = coming.one, coming.one.stream
    dataset = sheet.datasets[stream]
    refused = [_entry(sheet.source, stream, ctx.run_id, refusal) for refusal in one.checked.refusals]
    ctx.ledger.quarantine.add_many(refused)
    version = coming.before
    if coming.table is not None:
        key = sheet.streams[stream].key
        version = ctx.lake.publish(dataset, coming.table, key=key, run_id=ctx.run_id).version
    _settle(ctx, sheet.source, one)
    if one.mark is not None:
        write_mark(ctx.ledger, sheet, stream, one.mark, ctx.run_id)
    summary.parts[stream] = coming.counts
    if version is not None:
        summary.versions_out[dataset] = version.version
    summary.notes += _notes(sheet.source, one, coming.vanished)


def _entry(source: str, stream: str, run_id: str, refusal: Refusal) -> dict[str, object]:
    return {
        "source": source,
        "stream": stream,
        "record_key": refusal.record_key,
        "run_id": run_id,
        "field": refusal.field,
        "reason_code": refusal.reason.code,
        "reason": refusal.reason.reason,
        "remedy": refusal.reason.remedy,
        "raw": refusal.raw,
    }


def _settle(ctx: StageContext, source: str, one: Gathered) -> None:
    """Close entries that a newer record made pointless: it was accepted, deleted, or refused with other content."""
    refused = {(refusal.record_key, fingerprint(refusal.raw)) for refusal in one.checked.refusals}
    refused_keys = {key for key, _ in refused}
    settled = []
    for entry in ctx.ledger.quarantine.open(source, one.stream):
        key = entry["record_key"]
        if (key, entry["raw_hash"]) in refused:
            continue
        if key in one.keys or key in refused_keys or one.arrived.is_full:
            settled.append(entry["id"])
    ctx.ledger.quarantine.resolve(settled, ctx.run_id)


def _notes(source: str, one: Gathered, vanished: int) -> list[str]:
    checked, notes = one.checked, []
    if checked.refusals:
        codes = Counter(refusal.reason.code for refusal in checked.refusals)
        told = ", ".join(f"{code} {n}" for code, n in sorted(codes.items()))
        see = f"hub quarantine list --source {source}"
        notes.append(f"{one.stream}: {len(checked.refusals)} records in quarantine ({told}), see `{see}`")
    if checked.leftovers:
        told = ", ".join(f"{name} ({n})" for name, n in sorted(checked.leftovers.items()))
        notes.append(f"{one.stream}: fields the sheet does not name: {told}")
    if checked.blanked:
        told = ", ".join(f"{name} ({n})" for name, n in sorted(checked.blanked.items()))
        notes.append(f"{one.stream}: unreadable values left empty: {told}")
    if vanished:
        notes.append(f"{one.stream}: {vanished} records are no longer in the source and were removed")
    return notes
