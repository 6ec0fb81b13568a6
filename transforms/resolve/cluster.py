"""From scored pairs to groups: strongest pair first, and two groups that exclude each other are never joined.

Connected components alone chain siblings and shared telephones into giants; the guard is what prevents it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Facets = Mapping[str, str]
FacetSets = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Link:
    """A pair of record numbers and the strength of what connects them."""

    left: int
    right: int
    strength: float


@dataclass(frozen=True, slots=True)
class Clusters:
    """The outcome: `group_of[i]` is the smallest record number of the group of record i; `facets` what each group is
    sure of; `refused` the links that would have joined two groups that exclude each other.
    """

    group_of: tuple[int, ...]
    facets: Mapping[int, FacetSets]
    refused: tuple[Link, ...]

    def members(self) -> dict[int, list[int]]:
        """Group number to its record numbers, both ascending."""
        groups: dict[int, list[int]] = {}
        for record, group in enumerate(self.group_of):
            groups.setdefault(group, []).append(record)
        return groups


def cluster_links(
    size: int,
    links: Iterable[Link],
    facets: Sequence[Facets],
    *,
    together: Iterable[tuple[int, int]] = (),
    apart: Iterable[tuple[int, int]] = (),
) -> Clusters:
    """Join records 0..size-1 along links, strongest first; ties by record numbers, so input order is of no matter.

    `facets[i]` are what record i is sure of (`{"nit": "860003563"}`): two groups that hold different values of
    the same facet never join. `apart` are pairs that somebody declared different; `together` pairs that somebody
    declared the same, which no facet keeps apart.
    """
    guard = _Guard(size, facets, apart)
    refused = []
    for left, right in sorted(tuple(sorted(pair)) for pair in together):
        guard.join(left, right, is_decided=True)
    for link in sorted(links, key=lambda one: (-one.strength, min(one.left, one.right), max(one.left, one.right))):
        if not guard.join(link.left, link.right):
            refused.append(link)
    groups = tuple(guard.find(record) for record in range(size))
    return Clusters(groups, {group: guard.facets[group] for group in set(groups)}, tuple(refused))


def exclude_each_other(one: FacetSets, other: FacetSets) -> bool:
    """Whether two groups hold different values of the same facet."""
    return any(one[name].isdisjoint(other[name]) for name in one.keys() & other.keys())


class _Guard:
    """Disjoint sets; each set remembers its facet values and the records it must stay apart from."""

    def __init__(self, size: int, facets: Sequence[Facets], apart: Iterable[tuple[int, int]]) -> None:
        self._parent = list(range(size))
        self.facets: list[dict[str, frozenset[str]]] = [
            {name: frozenset([value]) for name, value in values.items()} for values in facets
        ]
        self._members: list[set[int]] = [{record} for record in range(size)]
        self._enemies: list[set[int]] = [set() for _ in range(size)]
        for left, right in apart:
            self._enemies[left].add(right)
            self._enemies[right].add(left)

    def find(self, record: int) -> int:
        while self._parent[record] != record:
            self._parent[record] = self._parent[self._parent[record]]
            record = self._parent[record]
        return record

    def join(self, left: int, right: int, *, is_decided: bool = False) -> bool:
        """Join the groups of two records; False when they exclude each other. A person's decision needs no facet."""
        a, b = sorted((self.find(left), self.find(right)))
        if a == b:
            return True
        are_enemies = not self._enemies[a].isdisjoint(self._members[b])
        if are_enemies or (not is_decided and exclude_each_other(self.facets[a], self.facets[b])):
            return False
        self._parent[b] = a
        mine, theirs = self.facets[a], self.facets[b]
        self.facets[a] = {name: mine.get(name, frozenset()) | theirs.get(name, frozenset()) for name in mine | theirs}
        self._members[a] |= self._members[b]
        self._enemies[a] |= self._enemies[b]
        return True
