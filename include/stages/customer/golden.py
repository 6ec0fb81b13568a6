"""Builds the golden record and the quality of every customer, in the long form that the marts lay out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.core.reference import sector_of_ciiu
from include.stages.customer.reading import places
from include.stages.customer.resolving import Customers
from include.stages.customer.sheets import CustomerSheets
from transforms.golden.customer import Customer, CustomerRules
from transforms.golden.reading import SourceRecord
from transforms.golden.sheet import SourceColumns
from transforms.golden.survive import Member, Provenance, Survival
from transforms.quality.score import score_profile

Rows = list[dict[str, Any]]
Sent = Mapping[str, Mapping[str, Any]]
# Core records speak for themselves; what an attached one says is only as sure as its link.
ATTACHED = frozenset({"rues", "portal_registration"})


@dataclass(frozen=True)
class GoldenRows:
    """Rows of the field facts, of what stands for each customer, and of its quality."""

    fields: Rows
    heads: Rows
    quality: Rows


def build_customers(
    customers: Customers, sheets: CustomerSheets, sent: Sent, previous: Mapping[str, Mapping[str, Provenance]]
) -> GoldenRows:
    """Golden records of all customers. `previous` is the provenance of the last run by customer and field."""
    sheet = sheets.survivorship
    survival = Survival(sheet.fields, sheet.confidence, places(), sheet.disputed_nit_confidence)
    rules = CustomerRules(survival, sector_of_ciiu)
    confidence = {link.ref: link.evidence.confidence for link in customers.links}
    rows = GoldenRows([], [], [])
    for customer_id in sorted(customers.records):
        members = [
            as_member(record, sheet.sources[record.source], confidence[record.ref], sent)
            for record in sorted(customers.records[customer_id], key=lambda one: one.ref)
        ]
        customer = rules.build(customer_id, members, previous.get(customer_id, {}))
        rows.fields.extend(field_rows("customer_id", customer_id, customer.fields))
        rows.heads.append(_head_row(customer))
        rows.quality.append(_quality_row(customer, sheets))
    return rows


def as_member(record: SourceRecord, where: SourceColumns, confidence: float, sent: Sent) -> Member:
    """A record with what the hub last sent to it; only the account that carries an id is ever written."""
    written = sent.get(record.hub_id) if record.source == "neo" and record.hub_id else None
    return Member(record, where, confidence if record.source in ATTACHED else 1.0, written)


def field_rows(id_column: str, hub_id: str, fields: Mapping[str, Any]) -> Rows:
    """One row per golden field with its provenance."""
    return [
        {
            id_column: hub_id,
            "field": name,
            "value": survivor.provenance.value,
            "source": survivor.provenance.source,
            "source_key": survivor.provenance.source_key,
            "observed_at": survivor.provenance.observed_at,
            "rule": survivor.provenance.rule,
            "confidence": survivor.provenance.confidence,
        }
        for name, survivor in sorted(fields.items())
    ]


def read_provenance(rows: Sequence[Mapping[str, Any]], id_column: str) -> dict[str, dict[str, Provenance]]:
    """The field facts of the last run by customer (or person) and field."""
    found: dict[str, dict[str, Provenance]] = {}
    for row in rows:
        found.setdefault(row[id_column], {})[row["field"]] = Provenance(
            row["value"], row["source"], row["source_key"], row["observed_at"], row["rule"], row["confidence"]
        )
    return found


def _head_row(customer: Customer) -> dict[str, Any]:
    return {
        "customer_id": customer.customer_id,
        "audience": customer.audience,
        "kind": customer.kind,
        "nit_status": customer.nit_status,
        "neo_account_id": customer.neo_account_id,
        "neo_duplicate_ids": list(customer.neo_duplicate_ids),
        "portal_company_id": customer.portal_company_id,
        "sources": list(customer.sources),
    }


def _quality_row(customer: Customer, sheets: CustomerSheets) -> dict[str, Any]:
    values = {name: survivor.provenance.value for name, survivor in customer.fields.items()}
    values["nit_status"] = customer.nit_status
    found = score_profile(values, customer.audience, sheets.quality, sheets.programmes)
    return {
        "customer_id": customer.customer_id,
        "completeness": found.completeness,
        "quality_class": found.quality_class,
        "quality_missing": list(found.missing),
    }
