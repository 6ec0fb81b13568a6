"""Attaching records that may not make a customer themselves: registrations and rows of the commercial register.

Each goes to the one group it fits best, or to none. Two groups that fit about as well are a question for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from transforms.resolve.block import candidates_between
from transforms.resolve.cluster import Clusters, exclude_each_other
from transforms.resolve.facts import PairFacts, Population
from transforms.resolve.record import Evidence, Party
from transforms.resolve.score import judge_pair
from transforms.resolve.sheet import IdentitySheet

_TOO_CLOSE = 0.02
_BY_PERSON = Evidence("judged_same", 1.0, "Una persona confirmó que son la misma empresa.")


@dataclass(frozen=True, slots=True)
class Attached:
    """A record and the core record whose customer it belongs to."""

    party: Party
    to: Party
    evidence: Evidence


Doubt = tuple[Party, Party, Evidence]
_Offer = tuple[int, int, Evidence]


def attach_records(
    records: Sequence[Party],
    core: Sequence[Party],
    clusters: Clusters,
    population: Population,
    sheet: IdentitySheet,
    judgements: Mapping[tuple[str, str], str],
) -> tuple[list[Attached], list[Doubt]]:
    """Attach `records` to groups of `core`, strongest first, and return what attached and what is in doubt."""
    records = sorted(records, key=lambda party: party.ref)
    offers = _best_offers(records, core, clusters, population, sheet, judgements)
    facets = {group: dict(values) for group, values in clusters.facets.items()}
    attached, doubts = list[Attached](), list[Doubt]()
    for number in sorted(offers, key=lambda one: (-offers[one][0][2].confidence, one)):
        party = records[number]
        target, evidence = _choose(party, offers[number], clusters, facets, sheet)
        if evidence.confidence >= sheet.bands.join:
            attached.append(Attached(party, core[target], evidence))
            group = facets[clusters.group_of[target]]
            for name, value in party.facets().items():
                group[name] = group.get(name, frozenset()) | {value}
        elif evidence.confidence >= sheet.bands.review:
            doubts.append((party, core[target], evidence))
    return sorted(attached, key=lambda one: one.party.ref), sorted(doubts, key=lambda one: (one[0].ref, one[1].ref))


def _best_offers(
    records: Sequence[Party],
    core: Sequence[Party],
    clusters: Clusters,
    population: Population,
    sheet: IdentitySheet,
    judgements: Mapping[tuple[str, str], str],
) -> dict[int, list[_Offer]]:
    """Per record its best offer of every group, best first: (core record, group, evidence)."""
    best: dict[tuple[int, int], _Offer] = {}
    for number, other in _meetings(records, core, population, sheet):
        party, target = records[number], core[other]
        left, right = sorted((party.ref, target.ref))
        verdict = judgements.get((left, right))
        if verdict == "different":
            continue
        evidence = _BY_PERSON if verdict == "same" else judge_pair(PairFacts(party, target, population), sheet)
        group = clusters.group_of[other]
        if (number, group) not in best or best[number, group][2].confidence < evidence.confidence:
            best[number, group] = (other, group, evidence)
    offers: dict[int, list[_Offer]] = {}
    for (number, _), offer in sorted(best.items()):
        offers.setdefault(number, []).append(offer)
    return {number: sorted(found, key=lambda one: (-one[2].confidence, one[0])) for number, found in offers.items()}


def _meetings(
    records: Sequence[Party], core: Sequence[Party], population: Population, sheet: IdentitySheet
) -> list[tuple[int, int]]:
    """Candidates by number. Two records whose NITs are beyond doubt meet by NIT or not at all.

    The register is therefore searched by name only for records whose own NIT leaves doubts.
    """
    doubtful = [number for number, target in enumerate(core) if not target.is_nit_sure]
    sure_by_nit: dict[str, list[int]] = {}
    for number, target in enumerate(core):
        if target.is_nit_sure:
            sure_by_nit.setdefault(str(target.nit.base), []).append(number)
    sure = [number for number, party in enumerate(records) if party.is_nit_sure]
    unsure = [number for number, party in enumerate(records) if not party.is_nit_sure]
    met = {(one, other) for one in sure for other in sure_by_nit.get(records[one].nit.base or "", ())}
    for ours, theirs in ((sure, doubtful), (unsure, list(range(len(core))))):
        pairs = candidates_between(
            [records[one] for one in ours], [core[other] for other in theirs], population.rarity, sheet.blocking
        )
        met.update((ours[one], theirs[other]) for one, other in pairs)
    return sorted(met)


def _choose(
    party: Party,
    offers: Sequence[_Offer],
    clusters: Clusters,
    facets: Mapping[int, Mapping[str, frozenset[str]]],
    sheet: IdentitySheet,
) -> tuple[int, Evidence]:
    """The target and the evidence, lowered to the review band where another group fits as well or facts exclude it."""
    target, group, evidence = offers[0]
    mine = {name: frozenset([value]) for name, value in party.facets().items()}
    is_excluded = evidence.rule != "judged_same" and exclude_each_other(facets[group], mine)
    is_tied = len(offers) > 1 and offers[1][2].confidence > evidence.confidence - _TOO_CLOSE
    if evidence.confidence >= sheet.bands.join and (is_excluded or is_tied):
        return target, Evidence(evidence.rule, round(sheet.bands.join - 0.01, 4), evidence.why_es)
    return target, evidence
