"""One value per field: candidates of all records of a customer, ranked by validity, trust and date.

The echo rule lives here. What NEO holds because the hub wrote it is not a source of its own: it stands for whatever
source it came from. What NEO holds although the hub wrote something else is an advisor's word.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from transforms.golden.reading import FieldReader, Places, Reading, SourceRecord, Value, value_text
from transforms.golden.sheet import FieldRule, SourceColumns

Role = Literal["advisor", "rues", "portal", "neo", "portal_registration", "echo", "nobody"]
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
ADVISOR_EDIT, TRUST_ORDER, DERIVED = "advisor_edit", "trust_order", "derived"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a golden value came from: one row of the field facts. `value` is text."""

    value: str
    source: str
    source_key: str
    observed_at: datetime | None
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Candidate:
    """A value one record offers for a field."""

    role: Role
    source: str
    source_key: str
    value: Value
    updated_at: datetime | None
    observed_at: datetime | None
    validity: int = 1
    link_confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Survivor:
    """The golden value of a field and where it came from."""

    value: Value
    provenance: Provenance


@dataclass(frozen=True)
class Member:
    """A record of a customer, how sure its link is (below 1 only for attached ones), and what the hub last sent it.

    `sent` is None for records the hub never wrote, else {column: value}.
    """

    record: SourceRecord
    where: SourceColumns
    link_confidence: float = 1.0
    sent: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Survival:
    """What is the same for all customers: the fields, the trust in each role, the reference tables."""

    fields: Mapping[str, FieldRule]
    confidence: Mapping[str, float]
    places: Places
    disputed_nit_confidence: float = 0.4

    def golden(self, members: Sequence[Member], previous: Mapping[str, Provenance]) -> dict[str, Survivor]:
        """The surviving value of every field that has one. `previous` is the provenance of the last run, by field."""
        found = ((name, self.survivor(name, rule, members, previous)) for name, rule in self.fields.items())
        return {name: survivor for name, survivor in found if survivor is not None}

    def survivor(
        self, name: str, rule: FieldRule, members: Sequence[Member], previous: Mapping[str, Provenance]
    ) -> Survivor | None:
        """The surviving value of one field, or None when nobody says anything."""
        best = self.best(name, rule, members, previous)
        return None if best is None else self._survivor(name, best, previous.get(name))

    def best(
        self, name: str, rule: FieldRule, members: Sequence[Member], previous: Mapping[str, Provenance]
    ) -> Candidate | None:
        """The winning candidate of one field: valid before doubtful, then trust, then the fresher record."""
        ranks: dict[str, int] = {role: rank for rank, role in enumerate(rule.trust)} | {"echo": len(rule.trust)}
        usable = [one for member in members for one in self.candidates(name, member, previous) if one.role in ranks]
        return min(usable, key=lambda one: (-one.validity, ranks[one.role], _age(one), one.source_key), default=None)

    def candidates(self, name: str, member: Member, previous: Mapping[str, Provenance]) -> Iterator[Candidate]:
        """What one record offers for a field. Of several columns each counts: an advisor may edit any of them."""
        record, before = member.record, previous.get(name)
        for reading in record.readings.get(name, ()):
            role = self._role(name, member, reading, previous)
            yield Candidate(
                role=role,
                source=record.source,
                source_key=record.key,
                value=reading.value,
                # The hub's own writes move NEO's date of change: its date of creation is the one that stays true.
                updated_at=record.created_at if record.source == "neo" else record.observed_at,
                observed_at=_since(record, reading.value, before),
                validity=_validity(name, record, reading),
                link_confidence=member.link_confidence,
            )

    def _role(self, name: str, member: Member, reading: Reading, previous: Mapping[str, Provenance]) -> Role:
        record = member.record
        if record.source != "neo":
            return record.source  # type: ignore[return-value]
        if member.sent is None or reading.column not in member.sent:
            return "neo"
        if not self.is_echo(name, member, reading.column, reading.value):
            return "advisor"
        before = previous.get(name)
        if before is None:
            # Without any history it counts as on the first day; with one, the hub made it up from other fields.
            return "nobody" if previous else "neo"
        if before.rule == DERIVED:
            return "nobody"  # it followed from another field, and follows again
        if (before.source, before.source_key, before.value) != ("neo", record.key, value_text(reading.value)):
            return "echo"
        return "advisor" if before.rule == ADVISOR_EDIT else "neo"

    def is_echo(self, name: str, member: Member, column: str, value: Value | None) -> bool:
        """Whether the column still says what the hub wrote there, both cleaned the same way."""
        if member.sent is None or column not in member.sent:
            return False
        sent = member.sent[column]
        if sent == member.record.raw.get(column):
            return True
        reader = FieldReader(self.places)
        reader.locate(member.where, member.record.raw)
        return reader.clean(self.fields[name].kind, sent) == value

    def _survivor(self, name: str, best: Candidate, previous: Provenance | None) -> Survivor:
        if best.role == "echo" and previous is not None:
            # The source is gone; what it said stays until somebody says otherwise.
            return Survivor(best.value, previous)
        role = "neo" if best.role == "echo" else best.role
        confidence = min(self.confidence[role], best.link_confidence)
        if name == "nit" and best.validity < 0:
            confidence = min(confidence, self.disputed_nit_confidence)
        rule = ADVISOR_EDIT if role == "advisor" else TRUST_ORDER
        found = Provenance(
            value_text(best.value), best.source, best.source_key, best.observed_at, rule, round(confidence, 4)
        )
        return Survivor(best.value, found)


def derived(value: Value, basis: Survivor, confidence: float) -> Survivor:
    """A value that follows from another golden value, with that one's origin."""
    origin = basis.provenance
    found = Provenance(
        value_text(value),
        origin.source,
        origin.source_key,
        origin.observed_at,
        DERIVED,
        round(min(confidence, origin.confidence), 4),
    )
    return Survivor(value, found)


def _since(record: SourceRecord, value: Value, previous: Provenance | None) -> datetime | None:
    """Since when this record says so: the date of the first run that saw it, not of the row's last unrelated change."""
    said = (record.source, record.key, value_text(value))
    if previous is not None and (previous.source, previous.source_key, previous.value) == said:
        return previous.observed_at
    return record.observed_at


def _age(candidate: Candidate) -> float:
    return -((candidate.updated_at or _LONG_AGO) - _LONG_AGO).total_seconds()


def _validity(name: str, record: SourceRecord, reading: Reading) -> int:
    """A NIT with a wrong check digit yields to any other; one that belongs to somebody else yields to all."""
    if name != "nit":
        return 1
    if record.is_nit_disputed and record.nit.base == reading.value:
        return -1
    return 0 if record.nits[reading.column].status == "dv_incorrecto" else 1
