"""How alike two company names are: words aligned one to one and weighed by how rare they are.

A word missing on one side costs its weight; different words on both sides cost more. Nothing about places,
numbers or telephones is decided here, but words that tell siblings apart are pointed out.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from transforms.clean.names import CompanyName

_LEAST_POPULATION = 1_000
# Matching words must together weigh about as much as one rare word: «Global» and «Global» say nothing.
_ENOUGH_MATCHED = 0.9
_IN_COMMON_USE = 0.85


class Rarity:
    """How much a word tells, from the population of names at hand: 1 for a word seen once, little for a common one."""

    def __init__(self, counts: Mapping[str, int], total: int, generic: frozenset[str], generic_weight: float) -> None:
        self.counts, self.generic = counts, generic
        # A handful of records says nothing about which words are common in a country.
        self._population = max(total, _LEAST_POPULATION)
        self._weights = dict.fromkeys(generic, generic_weight)

    @classmethod
    def count(cls, names: Iterable[CompanyName], generic: frozenset[str], generic_weight: float) -> Rarity:
        """Count in how many names each word stands."""
        counts: Counter[str] = Counter()
        total = 0
        for name in names:
            counts.update(set(name.tokens))
            total += 1
        return cls(counts, total, generic, generic_weight)

    def weight(self, word: str) -> float:
        """0.1 to 1."""
        known = self._weights.get(word)
        if known is None:
            told = math.log((2 + self._population) / (1 + self.counts.get(word, 0))) / math.log(2 + self._population)
            known = self._weights[word] = max(0.1, min(1.0, told + 0.15))
        return known


@dataclass(frozen=True, slots=True)
class NameComparison:
    """Similarity 0 to 1, the words each side has alone, and whether the shared ones stand in another order."""

    similarity: float
    only_left: tuple[str, ...]
    only_right: tuple[str, ...]
    is_reordered: bool = False

    def words_differ(self) -> bool:
        """Both sides have words of their own."""
        return bool(self.only_left and self.only_right)

    def word_added(self) -> bool:
        """One side only has a word more."""
        return bool(self.only_left) != bool(self.only_right)

    def numbers_differ(self) -> bool:
        """Both sides have a numeral that the other lacks."""
        return any(map(str.isdigit, self.only_left)) and any(map(str.isdigit, self.only_right))

    def number_added(self) -> bool:
        """One side only has a numeral more."""
        return any(map(str.isdigit, self.only_left)) != any(map(str.isdigit, self.only_right))

    def places_differ(self, places: frozenset[str]) -> bool:
        """Both sides name a place that the other does not."""
        return not places.isdisjoint(self.only_left) and not places.isdisjoint(self.only_right)

    def place_added(self, places: frozenset[str]) -> bool:
        """One side only names a place more. «Colombia» is no place within Colombia."""
        return (not places.isdisjoint(self.only_left)) != (not places.isdisjoint(self.only_right))


NO_NAME = NameComparison(0.0, (), ())


def compare_names(left: CompanyName, right: CompanyName, rarity: Rarity) -> NameComparison:
    """Compare two names by their cores. Symmetric in similarity."""
    if not left.tokens or not right.tokens:
        return NO_NAME
    if left.joined == right.joined:
        told = sum(map(rarity.weight, left.tokens))
        return NameComparison(min(1.0, told / _ENOUGH_MATCHED), (), ())
    ours, theirs = list(left.tokens), list(right.tokens)
    matched = _take_equal(ours, theirs, rarity)
    matched += _take_joined(ours, theirs, rarity)
    matched += _take_joined(theirs, ours, rarity)
    matched += _take_alike(ours, theirs, rarity)
    matched += _take_acronym(ours, theirs, rarity) or _take_acronym(theirs, ours, rarity)
    left_weight, right_weight = (sum(map(rarity.weight, name.tokens)) for name in (left, right))
    similarity = min(1.0, 2 * matched / (left_weight + right_weight)) * min(1.0, matched / _ENOUGH_MATCHED)
    is_reordered = _is_reordered(left.tokens, right.tokens)
    return NameComparison(similarity, tuple(ours), tuple(theirs), is_reordered)


def compare_best(
    lefts: tuple[CompanyName, ...],
    rights: tuple[CompanyName, ...],
    rarity: Rarity,
) -> NameComparison:
    """The best comparison among all names two records go by; a trade name counts a little less than the legal one."""
    best = NO_NAME
    for i, left in enumerate(lefts):
        for j, right in enumerate(rights):
            found = compare_names(left, right, rarity)
            worth = found.similarity * (1.0 if i == j == 0 else 0.97)
            if worth > best.similarity:
                best = replace(found, similarity=worth)
    return best


def _is_reordered(ours: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    """«Alimentos Cárnicos» and «Cárnicos y Alimentos» are two companies as often as one."""
    shared = set(ours) & set(theirs)
    return [word for word in ours if word in shared] != [word for word in theirs if word in shared]


def _take_equal(ours: list[str], theirs: list[str], rarity: Rarity) -> float:
    matched = 0.0
    for word in list(ours):
        if word in theirs:
            ours.remove(word)
            theirs.remove(word)
            matched += rarity.weight(word)
    return matched


def _take_joined(split: list[str], joined: list[str], rarity: Rarity) -> float:
    """«agro industrial» against «agroindustrial»."""
    matched = 0.0
    at = 0
    while at + 1 < len(split):
        pair = split[at] + split[at + 1]
        if pair in joined:
            weight = (rarity.weight(split[at]) + rarity.weight(split[at + 1]) + rarity.weight(pair)) / 2
            matched += weight
            joined.remove(pair)
            del split[at : at + 2]
        else:
            at += 1
    return matched


def _take_alike(ours: list[str], theirs: list[str], rarity: Rarity) -> float:
    """Misspelt and abbreviated words, best pair first."""
    found = sorted(
        ((_likeness(mine, yours, rarity), mine, yours) for mine in set(ours) for yours in set(theirs)),
        key=lambda one: (-one[0], *sorted(one[1:])),
    )
    matched = 0.0
    for likeness, mine, yours in found:
        if likeness and mine in ours and yours in theirs:
            ours.remove(mine)
            theirs.remove(yours)
            # A misspelling is seen once and looks rare: the commoner of the two spellings tells the true weight.
            matched += likeness * (rarity.weight(mine) + rarity.weight(yours)) / 2
    return matched


def _take_acronym(short: list[str], long: list[str], rarity: Rarity) -> float:
    """«abc» against «alimentos balanceados caribe»."""
    initials = "".join(word[0] for word in long)
    if len(initials) < 3 or initials not in short:
        return 0.0
    short.remove(initials)
    weight = (rarity.weight(initials) + sum(map(rarity.weight, long))) / 2
    long.clear()
    return 0.9 * weight


def _likeness(one: str, other: str, rarity: Rarity) -> float:
    """Likeness of two words; only words in common use are abbreviated: «Cine» is not short for «Cinemark»."""
    short, long = sorted((one, other), key=len)
    is_abbreviation = 3 <= len(short) <= 5 and len(long) - len(short) >= 3 and long.startswith(short)
    if is_abbreviation and rarity.weight(long) <= _IN_COMMON_USE:
        return 0.80 + 0.15 * len(short) / len(long)
    return word_likeness(one, other)


def word_likeness(one: str, other: str) -> float:
    """0 when two words are different words; otherwise how surely one is the other misspelt or in the plural.

    >>> word_likeness("alimetos", "alimentos") > 0.85, word_likeness("alfa", "alta")
    (True, 0.0)
    """
    short, long = sorted((one, other), key=len)
    if short.isdigit() or long.isdigit():
        return 0.0
    if long in (f"{short}s", f"{short}es"):
        return 0.95
    if len(short) < 5:
        return 0.0
    allowed = 1 if len(long) < 8 else 2
    distance = OSA.distance(short, long, score_cutoff=allowed)
    return 1 - distance / len(long) if distance <= allowed else 0.0
