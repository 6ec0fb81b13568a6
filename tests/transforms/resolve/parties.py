"""Small company records for tests of resolution, read by the same cleaning as real ones."""

from pathlib import Path

from include.core.reference import departments, municipalities
from include.core.sheets import PROJECT_ROOT, load_sheet
from transforms.clean.email import all_emails, company_domain
from transforms.clean.names import company_core
from transforms.clean.phone import all_phones
from transforms.clean.place import Gazetteer, city_code
from transforms.identifiers.nit import parse_nit
from transforms.resolve.facts import PairFacts, Population
from transforms.resolve.record import Evidence, Party
from transforms.resolve.score import judge_pair
from transforms.resolve.sheet import IdentitySheet

GAZETTEER = Gazetteer.build(municipalities(), departments())
IDENTITY: Path = PROJECT_ROOT / "include" / "config" / "rules" / "identity.yml"
SHEET = load_sheet(IDENTITY, IdentitySheet)


def party(
    key: str,
    name: str,
    nit: str = "",
    *,
    source: str = "neo",
    country: str = "CO",
    city: str = "",
    email: str = "",
    phone: str = "",
    tax_id: str | None = None,
    is_nit_confirmed: bool = False,
) -> Party:
    """A record from what somebody typed."""
    place = city_code(city, gazetteer=GAZETTEER)
    emails = all_emails(email)
    return Party(
        source=source,
        key=key,
        names=(company_core(name),) if name else (),
        nit=parse_nit(nit, country),
        tax_id=tax_id,
        country=country,
        department=place[:2] if place else None,
        city=place,
        emails=emails,
        phones=all_phones(phone, country),
        domains=frozenset(domain for one in emails if (domain := company_domain(one))),
        is_nit_confirmed=is_nit_confirmed,
    )


def judge(left: Party, right: Party) -> Evidence:
    """The verdict on two records alone in the world."""
    return judge_pair(PairFacts(left, right, Population.of([left, right], [], SHEET, frozenset())), SHEET)


def band(evidence: Evidence) -> str:
    """What becomes of a pair: join, review or apart."""
    if evidence.confidence >= SHEET.bands.join:
        return "join"
    return "review" if evidence.confidence >= SHEET.bands.review else "apart"
