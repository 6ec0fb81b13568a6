"""Activities and notes in NEO: calls, meetings, mails, tasks and jottings that make an account look lived with.

Notes carry facts nobody put into a field (a second phone, a NIT, a product), as notes do.
"""

import random
from datetime import datetime, timedelta
from html import escape
from typing import Any

from include.core import reference
from include.sandbox.world.chance import guid, happens, stamp, stream, weighted
from include.sandbox.world.dirt import spell_phone
from include.sandbox.world.minting import check_digit
from include.sandbox.world.model import Company
from include.sandbox.world.packaged import texts
from include.sandbox.world.view_neo import Account, Payload

_KINDS = {"phonecall": 30.0, "email": 26.0, "task": 18.0, "appointment": 12.0, "annotation": 14.0}


def timeline_payloads(accounts: list[Account], seed: int, today: datetime) -> dict[str, list[Payload]]:
    """Rows by table. Half of the accounts have a history; the busy ones up to seven entries."""
    rng = stream(seed, "neo", "timeline")
    rows: dict[str, list[Payload]] = {table: [] for table in _KINDS}
    for account in accounts:
        if not happens(rng, 0.62):
            continue
        for _ in range(1 + int(rng.expovariate(0.6))):
            table = weighted(rng, _KINDS)
            moment = account.created + (today - account.created) * rng.random()
            rows[table].append(_BUILDERS[table](rng, account, moment, today))
    return rows


def _call(rng: random.Random, account: Account, moment: datetime, today: datetime) -> Payload:
    subject, text = rng.choice(texts().timeline.calls)
    made = not happens(rng, 0.08)
    return _activity(rng, "phonecall", account, moment) | {
        "subject": subject,
        "description": _filled(rng, text, account),
        "phonenumber": spell_phone(rng, account.company.phone),
        "directioncode": happens(rng, 0.8),
        "actualend": stamp(moment) if made else None,
        "statecode": 1 if made else 0,
        "statuscode": 2 if made else 1,
        "phonecall_activity_parties": _parties(rng, account),
    }


def _mail(rng: random.Random, account: Account, moment: datetime, today: datetime) -> Payload:
    subject, text = rng.choice(texts().timeline.mails)
    body = escape(_filled(rng, text, account)).replace("\n", "<br>")
    return _activity(rng, "email", account, moment) | {
        "subject": _filled(rng, subject, account)[:200],
        "description": f"<p>{body}</p>",
        "directioncode": True,
        "actualend": stamp(moment),
        "statecode": 1,
        "statuscode": 3,
        "email_activity_parties": _parties(rng, account),
    }


def _task(rng: random.Random, account: Account, moment: datetime, today: datetime) -> Payload:
    subject, text = rng.choice(texts().timeline.tasks)
    due = moment + timedelta(days=rng.randint(3, 40))
    is_done = happens(rng, 0.72) if due < today else happens(rng, 0.1)
    state: dict[str, Any] = (
        {"statecode": 1, "statuscode": 5, "percentcomplete": 100} if is_done else {"statecode": 0, "statuscode": 2}
    )
    return _activity(rng, "task", account, moment) | {
        "subject": subject,
        "description": _filled(rng, text, account),
        "scheduledend": stamp(due),
        **state,
    }


def _meeting(rng: random.Random, account: Account, moment: datetime, today: datetime) -> Payload:
    subject, location = rng.choice(texts().timeline.meetings)
    starts = moment + timedelta(days=rng.randint(2, 25))
    is_past = starts < today
    return _activity(rng, "appointment", account, moment) | {
        "subject": subject,
        "location": location,
        "description": _filled(rng, "Tema: {product} y acceso a {market}.", account),
        "scheduledstart": stamp(starts),
        "scheduledend": stamp(starts + timedelta(minutes=rng.choice((30, 60, 90)))),
        "statecode": 1 if is_past else 3,
        "statuscode": 3 if is_past else 5,
        "appointment_activity_parties": _parties(rng, account, organizer=7, other=5),
    }


def _note(rng: random.Random, account: Account, moment: datetime, today: datetime) -> Payload:
    subject, text = rng.choice(texts().timeline.notes)
    return {
        "annotationid": guid(rng),
        "subject": subject,
        "notetext": _filled(rng, text, account),
        "objectid_account@odata.bind": f"/accounts({account.account_id})",
        "ownerid@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdon": stamp(moment),
        "modifiedon": stamp(moment),
    }


def _activity(rng: random.Random, table: str, account: Account, moment: datetime) -> Payload:
    return {
        "activityid": guid(rng),
        f"regardingobjectid_account_{table}@odata.bind": f"/accounts({account.account_id})",
        "ownerid@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdby@odata.bind": f"/systemusers({account.owner.user_id})",
        "createdon": stamp(moment),
        "modifiedon": stamp(moment),
    }


def _parties(rng: random.Random, account: Account, organizer: int = 1, other: int = 2) -> list[Payload]:
    parties: list[Payload] = [
        {"partyid_systemuser@odata.bind": f"/systemusers({account.owner.user_id})", "participationtypemask": organizer}
    ]
    if account.contact_ids:
        contact = rng.choice(sorted(account.contact_ids.values()))
        return [*parties, {"partyid_contact@odata.bind": f"/contacts({contact})", "participationtypemask": other}]
    return [
        *parties,
        {"partyid_account@odata.bind": f"/accounts({account.account_id})", "participationtypemask": other},
    ]


def _filled(rng: random.Random, text: str, account: Account) -> str:
    company = account.company
    markets = [*company.export_markets, *company.target_markets, "US", "ES"]
    product = rng.choice(company.products)
    return text.format(
        market=_country_name(markets[0]),
        other_market=_country_name(markets[-1]),
        product=product.es[0].lower() + product.es[1:],
        person=company.commercial.full_name,
        company=company.name,
        city=company.city,
        mail=company.commercial.email,
        phone=spell_phone(rng, company.commercial.phone),
        nit=_number(company),
    )


def _number(company: Company) -> str:
    return f"{company.tax_id}-{check_digit(company.tax_id)}" if company.country == "CO" else company.tax_id or "N/D"


def _country_name(code: str) -> str:
    return reference.countries()[code].name_es


_BUILDERS = {"phonecall": _call, "email": _mail, "task": _task, "appointment": _meeting, "annotation": _note}
