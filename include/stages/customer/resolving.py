"""From source records to customers with an id: resolution, and the identifiers that the ledger keeps for ever."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from include.stages.customer.reading import CompanyRecords, place_names
from include.stages.customer.sheets import CustomerSheets
from include.stages.protocol import StageContext
from transforms.golden.reading import SourceRecord
from transforms.resolve.assign import Member, assign_ids, follow
from transforms.resolve.companies import SOLE_RECORD, Resolution, resolve_companies
from transforms.resolve.facts import Population
from transforms.resolve.record import Evidence

Kind = Literal["customer", "person"]


@dataclass(frozen=True)
class KnownIds:
    """What the ledger remembers: the living id of every record ref, the ids that were merged, the verdicts."""

    links: Mapping[str, str]
    transfers: Mapping[str, str]
    judgements: Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class LinkedRecord:
    """A record, the customer or person it belongs to, and why."""

    source: str
    key: str
    hub_id: str
    evidence: Evidence

    @property
    def ref(self) -> str:
        """`source:key`."""
        return f"{self.source}:{self.key}"


@dataclass(frozen=True)
class Customers:
    """The outcome of resolution: links of all records, records by customer, pairs that wait for a person."""

    links: Sequence[LinkedRecord]
    records: Mapping[str, Sequence[SourceRecord]]
    resolution: Resolution


def read_known_ids(ctx: StageContext, kind: Kind) -> KnownIds:
    """Ask the ledger. Ids are followed to the living one."""
    transfers = ctx.ledger.identity.transfers()
    links = {
        f"{row['source']}:{row['source_key']}": follow(row["hub_id"], transfers)
        for row in ctx.ledger.identity.links(kind).to_pylist()
    }
    return KnownIds(links, transfers, ctx.ledger.judgements.current(kind))


def resolve_customers(
    ctx: StageContext, records: CompanyRecords, sheets: CustomerSheets, remembered: Mapping[str, LinkedRecord]
) -> Customers:
    """Resolve all companies and give every group its customer id, minting what is new.

    `remembered` are links of the last run under the same rules: their evidence stands as long as the link does.
    Otherwise a name match would turn into a NIT match as soon as the hub has written that NIT to NEO itself.
    """
    known = read_known_ids(ctx, "customer")
    core, newcomers = records.parties_of(records.core), records.parties_of(records.newcomers)
    register = records.parties_of(records.register)
    population = Population.of([*core, *newcomers], register, sheets.identity, place_names())
    disputed = {party.ref for party in (*core, *newcomers) if party.is_nit_disputed}
    living = {party.ref: follow(party.hub_id, known.transfers) for party in core if party.hub_id}
    core = [replace(party, hub_id=living.get(party.ref)) for party in core]
    resolution = resolve_companies(
        core, newcomers, register, population, sheets.identity, known.judgements, known.links
    )
    groups = [
        [Member(party.ref, known.links.get(party.ref), party.hub_id) for party in group] for group in resolution.groups
    ]
    ids = give_ids(ctx, "customer", groups, known, resolution.evidence)
    links = [_with_first_evidence(link, remembered) for link in _customer_links(resolution, ids)]
    members_links = tuple(links)
    links += _other_registrations(links, records.other_registrations)
    save_changed_links(ctx, "customer", links, known)
    by_ref = {record.ref: record for record in (*records.core, *records.newcomers, *records.register)}
    members: dict[str, list[SourceRecord]] = {}
    for link in members_links:
        record = replace(by_ref[link.ref], is_nit_disputed=link.ref in disputed)
        members.setdefault(link.hub_id, []).append(record)
    return Customers(links, members, resolution)


def give_ids(
    ctx: StageContext, kind: Kind, groups: Sequence[Sequence[Member]], known: KnownIds, evidence: Mapping[str, Evidence]
) -> list[str]:
    """The id of every group: kept, or minted together with the links of its records; merged ids are transferred."""
    assignment = assign_ids(groups, known.transfers)
    without = [number for number, hub_id in enumerate(assignment.ids) if hub_id is None]
    without.sort(key=lambda number: min(member.ref for member in groups[number]))
    new_links = [[_link_row(member.ref, evidence[member.ref]) for member in groups[number]] for number in without]
    minted = dict(zip(without, ctx.ledger.identity.mint_with_links(kind, new_links, ctx.run_id), strict=True))
    for old, new in assignment.transfers.items():
        ctx.ledger.identity.transfer(old, new, ctx.run_id)
    return [hub_id or minted[number] for number, hub_id in enumerate(assignment.ids)]


def save_changed_links(ctx: StageContext, kind: Kind, links: Iterable[LinkedRecord], known: KnownIds) -> None:
    """Append to the ledger the links whose record moved to another id, or is new; minted groups are there already."""
    saved = {f"{r['source']}:{r['source_key']}": r["hub_id"] for r in ctx.ledger.identity.links(kind).to_pylist()}
    rows = [
        {**_link_row(link.ref, link.evidence), "hub_id": link.hub_id}
        for link in links
        if saved.get(link.ref) != link.hub_id
    ]
    if rows:
        ctx.ledger.identity.save_links(kind, rows, ctx.run_id)


def _customer_links(resolution: Resolution, ids: Sequence[str]) -> Iterable[LinkedRecord]:
    hub_id_of = {}
    for group, hub_id in zip(resolution.groups, ids, strict=True):
        for party in group:
            hub_id_of[party.ref] = hub_id
            yield LinkedRecord(party.source, party.key, hub_id, resolution.evidence[party.ref])
    for one in resolution.attached:
        yield LinkedRecord(one.party.source, one.party.key, hub_id_of[one.to.ref], one.evidence)


def _with_first_evidence(link: LinkedRecord, remembered: Mapping[str, LinkedRecord]) -> LinkedRecord:
    before = remembered.get(link.ref)
    is_proven = before is not None and before.hub_id == link.hub_id and before.evidence.rule != SOLE_RECORD.rule
    return before if before is not None and is_proven else link


def _other_registrations(links: Iterable[LinkedRecord], others: Mapping[str, str]) -> list[LinkedRecord]:
    """A company that moved has a row in each chamber: all are its own, although only one speaks for it."""
    customer_of = {link.key: link.hub_id for link in links if link.source == "rues"}
    why = Evidence("other_registration", 0.99, "Otra matrícula del mismo NIT.")
    return [LinkedRecord("rues", key, customer_of[best], why) for key, best in others.items() if best in customer_of]


def _link_row(ref: str, evidence: Evidence) -> dict[str, object]:
    source, _, key = ref.partition(":")
    return {"source": source, "source_key": key, "rule": evidence.rule, "confidence": evidence.confidence}
