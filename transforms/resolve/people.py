"""Which contacts are the same person. People are compared only within one customer: names repeat in a country."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from transforms.clean.email import is_role_mailbox
from transforms.clean.names import person_tokens
from transforms.resolve.cluster import Link, cluster_links
from transforms.resolve.record import Evidence
from transforms.resolve.sheet import IdentitySheet


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One contact of one source, within a customer (None: a contact without a company, never joined)."""

    source: str
    key: str
    customer_id: str | None
    full_name: str
    email: str | None = None
    phones: tuple[str, ...] = ()
    document: str | None = None
    hub_id: str | None = None

    @property
    def ref(self) -> str:
        """`source:key`."""
        return f"{self.source}:{self.key}"


@dataclass(frozen=True)
class PersonGroups:
    """Groups of contacts that are one person each, and the evidence of every contact."""

    groups: tuple[tuple[PersonRecord, ...], ...]
    evidence: Mapping[str, Evidence]


SOLE = Evidence("sole_record", 1.0, "Único registro de esta persona.")


def person_likeness(one: str, other: str) -> float:
    """How alike two names of people are, 0 to 1: a missing second name or surname costs little, another one much.

    >>> person_likeness("Ana María Gómez Ruiz", "Ana Gómez") > 0.8 > person_likeness("Ana Gómez Ruiz", "Ana Gómez Paz")
    True
    """
    ours, theirs = person_tokens(one), person_tokens(other)
    if not ours or not theirs:
        return 0.0
    short, long = sorted((ours, theirs), key=lambda tokens: (len(tokens), tokens))
    left = list(long)
    matched = 0.0
    for word in short:
        best = max(left, key=lambda other_word: (_same_word(word, other_word), other_word), default="")
        worth = _same_word(word, best)
        if worth:
            left.remove(best)
            matched += worth
    if matched < min(2, len(long)):
        return 0.0 if matched < 1 else 0.5 * matched / len(long)
    # Words the short name has of its own contradict; words only the long one has are merely missing.
    return max(0.0, matched / len(short) - 0.04 * (len(long) - len(short)) - 0.25 * (len(short) - round(matched)))


def _same_word(one: str, other: str) -> float:
    if one == other:
        return 1.0
    if min(len(one), len(other)) == 1 and one[:1] == other[:1]:
        return 0.8
    alike = fuzz.ratio(one, other) / 100
    return alike if alike >= 0.84 and min(len(one), len(other)) > 3 else 0.0


def resolve_people(
    records: Sequence[PersonRecord],
    sheet: IdentitySheet,
    judgements: Mapping[tuple[str, str], str],
    previous: Mapping[str, str],
) -> PersonGroups:
    """Group contacts into people. Different documents never join; `previous` links hold unless contradicted."""
    records = sorted(records, key=lambda one: one.ref)
    refs = {record.ref: number for number, record in enumerate(records)}
    links: dict[tuple[int, int], Evidence] = {}
    by_customer: dict[str, list[int]] = {}
    for number, record in enumerate(records):
        if record.customer_id:
            by_customer.setdefault(record.customer_id, []).append(number)
    for numbers in by_customer.values():
        for i, left in enumerate(numbers):
            for right in numbers[i + 1 :]:
                evidence = judge_people(records[left], records[right], sheet)
                evidence = evidence or _remembered(records[left], records[right], previous, sheet)
                if evidence is not None:
                    links[left, right] = evidence
    together, apart = _judged(judgements, refs)
    for pair in together:
        links[pair] = Evidence("judged_same", 1.0, "Una persona confirmó que es el mismo contacto.")
    facets = [_facets(record) for record in records]
    clusters = cluster_links(
        len(records),
        [Link(*pair, evidence.confidence) for pair, evidence in links.items()],
        facets,
        together=together,
        apart=apart,
    )
    evidence_of = {record.ref: SOLE for record in records}
    for (left, right), evidence in sorted(links.items(), key=lambda one: (one[1].confidence, one[0])):
        if clusters.group_of[left] == clusters.group_of[right]:
            evidence_of[records[left].ref] = evidence_of[records[right].ref] = evidence
    groups = tuple(tuple(records[n] for n in members) for _, members in sorted(clusters.members().items()))
    return PersonGroups(groups, evidence_of)


def judge_people(left: PersonRecord, right: PersonRecord, sheet: IdentitySheet) -> Evidence | None:
    """The surest rule that joins two contacts of one customer, or None."""
    likeness = person_likeness(left.full_name, right.full_name)
    for name, rule in PEOPLE_RULES.items():
        settings = getattr(sheet.people, name)
        why = rule(left, right)
        if why is not None and likeness >= settings.min_name:
            return Evidence(name, settings.confidence, why)
    return None


def same_document(left: PersonRecord, right: PersonRecord) -> str | None:
    """Both contacts have the same identity document."""
    return "Mismo documento de identidad." if left.document and left.document == right.document else None


def same_email(left: PersonRecord, right: PersonRecord) -> str | None:
    """Both contacts have the same mailbox, which is nobody else's, and similar names."""
    is_shared = left.email is not None and left.email == right.email and not is_role_mailbox(left.email)
    return "Mismo correo y nombre parecido." if is_shared else None


def same_phone(left: PersonRecord, right: PersonRecord) -> str | None:
    """Both contacts have the same telephone and very similar names."""
    return "Mismo teléfono y nombre muy parecido." if set(left.phones) & set(right.phones) else None


def same_name(left: PersonRecord, right: PersonRecord) -> str | None:
    """Both contacts of one customer have practically the same full name."""
    has_surname = min(len(person_tokens(left.full_name)), len(person_tokens(right.full_name))) >= 2
    return "Mismo nombre completo en la misma empresa." if has_surname else None


PEOPLE_RULES: dict[str, Callable[[PersonRecord, PersonRecord], str | None]] = {
    rule.__name__: rule for rule in (same_document, same_email, same_phone, same_name)
}


def _facets(record: PersonRecord) -> dict[str, str]:
    # Contacts without a company stay alone: each is its own "customer".
    sure = {"customer": record.customer_id or record.ref}
    if record.document:
        sure["document"] = record.document
    return sure


def _remembered(
    left: PersonRecord, right: PersonRecord, previous: Mapping[str, str], sheet: IdentitySheet
) -> Evidence | None:
    ours = previous.get(left.ref) or left.hub_id
    theirs = previous.get(right.ref) or right.hub_id
    if ours and ours == theirs:
        return Evidence("linked_before", sheet.bands.join, "Ya estaban unidos; nada nuevo lo contradice.")
    return None


def _judged(
    judgements: Mapping[tuple[str, str], str], refs: Mapping[str, int]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {"same": [], "different": []}
    for (one, other), verdict in judgements.items():
        if one in refs and other in refs and verdict in found:
            left, right = sorted((refs[one], refs[other]))
            found[verdict].append((left, right))
    return found["same"], found["different"]
