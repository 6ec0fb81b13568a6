"""Subjects in, hits out. One subject gets the same hits alone and in any batch."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from transforms.screening.alignment import Alignment, AlignmentRules, align_names
from transforms.screening.features import MAIN, QUALIFIERS, Evidence, Finding, birth_year, same_number
from transforms.screening.index import IndexedName, ListIndex
from transforms.screening.records import Hit, ListEntry, Subject
from transforms.screening.rules import Level, ScreeningRules
from transforms.screening.tokens import ParsedName, parse_name

ENGINE = "1"  # raise it when the same sheet would give other scores
NAME_ONLY_CEILING = 0.99  # a name alone proves nobody's identity


@dataclass(frozen=True)
class _NamePair:
    """The best pair of names of one subject and one entry."""

    mine: ParsedName
    listed: IndexedName
    alignment: Alignment

    @property
    def rank(self) -> tuple[float, float, str, str]:
        """Best score first, then most telling, then by text, so that ties always fall the same way."""
        return (-self.alignment.score, -self.alignment.support, self.listed.parsed.text, self.mine.text)


def screen(subjects: Iterable[Subject], index: ListIndex) -> list[Hit]:
    """Return the hits of all subjects from the lowest band up, ordered by subject, score and entry."""
    everyone = list(subjects)
    words = index.rules.word_sets
    names = {
        subject.subject_id: _distinct(parse_name(name, subject.kind, words) for name in subject.names)
        for subject in everyone
    }
    for kind in ("person", "company"):
        mine = (name for subject in everyone if subject.kind == kind for name in names[subject.subject_id])
        index.names(kind).prepare(word for name in mine for word in name.words)
    hits = [hit for subject in everyone for hit in _hits_of(subject, names[subject.subject_id], index)]
    return sorted(hits, key=lambda hit: (hit.subject_id, -hit.score, hit.list_code, hit.entry_id))


def score_pair(subject: Subject, entry: ListEntry, pair: _NamePair | None, rules: ScreeningRules) -> Hit | None:
    """Weigh one subject against one entry; None below the lowest band."""
    evidence = Evidence(subject, entry, pair.alignment if pair else None, pair.listed if pair else None, rules)
    main = [finding for feature in MAIN if (finding := feature(evidence)) is not None]
    if not main:
        return None
    number = same_number(evidence)
    qualifiers = [finding for feature in QUALIFIERS if (finding := feature(evidence)) is not None]
    if number is not None and number.points >= rules.bands.high:
        score = number.points
    else:
        score = max(finding.points for finding in main) + sum(finding.points for finding in qualifiers)
        score = max(0.0, min(score, NAME_ONLY_CEILING))
    level = _level(round(score, 4), number, evidence)
    if level is None:
        return None
    return Hit(
        subject_id=subject.subject_id,
        list_code=entry.list_code,
        entry_id=entry.entry_id,
        is_binding=entry.is_binding,
        level=level,
        score=round(score, 4),
        subject_name=pair.mine.text if pair else next(iter(subject.names), ""),
        matched_name=pair.listed.parsed.text if pair else next((name.text for name in entry.names), ""),
        why_es=_tell(main, qualifiers, number, pair),
        entry_fingerprint=entry.fingerprint,
    )


def best_pair(names: Sequence[ParsedName], listed: Iterable[IndexedName], index: ListIndex) -> _NamePair | None:
    """Compare every name of a subject with these names of one entry and return the best pair."""
    pairs = []
    for mine in names:
        found = index.names(mine.kind)
        rules = AlignmentRules(index.rules.costs(mine.kind), index.rules.rarity.initial_nats)
        neighbours = found.neighbours(mine.words)
        for name in listed:
            pairs.append(_NamePair(mine, name, align_names(mine, name.parsed, neighbours, found.nats, rules)))
    return min(pairs, key=lambda pair: pair.rank, default=None)


def _hits_of(subject: Subject, names: Sequence[ParsedName], index: ListIndex) -> Iterable[Hit]:
    rules = index.rules
    floor = rules.bands.low - max(rules.qualifiers.country_same, 0) - max(rules.qualifiers.birth_year_same, 0)
    known = index.names(subject.kind)
    listed: dict[tuple[str, str], dict[int, IndexedName]] = {}
    for name in names:
        for position in known.candidates(name, floor):
            entry = known.names[position].entry
            listed.setdefault(entry.key, {})[position] = known.names[position]
    entries = {name.entry.key: name.entry for found in listed.values() for name in found.values()}
    for entry in index.entries_with_number(subject.numbers):
        entries[entry.key] = entry
    for key, entry in entries.items():
        positions = listed.get(key, {})
        pair = best_pair(names, [positions[number] for number in sorted(positions)], index)
        hit = score_pair(subject, entry, pair, rules)
        if hit is not None:
            yield hit


def _level(score: float, number: Finding | None, evidence: Evidence) -> Level | None:
    """`exact` asks for an equal number, or for an equal name and an equal year of birth."""
    rules = evidence.rules
    if number is not None and number.points >= rules.numbers.same_number:
        return "exact"
    level = rules.level(score)
    if level == "high" and evidence.alignment is not None and evidence.alignment.is_complete:
        year = birth_year(evidence)
        if year is not None and year.points > 0:
            return "exact"
    return level


def _tell(
    main: Sequence[Finding], qualifiers: Sequence[Finding], number: Finding | None, pair: _NamePair | None
) -> str:
    sentences = [finding.why_es for finding in (*main, *qualifiers) if finding.points]
    if number is not None and pair is None:
        sentences.append("Los nombres no se parecen: mismo número, otro nombre.")
    return " ".join(sentences)


def _distinct(names: Iterable[ParsedName]) -> list[ParsedName]:
    seen: dict[tuple[object, ...], ParsedName] = {}
    for name in names:
        if not name.is_empty:
            seen.setdefault((name.words, name.initials, name.joined), name)
    return list(seen.values())
