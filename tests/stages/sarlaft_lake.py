"""A small lake for the screening tests: a few invented companies and people, and short invented lists."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from include.stages.protocol import StageContext

INSTANT = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
CUSTOMER = pa.schema(
    [
        (name, TEXT)
        for name in (
            "customer_id", "audience", "kind", "legal_name", "trade_name", "nit", "tax_id", "tax_id_country", "country",
            "department_code", "sector", "profile_status", "neo_account_id", "portal_company_id", "email",
        )
    ]
    + [("is_in_neo", pa.bool_()), ("languages", pa.list_(TEXT))]
)  # fmt: skip
PERSON = pa.schema(
    [
        (name, TEXT)
        for name in (
            "person_id", "customer_id", "full_name", "first_name", "last_name", "document_type", "document_number",
            "role", "country", "source",
        )
    ]
)  # fmt: skip
ENTRY = pa.schema(
    [
        ("entry_id", TEXT),
        ("list_code", TEXT),
        ("entry_type", TEXT),
        ("primary_name", TEXT),
        ("names", pa.list_(pa.struct([("name", TEXT), ("kind", TEXT)]))),
        ("identifiers", pa.list_(pa.struct([("kind", TEXT), ("number", TEXT), ("country", TEXT)]))),
        ("birth_dates", pa.list_(TEXT)),
        ("countries", pa.list_(TEXT)),
        ("programs", pa.list_(TEXT)),
        ("is_binding", pa.bool_()),
        ("listed_on", pa.date32()),
        ("entry_fingerprint", TEXT),
    ]
)
DATASETS = {"OFAC-SDN": "stg_ofac__entries", "UN-SC": "stg_un__entries", "LISTA-DEMO": "stg_listademo__entries"}


def customer(customer_id: str, legal_name: str, **fields: Any) -> dict[str, Any]:
    """A row of dim_customer."""
    plain = {"audience": "exporter", "kind": "company", "country": "CO", "is_in_neo": True, "languages": ["es:C2"]}
    return plain | {"customer_id": customer_id, "legal_name": legal_name} | fields


def person(person_id: str, customer_id: str, full_name: str, **fields: Any) -> dict[str, Any]:
    """A row of dim_person."""
    plain = {"role": "legal_representative", "country": "CO", "document_type": "CC", "source": "portal"}
    return plain | {"person_id": person_id, "customer_id": customer_id, "full_name": full_name} | fields


def entry(entry_id: str, names: str | Sequence[str], kind: str = "person", **fields: Any) -> dict[str, Any]:
    """A row of stg_<list>__entries; the first name is the primary one."""
    given = [names] if isinstance(names, str) else list(names)
    row = {
        "entry_id": entry_id,
        "list_code": "LISTA-DEMO",
        "entry_type": kind,
        "primary_name": given[0],
        "names": [{"name": name, "kind": "aka" if place else "primary"} for place, name in enumerate(given)],
        "identifiers": [],
        "birth_dates": [],
        "countries": [],
        "programs": [],
        "is_binding": False,
    } | fields
    return row | {"entry_fingerprint": str(hash((tuple(given), str(row["identifiers"]), str(row["countries"]))))}


def publish(ctx: StageContext, dataset: str, rows: Iterable[dict[str, Any]], schema: pa.Schema, *key: str) -> None:
    """Publish rows; columns a row does not name are null."""
    table = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
    ctx.lake.publish(dataset, table, key=key, run_id=ctx.run_id)


def publish_base(ctx: StageContext, customers: Iterable[dict[str, Any]], people: Iterable[dict[str, Any]] = ()) -> None:
    """Publish dim_customer and dim_person."""
    publish(ctx, "dim_customer", customers, CUSTOMER, "customer_id")
    publish(ctx, "dim_person", people, PERSON, "person_id")


def publish_list(ctx: StageContext, code: str, entries: Iterable[dict[str, Any]], version_id: str = "sha-1") -> None:
    """Publish the entries of a list and note the version in the ledger, as the ingest stage does."""
    rows = [row | {"list_code": code} for row in entries]
    publish(ctx, DATASETS[code], rows, ENTRY, "entry_id")
    current = ctx.lake.current(DATASETS[code])
    assert current is not None
    ctx.ledger.lists.add(
        code,
        version_id,
        run_id=ctx.run_id,
        entries=len(rows),
        aliases=0,
        state="active",
        published_at=datetime(2026, 11, 1, tzinfo=UTC),
        dataset_version=current.version,
    )


def publish_lists(ctx: StageContext, **entries: Sequence[dict[str, Any]]) -> None:
    """Publish all three lists: `ofac`, `un`, `demo`; one that is not named gets one entry nobody resembles."""
    filler = [entry("0", "Zzyzx Qwertyuiop Vbnmkl")]
    for name, code in (("ofac", "OFAC-SDN"), ("un", "UN-SC"), ("demo", "LISTA-DEMO")):
        publish_list(ctx, code, entries.get(name, filler))


def rows(ctx: StageContext, dataset: str, **wanted: Any) -> list[dict[str, Any]]:
    """Rows of the current version whose columns have the wanted values."""
    found = ctx.lake.read(dataset).to_pylist()
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]
