"""What the portal holds: companies, contacts, offers, needs, deals and contact requests as its users typed them.

Registrations have a module of their own. Records carry `id` and the field names of the portal's API.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from include.core import reference
from include.sandbox.world.chance import happens, moment_before, stamp, stream, weighted
from include.sandbox.world.dirt import (
    spell_city,
    spell_company,
    spell_department,
    spell_mail,
    spell_nit,
    spell_person,
    spell_phone,
)
from include.sandbox.world.encounters import ContactRequest, Opportunity
from include.sandbox.world.model import Company, Ledger, Need, Offer, Person

Record = dict[str, Any]
PORTAL_DAYS = 1_000  # the portal is that old
CARE = 0.45  # the portal's forms check what they can, so it is cleaner than the CRM


@dataclass(frozen=True)
class PortalIds:
    """The portal's ids of the entities that have an account there."""

    companies: dict[str, str]


def portal_ids(companies: list[Company]) -> PortalIds:
    """Ids in order: `E000001` for exporters, `B000001` for buyers."""
    ids: dict[str, str] = {}
    counts = {"exporter": 0, "buyer": 0}
    for company in companies:
        if "portal" in company.presence:
            counts[company.audience] += 1
            ids[company.entity_id] = f"{company.audience[0].upper()}{counts[company.audience]:06d}"
    return PortalIds(ids)


def company_records(
    companies: list[Company], ids: PortalIds, seed: int, today: datetime, ledger: Ledger
) -> list[Record]:
    """Stream `companies`."""
    rng = stream(seed, "portal", "companies")
    records = []
    for company in companies:
        if company.entity_id in ids.companies:
            key = ids.companies[company.entity_id]
            ledger.note(company.entity_id, "portal", key)
            records.append(_company(rng, key, company, today))
    return records


def contact_records(companies: list[Company], ids: PortalIds, seed: int, today: datetime) -> list[tuple[Record, str]]:
    """Stream `contacts`, each with the person behind it."""
    rng = stream(seed, "portal", "contacts")
    records: list[tuple[Record, str]] = []
    for company in companies:
        if company.entity_id not in ids.companies:
            continue
        for person in company.people:
            key = f"P{len(records) + 1:06d}"
            records.append(
                (_contact(rng, key, ids.companies[company.entity_id], company, person, today), person.person_id)
            )
    return records


def offer_record(offer: Offer, ids: PortalIds) -> Record:
    """A record of the stream `offers`."""
    return {
        "id": offer.offer_id,
        "company_id": ids.companies[offer.company.entity_id],
        "kind": "service" if offer.product.is_service else "product",
        "title": offer.title,
        "description": offer.description,
        "hs_codes": list(offer.codes),
        "codes_confirmed": offer.codes_confirmed,
        "capacity_value": offer.capacity,
        "capacity_unit": offer.capacity_unit if offer.capacity is not None else None,
        "capacity_period": offer.capacity_period if offer.capacity is not None else None,
        "price_usd": offer.price,
        "price_unit": offer.product.unit if offer.price is not None else None,
        "incoterms": list(offer.incoterms),
        "lead_time_days": offer.lead_time_days,
        "min_order": offer.min_order,
        "certificates": [
            {"code": c.code, "valid_until": _iso(c.valid_until), "is_verified": c.is_verified}
            for c in offer.certificates
        ],
        "excluded_markets": list(offer.excluded_markets),
        "status": offer.status,
        "created_at": stamp(offer.created_at),
        "updated_at": stamp(offer.updated_at),
    }


def need_record(need: Need, ids: PortalIds) -> Record:
    """A record of the stream `needs`."""
    return {
        "id": need.need_id,
        "company_id": ids.companies[need.company.entity_id],
        "title": need.title,
        "description": need.description,
        "kind": "service" if need.product.is_service else "product",
        "hs_codes": list(need.codes),
        "codes_confirmed": need.codes_confirmed,
        "market": need.company.country,
        "volume_value": need.volume,
        "volume_unit": need.volume_unit if need.volume is not None else None,
        "volume_period": need.volume_period if need.volume is not None else None,
        "min_volume": need.min_volume if need.volume is not None else None,
        "target_price_usd": need.target_price,
        "price_unit": need.product.unit if need.target_price is not None else None,
        "incoterm": need.incoterm,
        "latest_on": _iso(need.latest_on),
        "certificates_required": list(need.certificates_required),
        "wishes": list(need.wishes),
        "languages": list(need.languages),
        "interpreter_ok": need.interpreter_ok,
        "value_usd_year": need.value_usd_year,
        "origin": need.origin,
        "status": need.status,
        "created_at": stamp(need.created_at),
        "updated_at": stamp(need.updated_at),
    }


def request_record(request: ContactRequest, ids: PortalIds) -> Record:
    """A record of the stream `contact-requests`."""
    return {
        "id": request.request_id,
        "need_id": request.need.need_id,
        "offer_id": request.offer.offer_id,
        "buyer_company_id": ids.companies[request.need.company.entity_id],
        "exporter_company_id": ids.companies[request.offer.company.entity_id],
        "requested_at": stamp(request.requested_at),
        "answered_at": stamp(request.answered_at) if request.answered_at else None,
        "status": request.status,
        "updated_at": stamp(request.updated_at),
    }


def opportunity_record(opportunity: Opportunity, ids: PortalIds) -> Record:
    """A record of the stream `opportunities`."""
    return {
        "id": opportunity.opportunity_id,
        "need_id": opportunity.need.need_id,
        "offer_id": opportunity.offer.offer_id,
        "exporter_company_id": ids.companies[opportunity.offer.company.entity_id],
        "buyer_company_id": ids.companies[opportunity.need.company.entity_id],
        "stage": opportunity.stage,
        "value_usd": opportunity.value_usd,
        "is_effective": opportunity.is_effective,
        "created_at": stamp(opportunity.created_at),
        "updated_at": stamp(opportunity.updated_at),
    }


def joined_at(company: Company, today: datetime) -> datetime:
    """When the company joined the portal: at its first contact with the agency, or since the portal exists."""
    age = (today - company.created_at).days
    if age <= PORTAL_DAYS:
        return company.created_at
    return today - timedelta(days=200 + age * 37 % (PORTAL_DAYS - 200), seconds=company.created_at.second * 1_313)


def department_name(code: str) -> str:
    """The department's usual name, blank for foreign companies."""
    return reference.departments().get(code, "")


def _company(rng: random.Random, key: str, company: Company, today: datetime) -> Record:
    created = joined_at(company, today)
    is_exporter = company.audience == "exporter"
    updated = created if happens(rng, 0.35) else moment_before(rng, today, (0, (today - created).days + 0.1))
    return {
        "id": key,
        "audience": company.audience,
        "nit": spell_nit(rng, company.tax_id, "portal", is_exact=bool(company.hit_case)) if is_exporter else None,
        "tax_id": None if is_exporter else company.tax_id or None,
        "name": spell_company(rng, company.name, company.form, level=CARE),
        "trade_name": company.trade_name or None,
        "country": company.country,
        "city": spell_city(rng, company.city_code, company.city),
        "department": spell_department(rng, company.department_code, department_name(company.department_code)) or None,
        "address": company.address if happens(rng, 0.9) else None,
        "email": spell_mail(rng, company.email, company.commercial.email, level=CARE),
        "phone": spell_phone(rng, company.phone, level=CARE),
        "website": company.website.removeprefix("https://") if happens(rng, 0.2) else company.website or None,
        "sector": company.sector,
        "ciiu": company.ciiu[0] if company.ciiu and happens(rng, 0.8) else None,
        "size": company.size if happens(rng, 0.85) else None,
        "description": _about(rng, company),
        "languages": _spoken(company) if happens(rng, 0.93) else [],
        "target_markets": list(company.target_markets),
        "export_markets": list(company.export_markets),
        "years_exporting": company.years_exporting if is_exporter and happens(rng, 0.9) else None,
        "profile_status": weighted(rng, {"approved": 82.0, "pending": 13.0, "returned": 5.0}),
        "status": "inactive" if happens(rng, 0.03) else "active",
        "origin": company.origin,
        "consent_marketing": happens(rng, 0.72),
        "created_at": stamp(created),
        "updated_at": stamp(max(created, updated)),
    }


def _contact(
    rng: random.Random, key: str, company_id: str, company: Company, person: Person, today: datetime
) -> Record:
    first, last = spell_person(rng, person.first_name, person.last_name, level=0.5)
    created = joined_at(company, today)
    known_document = bool(person.document_number) and (person.role == "legal_representative" or happens(rng, 0.4))
    if company.hit_case and person.document_number:
        first, last, known_document = person.first_name, person.last_name, True
    return {
        "id": key,
        "company_id": company_id,
        "first_name": first,
        "last_name": last,
        "position": person.position,
        "email": spell_mail(rng, person.email, level=CARE),
        "phone": spell_phone(rng, person.phone, level=CARE) if happens(rng, 0.9) else None,
        "document_type": person.document_type if known_document else None,
        "document_number": person.document_number if known_document else None,
        "country": person.country,
        "language": person.language,
        "role": person.role,
        "created_at": stamp(created),
        "updated_at": stamp(created),
    }


def _spoken(company: Company) -> list[str]:
    """Languages with their level; buyers are taken to master their own."""
    if company.audience == "exporter":
        return list(company.languages)
    return [f"{language}:{'B2' if at else 'C2'}" for at, language in enumerate(company.languages)]


def _about(rng: random.Random, company: Company) -> str | None:
    if happens(rng, 0.15):
        return None
    lines = ", ".join(product.es[0].lower() + product.es[1:] for product in company.products[:2])
    if company.audience == "exporter":
        return f"Empresa de {company.city} dedicada a {lines}."
    in_english = ", ".join(product.en.lower() for product in company.products[:2])
    return f"Importador de {lines}." if company.languages[0] == "es" else f"Importer of {in_english}."


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
