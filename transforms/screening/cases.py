"""From hits to cases, and from cases to the one neutral state of a customer that others may read.

A case is one subject against one list entry; its id follows from both, so the same finding is never put twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from include.core.fingerprint import fingerprint
from transforms.screening.policy import SarlaftPolicy
from transforms.screening.records import Hit
from transforms.screening.rules import Level

State = Literal["sin_consultar", "habilitado", "en_verificacion", "restringido"]
BOGOTA = timezone(timedelta(hours=-5))  # Colombia keeps one offset all year
_END_OF_WORK = 17
# The last one wins: what is confirmed outweighs what is open, what is open outweighs what is missing.
_WEIGHT: tuple[State, ...] = ("habilitado", "sin_consultar", "en_verificacion", "restringido")


@dataclass(frozen=True)
class CaseFact:
    """What a case says about one subject, as the ledger knows it now."""

    subject_id: str
    level: Level
    state: str


@dataclass(frozen=True)
class Member:
    """A subject that speaks for a customer: the customer itself (`role` None) or one of its people."""

    subject_id: str
    is_customer: bool
    role: str | None


def case_id(subject_id: str, list_code: str, entry_id: str) -> str:
    """Return the id of the case of a subject and a list entry."""
    return f"SC-{fingerprint(subject_id, list_code, entry_id)}"


def hits_for_officer(hits: Iterable[Hit], policy: SarlaftPolicy) -> list[Hit]:
    """Return the hits that the policy puts before the officer."""
    return [hit for hit in hits if policy.opens_case(hit.level, is_binding=hit.is_binding)]


def due_at(opened_at: datetime, *, is_binding: bool, policy: SarlaftPolicy) -> datetime:
    """Return when a case is due: the end of the n-th working day after it was opened, Bogotá time."""
    day = opened_at.astimezone(BOGOTA)
    left = policy.due_working_days["binding" if is_binding else "other"]
    while left > 0 or day.weekday() >= 5:
        day += timedelta(days=1)
        if day.weekday() < 5:
            left -= 1
    return day.replace(hour=_END_OF_WORK, minute=0, second=0, microsecond=0).astimezone(UTC)


def is_expired(closed_at: datetime, now: datetime, policy: SarlaftPolicy) -> bool:
    """True when a cleared finding has to be looked at again, because its term ran out."""
    months = closed_at.year * 12 + closed_at.month - 1 + policy.whitelist_months
    year, month = divmod(months, 12)
    return now >= closed_at.replace(year=year, month=month + 1, day=min(closed_at.day, 28))


def customer_state(
    members: Iterable[Member],
    cases: Mapping[str, Iterable[CaseFact]],
    screened: Mapping[str, str],
    policy: SarlaftPolicy,
) -> State:
    """Return the state of a customer.

    `cases` and `screened` are by subject; a subject that was never compared, or not with every list, is missing
    or `incomplete` in `screened`. A company is stopped by its own cases and by those of its people whose role the
    policy names.
    """
    found: State = "habilitado"
    for member in members:
        for state in _states_of(member, cases.get(member.subject_id, ()), policy):
            found = max(found, state, key=_WEIGHT.index)
        if screened.get(member.subject_id, "incomplete") == "incomplete":
            found = max(found, "sin_consultar", key=_WEIGHT.index)
    return found


def _states_of(member: Member, cases: Iterable[CaseFact], policy: SarlaftPolicy) -> Iterable[State]:
    for case in cases:
        effect = policy.effect(case.state)
        counts = member.is_customer or policy.blocks_company(case.level, member.role)
        if effect == "restricts" and counts:
            yield "restringido"
        elif effect == "blocks" and counts:
            yield "en_verificacion"
