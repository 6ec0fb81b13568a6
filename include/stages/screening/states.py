"""The neutral states that others may read: of every customer, and of every registration that waits."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from include.stages.protocol import StageContext
from include.stages.screening.lists import ListInUse, all_usable
from include.stages.screening.people import People
from include.stages.screening.tables import DOOR, STATE, to_table
from transforms.screening.cases import CaseFact, Member, State, customer_state
from transforms.screening.policy import SarlaftPolicy

Tables = dict[str, tuple[pa.Table, tuple[str, ...]]]


def state_tables(
    ctx: StageContext,
    people: People,
    cases: Sequence[Mapping[str, Any]],
    lists: Sequence[ListInUse],
    policy: SarlaftPolicy,
) -> Tables:
    """Return `dim_sarlaft_state` and `dim_registration_state` with their keys; `since_at` stays while a state stays."""
    # A finding below the officer's threshold leaves a result as complete as the lists are.
    screened = dict.fromkeys(people.subjects, "clear" if all_usable(lists) else "incomplete")
    members = {customer_id: list(found) for customer_id, found in people.members.items()}
    facts: dict[str, list[CaseFact]] = {}
    for case in cases:
        subject_id = case["subject_id"]
        facts.setdefault(subject_id, []).append(CaseFact(subject_id, case["match_level"], case["state"]))
        if subject_id not in people.subjects and case["customer_id"] in members:
            # The record was merged or left; what was found about it still speaks for its customer.
            members[case["customer_id"]].append(Member(subject_id, is_customer=case["is_customer"], role=None))
            screened[subject_id] = "clear"
    customers: dict[str, State] = {
        customer_id: customer_state(found, facts, screened, policy) for customer_id, found in members.items()
    }
    at_the_door = {
        registration_id: customer_state(found, facts, screened, policy)
        for registration_id, found in people.registrations.items()
    } | {registration_id: customers[customer_id] for registration_id, customer_id in people.registered.items()}
    as_of = _as_of(lists)
    states = [row | {"lists_as_of": as_of} for row in _rows(ctx, "dim_sarlaft_state", "customer_id", customers)]
    waiting = _rows(ctx, "dim_registration_state", "registration_id", at_the_door)
    return {
        "dim_sarlaft_state": (to_table(states, STATE), ("customer_id",)),
        "dim_registration_state": (to_table(waiting, DOOR), ("registration_id",)),
    }


def _rows(ctx: StageContext, dataset: str, key: str, states: Mapping[str, State]) -> list[dict[str, Any]]:
    schema = STATE if key == "customer_id" else DOOR
    before = {row[key]: row for row in ctx.lake.read_or_empty(dataset, schema).to_pylist()}
    rows = []
    for name, state in sorted(states.items()):
        known = before.get(name)
        since = known["since_at"] if known and known["state"] == state else ctx.clock.now()
        rows.append({key: name, "state": state, "since_at": since})
    return rows


def _as_of(lists: Iterable[ListInUse]) -> str | None:
    """The date the whole result stands for: that of the oldest list, None while one is missing."""
    dates = [used.published_at or (used.version.created_at if used.version else None) for used in lists]
    known = [date for date in dates if date is not None]
    return min(known).date().isoformat() if known and len(known) == len(dates) else None
