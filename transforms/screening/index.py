"""Which list entries are worth comparing with a name: every one whose score could reach the lowest band.

The bound is computed from the rarity of the words both could share, so nothing the scorer would accept is left
out (a test compares with brute force), and it looks at one name at a time, so a batch changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from transforms.screening.numbers import bare, number_key
from transforms.screening.rarity import Rarity
from transforms.screening.records import ListEntry, Number
from transforms.screening.rules import Costs, ScreeningRules
from transforms.screening.similarity import Likeness, Variants, Vocabulary
from transforms.screening.tokens import Kind, ParsedName, alternatives, joined_key, parse_name

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class IndexedName:
    """A name of an entry in its comparable form."""

    entry: ListEntry
    name_kind: str
    parsed: ParsedName


@dataclass(frozen=True)
class _Reach:
    """What one subject word reaches: names, the weight matched there, the weight of the list word."""

    names: Ints
    matched: Floats
    theirs: Floats


class NameIndex:
    """The names of the lists that one kind of subject is compared with."""

    def __init__(self, kind: Kind, names: Sequence[IndexedName], rules: ScreeningRules, rarity: Rarity) -> None:
        self.kind, self.names, self._rules = kind, names, rules
        self._rarity = rarity
        groups = rules.words.company_variants if kind == "company" else rules.words.person_variants
        self.variants = Variants(groups)
        self.vocabulary = Vocabulary(
            (word for name in names for word in name.parsed.words), rules.costs(kind).word_similarity, self.variants
        )
        self._postings = self._build_postings()
        self._totals: Floats = np.array([sum(map(self.nats, name.parsed.words)) for name in names], dtype=np.float64)
        self._sizes: Floats = np.array([len(name.parsed.words) for name in names], dtype=np.float64)
        self._initials: Floats = np.array([len(name.parsed.initials) for name in names], dtype=np.float64)
        self._split, self._whole = self._build_joined()
        self._neighbours: dict[str, Mapping[str, Likeness]] = {}
        self._reach: dict[str, _Reach] = {}
        self._most_nats = rarity.most

    def nats(self, word: str) -> float:
        """Return the worth of a word for this kind."""
        return self._rarity.nats(word, self.kind)

    def prepare(self, words: Iterable[str]) -> None:
        """Find the list words near many subject words at once; `neighbours` then answers from memory."""
        missing = {word for word in words if word not in self._neighbours}
        self._neighbours.update(self.vocabulary.neighbours(missing))

    def neighbours(self, words: Iterable[str]) -> Mapping[str, Mapping[str, Likeness]]:
        """Return the list words near each word."""
        wanted = list(words)
        self.prepare(wanted)
        return {word: self._neighbours[word] for word in wanted}

    def candidates(self, name: ParsedName, floor: float) -> list[int]:
        """Return the positions of the names whose score against `name` could be `floor` or more, ascending."""
        if name.is_empty or not self.names:
            return []
        found = set(self._by_bound(name, floor).tolist())
        for word in name.words:
            found.update(self._split.get(joined_key(word), ()))
        for key, _ in name.joined:
            found.update(self._whole.get(key, ()))
        return sorted(found)

    def _by_bound(self, name: ParsedName, floor: float) -> Ints:
        reaches = [(self.nats(word), self._reach_of(word)) for word in name.words]
        touched = np.concatenate([reach.names for _, reach in reaches])
        if not touched.size:
            return touched
        mine = np.concatenate([np.full(reach.names.size, weight) for weight, reach in reaches])
        names, place = np.unique(touched, return_inverse=True)
        matched = _sums(place, np.concatenate([reach.matched for _, reach in reaches]))
        met_mine = _sums(place, mine)
        met_theirs = _sums(place, np.concatenate([reach.theirs for _, reach in reaches]))
        return names[self._highest(name, names, place, matched, met_mine, met_theirs) >= floor]

    def _highest(
        self, name: ParsedName, names: Ints, place: Ints, matched: Floats, met_mine: Floats, met_theirs: Floats
    ) -> Floats:
        """Highest score each name may reach: what met counts whole, what may have met is not left over.

        A single letter may stand for the most telling word of the other side. Words that meet twice are counted
        twice, so every figure errs on the side of comparing.
        """
        letters, others, each = len(name.initials), self._initials[names], self._rules.rarity.initial_nats
        mine = sum(map(self.nats, name.words))
        met = np.bincount(place)
        average = (mine + self._totals[names] + (letters + others) * each) / (
            len(name.words) + self._sizes[names] + letters + others
        )
        return _bound(
            matched + (letters + others) * each,
            np.maximum(mine - met_mine - others * self._most_nats, 0),
            np.maximum(self._totals[names] - met_theirs - letters * self._most_nats, 0),
            np.maximum(np.minimum(len(name.words) - others, self._sizes[names] - letters) - met, 0) * average,
            self._rules.costs(self.kind),
        )

    def _reach_of(self, word: str) -> _Reach:
        if word not in self._reach:
            near = self.neighbours([word])[word]
            mine = self.nats(word)
            names, matched, theirs = [_NONE], [_NO_WEIGHT], [_NO_WEIGHT]
            for other, likeness in sorted(near.items()):
                posting = self._postings[other]
                weight = self.nats(other)
                names.append(posting)
                matched.append(np.full(posting.size, likeness.value * min(mine, weight)))
                theirs.append(np.full(posting.size, weight))
            self._reach[word] = _Reach(np.concatenate(names), np.concatenate(matched), np.concatenate(theirs))
        return self._reach[word]

    def _build_postings(self) -> dict[str, Ints]:
        postings: defaultdict[str, list[int]] = defaultdict(list)
        for position, name in enumerate(self.names):
            for word in name.parsed.words:  # a word said twice stands twice: the bound may only err upwards
                postings[word].append(position)
        return {word: np.array(positions, dtype=np.int64) for word, positions in postings.items()}

    def _build_joined(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        split: defaultdict[str, list[int]] = defaultdict(list)
        whole: defaultdict[str, list[int]] = defaultdict(list)
        for position, name in enumerate(self.names):
            for key, _ in name.parsed.joined:
                split[key].append(position)
            for word in name.parsed.words:
                if key := joined_key(word):
                    whole[key].append(position)
        return dict(split), dict(whole)


_NONE: Ints = np.empty(0, dtype=np.int64)
_NO_WEIGHT: Floats = np.empty(0, dtype=np.float64)


def _sums(place: Ints, weights: Floats) -> Floats:
    return np.asarray(np.bincount(place, weights), dtype=np.float64)


def _bound(matched: Floats, alone_left: Floats, alone_right: Floats, conflicts: Floats, costs: Costs) -> Floats:
    """Highest score these weights allow, by the formula of `alignment.score_weights` on whole columns.

    The two costs of a conflict are taken apart: each of them only grows with what is left over, their sum may not.
    """
    by_weight = costs.conflict * np.minimum(alone_left, alone_right) + costs.absent * np.abs(alone_left - alone_right)
    by_words = costs.conflict * costs.conflict_words * conflicts
    score = matched / (matched + np.maximum(by_weight, by_words))
    lowest = np.where(alone_left + alone_right > 0, costs.support_cap, costs.equal_cap)
    cap = np.minimum(1.0, lowest + (1 - lowest) * matched / costs.support_full)
    return np.asarray(np.minimum(score, cap) + 1e-4, dtype=np.float64)  # scores are rounded to four digits


class ListIndex:
    """All active entries: two name indexes and one of numbers."""

    def __init__(self, entries: Sequence[ListEntry], rules: ScreeningRules, rarity: Rarity) -> None:
        self.rules, self.rarity = rules, rarity
        self.entries = sorted(entries, key=lambda entry: entry.key)
        people = list(self._parse("person"))
        # A company may bear a listed person's name; a person never bears a company's.
        firms = [*self._parse("company"), *(replace(name, parsed=name.parsed.as_kind("company")) for name in people)]
        self._names: dict[Kind, NameIndex] = {
            "person": NameIndex("person", people, rules, rarity),
            "company": NameIndex("company", firms, rules, rarity),
        }
        self._by_bare: defaultdict[tuple[str, str], list[ListEntry]] = defaultdict(list)
        for entry in self.entries:
            for number in entry.numbers:
                if key := number_key(number, rules.numbers.min_digits):
                    self._by_bare[bare(key)].append(entry)

    def names(self, kind: Kind) -> NameIndex:
        """Return the names a subject of `kind` is compared with."""
        return self._names[kind]

    def entries_with_number(self, numbers: Iterable[Number]) -> list[ListEntry]:
        """Return the entries that may hold one of `numbers`; the comparison itself decides on the country."""
        found: dict[tuple[str, str], ListEntry] = {}
        for number in numbers:
            key = number_key(number, self.rules.numbers.min_digits)
            for entry in self._by_bare.get(bare(key), ()) if key else ():
                found[entry.key] = entry
        return [found[key] for key in sorted(found)]

    def _parse(self, kind: Kind) -> Iterable[IndexedName]:
        """The names of the entries of a kind, each spelling once."""
        words = self.rules.word_sets
        for entry in self.entries:
            if entry.kind != kind:
                continue
            seen: set[tuple[str, ...]] = set()
            spellings = ((name.kind, text) for name in entry.names for text in alternatives(name.text))
            for name_kind, text in spellings:
                parsed = parse_name(text, kind, words)
                mark = (*sorted(parsed.words), "|", *parsed.initials, *(key for key, _ in parsed.joined))
                if not parsed.is_empty and mark not in seen:
                    seen.add(mark)
                    yield IndexedName(entry, name_kind, parsed)
