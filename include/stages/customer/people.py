"""The people of the customers: contacts of both systems and legal representatives, resolved within each customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.stages.customer.golden import Rows, Sent, as_member, field_rows
from include.stages.customer.reading import places
from include.stages.customer.resolving import LinkedRecord, give_ids, read_known_ids, save_changed_links
from include.stages.customer.sheets import CustomerSheets
from include.stages.protocol import StageContext
from include.store.lake import Version
from transforms.clean.email import clean_email
from transforms.clean.phone import all_phones
from transforms.golden.person import build_person
from transforms.golden.reading import SourceRecord, read_rows
from transforms.golden.sheet import SourceColumns
from transforms.golden.survive import Provenance, Survival
from transforms.identifiers.cedula import Cedula
from transforms.resolve.assign import Member as IdMember
from transforms.resolve.assign import follow
from transforms.resolve.people import PersonRecord, resolve_people


@dataclass(frozen=True)
class Belonging:
    """Which customer a record belongs to, by ref, and the country of each customer."""

    customer_of: Mapping[str, str]
    country_of: Mapping[str, str | None]

    def customer(self, source: str, parent: str | None) -> str | None:
        """The customer a contact belongs to through its company record."""
        return self.customer_of.get(f"{source}:{parent}") if parent else None


@dataclass(frozen=True)
class PeopleRows:
    """Rows of golden fields and heads of all people, the link of every contact, and the ids they had before."""

    fields: Rows
    heads: Rows
    links: list[LinkedRecord]
    before: Mapping[str, str]


@dataclass(frozen=True)
class _Identified:
    """People with their ids, and the link of every contact."""

    groups: list[tuple[str, tuple[PersonRecord, ...]]]
    links: list[LinkedRecord]
    before: Mapping[str, str]


def build_people(
    ctx: StageContext,
    versions: Mapping[str, Version],
    register: list[SourceRecord],
    belonging: Belonging,
    sheets: CustomerSheets,
    previous: Mapping[str, Mapping[str, Provenance]],
) -> PeopleRows:
    """Read contacts, group them into people, give ids, build golden records."""
    sheet = sheets.survivorship.people
    records = {
        record.ref: record
        for source, where in sheet.sources.items()
        for record in _read_contacts(ctx, versions, source, where, register, belonging, sheets)
    }
    people = _identify(ctx, records, belonging, sheets)
    survival = Survival(sheet.fields, sheets.survivorship.confidence, places())
    rows = PeopleRows([], [], people.links, people.before)
    sent: Sent = ctx.ledger.sent.get("contact")
    for person_id, group in people.groups:
        members = [as_member(records[one.ref], sheet.sources[one.source], 1.0, sent) for one in group]
        customer_id = next((one.customer_id for one in group if one.customer_id), None)
        person = build_person(person_id, customer_id, members, survival, previous.get(person_id, {}))
        rows.fields.extend(field_rows("person_id", person_id, person.fields))
        rows.heads.append(
            {
                "person_id": person_id,
                "customer_id": customer_id,
                "neo_contact_id": person.neo_contact_id,
                "portal_contact_id": person.portal_contact_id,
                "source": person.source,
            }
        )
    return rows


def _identify(
    ctx: StageContext, records: Mapping[str, SourceRecord], belonging: Belonging, sheets: CustomerSheets
) -> _Identified:
    """Group contacts into people and give every group its id."""
    known = read_known_ids(ctx, "person")
    contacts = [_comparable(records[ref], sheets, belonging, known.transfers) for ref in sorted(records)]
    found = resolve_people(contacts, sheets.identity, known.judgements, known.links)
    members = [[IdMember(one.ref, known.links.get(one.ref), one.hub_id) for one in group] for group in found.groups]
    ids = give_ids(ctx, "person", members, known, found.evidence)
    groups = sorted(zip(ids, found.groups, strict=True), key=lambda one: one[0])
    links = [
        LinkedRecord(one.source, one.key, person_id, found.evidence[one.ref])
        for person_id, group in groups
        for one in group
    ]
    save_changed_links(ctx, "person", links, known)
    return _Identified(groups, links, known.links)


def _read_contacts(
    ctx: StageContext,
    versions: Mapping[str, Version],
    source: str,
    where: SourceColumns,
    register: list[SourceRecord],
    belonging: Belonging,
    sheets: CustomerSheets,
) -> list[SourceRecord]:
    """Contacts of one source. Of the register only representatives of our customers are read."""
    if source == "rues":
        ours = (record.raw for record in register if record.ref in belonging.customer_of)
        rows: list[Mapping[str, Any]] = [row for row in ours if row.get("rep_name")]
    else:
        version = versions.get(where.dataset)
        rows = list(ctx.lake.read(version).to_pylist()) if version is not None else []

    def country_of(row: Mapping[str, Any]) -> str | None:
        customer = belonging.customer(source, str(row.get(where.parent or "") or ""))
        return belonging.country_of.get(customer) if customer else None

    return read_rows(source, where, rows, sheets.survivorship.people.fields, places(), country_of)


def _comparable(
    record: SourceRecord, sheets: CustomerSheets, belonging: Belonging, transfers: Mapping[str, str]
) -> PersonRecord:
    where = sheets.survivorship.people.sources[record.source]
    written = " ".join(filter(None, (record.text("first_name"), record.text("last_name"))))
    cells = [str(record.raw.get(column) or "") for column in where.columns.get("phone", ())]
    return PersonRecord(
        source=record.source,
        key=record.key,
        # A representative belongs to the customer of the very row that names them.
        customer_id=belonging.customer(record.source, record.parent if where.parent else record.key),
        full_name=written or record.text("full_name") or "",
        email=clean_email(record.text("email")),
        phones=tuple(phone for cell in cells for phone in all_phones(cell, record.text("country"))),
        document=Cedula.normalize(record.text("document_number")),
        hub_id=follow(record.hub_id, transfers) if record.hub_id else None,
    )
