"""The steps of every customer's journey, from the model `marts/fct_stage` and what was true before."""

from collections.abc import Mapping

import pyarrow as pa

from include.stages.protocol import StageContext
from include.stages.screening.tables import STATE
from include.store.lake import Version
from include.store.sql import run_sql

INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
STAGE_SCHEMA = pa.schema(
    [
        ("stage_id", TEXT),
        ("customer_id", TEXT),
        ("code", TEXT),
        ("what_es", TEXT),
        ("occurred_at", INSTANT),
        ("actor", TEXT),
        ("source", TEXT),
        ("detail_es", TEXT),
    ]
)
# Inputs that may not have been published yet, with the columns the model reads.
ABSENT = {
    "stg_portal__companies": pa.schema([("company_id", TEXT), ("profile_status", TEXT), ("updated_at", INSTANT)]),
    "stg_portal__contact_requests": pa.schema(
        [
            ("request_id", TEXT),
            ("buyer_company_id", TEXT),
            ("exporter_company_id", TEXT),
            ("requested_at", INSTANT),
            ("answered_at", INSTANT),
            ("status", TEXT),
            ("updated_at", INSTANT),
        ]
    ),
    "stg_portal__opportunities": pa.schema(
        [
            ("opportunity_id", TEXT),
            ("exporter_company_id", TEXT),
            ("buyer_company_id", TEXT),
            ("stage", TEXT),
            ("created_at", INSTANT),
            ("updated_at", INSTANT),
        ]
    ),
    "dim_sarlaft_state": STATE,
}


def journey(ctx: StageContext, versions: Mapping[str, Version]) -> pa.Table:
    """Return the rows of `fct_stage`: what is true now, and what was true before and left no trace of its own."""
    with ctx.lake.query(versions) as con:
        for dataset, schema in ABSENT.items():
            if dataset not in versions:
                con.register(dataset, schema.empty_table())
        con.register("earlier", ctx.lake.read_or_empty("fct_stage", STAGE_SCHEMA))
        return run_sql(con, "marts/fct_stage")
