"""A small world in the lake for the tests of writing: a few customers and what hangs on them, all invented."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from include.core.source_sheet import staged_schema
from include.stages.protocol import StageContext
from tests.contracts.derived_datasets import SCHEMAS

KEYS: dict[str, Sequence[str]] = {
    "dim_customer": ["customer_id"],
    "fct_customer_field": ["customer_id", "field"],
    "int_customer_xref": ["source", "source_key"],
    "int_review_pair": ["pair_id"],
    "dim_person": ["person_id"],
    "dim_sarlaft_state": ["customer_id"],
    "fct_sarlaft_case": ["case_id"],
    "fct_registration_decision": ["registration_id"],
    "fct_stage": ["stage_id"],
    "fct_match": ["match_id"],
    "fct_need_coverage": ["need_id"],
    "fct_demand_gap": ["gap_id"],
    "ref_requirement": ["requirement_key"],
    "stg_portal__offers": ["offer_id"],
    "stg_portal__needs": ["need_id"],
    "stg_portal__opportunities": ["opportunity_id"],
    "stg_portal__registrations": ["registration_id"],
}
BUYER = 90_000  # number of the one buyer
SEEN_AT = datetime(2026, 11, 1, 15, 0, tzinfo=UTC)


def publish(ctx: StageContext, dataset: str, rows: Sequence[dict[str, Any]]) -> None:
    """Publish rows; columns they do not name are null."""
    schema = SCHEMAS[dataset] if dataset in SCHEMAS else staged_schema(dataset)
    filled = [{name: row.get(name) for name in schema.names} for row in rows]
    ctx.lake.publish(dataset, pa.Table.from_pylist(filled, schema=schema), key=KEYS[dataset], run_id=ctx.run_id)


def customer(number: int, **columns: Any) -> dict[str, Any]:
    """An exporter that is on the portal and not in NEO yet."""
    return {
        "customer_id": f"CU-{number:08d}",
        "audience": "exporter",
        "kind": "company",
        "legal_name": f"Cafés del Sur {number} S.A.S.",
        "nit": f"{900_000_000 + number}",
        "nit_status": "ok",
        "country": "CO",
        "department_code": "41",
        "phone": f"+57 300 000 {number:04d}",
        "size": "pequena",
        "languages": ["es", "en:B2"],
        "target_markets": ["US", "DE"],
        "export_markets": [],
        "quality_missing": ["Sitio web"],
        "neo_duplicate_ids": [],
        "sources": ["portal"],
        "completeness": 0.755,
        "quality_class": "B",
        "portal_company_id": f"C-{number}",
        "is_in_neo": False,
    } | columns


def golden_field(number: int, name: str, value: str, source: str = "portal", **columns: Any) -> dict[str, Any]:
    """Where a golden value comes from."""
    return {
        "customer_id": f"CU-{number:08d}",
        "field": name,
        "value": value,
        "source": source,
        "source_key": f"C-{number}",
        "observed_at": SEEN_AT,
    } | columns


@dataclass
class World:
    """Rows by dataset; change them and `publish` again."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def publish(self, ctx: StageContext) -> None:
        """Publish every dataset."""
        for dataset, rows in self.rows.items():
            publish(ctx, dataset, rows)


def small_world(exporters: int = 3) -> World:
    """Exporters with an offer each, one buyer with a need, matches, a case, stages, a refused registration."""
    numbers = range(1, exporters + 1)
    buyer = customer(
        BUYER, audience="buyer", legal_name="Nordic Coffee AB", country="SE", nit=None, nit_status="not_co"
    )
    everybody = [*numbers, BUYER]
    return World(
        {
            "dim_customer": [*(customer(n) for n in numbers), buyer],
            "fct_customer_field": [golden_field(n, "phone", f"+57 300 000 {n:04d}") for n in everybody],
            "int_customer_xref": [
                {"source": "portal", "source_key": f"C-{n}", "hub_id": f"CU-{n:08d}", "confidence": 1.0}
                for n in everybody
            ],
            "int_review_pair": [],
            "dim_person": [
                {
                    "person_id": f"PE-{n:08d}",
                    "customer_id": f"CU-{n:08d}",
                    "first_name": "Rosa",
                    "last_name": f"Ficticia {n}",
                    "email": f"rosa{n}@ejemplo.example",
                    "role": "commercial",
                    "source": "portal",
                }
                for n in everybody
            ],
            "dim_sarlaft_state": [
                {"customer_id": f"CU-{n:08d}", "state": "habilitado", "since_at": SEEN_AT} for n in everybody
            ],
            "fct_sarlaft_case": [
                {
                    "case_id": "SC-1",
                    "subject_id": "CU-00000001",
                    "subject_kind": "company",
                    "customer_id": "CU-00000001",
                    "list_code": "LISTA-DEMO",
                    "list_entry_id": "1",
                    "match_level": "low",
                    "score": 0.8,
                    "subject_name": "Cafés del Sur 1 S.A.S.",
                    "matched_name": "CAFES DEL SUR",
                    "why_es": "nombre parecido",
                    "state": "open",
                    "list_version": "v1",
                    "is_binding": False,
                    "opened_at": SEEN_AT,
                    "due_at": SEEN_AT,
                }
            ],
            "stg_portal__offers": [
                {
                    "offer_id": f"O-{n}",
                    "company_id": f"C-{n}",
                    "kind": "product",
                    "title": f"Café verde {n}",
                    "hs_codes": ["090111"],
                    "codes_confirmed": True,
                    "price_usd": 4.5,
                    "incoterms": ["FOB"],
                    "certificates": [{"code": "FDA-FSVP", "valid_until": "2027-01-31", "is_verified": True}],
                    "excluded_markets": [],
                    "status": "active",
                    "updated_at": SEEN_AT,
                }
                for n in numbers
            ],
            "stg_portal__needs": [
                {
                    "need_id": "N-1",
                    "company_id": f"C-{BUYER}",
                    "title": "Café de origen",
                    "kind": "product",
                    "hs_codes": ["090111"],
                    "market": "SE",
                    "certificates_required": [],
                    "wishes": ["orgánico"],
                    "languages": ["en"],
                    "status": "open",
                    "created_at": SEEN_AT,
                    "updated_at": SEEN_AT,
                }
            ],
            "fct_match": [
                {
                    "match_id": f"N-1|O-{n}",
                    "need_id": "N-1",
                    "offer_id": f"O-{n}",
                    "need_customer_id": f"CU-{BUYER:08d}",
                    "offer_customer_id": f"CU-{n:08d}",
                    "heading": "0901",
                    "market": "SE",
                    "state": "eligible",
                    "band": "A",
                    "score": 0.9 - n / 1000,
                    "rank": n,
                    "reasons_es": "Mismo producto y certificados al día.",
                    "missing": [],
                }
                for n in numbers
            ],
            "fct_stage": [
                {
                    "stage_id": f"S-{n}",
                    "customer_id": f"CU-{n:08d}",
                    "code": "profile_approved",
                    "what_es": "Perfil aprobado",
                    "occurred_at": SEEN_AT,
                    "actor": "portal",
                    "source": "portal",
                }
                for n in numbers
            ],
            "stg_portal__registrations": [
                {"registration_id": "R-1", "audience": "exporter", "status": "pending", "submitted_at": SEEN_AT}
            ],
            "fct_registration_decision": [
                {
                    "registration_id": "R-1",
                    "decision": "refuse",
                    "reason_code": "not_in_neo",
                    "company_name": "Panela Nueva",
                    "nit": "901555444",
                    "country": "CO",
                    "office_slug": "ofireg-sur",
                    "contact_name": "Pedro Imaginario",
                    "contact_phone": "+57 310 000 0000",
                    "origin": "form",
                    # A Friday: two working days later is a Tuesday.
                    "submitted_at": datetime(2026, 10, 30, 20, 0, tzinfo=UTC),
                    "advisor_id": "11111111-1111-1111-1111-111111111111",
                }
            ],
        }
    )
