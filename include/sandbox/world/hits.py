"""Puts the planned resemblances to LISTA-DEMO into the world.

Some subjects truly are the entry, others only look like it; `data/world/hits.csv` says which.
"""

import random
from collections.abc import Callable
from dataclasses import replace

from include.sandbox.world.buyers import languages_of
from include.sandbox.world.chance import stream
from include.sandbox.world.minting import Mint, foreign_phone, plain_slug
from include.sandbox.world.model import Company, Person
from include.sandbox.world.packaged import PlannedHit, names, planned_hits

Fits = Callable[[Company], bool]


def plant_hits(
    exporters: list[Company], buyers: list[Company], scale: str, seed: int, mint: Mint
) -> tuple[list[Company], list[Company], list[tuple[PlannedHit, str, str]]]:
    """Both lists with the planned subjects in place, and what was planted: (plan, entity id, person id or '')."""
    rng = stream(seed, "hits")
    companies = {company.entity_id: company for company in (*exporters, *buyers)}
    planted: list[tuple[PlannedHit, str, str]] = []
    for hit in planned_hits(scale):
        chosen = rng.choice(_candidates(hit, companies))
        changed, person_id = _resembling(rng, hit, chosen, mint)
        companies[changed.entity_id] = changed
        planted.append((hit, changed.entity_id, person_id))
    return (
        [companies[company.entity_id] for company in exporters],
        [companies[company.entity_id] for company in buyers],
        planted,
    )


def _candidates(hit: PlannedHit, companies: dict[str, Company]) -> list[Company]:
    """Companies still untouched, on the right side, known to the portal and if possible to NEO."""
    side = "buyer" if hit.subject.startswith("buyer") else "exporter"
    source = "registration" if hit.subject.startswith("registration") else "portal"
    parents = {c.sibling_of for c in companies.values()}
    people_needed = 2 if hit.subject.endswith("contact") and side == "exporter" else 1
    free = [
        c
        for c in companies.values()
        if c.audience == side
        and not c.hit_case
        and not c.sibling_of
        and c.kind == "company"
        and source in c.presence
        and len(c.people) >= people_needed
        and c.entity_id not in parents
    ]
    return (
        [c for c in free if "neo" in c.presence and c.country == hit.country]
        or [c for c in free if "neo" in c.presence]
        or free
    )


def _resembling(rng: random.Random, hit: PlannedHit, company: Company, mint: Mint) -> tuple[Company, str]:
    if not hit.subject.endswith("company"):
        at = 0 if hit.subject.endswith("representative") else len(company.people) - 1
        person = _as_planned(hit, company.people[at])
        people = (*company.people[:at], person, *company.people[at + 1 :])
        return replace(company, people=people, hit_case=hit.case), person.person_id
    country = hit.country if company.audience == "buyer" else company.country
    if country != company.country:
        company = _moved(rng, company, country)
    tax_id = hit.number or (mint.nit() if company.audience == "exporter" else company.tax_id)
    domain = mint.domain(hit.name)
    return (
        replace(
            company,
            name=hit.name,
            form=hit.form,
            trade_name="",
            tax_id=tax_id,
            email=f"info@{domain}",
            website=f"https://www.{domain}",
            hit_case=hit.case,
        ),
        "",
    )


def _moved(rng: random.Random, company: Company, country: str) -> Company:
    cities = names().buyers.cities[country]
    return replace(
        company,
        country=country,
        city=rng.choice(cities),
        phone=foreign_phone(rng, country),
        languages=languages_of(country),
    )


def _as_planned(hit: PlannedHit, person: Person) -> Person:
    first, last = hit.name.split("|")
    domain = person.email.rsplit("@", 1)[-1]
    number = hit.number if hit.number or person.country == "CO" else person.document_number
    return replace(
        person,
        first_name=first,
        last_name=last,
        country=hit.country,
        document_number=number,
        document_type=person.document_type if number else "",
        born_on=hit.born_on or person.born_on,
        email=f"{plain_slug(first.split()[0])}.{plain_slug(last.split()[-1])}@{domain}",
    )
