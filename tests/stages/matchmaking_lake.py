"""A small lake for the matchmaking tests: invented customers, offers and needs, or a whole sandbox world.

The default pair is leather bags (HS 4202) from an approved Colombian exporter to a buyer in Costa Rica:
it passes every gate, so that a test changes one thing and sees what it does.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from include.sandbox.world import World
from include.stages.protocol import StageContext

BASIC_PAPERS = ("CO-RUT-EXP", "CO-DEX", "ISPM-15", "CITES")
TYPES = {
    "text": pa.string(),
    "texts": pa.list_(pa.string()),
    "number": pa.float64(),
    "whole": pa.int64(),
    "flag": pa.bool_(),
    "day": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "papers": pa.list_(pa.struct([("code", pa.string()), ("valid_until", pa.string()), ("is_verified", pa.bool_())])),
}


def _schema(**columns: str) -> pa.Schema:
    """A schema from names by type: `_schema(text="a b", number="c")`."""
    return pa.schema([(name, TYPES[kind]) for kind, names in columns.items() for name in names.split()])


SCHEMAS: dict[str, tuple[pa.Schema, str]] = {
    "dim_customer": (
        _schema(
            text="customer_id audience legal_name trade_name country sector size department_code profile_status "
            "quality_class portal_company_id",
            texts="languages target_markets export_markets",
            number="completeness",
            whole="years_exporting",
            flag="consent_marketing",
        ),
        "customer_id",
    ),
    "int_customer_xref": (_schema(text="source source_key hub_id"), "source_key"),
    "dim_sarlaft_state": (_schema(text="customer_id state lists_as_of"), "customer_id"),
    "stg_portal__offers": (
        _schema(
            text="offer_id company_id kind title description capacity_unit capacity_period price_unit status",
            texts="hs_codes incoterms excluded_markets",
            number="capacity_value price_usd min_order",
            whole="lead_time_days",
            flag="codes_confirmed",
            papers="certificates",
            instant="created_at updated_at",
        ),
        "offer_id",
    ),
    "stg_portal__needs": (
        _schema(
            text="need_id company_id title description kind market volume_unit volume_period price_unit incoterm "
            "origin status",
            texts="hs_codes certificates_required wishes languages",
            number="volume_value min_volume target_price_usd value_usd_year",
            flag="codes_confirmed interpreter_ok",
            day="latest_on",
            instant="created_at updated_at",
        ),
        "need_id",
    ),
    "stg_portal__opportunities": (
        _schema(
            text="opportunity_id need_id offer_id exporter_company_id buyer_company_id stage",
            number="value_usd",
            flag="is_effective",
            instant="created_at updated_at",
        ),
        "opportunity_id",
    ),
    "stg_portal__contact_requests": (
        _schema(
            text="request_id need_id offer_id buyer_company_id exporter_company_id status",
            instant="requested_at answered_at updated_at",
        ),
        "request_id",
    ),
}


def exporter(key: str, **fields: Any) -> dict[str, Any]:
    """An approved exporter with portal company `E<key>` and customer id `CU-E<key>`."""
    return {
        "customer_id": f"CU-E{key}", "portal_company_id": f"E{key}", "audience": "exporter", "country": "CO",
        "legal_name": f"Exportadora {key}", "sector": "cuero", "size": "pequena", "profile_status": "approved",
        "quality_class": "B", "completeness": 0.8, "languages": ["en:B2"], "target_markets": ["CR"],
        "export_markets": ["PA"], "years_exporting": 4, "consent_marketing": True,
    } | fields  # fmt: skip


def buyer(key: str, **fields: Any) -> dict[str, Any]:
    """A buyer with portal company `B<key>` and customer id `CU-B<key>`."""
    return {
        "customer_id": f"CU-B{key}", "portal_company_id": f"B{key}", "audience": "buyer", "country": "CR",
        "legal_name": f"Comprador {key}", "sector": "cuero", "profile_status": "approved", "quality_class": "B",
        "completeness": 0.8, "languages": ["es:C2"], "consent_marketing": True,
    } | fields  # fmt: skip


def certificate(code: str, valid_until: str | None = None, *, is_verified: bool = True) -> dict[str, Any]:
    """Evidence of a requirement."""
    return {"code": code, "valid_until": valid_until, "is_verified": is_verified}


def offer(key: str, company: str, *papers: str | dict[str, Any], **fields: Any) -> dict[str, Any]:
    """An active, complete offer `O<key>` of portal company `company`; `papers` come beside the basic ones."""
    return {
        "offer_id": f"O{key}", "company_id": company, "kind": "product", "title": "Bolsos de cuero",
        "description": "Bolsos y carteras de cuero hechos a mano", "hs_codes": ["420221"], "codes_confirmed": True,
        "capacity_value": 1000.0, "capacity_unit": "u", "capacity_period": "mes", "price_usd": 40.0, "price_unit": "u",
        "incoterms": ["FOB"], "lead_time_days": 20, "min_order": 10.0,
        "certificates": [certificate(one) if isinstance(one, str) else one for one in (*BASIC_PAPERS, *papers)],
        "excluded_markets": [], "status": "active", "created_at": datetime(2026, 5, 1, tzinfo=UTC),
        "updated_at": datetime(2026, 9, 1, tzinfo=UTC),
    } | fields  # fmt: skip


def need(key: str, company: str, **fields: Any) -> dict[str, Any]:
    """An open need `N<key>` of portal company `company`."""
    return {
        "need_id": f"N{key}", "company_id": company, "kind": "product", "title": "Bolsos de cuero",
        "description": "Bolsos de cuero para tienda", "hs_codes": ["420221"], "codes_confirmed": True, "market": "CR",
        "volume_value": 300.0, "volume_unit": "u", "volume_period": "mes", "min_volume": 100.0,
        "target_price_usd": 45.0, "price_unit": "u", "incoterm": "FOB", "latest_on": date(2027, 3, 1),
        "certificates_required": [], "wishes": [],
        "languages": ["es"], "interpreter_ok": False, "value_usd_year": 100000.0, "origin": "form", "status": "open",
        "created_at": datetime(2026, 8, 1, tzinfo=UTC), "updated_at": datetime(2026, 8, 1, tzinfo=UTC),
    } | fields  # fmt: skip


def publish(ctx: StageContext, dataset: str, rows: Iterable[Mapping[str, Any]]) -> None:
    """Publish rows of one input; columns a row does not name are null."""
    schema, key = SCHEMAS[dataset]
    table = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
    ctx.lake.publish(dataset, table, key=(key,), run_id=ctx.run_id)


def publish_inputs(
    ctx: StageContext,
    customers: Iterable[dict[str, Any]],
    offers: Iterable[dict[str, Any]],
    needs: Iterable[dict[str, Any]],
    *,
    states: Mapping[str, str] | None = None,
) -> None:
    """Publish everything matchmaking reads. Customers are `habilitado` unless `states` says otherwise."""
    people = list(customers)
    clear = {row["customer_id"]: "habilitado" for row in people} | dict(states or {})
    links = [
        {"source": "portal", "source_key": row["portal_company_id"], "hub_id": row["customer_id"]} for row in people
    ]
    publish(ctx, "dim_customer", people)
    publish(ctx, "int_customer_xref", links)
    publish(ctx, "dim_sarlaft_state", [{"customer_id": key, "state": state} for key, state in clear.items()])
    publish(ctx, "stg_portal__offers", offers)
    publish(ctx, "stg_portal__needs", needs)


def publish_world(ctx: StageContext, world: World) -> None:
    """Publish a sandbox world as if every portal company had been resolved to one clear customer."""
    companies = [
        {
            **row,
            "customer_id": f"CU-{row['id']}",
            "portal_company_id": row["id"],
            "legal_name": row["name"],
            "quality_class": "B",
            "completeness": 0.8,
        }
        for row in world.portal["companies"]
    ]
    streams = {
        "offers": [{**row, "offer_id": row["id"]} for row in world.portal["offers"]],
        "needs": [{**row, "need_id": row["id"]} for row in world.portal["needs"]],
        "opportunities": [{**row, "opportunity_id": row["id"]} for row in world.portal["opportunities"]],
        "contact_requests": [{**row, "request_id": row["id"]} for row in world.portal["contact-requests"]],
    }
    plain = {name: [_typed(row) for row in rows] for name, rows in streams.items()}
    publish_inputs(ctx, companies, plain["offers"], plain["needs"])
    publish(ctx, "stg_portal__opportunities", plain["opportunities"])
    publish(ctx, "stg_portal__contact_requests", plain["contact_requests"])


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for name, value in row.items():
        if name.endswith("_at") and value:
            typed[name] = datetime.fromisoformat(value)
        if name.endswith("_on") and value:
            typed[name] = date.fromisoformat(value)
    return typed


def table(ctx: StageContext, dataset: str, *key: str) -> dict[Any, dict[str, Any]]:
    """Rows of a published dataset by key; one key column gives plain keys."""
    rows = ctx.lake.read(dataset).to_pylist()
    return {row[key[0]] if len(key) == 1 else tuple(row[name] for name in key): row for row in rows}
