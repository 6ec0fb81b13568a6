"""NEO brought to what the hub knows: read its present rows, compute the desired ones, plan, apply, read again.

How rows are compared is in `transforms.writeback`, how they are sent in `connectors.neo`; here they meet the lake and
the ledger. A run in which nothing changed sends nothing and ends after a handful of reads.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from connectors.neo.client import NeoClient, open_neo
from include.core.errors import ConfigError, RetriableError
from include.core.neo_schema import NeoSchema
from include.core.summary import Counts, RunSummary
from include.stages.ingest import run_source
from include.stages.protocol import StageContext, begin, finish, waiting
from include.stages.writing.apply import CHUNK_ROWS, WORKERS, Applied, Applier, save_stops
from include.stages.writing.models import needed_datasets, prepared_views, sync_models
from include.stages.writing.plan_dataset import DATASET, KEY, known_stops, plan_table, row_hash
from include.stages.writing.sides import Planned, load_schema, make_plan, neo_dataset, schema_sheets
from transforms.writeback.plan import Plan

STAGE = "writeback"
SWITCH = "writeback"
_LEASE = "writeback:neo"
_LEASE_SECONDS = 900.0


def run(ctx: StageContext) -> RunSummary:
    """Write to NEO what differs.

    Raises ConfigError (not provisioned, not allowed), RetriableError (NEO is away, or another run is writing). Rows
    that NEO refused are counted as failed after all the others were saved.
    """
    if not ctx.ledger.switches.is_on(SWITCH):
        return RunSummary(STAGE, ctx.run_id, notes=["writing to NEO is switched off"], skipped=True)
    schema = load_schema(ctx)
    with _lease(ctx):
        run_source(ctx, "neo")
        required, optional = _datasets(schema)
        inputs = begin(ctx, STAGE, required=required, optional=optional, sheets=schema_sheets(schema))
        if inputs.missing:
            return waiting(ctx, inputs)
        if not inputs.changed:
            summary = RunSummary(STAGE, ctx.run_id, notes=["nothing changed since the last run"])
            return finish(ctx, inputs, summary)
        planned = make_plan(ctx, schema, inputs.versions)
        is_told = known_stops(ctx)
        save_stops(ctx, planned.plan, lambda row: row_hash(row) not in is_told)
        table = plan_table(planned.plan.rows)
        published = ctx.lake.publish(DATASET, table, key=KEY, run_id=ctx.run_id, inputs=inputs.version_names)
        applied = _apply(ctx, planned)
        if any(counts["created"] or counts["updated"] for counts in applied.counts.values()):
            run_source(ctx, "neo")
        summary = _summary(ctx, planned, applied)
        summary.versions_out[DATASET] = published.version.version
        # What was stopped half way has to be taken up again, so its inputs do not count as consumed.
        return summary.seal() if applied.was_stopped else finish(ctx, inputs, summary)


def _datasets(schema: NeoSchema) -> tuple[list[str], list[str]]:
    """(required, optional) inputs: without NEO's own accounts nothing can be compared; models may miss theirs."""
    neo = [neo_dataset(table) for table in (*schema.tables, "systemuser", "transactioncurrency")]
    models = needed_datasets(sync_models(), prepared_views())
    required = [neo_dataset("account"), "dim_customer"]
    return required, sorted({*neo, *models} - set(required))


def _apply(ctx: StageContext, planned: Planned) -> Applied:
    settled = planned.plan.settled
    for table, rows in settled.items():
        ctx.ledger.sent.save(table, {key: dict(values) for key, values in rows.items()}, ctx.run_id)
    if not any(row.action in ("create", "update") for row in planned.plan.rows):
        return Applied()

    def may_go_on() -> bool:
        return ctx.ledger.switches.is_on(SWITCH) and ctx.ledger.locks.acquire(_LEASE, ctx.run_id, _LEASE_SECONDS)

    with open_neo(ctx.settings, concurrency=WORKERS) as client:
        _require_tables(client, planned.plan)
        return Applier(ctx, client, planned.plan, may_go_on).apply()


def _require_tables(client: NeoClient, plan: Plan) -> None:
    wanted = {row.table for row in plan.rows}
    missing = sorted(wanted - client.tables(wanted).keys())
    if missing:
        raise ConfigError(f"neo table {missing[0]}", "NEO does not have it", "run `hub neo provision`")


def _summary(ctx: StageContext, planned: Planned, applied: Applied) -> RunSummary:
    plan = planned.plan
    summary = RunSummary(STAGE, ctx.run_id)
    for table, counted in plan.counts().items():
        done = applied.counts.get(table, Counter())
        counts = Counts(
            created=done["created"],
            changed=done["updated"],
            unchanged=counted["unchanged"],
            held=counted["held"] + counted["conflict"] + done["held"],
            failed=counted["rejected"] + done["rejected"],
        )
        summary.parts[table] = counts + Counts(read=sum(counted.values()))
    summary.notes += [f"{n} × {reason} [{code}]" for (code, reason), n in applied.refusals.most_common()]
    stops = Counter((row.table, row.action, row.reason_code) for row in plan.rows if row.action in ("held", "rejected"))
    summary.notes += [f"{table}: {n} {action} ({code})" for (table, action, code), n in stops.most_common()]
    if applied.was_stopped:
        summary.notes.append("stopped half way: writing to NEO was switched off, or another run took the lease")
    summary.notes.append(f"plan {plan.hash}, {plan.requests(CHUNK_ROWS)} bulk requests")
    summary.notes += planned.notes
    return summary


@contextmanager
def _lease(ctx: StageContext) -> Iterator[None]:
    """One run writes to NEO at a time; a dead run's lease runs out by itself."""
    if not ctx.ledger.locks.acquire(_LEASE, ctx.run_id, _LEASE_SECONDS):
        raise RetriableError("neo", "another run is writing to NEO", retry_after=60)
    try:
        yield
    finally:
        ctx.ledger.locks.release(_LEASE, ctx.run_id)
