"""Puts the world together: entities first, then each source's view of them, then the truth."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from include.sandbox.lists.names import listed_numbers
from include.sandbox.world.advisors import make_advisors
from include.sandbox.world.buyers import make_buyers
from include.sandbox.world.chance import stream
from include.sandbox.world.commerce import make_needs, make_offers
from include.sandbox.world.encounters import make_encounters
from include.sandbox.world.exporters import make_exporters
from include.sandbox.world.hits import plant_hits
from include.sandbox.world.minting import Mint
from include.sandbox.world.model import SCALES, Advisor, Company, Ledger, Scale
from include.sandbox.world.naming import Namer
from include.sandbox.world.packaged import planned_hits
from include.sandbox.world.truth import make_truth
from include.sandbox.world.view_neo import (
    account_payloads,
    contact_payloads,
    make_accounts,
    opportunity_payloads,
    user_payloads,
)
from include.sandbox.world.view_portal import (
    company_records,
    contact_records,
    need_record,
    offer_record,
    opportunity_record,
    portal_ids,
    request_record,
)
from include.sandbox.world.view_registrations import make_registrations
from include.sandbox.world.view_rues import make_rues
from include.sandbox.world.view_timeline import timeline_payloads

ANCHOR = date(2026, 11, 20)
NEO_TABLES = (
    "systemuser",
    "account",
    "contact",
    "opportunity",
    "task",
    "phonecall",
    "appointment",
    "email",
    "annotation",
)


@dataclass(frozen=True)
class World:
    """Everything the sandbox serves, and the truth nobody is served.

    `portal`: stream -> records with `id`. `rues`: rows with `:id` and `:updated_at`. `neo`: table -> payloads in
    seeding order. `today`: the instant the world was made for; nothing in it happened later.
    """

    scale: Scale
    seed: int
    today: datetime
    portal: dict[str, list[dict[str, Any]]]
    rues: list[dict[str, str]]
    neo: dict[str, list[dict[str, Any]]]
    advisors: list[Advisor]
    truth: dict[str, Any]


def build_world(scale: str = "quick", seed: int = 7, *, today: date = ANCHOR) -> World:
    """The world of a scale (`quick`, `full`) and a seed, as it stands at noon UTC of `today`.

    Same arguments, same world, row by row. Raises KeyError for an unknown scale.
    """
    size = SCALES[scale]
    now = datetime(today.year, today.month, today.day, 12, tzinfo=UTC)
    mint = Mint(stream(seed, "numbers"), listed_numbers() | {hit.number for hit in planned_hits("full")})
    namer = Namer(stream(seed, "names"), mint)
    ledger = Ledger()
    exporters = make_exporters(size, seed, now, namer, mint)
    buyers = make_buyers(size, seed, now, namer, mint, exporters)
    exporters, buyers, planted = plant_hits(exporters, buyers, scale, seed, mint)
    companies = [*exporters, *buyers]
    advisors = make_advisors(size.advisors_per_office, seed, now, namer)
    portal, expected, contacts, needs, offers = _portal(size, companies, seed, now, ledger)
    neo, neo_contacts = _neo(companies, advisors, seed, now, namer, ledger)
    rues = make_rues(exporters, size.rues_rows, seed, now, namer, mint, ledger)
    truth = make_truth(scale, seed, now, companies, ledger, needs, offers, expected, planted, contacts, neo_contacts)
    return World(size, seed, now, portal, rues, neo, advisors, truth)


def _portal(size: Scale, companies: list[Company], seed: int, now: datetime, ledger: Ledger) -> Any:
    ids = portal_ids(companies)
    exporters = [c for c in companies if c.audience == "exporter"]
    buyers = [c for c in companies if c.audience == "buyer"]
    offers = make_offers(exporters, size.offers, seed, now)
    needs = make_needs(buyers, size.needs, seed, now)
    requests, opportunities = make_encounters(needs, offers, seed, now)
    registrations = make_registrations(companies, seed, now, ledger)
    contacts = contact_records(companies, ids, seed, now)
    portal = {
        "registrations": registrations.records,
        "companies": company_records(companies, ids, seed, now, ledger),
        "contacts": [record for record, _ in contacts],
        "offers": [offer_record(offer, ids) for offer in offers],
        "needs": [need_record(need, ids) for need in needs],
        "opportunities": [opportunity_record(opportunity, ids) for opportunity in opportunities],
        "contact-requests": [request_record(request, ids) for request in requests],
    }
    person_contact = {person_id: record["id"] for record, person_id in contacts}
    return portal, registrations.expected, person_contact, needs, offers


def _neo(
    companies: list[Company], advisors: list[Advisor], seed: int, now: datetime, namer: Namer, ledger: Ledger
) -> tuple[dict[str, list[dict[str, Any]]], dict[str, str]]:
    accounts = make_accounts(companies, advisors, seed, now, ledger)
    contacts = contact_payloads(accounts, seed, now, namer)
    rows = {
        "systemuser": user_payloads(advisors, now),
        "account": account_payloads(accounts, seed, now),
        "contact": contacts,
        "opportunity": opportunity_payloads(accounts, seed, now),
        **timeline_payloads(accounts, seed, now),
    }
    person_contact = {person: contact for account in accounts for person, contact in account.contact_ids.items()}
    return {table: rows[table] for table in NEO_TABLES}, person_contact
