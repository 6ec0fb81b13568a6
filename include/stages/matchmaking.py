"""Matchmaking: needs meet offers, and what demand is left over becomes gaps and guides.

Reads the portal's offers and needs, the golden records and the neutral SARLAFT state; publishes
fct_match and what follows from it. A party that is not `habilitado` leaves no trace in any of them.
The day counts as an input: certificates expire and rules begin at midnight.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date

import duckdb
import pyarrow as pa

from include.core import reference
from include.core.summary import Counts, RunSummary
from include.stages.matchmaking_inputs import Facts, MatchRules, load_rules, read_facts, sheet_paths
from include.stages.matchmaking_tables import build_tables
from include.stages.protocol import Inputs, StageContext, begin, finish, waiting
from include.store.lake import Published
from transforms.matchmaking.gates.parties import is_clear
from transforms.matchmaking.matching import Matching, match_all
from transforms.matchmaking.pairs import Judge, Match
from transforms.matchmaking.record import track_records
from transforms.matchmaking.table import read_matches

STAGE = "matchmaking"
REQUIRED = ("stg_portal__offers", "stg_portal__needs", "int_customer_xref", "dim_customer")
OPTIONAL = ("dim_sarlaft_state", "stg_portal__opportunities", "stg_portal__contact_requests")
OUTPUTS: dict[str, tuple[str, ...]] = {
    "ref_requirement": ("requirement_key",),
    "fct_match": ("match_id",),
    "fct_need_coverage": ("need_id",),
    "fct_demand_gap": ("gap_id",),
    "fct_requirement_unlock": ("requirement_code",),
    "fct_exporter_guide": ("customer_id", "market", "requirement_code"),
}
_WATERMARK = "judged_on"
_OWN_SHEETS = frozenset(sheet_paths(reference.FOLDER.parent)) | {"code"}

_ABSENT = {
    "dim_sarlaft_state": pa.schema([("customer_id", pa.string()), ("state", pa.string())]),
    "stg_portal__opportunities": pa.schema(
        [
            ("offer_id", pa.string()),
            ("exporter_company_id", pa.string()),
            ("stage", pa.string()),
            ("is_effective", pa.bool_()),
            ("updated_at", pa.timestamp("us", tz="UTC")),
        ]
    ),
    "stg_portal__contact_requests": pa.schema(
        [
            ("offer_id", pa.string()),
            ("exporter_company_id", pa.string()),
            ("status", pa.string()),
            ("updated_at", pa.timestamp("us", tz="UTC")),
        ]
    ),
}


def run(ctx: StageContext) -> RunSummary:
    """Judge every open need against the offers of its product and publish matches, gaps and guides."""
    inputs = begin(ctx, STAGE, required=REQUIRED, optional=OPTIONAL, sheets=sheet_paths(ctx.settings.config_dir))
    if inputs.missing:
        return waiting(ctx, inputs)
    today = ctx.clock.now().date()
    if not inputs.changed and ctx.ledger.watermarks.get(STAGE, _WATERMARK) == today.isoformat():
        return finish(ctx, inputs, _nothing_new(ctx))
    rules = load_rules(ctx.settings.config_dir)
    with _open_inputs(ctx, inputs) as con:
        facts = read_facts(con)
        matching = _match(ctx, inputs, rules, facts, today)
        tables = build_tables(con, rules, matching, today)
    summary = RunSummary(STAGE, ctx.run_id)
    for dataset, table in tables.items():
        published = _publish(ctx, inputs, dataset, table, matching)
        summary.parts[dataset] = published.counts
        summary.versions_out[dataset] = published.version.version
    for stream, count in facts.held.items():
        if count:
            summary.parts[f"unresolved_{stream}"] = Counts(read=count, held=count)
            summary.notes.append(f"{count} {stream} wait for their company to be resolved")
    summary.notes.append(f"{matching.reused} of {len(matching.matches)} pairs taken over unchanged")
    finish(ctx, inputs, summary)
    ctx.ledger.watermarks.set(STAGE, _WATERMARK, today.isoformat(), ctx.run_id)
    return summary


def _nothing_new(ctx: StageContext) -> RunSummary:
    summary = RunSummary(STAGE, ctx.run_id, notes=["nothing changed since the last run of the day"])
    for dataset in OUTPUTS:
        version = ctx.lake.current(dataset)
        if version is not None:
            summary.parts[dataset] = Counts(read=version.rows, unchanged=version.rows)
            summary.versions_out[dataset] = version.version
    return summary


@contextmanager
def _open_inputs(ctx: StageContext, inputs: Inputs) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the pinned inputs; an optional dataset nobody has made yet reads as empty.

    Without SARLAFT states that means nobody is clear and nothing is matched.
    """
    with ctx.lake.query(inputs.versions) as con:
        for dataset, schema in _ABSENT.items():
            if dataset not in inputs.versions:
                con.register(dataset, schema.empty_table())
        yield con


def _match(ctx: StageContext, inputs: Inputs, rules: MatchRules, facts: Facts, today: date) -> Matching:
    sectors = {
        offer.exporter.customer_id: offer.exporter.sector or "" for offer in facts.offers if is_clear(offer.exporter)
    }
    records = track_records(facts.outcomes, sectors, rules.sheet.factors)
    judge = Judge(rules.sheet, rules.book(), rules.names, today, records)
    # after a change of rules or code a row of before says nothing about what it would be now
    before: Mapping[tuple[str, str], Match] = {}
    if not inputs.changed & _OWN_SHEETS and (version := ctx.lake.current("fct_match")) is not None:
        before = read_matches(ctx.lake.read(version))
    return match_all(
        facts.needs,
        facts.offers,
        judge,
        rules.words,
        previous=before,
        progress=lambda done, total: ctx.progress("Emparejando necesidades y ofertas", done, total),
    )


def _publish(ctx: StageContext, inputs: Inputs, dataset: str, table: pa.Table, matching: Matching) -> Published:
    admitted = {need.buyer.customer_id for need in matching.needs} | {
        offer.exporter.customer_id for offer in matching.offers
    }

    def only_admitted(table: pa.Table) -> str | None:
        """Second lock on neutrality: no customer outside the matching may appear in what it publishes."""
        for column in ("customer_id", "need_customer_id", "offer_customer_id"):
            if column in table.column_names and not set(table[column].to_pylist()) <= admitted:
                return f"{column} holds a customer that was not admitted to matching"
        return None

    return ctx.lake.publish(
        dataset,
        table,
        key=OUTPUTS[dataset],
        run_id=ctx.run_id,
        inputs=inputs.version_names,
        checks=[only_admitted],
    )
