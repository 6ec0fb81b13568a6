"""A small lake for the registration and feedback tests: forms, customers, advisors, all invented."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from include.stages.protocol import StageContext
from include.stages.screening.tables import STATE
from tests.stages.sarlaft_lake import CUSTOMER, INSTANT, TEXT, customer, publish

FORM = pa.schema(
    [
        (name, TEXT)
        for name in (
            "registration_id", "audience", "nit", "tax_id", "company_name", "trade_name", "country", "city",
            "department", "email", "phone", "website", "contact_first_name", "contact_last_name",
            "contact_document_type", "contact_document", "contact_position", "language", "product_text", "ciiu",
            "origin", "status",
        )
    ]
    + [
        ("submitted_at", INSTANT),
        ("updated_at", INSTANT),
        ("hs_codes", pa.list_(TEXT)),
        ("consent_marketing", pa.bool_()),
    ]
)  # fmt: skip
XREF = pa.schema(
    [("source", TEXT), ("source_key", TEXT), ("hub_id", TEXT), ("rule", TEXT), ("confidence", pa.float64())]
)
PAIR = pa.schema([(name, TEXT) for name in ("pair_id", "left_source", "left_key", "right_source", "right_key")])
ADVISOR = pa.schema(
    [(name, TEXT) for name in ("advisor_id", "full_name", "email", "job_title", "office_slug", "office_kind")]
    + [(name, pa.list_(TEXT)) for name in ("countries", "departments", "sectors", "languages")]
    + [("is_active", pa.bool_())]
)
ADVISORS = (
    {
        "advisor_id": "ad-eje", "full_name": "Ana Toro", "email": "ana.toro@procolombia.example",
        "office_slug": "eje_cafetero", "office_kind": "ofireg", "departments": ["66", "17", "63"],
        "sectors": ["cafe"], "languages": ["es", "en"], "is_active": True,
    },
    {
        "advisor_id": "ad-usa", "full_name": "Luis Prado", "email": "luis.prado@procolombia.example",
        "office_slug": "estados_unidos", "office_kind": "oficom", "countries": ["US"],
        "languages": ["es", "en"], "is_active": True,
    },
    {
        "advisor_id": "ad-central", "full_name": "Eva Mora", "email": "eva.mora@procolombia.example",
        "office_slug": "bogota_central", "office_kind": "central", "languages": ["es", "en"], "is_active": True,
    },
)  # fmt: skip
KNOWN = customer("CU-00000001", "Flores La Esmeralda S.A.S.", nit="900111222", neo_account_id="acc-1")
NEW = customer("CU-00000002", "Café Sombra Alta S.A.S.", is_in_neo=False)
BUYER = customer("CU-00000003", "Northwind Foods Inc", audience="buyer", country="US", is_in_neo=False)


def form(registration_id: str, **fields: Any) -> dict[str, Any]:
    """A registration as staged; an exporter of Pereira unless told otherwise."""
    plain = {
        "registration_id": registration_id,
        "audience": "exporter",
        "nit": "900.111.222-1",
        "company_name": "Café Sombra Alta S.A.S.",
        "country": "CO",
        "city": "Pereira",
        "department": "Risaralda",
        "email": "gerencia@sombraalta.co",
        "phone": "+57 310 5551234",
        "contact_first_name": "Lucía",
        "contact_last_name": "Marín",
        "contact_position": "Gerente",
        "language": "es",
        "product_text": "Café verde especial",
        "hs_codes": ["0901.11"],
        "origin": "fair",
        "status": "pending",
        "submitted_at": datetime(2026, 11, 1, 15, tzinfo=UTC),
        "updated_at": datetime(2026, 11, 1, 15, tzinfo=UTC),
        "consent_marketing": True,
    }
    return plain | fields


def buyer_form(registration_id: str, **fields: Any) -> dict[str, Any]:
    """A buyer from the United States."""
    plain = {
        "audience": "buyer", "nit": None, "tax_id": "12-3456789", "company_name": "Northwind Foods Inc",
        "country": "US", "city": "Miami", "department": None, "email": "sourcing@northwind-foods.com",
        "phone": "+1 305 555 0100",
        "contact_first_name": "John", "contact_last_name": "Smithers", "language": "en",
        "product_text": "Specialty coffee", "hs_codes": [], "origin": "landing",
    }  # fmt: skip
    return form(registration_id, **(plain | fields))


def publish_registrations(
    ctx: StageContext,
    forms: Iterable[dict[str, Any]],
    *,
    links: dict[str, str] | None = None,
    customers: Iterable[dict[str, Any]] = (KNOWN, NEW, BUYER),
    states: dict[str, str] | None = None,
    pairs: Iterable[dict[str, Any]] = (),
) -> None:
    """Publish forms, which customer each one is (`links`), customers, their states and the directory."""
    customers = list(customers)
    publish(ctx, "stg_portal__registrations", forms, FORM, "registration_id")
    xref = [
        {"source": "portal_registration", "source_key": key, "hub_id": hub_id, "rule": "nit", "confidence": 1.0}
        for key, hub_id in (links or {}).items()
    ]
    publish(ctx, "int_customer_xref", xref, XREF, "source", "source_key")
    publish(ctx, "dim_customer", customers, CUSTOMER, "customer_id")
    known = states or {}
    rows = [
        {
            "customer_id": row["customer_id"],
            "state": known.get(row["customer_id"], "habilitado"),
            "since_at": datetime(2026, 11, 2, tzinfo=UTC),
        }
        for row in customers
    ]
    publish(ctx, "dim_sarlaft_state", rows, STATE, "customer_id")
    publish(ctx, "stg_directory__advisors", ADVISORS, ADVISOR, "advisor_id")
    publish(ctx, "int_review_pair", pairs, PAIR, "pair_id")


def quarantine(ctx: StageContext, registration_id: str, field: str, reason_code: str, **raw: Any) -> None:
    """Put a form into quarantine, as the ingest stage does."""
    record = {name: value for name, value in form(registration_id, **raw).items() if name != "registration_id"}
    record |= {"id": registration_id, "submitted_at": "2026-11-01T15:00:00Z", "updated_at": "2026-11-01T15:00:00Z"}
    ctx.ledger.quarantine.add(
        "portal", "registrations", registration_id, ctx.run_id, field, "wrong", "mend it", record, reason_code
    )
