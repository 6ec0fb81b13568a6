"""Who is compared: customers, their people, and whoever waits at the door of the portal."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from include.stages.protocol import Inputs, StageContext
from transforms.screening.cases import Member
from transforms.screening.policy import SarlaftPolicy
from transforms.screening.records import Subject
from transforms.screening.subjects import customer_subject, person_subject, registration_subjects, subject_hash

REGISTRATIONS, XREF = "stg_portal__registrations", "int_customer_xref"
AT_THE_DOOR = (REGISTRATIONS, XREF)


@dataclass
class People:
    """The base as it is now: subjects by id, and who speaks for which customer or registration.

    A registration that belongs to a customer has that customer in `registered`; any other speaks for itself.
    """

    subjects: dict[str, Subject] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    customers: dict[str, str | None] = field(default_factory=dict)
    members: dict[str, list[Member]] = field(default_factory=dict)
    registrations: dict[str, list[Member]] = field(default_factory=dict)
    registered: dict[str, str] = field(default_factory=dict)

    def add(self, subject: Subject, customer_id: str | None) -> None:
        """Take a subject that belongs to a customer, or to nobody yet."""
        self.subjects[subject.subject_id] = subject
        self.kinds[subject.subject_id] = subject.kind
        self.customers[subject.subject_id] = customer_id

    @property
    def hashed(self) -> list[tuple[Subject, str]]:
        """Every subject with its hash, ordered by id."""
        return [(self.subjects[key], subject_hash(self.subjects[key])) for key in sorted(self.subjects)]


def read_people(ctx: StageContext, inputs: Inputs, policy: SarlaftPolicy) -> People:
    """Read companies, persons and open registrations."""
    people = People()
    for row in ctx.lake.read(inputs.versions["dim_customer"]).to_pylist():
        people.add(customer_subject(row), row["customer_id"])
        people.members[row["customer_id"]] = [Member(row["customer_id"], is_customer=True, role=None)]
    for row in ctx.lake.read(inputs.versions["dim_person"]).to_pylist():
        people.add(person_subject(row), row["customer_id"])
        if row["customer_id"] in people.members:
            people.members[row["customer_id"]].append(Member(row["person_id"], is_customer=False, role=row["role"]))
    known = _registered(ctx, inputs)
    for row in _open_registrations(ctx, inputs, policy):
        _add_registration(people, row, known.get(row["registration_id"]))
    return people


def _add_registration(people: People, row: Mapping[str, Any], customer_id: str | None) -> None:
    """A registration of a customer brings one more person; any other brings a company as well."""
    registration_id = row["registration_id"]
    company, person = registration_subjects(row)
    contact = Member(person.subject_id, is_customer=False, role="commercial")
    if customer_id in people.members:
        people.add(person, customer_id)
        people.members[customer_id].append(contact)
        people.registered[registration_id] = customer_id
        return
    people.add(company, None)
    people.add(person, None)
    people.registrations[registration_id] = [Member(company.subject_id, is_customer=True, role=None), contact]


def _open_registrations(ctx: StageContext, inputs: Inputs, policy: SarlaftPolicy) -> Iterator[Mapping[str, Any]]:
    version = inputs.versions.get(REGISTRATIONS)
    if version is not None:
        rows = ctx.lake.read(version).to_pylist()
        yield from (row for row in rows if row["status"] in policy.open_registrations)


def _registered(ctx: StageContext, inputs: Inputs) -> dict[str, str]:
    version = inputs.versions.get(XREF)
    if version is None:
        return {}
    rows = ctx.lake.read(version, columns=["source", "source_key", "hub_id"]).to_pylist()
    return {row["source_key"]: row["hub_id"] for row in rows if row["source"] == "portal_registration"}
