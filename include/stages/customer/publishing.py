"""Lays out and publishes the datasets of the customer stage."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb
import pyarrow as pa

from include.core.fingerprint import fingerprint
from include.core.reference import municipalities
from include.stages.customer.golden import GoldenRows
from include.stages.customer.people import PeopleRows
from include.stages.customer.resolving import LinkedRecord
from include.stages.protocol import StageContext
from include.store.lake import Published
from include.store.sql import run_sql
from transforms.resolve.companies import ReviewPair

TEXT, NUMBER, INSTANT = pa.string(), pa.float64(), pa.timestamp("us", tz="UTC")
XREF = pa.schema(
    [
        ("source", TEXT),
        ("source_key", TEXT),
        ("hub_id", TEXT),
        ("rule", TEXT),
        ("confidence", NUMBER),
        ("evidence_es", TEXT),
    ]
)
REVIEW = pa.schema(
    [
        ("pair_id", TEXT),
        ("left_source", TEXT),
        ("left_key", TEXT),
        ("right_source", TEXT),
        ("right_key", TEXT),
        ("score", NUMBER),
        ("evidence_es", TEXT),
    ]
)
_PROVENANCE = [
    ("field", TEXT),
    ("value", TEXT),
    ("source", TEXT),
    ("source_key", TEXT),
    ("observed_at", INSTANT),
    ("rule", TEXT),
    ("confidence", NUMBER),
]
CUSTOMER_FIELD = pa.schema([("customer_id", TEXT), *_PROVENANCE])
PERSON_FIELD = pa.schema([("person_id", TEXT), *_PROVENANCE])
_HEAD = pa.schema(
    [
        ("customer_id", TEXT),
        ("audience", TEXT),
        ("kind", TEXT),
        ("nit_status", TEXT),
        ("neo_account_id", TEXT),
        ("neo_duplicate_ids", pa.list_(TEXT)),
        ("portal_company_id", TEXT),
        ("sources", pa.list_(TEXT)),
    ]
)
_QUALITY = pa.schema(
    [
        ("customer_id", TEXT),
        ("completeness", NUMBER),
        ("quality_class", TEXT),
        ("quality_missing", pa.list_(TEXT)),
    ]
)
_PERSON_HEAD = pa.schema(
    [
        ("person_id", TEXT),
        ("customer_id", TEXT),
        ("neo_contact_id", TEXT),
        ("portal_contact_id", TEXT),
        ("source", TEXT),
    ]
)


def publish_links(
    ctx: StageContext, links: Sequence[LinkedRecord], reviews: Iterable[ReviewPair], inputs: Mapping[str, str]
) -> dict[str, Published]:
    """Publish who belongs to whom, and which pairs wait for a person."""
    xref = [
        {
            "source": link.source,
            "source_key": link.key,
            "hub_id": link.hub_id,
            "rule": link.evidence.rule,
            "confidence": link.evidence.confidence,
            "evidence_es": link.evidence.why_es,
        }
        for link in sorted(links, key=lambda one: one.ref)
    ]
    pairs = sorted((_review_row(pair) for pair in reviews), key=lambda row: str(row["pair_id"]))
    return {
        "int_customer_xref": ctx.lake.publish(
            "int_customer_xref", _table(xref, XREF), key=["source", "source_key"], run_id=ctx.run_id, inputs=inputs
        ),
        "int_review_pair": ctx.lake.publish(
            "int_review_pair", _table(pairs, REVIEW), key=["pair_id"], run_id=ctx.run_id, inputs=inputs
        ),
    }


def publish_customers(ctx: StageContext, rows: GoldenRows, inputs: Mapping[str, str]) -> dict[str, Published]:
    """Publish the golden fields with their provenance, and the customers made of them."""
    fields = _table(rows.fields, CUSTOMER_FIELD)
    places = [{"code": code, "city_name": place.name} for code, place in municipalities().items()]
    tables = {
        "customer_field": fields,
        "customer_head": _table(rows.heads, _HEAD),
        "customer_quality": _table(rows.quality, _QUALITY),
        "place": _table(places, pa.schema([("code", TEXT), ("city_name", TEXT)])),
    }
    return {
        "fct_customer_field": ctx.lake.publish(
            "fct_customer_field", fields, key=["customer_id", "field"], run_id=ctx.run_id, inputs=inputs
        ),
        "dim_customer": ctx.lake.publish(
            "dim_customer",
            _lay_out("marts/dim_customer", tables),
            key=["customer_id"],
            run_id=ctx.run_id,
            inputs=inputs,
        ),
    }


def publish_people(ctx: StageContext, rows: PeopleRows, inputs: Mapping[str, str]) -> dict[str, Published]:
    """Publish people and the provenance of their fields."""
    fields = _table(rows.fields, PERSON_FIELD)
    tables = {"person_field": fields, "person_head": _table(rows.heads, _PERSON_HEAD)}
    return {
        "fct_person_field": ctx.lake.publish(
            "fct_person_field", fields, key=["person_id", "field"], run_id=ctx.run_id, inputs=inputs
        ),
        "dim_person": ctx.lake.publish(
            "dim_person", _lay_out("marts/dim_person", tables), key=["person_id"], run_id=ctx.run_id, inputs=inputs
        ),
    }


def _review_row(pair: ReviewPair) -> dict[str, Any]:
    left, right = sorted((pair.left, pair.right), key=lambda party: party.ref)
    return {
        "pair_id": fingerprint(left.ref, right.ref),
        "left_source": left.source,
        "left_key": left.key,
        "right_source": right.source,
        "right_key": right.key,
        "score": pair.evidence.confidence,
        "evidence_es": pair.evidence.why_es,
    }


def _lay_out(model: str, tables: Mapping[str, pa.Table]) -> pa.Table:
    with duckdb.connect(":memory:") as con:
        con.execute("set timezone = 'UTC'")
        for name, table in tables.items():
            con.register(name, table)
        return run_sql(con, model)


def _table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
