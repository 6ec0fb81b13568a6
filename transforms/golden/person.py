"""A whole person out of golden fields: full name, and which contact record stands for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.golden.survive import Member, Provenance, Survival, Survivor, derived

_SOURCE_ORDER = ("portal", "neo", "rues")


@dataclass(frozen=True)
class Person:
    """A golden person before it is laid out as a table row."""

    person_id: str
    customer_id: str | None
    fields: Mapping[str, Survivor]
    neo_contact_id: str | None
    portal_contact_id: str | None
    source: str


def build_person(
    person_id: str,
    customer_id: str | None,
    members: Sequence[Member],
    survival: Survival,
    previous: Mapping[str, Provenance],
) -> Person:
    """The person made of `members`; `previous` is the provenance of its fields after the last run."""
    fields = survival.golden(members, previous)
    parts = [fields[name] for name in ("first_name", "last_name") if name in fields]
    if parts:
        written = " ".join(part.provenance.value for part in parts)
        fields["full_name"] = derived(written, parts[-1], 1.0)
    said = {survivor.provenance.source for survivor in fields.values()}
    present = [member.record.source for member in members]
    return Person(
        person_id=person_id,
        customer_id=customer_id,
        fields=fields,
        neo_contact_id=_first_key(members, "neo", person_id),
        portal_contact_id=_first_key(members, "portal", person_id),
        # A contact that merely repeats what the hub wrote is no source.
        source=next(source for source in (*_SOURCE_ORDER, *present) if source in said or not said),
    )


def _first_key(members: Sequence[Member], source: str, person_id: str) -> str | None:
    """The record that carries the id, else one in use, else the oldest."""
    records = [member.record for member in members if member.record.source == source]
    best = min(
        records,
        key=lambda one: (one.hub_id != person_id, not one.is_active, str(one.created_at or "9999"), one.key),
        default=None,
    )
    return best.key if best else None
