"""What NEO holds before the hub exists: users, accounts, contacts and opportunities as advisors typed them by hand.

Payloads are Web API POST bodies of standard tables; the NIT sits in `accountnumber`, in any spelling. Activities and
notes have a module of their own.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from include.core import reference
from include.sandbox.world.advisors import owner_of
from include.sandbox.world.chance import guid, happens, log_between, moment_before, rounded, stamp, stream, weighted
from include.sandbox.world.dirt import spell_city, spell_company, spell_mail, spell_nit, spell_person, spell_phone
from include.sandbox.world.model import Advisor, Company, Ledger, Person
from include.sandbox.world.naming import Namer
from include.sandbox.world.packaged import texts
from include.sandbox.world.view_portal import department_name

Payload = dict[str, Any]
# The US dollar of every sandbox organisation; a test compares it with the currency the store is founded with.
USD_CURRENCY = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0011"
TWICE_SHARE = 0.035
_RELATIONSHIP = {"exporter": 11, "buyer": 3}  # Proveedor, Cliente
_COLOMBIA = ("Colombia", "COLOMBIA", "CO", "COL", "colombia", "")


@dataclass(frozen=True)
class Account:
    """An account of NEO and what stands behind it."""

    account_id: str
    company: Company
    owner: Advisor
    created: datetime
    contact_ids: dict[str, str] = field(default_factory=dict)


def user_payloads(advisors: Sequence[Advisor], today: datetime) -> list[Payload]:
    """Table `systemuser`: one per advisor, tied to the directory by its object id."""
    return [
        {
            "systemuserid": a.user_id,
            "azureactivedirectoryobjectid": a.advisor_id,
            "domainname": a.email,
            "internalemailaddress": a.email,
            "firstname": a.first_name,
            "lastname": a.last_name,
            "jobtitle": a.job_title,
            "title": a.office_slug,
            "isdisabled": not a.is_active,
            "createdon": stamp(today - timedelta(days=1_500)),
        }
        for a in advisors
    ]


def make_accounts(
    companies: list[Company], advisors: Sequence[Advisor], seed: int, today: datetime, ledger: Ledger
) -> list[Account]:
    """Accounts of all companies NEO knows; about one in thirty was opened twice by different advisors."""
    rng = stream(seed, "neo", "accounts")
    accounts: list[Account] = []
    for company in companies:
        if "neo" not in company.presence:
            continue
        copies = 2 if not company.hit_case and happens(rng, TWICE_SHARE) else 1
        for _ in range(copies):
            created = company.created_at if copies == 1 else moment_before(rng, today, (60, 1_800))
            account = Account(guid(rng), company, owner_of(rng, company, advisors), created)
            ledger.note(company.entity_id, "neo", account.account_id)
            accounts.append(account)
    return accounts


def account_payloads(accounts: list[Account], seed: int, today: datetime) -> list[Payload]:
    """Table `account`."""
    rng = stream(seed, "neo", "account rows")
    payloads = [_account(rng, account, today) for account in accounts]
    exporters = [a.company for a in accounts if a.company.audience == "exporter"]
    for account, payload in zip(accounts, payloads, strict=True):
        # one in two hundred carries the NIT of the line above in somebody's spreadsheet: a person must look
        if account.company.audience == "exporter" and not account.company.hit_case and happens(rng, 0.005):
            payload["accountnumber"] = spell_nit(rng, rng.choice(exporters).tax_id, "neo", is_exact=True)[:20]
    return payloads


def contact_payloads(accounts: list[Account], seed: int, today: datetime, namer: Namer) -> list[Payload]:
    """Table `contact`; fills `contact_ids` of each account. One in twelve accounts still lists somebody who left."""
    rng = stream(seed, "neo", "contacts")
    payloads = []
    for account in accounts:
        people = [p for p in account.company.people if account.company.hit_case or happens(rng, 0.85)]
        for person in people or [account.company.representative]:
            payloads.append(_contact(rng, account, person, today))
        if happens(rng, 0.08):
            left = namer.person(
                account.company.country, "commercial", account.company.email.rsplit("@", 1)[-1], today.date()
            )
            payloads.append(_contact(rng, account, left, today) | {"description": "Ya no trabaja en la empresa."})
    return payloads


def opportunity_payloads(accounts: list[Account], seed: int, today: datetime) -> list[Payload]:
    """Table `opportunity`: past business rounds and deals under way, the exporter as customer, a buyer beside it."""
    rng = stream(seed, "neo", "opportunities")
    buyers = [a for a in accounts if a.company.audience == "buyer"]
    payloads = []
    for account in accounts:
        if account.company.audience != "exporter" or not happens(rng, 0.16 + 0.2 * account.company.maturity):
            continue
        same_sector = [b for b in buyers if b.company.sector == account.company.sector]
        payloads.append(_opportunity(rng, account, rng.choice(same_sector) if same_sector else None, today))
    return payloads


def _account(rng: random.Random, account: Account, today: datetime) -> Payload:
    company = account.company
    modified = account.created if happens(rng, 0.4) else moment_before(rng, today, (1, 700))
    name = (
        company.trade_name
        if company.trade_name and happens(rng, 0.35)
        else spell_company(rng, company.name, company.form)
    )
    payload: Payload = {
        "accountid": account.account_id,
        "name": name[:160],
        "accountnumber": _number(rng, company)[:20],
        "customertypecode": _RELATIONSHIP[company.audience] if happens(rng, 0.85) else None,
        "telephone1": spell_phone(rng, company.phone)[:50] if happens(rng, 0.88) else None,
        "emailaddress1": spell_mail(rng, company.email, company.commercial.email)[:100] if happens(rng, 0.85) else None,
        "websiteurl": company.website or None if happens(rng, 0.6) else None,
        "address1_line1": company.address if happens(rng, 0.75) else None,
        "address1_city": spell_city(rng, company.city_code, company.city),
        "address1_stateorprovince": _department(rng, company) or None,
        "address1_country": _country(rng, company),
        "description": _description(rng, company),
        "numberofemployees": _employees(rng, company.size) if happens(rng, 0.4) else None,
        "donotbulkemail": happens(rng, 0.15),
        "ownerid@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdby@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdon": stamp(account.created),
        "modifiedon": stamp(max(modified, account.created)),
    }
    if happens(rng, 0.025) and not company.hit_case:
        payload |= {"statecode": 1, "statuscode": 2}
    return {column: value for column, value in payload.items() if value not in (None, "")}


def _contact(rng: random.Random, account: Account, person: Person, today: datetime) -> Payload:
    first, last = spell_person(rng, person.first_name, person.last_name)
    if account.company.hit_case:
        first, last = person.first_name, person.last_name
    contact_id = guid(rng)
    account.contact_ids[person.person_id] = contact_id
    created = account.created + (today - account.created) * (rng.random() * 0.8)
    is_known = bool(account.company.hit_case)
    payload: Payload = {
        "contactid": contact_id,
        "firstname": first[:50],
        "lastname": last[:50],
        "jobtitle": person.position if happens(rng, 0.8) else None,
        "emailaddress1": spell_mail(rng, person.email)[:100] if happens(rng, 0.9) else None,
        "mobilephone": spell_phone(rng, person.phone)[:50] if happens(rng, 0.75) else None,
        "governmentid": person.document_number or None if is_known or happens(rng, 0.35) else None,
        "birthdate": person.born_on.isoformat() if is_known or happens(rng, 0.12) else None,
        "parentcustomerid_account@odata.bind": f"/accounts({account.account_id})",
        "ownerid@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdon": stamp(created),
        "modifiedon": stamp(created),
    }
    return {column: value for column, value in payload.items() if value not in (None, "")}


def _opportunity(rng: random.Random, account: Account, buyer: Account | None, today: datetime) -> Payload:
    product = account.company.products[0]
    market = rng.choice(account.company.export_markets or account.company.target_markets or ("US",))
    created = account.created + (today - account.created) * rng.random()
    closes = (created + timedelta(days=rng.randint(45, 300))).date()
    value = rounded(log_between(rng, 8_000, 400_000) * (0.4 + account.company.maturity))
    payload: Payload = {
        "opportunityid": guid(rng),
        "name": f"{product.es} – {reference.countries()[market].name_es}",
        "customerid_account@odata.bind": f"/accounts({account.account_id})",
        "transactioncurrencyid@odata.bind": f"/transactioncurrencies({USD_CURRENCY})",
        "estimatedvalue": value,
        "estimatedclosedate": closes.isoformat(),
        "description": _deal_story(rng, account.company, market),
        "ownerid@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdon": stamp(created),
        "modifiedon": stamp(created + (today - created) * rng.random()),
    }
    if buyer is not None:
        payload["parentaccountid@odata.bind"] = f"/accounts({buyer.account_id})"
    fate = weighted(rng, {"open": 45.0, "won": 33.0, "lost": 22.0}) if closes < today.date() else "open"
    if fate == "open":
        return payload | {"closeprobability": rng.choice((20, 40, 60, 80)), "salesstage": rng.randint(0, 3)}
    ended = {"actualclosedate": closes.isoformat()}
    if fate == "won":
        return (
            payload
            | ended
            | {
                "statecode": 1,
                "statuscode": 3,
                "actualvalue": rounded(value * rng.uniform(0.5, 1.2)),
                "closeprobability": 100,
            }
        )
    return payload | ended | {"statecode": 2, "statuscode": rng.choice((4, 5)), "closeprobability": 0}


def _number(rng: random.Random, company: Company) -> str:
    if company.audience == "exporter":
        return spell_nit(rng, company.tax_id, "neo", is_exact=bool(company.hit_case))
    return company.tax_id if company.tax_id and (company.hit_case or happens(rng, 0.5)) else ""


def _department(rng: random.Random, company: Company) -> str:
    name = department_name(company.department_code)
    return "" if happens(rng, 0.25) else rng.choice((name, name.upper()))


def _country(rng: random.Random, company: Company) -> str:
    if company.country == "CO":
        return rng.choice(_COLOMBIA)
    country = reference.countries()[company.country]
    return rng.choice((country.name_es, country.name_en, country.name_es.upper(), country.iso2, *country.aliases[:2]))


def _employees(rng: random.Random, size: str) -> int:
    low, high = {"micro": (1, 10), "pequena": (11, 50), "mediana": (51, 200)}.get(size, (201, 1_500))
    return rng.randint(low, high)


def _description(rng: random.Random, company: Company) -> str | None:
    if happens(rng, 0.45):
        return None
    product = company.products[0]
    words = texts().accounts
    if company.audience == "buyer":
        return f"Comprador de {product.es.lower()}. Conocido en {rng.choice(words.met_at)}."
    return f"Exportador de {product.es.lower()}. {rng.choice(words.exporter)}"


def _deal_story(rng: random.Random, company: Company, market: str) -> str:
    country = reference.countries()[market].name_es
    return rng.choice(texts().accounts.deals).format(country=country, city=company.city)
