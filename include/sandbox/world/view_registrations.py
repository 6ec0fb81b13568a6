"""Registrations: what visitors filled in to join the portal, and which answer each one ought to get.

Most are history (accepted long ago). The pending ones show every case of the gate: known in NEO under another
spelling, unknown, an impossible NIT, forms that make no sense, buyers met at fairs.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from include.core import reference
from include.sandbox.world.buyers import languages_of
from include.sandbox.world.chance import happens, moment_before, stamp, stream
from include.sandbox.world.dirt import (
    spell_city,
    spell_company,
    spell_department,
    spell_mail,
    spell_nit,
    spell_person,
    spell_phone,
)
from include.sandbox.world.minting import check_digit
from include.sandbox.world.model import Company, Ledger
from include.sandbox.world.view_portal import CARE, Record, department_name, joined_at

PENDING_SHARE = 0.08


@dataclass
class Registrations:
    """The stream, and the answer each pending one should get: id -> {decision, because, entity}."""

    records: list[Record] = field(default_factory=list)
    expected: dict[str, dict[str, Any]] = field(default_factory=dict)


def make_registrations(companies: list[Company], seed: int, today: datetime, ledger: Ledger) -> Registrations:
    """One registration per portal company (history), then the pending ones."""
    rng = stream(seed, "portal", "registrations")
    made = Registrations()
    for company in companies:
        if "portal" in company.presence:
            record = _form(rng, _next_id(made), company, joined_at(company, today))
            made.records.append(record | {"status": "accepted"})
            ledger.note(company.entity_id, "portal_registration", record["id"])
    waiting = [c for c in companies if "registration" in c.presence]
    rng.shuffle(waiting)
    wanted = max(12, round(PENDING_SHARE * len(made.records)))
    chosen = [c for c in waiting if c.hit_case] + _balanced([c for c in waiting if not c.hit_case])
    for company in chosen[:wanted]:
        _add_pending(rng, made, company, today, ledger)
    _add_broken(rng, made, chosen, seed, today)
    made.records.sort(key=lambda record: str(record["id"]))
    return made


def _balanced(waiting: list[Company]) -> list[Company]:
    """Exporters in NEO, exporters not in NEO and buyers in turn, so that a short list shows all three."""
    known = [c for c in waiting if c.audience == "exporter" and "neo" in c.presence]
    unknown = [c for c in waiting if c.audience == "exporter" and "neo" not in c.presence]
    buyers = [c for c in waiting if c.audience == "buyer"]
    piles = (known, unknown, buyers)
    longest = max(len(pile) for pile in piles)
    return [pile[turn] for turn in range(longest) for pile in piles if turn < len(pile)]


def _add_pending(rng: random.Random, made: Registrations, company: Company, today: datetime, ledger: Ledger) -> None:
    record = _form(rng, _next_id(made), company, moment_before(rng, today, (0.2, 12)))
    made.records.append(record | {"status": "in_review" if happens(rng, 0.12) else "pending"})
    ledger.note(company.entity_id, "portal_registration", record["id"])
    if company.audience == "buyer":
        decision, because = "accept", "buyers register freely"
    elif "neo" in company.presence:
        decision, because = "accept", "the company is in NEO"
    else:
        decision, because = "refuse", "the company is not in NEO"
    made.expected[record["id"]] = {"decision": decision, "because": because, "entity": company.entity_id}


def _add_broken(rng: random.Random, made: Registrations, chosen: list[Company], seed: int, today: datetime) -> None:
    """The same form, spoiled in one way each. A second form of a company that already waits is the usual reason."""
    exporters = [c for c in chosen if c.audience == "exporter" and not c.hit_case and "neo" in c.presence]
    for number, (because, decision, spoil) in enumerate(_SPOILED):
        company = exporters[number % len(exporters)]
        record = _form(rng, _next_id(made), company, moment_before(rng, today, (0.2, 9)))
        spoil(record, company)
        made.records.append(record | {"status": "pending"})
        made.expected[record["id"]] = {"decision": decision, "because": because, "entity": company.entity_id}


def _form(rng: random.Random, key: str, company: Company, submitted: datetime) -> Record:
    person = company.commercial
    first, last = spell_person(rng, person.first_name, person.last_name, level=0.4)
    is_exporter = company.audience == "exporter"
    country = reference.countries()[company.country]
    return {
        "id": key,
        "audience": company.audience,
        "submitted_at": stamp(submitted),
        "updated_at": stamp(submitted),
        "nit": spell_nit(rng, company.tax_id, "portal", is_exact=bool(company.hit_case)) if is_exporter else None,
        "tax_id": None if is_exporter else company.tax_id or None,
        "company_name": spell_company(rng, company.name, company.form, level=0.8),
        "trade_name": company.trade_name or None,
        "country": country.iso2
        if happens(rng, 0.8)
        else rng.choice((country.name_es, country.name_en, *country.aliases[:1])),
        "city": spell_city(rng, company.city_code, company.city),
        "department": spell_department(rng, company.department_code, department_name(company.department_code)) or None,
        "email": spell_mail(rng, person.email, company.email, level=CARE),
        "phone": spell_phone(rng, company.phone),
        "website": company.website or None,
        "contact_first_name": first,
        "contact_last_name": last,
        "contact_document_type": person.document_type if is_exporter and person.document_number else None,
        "contact_document": person.document_number if is_exporter and person.document_number else None,
        "contact_position": person.position,
        "language": "es" if "es" in languages_of(company.country) else "en",
        "product_text": _products(rng, company),
        "ciiu": company.ciiu[0] if company.ciiu and happens(rng, 0.7) else None,
        "hs_codes": [company.products[0].code] if happens(rng, 0.3) and not company.products[0].is_service else [],
        "origin": company.origin,
        "consent_marketing": happens(rng, 0.7),
    }


def _products(rng: random.Random, company: Company) -> str:
    in_spanish = company.country == "CO" or company.languages[0] == "es"
    words = [rng.choice((p.es, *p.alt_es)) if in_spanish else rng.choice((p.en, *p.alt_en)) for p in company.products]
    return ", ".join(words) if happens(rng, 0.9) else words[0].upper()


def _next_id(made: Registrations) -> str:
    return f"R{len(made.records) + 1:06d}"


def _no_name(record: Record, _: Company) -> None:
    record["company_name"] = ""


def _impossible_date(record: Record, _: Company) -> None:
    record["submitted_at"] = record["submitted_at"][:5] + "02-31" + record["submitted_at"][10:]


def _unknown_country(record: Record, _: Company) -> None:
    record["country"] = "Atlántida"


def _wrong_check_digit(record: Record, company: Company) -> None:
    record["nit"] = f"{company.tax_id}-{(int(check_digit(company.tax_id)) + 4) % 10}"


def _excel_nit(record: Record, _: Company) -> None:
    record["nit"] = "9.82E+08"


def _no_nit(record: Record, _: Company) -> None:
    record["nit"] = "NO REPORTA"


def _no_mail(record: Record, _: Company) -> None:
    record["email"] = "notiene@"
    record["phone"] = ""


_SPOILED: tuple[tuple[str, str, Callable[[Record, Company], None]], ...] = (
    ("no company name", "quarantine", _no_name),
    ("impossible date", "quarantine", _impossible_date),
    ("unknown country", "quarantine", _unknown_country),
    ("wrong check digit", "correct", _wrong_check_digit),
    ("NIT in scientific notation", "correct", _excel_nit),
    ("no NIT", "correct", _no_nit),
    ("neither mail nor phone", "correct", _no_mail),
)
