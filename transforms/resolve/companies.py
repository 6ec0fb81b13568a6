"""Customers out of company records: pairs judged, clusters made, newcomers attached, doubts held for a person.

Core records (NEO accounts, portal companies) make customers. Newcomers (registrations) and rows of the commercial
register only attach to one that exists, and never bridge two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from transforms.resolve.attach import Attached, attach_records
from transforms.resolve.block import candidate_pairs
from transforms.resolve.cluster import Clusters, Link, cluster_links
from transforms.resolve.compare_names import compare_best
from transforms.resolve.facts import PairFacts, Population
from transforms.resolve.record import Edge, Evidence, Party, read_refs
from transforms.resolve.score import judge_pair
from transforms.resolve.sheet import IdentitySheet

Verdict = Literal["same", "different", "unsure"]
Judgements = Mapping[tuple[str, str], str]

JUDGED_SAME = Evidence("judged_same", 1.0, "Una persona confirmó que son la misma empresa.")
LINKED_BEFORE_ES = "Ya estaban unidas; nada nuevo lo contradice."
SOLE_RECORD = Evidence("sole_record", 1.0, "Único registro de este cliente.")


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """Two records that may be one customer; a person decides."""

    left: Party
    right: Party
    evidence: Evidence


@dataclass(frozen=True)
class Resolution:
    """Groups of core records (each a customer to be), the evidence of every record, what attached, what waits."""

    groups: tuple[tuple[Party, ...], ...]
    evidence: Mapping[str, Evidence]
    attached: tuple[Attached, ...]
    reviews: tuple[ReviewPair, ...]


def vouch_for_nits(
    parties: Sequence[Party], register: Mapping[str, Party], population: Population, sheet: IdentitySheet
) -> list[Party]:
    """Hold every NIT against the commercial register (`nit -> row`): confirmed, or found to be another company's.

    A person in trade is in the register under their own name and known under any other: no contradiction.
    """
    vouched = []
    for party in parties:
        row = register.get(party.nit.base or "")
        if row is not None and party.names and row.names:
            alike = compare_best(party.names, row.names, population.rarity).similarity
            is_theirs = alike >= sheet.rules.same_nit.min_name
            is_person = party.nit.kind == "person"
            party = replace(party, is_nit_confirmed=is_theirs, is_nit_disputed=not is_theirs and not is_person)
        vouched.append(party)
    return vouched


def resolve_companies(
    core: Sequence[Party],
    newcomers: Sequence[Party],
    register: Sequence[Party],
    population: Population,
    sheet: IdentitySheet,
    judgements: Judgements,
    previous: Mapping[str, str],
) -> Resolution:
    """Resolve core records into groups and attach the others.

    `judgements` are verdicts by pair of refs; `previous` the hub id each core ref had after the last run: what was
    one customer stays one unless something speaks against it. The result does not depend on the order of records.
    """
    core = sorted(core, key=lambda party: party.ref)
    refs = read_refs(core)
    verdicts = _by_number(judgements, refs)
    judged = [
        Edge(left, right, judge_pair(PairFacts(core[left], core[right], population), sheet))
        for left, right in candidate_pairs(core, population.rarity, sheet.blocking)
        if (left, right) not in verdicts
    ]
    edges = [edge for edge in judged if edge.evidence.confidence >= sheet.bands.review]
    edges += [Edge(left, right, JUDGED_SAME) for (left, right), verdict in verdicts.items() if verdict == "same"]
    edges += _held_edges(core, verdicts, sheet)
    joining = [edge for edge in edges if edge.evidence.confidence >= sheet.bands.join]
    joining += _remembered_edges(core, previous, sheet)
    clusters = cluster_links(
        len(core),
        [Link(edge.left, edge.right, edge.evidence.confidence) for edge in joining],
        [party.facets() for party in core],
        together=[pair for pair, verdict in verdicts.items() if verdict == "same"],
        apart=[pair for pair, verdict in verdicts.items() if verdict == "different"],
    )
    attached, doubts = attach_records([*newcomers, *register], core, clusters, population, sheet, judgements)
    return Resolution(
        groups=tuple(tuple(core[number] for number in members) for _, members in sorted(clusters.members().items())),
        evidence=_best_evidence(core, joining, clusters) | {one.party.ref: one.evidence for one in attached},
        attached=tuple(attached),
        reviews=tuple(_best_doubts(core, edges, clusters)) + tuple(ReviewPair(*doubt) for doubt in doubts),
    )


def _by_number(judgements: Judgements, refs: Mapping[str, int]) -> dict[tuple[int, int], str]:
    numbered = {}
    for (one, other), verdict in judgements.items():
        if one in refs and other in refs:
            left, right = sorted((refs[one], refs[other]))
            numbered[left, right] = verdict
    return numbered


def _held_edges(core: Sequence[Party], verdicts: Mapping[tuple[int, int], str], sheet: IdentitySheet) -> list[Edge]:
    """Pairs a person could not decide stay held, whatever their score."""
    held = Evidence("judged_unsure", sheet.bands.review, "Una persona revisó el par y no pudo decidir.")
    return [Edge(left, right, held) for (left, right), verdict in verdicts.items() if verdict == "unsure"]


def _remembered_edges(core: Sequence[Party], previous: Mapping[str, str], sheet: IdentitySheet) -> list[Edge]:
    """Weakest of all joining links: what was joined before, and accounts that carry the id of a known customer."""
    by_id: dict[str, list[tuple[int, bool]]] = {}
    for number, party in enumerate(core):
        hub_id = previous.get(party.ref) or party.hub_id
        if hub_id:
            by_id.setdefault(hub_id, []).append((number, party.ref in previous))
    edges = []
    for hub_id, numbers in by_id.items():
        for (left, was_left), (right, was_right) in pairwise(numbers):
            is_old = was_left and was_right
            why = LINKED_BEFORE_ES if is_old else f"La cuenta de NEO lleva el identificador {hub_id}."
            rule = "linked_before" if is_old else "same_hub_id"
            edges.append(Edge(left, right, Evidence(rule, sheet.bands.join, why)))
    return edges


def _best_evidence(core: Sequence[Party], edges: Iterable[Edge], clusters: Clusters) -> dict[str, Evidence]:
    """For every core record the strongest link inside its group."""
    best = {party.ref: SOLE_RECORD for party in core}
    for edge in sorted(edges, key=lambda one: (one.evidence.confidence, -one.left, -one.right)):
        if clusters.group_of[edge.left] == clusters.group_of[edge.right]:
            best[core[edge.left].ref] = best[core[edge.right].ref] = edge.evidence
    return best


def _best_doubts(core: Sequence[Party], edges: Iterable[Edge], clusters: Clusters) -> list[ReviewPair]:
    """The strongest unjoined pair between any two groups: one question per pair of customers, not one per record."""
    best: dict[tuple[int, int], Edge] = {}
    for edge in sorted(edges, key=lambda one: (-one.evidence.confidence, one.left, one.right)):
        groups = tuple(sorted((clusters.group_of[edge.left], clusters.group_of[edge.right])))
        if groups[0] != groups[1]:
            best.setdefault((groups[0], groups[1]), edge)
    return [ReviewPair(core[edge.left], core[edge.right], edge.evidence) for _, edge in sorted(best.items())]
