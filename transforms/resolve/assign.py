"""Which customer id a group keeps. Ids are minted elsewhere, once; here is decided who keeps, who moves, who needs one.

The oldest id of a merged group survives; of a split group the part nearest to NEO keeps the id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Member:
    """A record of a group: its ref, the id it had, the id it carries in NEO."""

    ref: str
    previous_id: str | None
    carried_id: str | None


@dataclass(frozen=True)
class Assignment:
    """`ids[i]` is the id of group i, None where one must be minted; `transfers` maps merged ids to their survivor."""

    ids: tuple[str | None, ...]
    transfers: Mapping[str, str]


def follow(hub_id: str, transfers: Mapping[str, str]) -> str:
    """The living id behind one that was merged, perhaps more than once."""
    seen = {hub_id}
    while hub_id in transfers and transfers[hub_id] not in seen:
        hub_id = transfers[hub_id]
        seen.add(hub_id)
    return hub_id


def assign_ids(groups: Sequence[Sequence[Member]], transfers: Mapping[str, str]) -> Assignment:
    """Give every group the ids it has a claim to. `transfers` are those of earlier runs.

    A minted id sorts by age. A group claims the ids its members had, or carry in NEO; an id claimed by several
    groups goes to the one whose account carries it, then to the one with more members that had it.
    """
    claims: dict[str, list[tuple[int, int, str, int]]] = {}
    for number, group in enumerate(groups):
        strength: dict[str, list[int]] = {}
        for member in group:
            carried = follow(member.carried_id, transfers) if member.carried_id else None
            had = follow(member.previous_id, transfers) if member.previous_id else carried
            if had:
                strength.setdefault(had, [0, 0])[1] += 1
            if carried and carried == had:
                strength[carried][0] += 1
        first = min(member.ref for member in group)
        for hub_id, (carriers, members) in strength.items():
            claims.setdefault(hub_id, []).append((-carriers, -members, first, number))
    won: dict[int, list[str]] = {}
    for hub_id, claimants in claims.items():
        won.setdefault(min(claimants)[3], []).append(hub_id)
    ids = tuple(min(won[number]) if number in won else None for number in range(len(groups)))
    merged = {old: min(hub_ids) for hub_ids in won.values() for old in hub_ids if old != min(hub_ids)}
    return Assignment(ids, dict(sorted(merged.items())))
