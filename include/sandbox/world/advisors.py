"""The agency's advisors: every office has somebody, sectors and languages are shared out, a few have left."""

import random
from collections.abc import Sequence
from datetime import datetime

from include.core import reference
from include.core.reference import Office
from include.sandbox.world.chance import guid, happens, stream
from include.sandbox.world.minting import plain_slug
from include.sandbox.world.model import Advisor, Company, OfficeKind
from include.sandbox.world.naming import Namer

MAIL_DOMAIN = "procolombia.example"
_LANGUAGE_OF_OFFICE = {
    "estados_unidos": "en",
    "canada": "en",
    "caribe": "en",
    "brasil": "pt",
    "alemania": "de",
    "francia": "fr",
    "reino_unido": "en",
    "rusia": "ru",
    "china": "zh",
    "corea_del_sur": "ko",
    "india": "en",
    "indonesia": "id",
    "japon": "ja",
    "singapur": "en",
}
_CHAINS = (
    "Agroalimentos",
    "Sistema Moda",
    "Químicos y Ciencias de la Vida",
    "Metalmecánica y Otras Industrias",
    "Industrias 4.0",
)
_TITLES = {"oficom": "Asesor comercial", "ofireg": "Asesor de exportaciones", "central": "Asesor de emparejamiento"}


def make_advisors(per_office: int, seed: int, today: datetime, namer: Namer) -> list[Advisor]:
    """Advisors of all offices, in the order of the office sheet; regional offices have one and a half times as many."""
    rng = stream(seed, "advisors")
    offices = reference.offices()
    made: list[Advisor] = []
    taken: set[str] = set()
    for office in dict.fromkeys(offices.oficom.values()):
        made += _staff(rng, office, "oficom", max(1, per_office), today, namer, taken)
    for office in dict.fromkeys(offices.ofireg.values()):
        made += _staff(rng, office, "ofireg", max(2, per_office + per_office // 2), today, namer, taken)
    made += _staff(rng, offices.central, "central", 3, today, namer, taken)
    return made


def owner_of(rng: random.Random, company: Company, advisors: Sequence[Advisor]) -> Advisor:
    """Who keeps the account in NEO: the advisor of the place and sector; somebody who left, for a few old ones."""
    if company.audience == "exporter":
        local = [a for a in advisors if company.department_code in a.departments]
    else:
        local = [a for a in advisors if company.country in a.countries]
    local = local or [a for a in advisors if a.office_kind == "central"]
    fitting = [a for a in local if not a.sectors or company.sector in a.sectors] or local
    active = [a for a in fitting if a.is_active] or [a for a in local if a.is_active]
    return rng.choice(active if active and not happens(rng, 0.03) else fitting)


def _staff(
    rng: random.Random, office: Office, kind: OfficeKind, count: int, today: datetime, namer: Namer, taken: set[str]
) -> list[Advisor]:
    shares = _shares(count)
    return [
        _advisor(
            rng, office, kind, shares[number], today, namer, taken, is_active=number == 0 or not happens(rng, 0.12)
        )
        for number in range(count)
    ]


def _advisor(
    rng: random.Random,
    office: Office,
    kind: OfficeKind,
    sectors: tuple[str, ...],
    today: datetime,
    namer: Namer,
    taken: set[str],
    *,
    is_active: bool,
) -> Advisor:
    person = namer.person("CO", "commercial", MAIL_DOMAIN, today.date())
    local = f"{plain_slug(person.first_name.split()[0])}.{plain_slug(person.last_name.split()[0])}"
    while local in taken:
        local += str(len(taken) % 10)
    taken.add(local)
    spoken = ["es", "en"] if happens(rng, 0.85) or kind != "ofireg" else ["es"]
    own = _LANGUAGE_OF_OFFICE.get(office.slug)
    if own and own not in spoken:
        spoken.append(own)
    return Advisor(
        advisor_id=guid(rng),
        user_id=guid(rng),
        first_name=person.first_name,
        last_name=person.last_name,
        email=f"{local}@{MAIL_DOMAIN}",
        job_title=_TITLES[kind],
        office_slug=office.slug,
        office_kind=kind,
        countries=office.countries,
        departments=office.departments,
        sectors=sectors,
        languages=tuple(spoken),
        is_active=is_active,
    )


def _shares(count: int) -> list[tuple[str, ...]]:
    """Sectors of each colleague: the first one covers everything, the others a chain or two."""
    of_chain = {
        chain: tuple(sector.slug for sector in reference.sectors().values() if sector.chain_es == chain)
        for chain in _CHAINS
    }
    shares: list[tuple[str, ...]] = [()]
    for number in range(1, count):
        chains = [chain for at, chain in enumerate(_CHAINS) if at % (count - 1) == number - 1]
        shares.append(tuple(slug for chain in chains for slug in of_chain[chain]))
    return shares
