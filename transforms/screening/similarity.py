"""When two different words count as the same one, and why. Symmetric; the same for one pair and for a million.

`compare_words` is the definition. `Vocabulary.neighbours` finds, for many words at once, every list word the
definition accepts; a test holds both to the same answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from transforms.screening.phonetics import consonant_skeleton, spanish_key
from transforms.screening.rules import WordSimilarity

Reason = Literal["same", "variant", "phonetic", "spelling", "skeleton"]
_VOWELS = frozenset("aeiou")
_CHUNK = 256  # rows of one distance matrix: 256 x 60,000 bytes stay inside the cache of a small machine


@dataclass(frozen=True)
class Likeness:
    """How alike two words are (0-1) and for which reason."""

    value: float
    reason: Reason


SAME = Likeness(1.0, "same")


class Variants:
    """Groups of words that name the same thing (`francisco`, `pacho`); a word may stand in several groups."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        members: defaultdict[str, set[str]] = defaultdict(set)
        for group in groups:
            for word in group:
                members[word].update(other for other in group if other != word)
        self._members: Mapping[str, frozenset[str]] = {word: frozenset(others) for word, others in members.items()}

    def of(self, word: str) -> frozenset[str]:
        """Return the other spellings of `word`."""
        return self._members.get(word, frozenset())


def compare_words(left: str, right: str, rules: WordSimilarity, variants: Variants) -> Likeness | None:
    """Return how alike two folded words are, or None when they are different words."""
    if left == right:
        return SAME
    found: list[Likeness] = []
    if right in variants.of(left):
        found.append(Likeness(rules.variant, "variant"))
    if min(len(left), len(right)) >= rules.phonetic_letters and _sound_alike(left, right):
        found.append(Likeness(rules.phonetic, "phonetic"))
    if not found and _are_a_pair(left, right):
        return None
    skeleton = consonant_skeleton(left)
    if (
        len(skeleton) >= rules.skeleton_letters
        and skeleton == consonant_skeleton(right)
        and OSA.normalized_similarity(left, right) >= rules.skeleton_agreement
    ):
        found.append(Likeness(rules.skeleton, "skeleton"))
    likeness = _by_edits(left, right, rules)
    if likeness is not None:
        found.append(likeness)
    return max(found, key=lambda item: (item.value, item.reason), default=None)


def _sound_alike(left: str, right: str) -> bool:
    key = spanish_key(left)
    # Acronyms are spelled, not spoken: cvc does not sound like kkbc.
    return key == spanish_key(right) and not _VOWELS.isdisjoint(key)


def _are_a_pair(left: str, right: str) -> bool:
    """True for the two genders of one name (mario/maria, luis/luisa): one letter apart, never the same person."""
    short, long = sorted((left, right), key=len)
    if len(short) == len(long):
        return short[:-1] == long[:-1] and {short[-1], long[-1]} == {"a", "o"}
    # Zulet is Zuleta cut short; Daniel is not Daniela.
    return long == short + "a" and short[-1] in "nlrs"


def _by_edits(left: str, right: str, rules: WordSimilarity) -> Likeness | None:
    # One digit more or less is another number, not a misspelling.
    if not (left.isalpha() and right.isalpha()):
        return None
    allowed = rules.edits_allowed(min(len(left), len(right)))
    if not allowed:
        return None
    edits = OSA.distance(left, right, score_cutoff=allowed)
    return Likeness(_edit_value(edits, len(left), len(right)), "spelling") if edits <= allowed else None


def _edit_value(edits: int, left: int, right: int) -> float:
    return round(1 - edits / max(left, right), 4)


class Vocabulary:
    """The distinct words of the lists, searchable by likeness."""

    def __init__(self, words: Iterable[str], rules: WordSimilarity, variants: Variants) -> None:
        self.words: tuple[str, ...] = tuple(sorted(set(words)))
        self.position: dict[str, int] = {word: number for number, word in enumerate(self.words)}
        self._rules, self._variants = rules, variants
        self._by_sound: defaultdict[str, list[int]] = defaultdict(list)
        self._by_skeleton: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(self.words):
            if key := spanish_key(word):
                self._by_sound[key].append(number)
            skeleton = consonant_skeleton(word)
            if len(skeleton) >= rules.skeleton_letters:
                self._by_skeleton[skeleton].append(number)
        # Edit distance is only asked for between words of letters, in groups of one length.
        self._letters: dict[int, tuple[list[str], np.ndarray]] = {}
        by_length: defaultdict[int, list[int]] = defaultdict(list)
        for number, word in enumerate(self.words):
            if word.isalpha():
                by_length[len(word)].append(number)
        for length, numbers in by_length.items():
            self._letters[length] = ([self.words[number] for number in numbers], np.array(numbers, dtype=np.int64))

    def neighbours(self, words: Iterable[str]) -> dict[str, dict[str, Likeness]]:
        """Return, for each word, the list words that count as the same word and how alike they are."""
        asked = sorted(set(words))
        found: dict[str, dict[str, Likeness]] = {word: {} for word in asked}
        for word in asked:
            for number in self._by_key(word):
                self._offer(found, word, self.words[number])
        self._by_edit_distance(asked, found)
        return found

    def _by_key(self, word: str) -> set[int]:
        numbers = {self.position[word]} if word in self.position else set()
        numbers.update(self.position[other] for other in self._variants.of(word) if other in self.position)
        if key := spanish_key(word):
            numbers.update(self._by_sound.get(key, ()))
        skeleton = consonant_skeleton(word)
        if len(skeleton) >= self._rules.skeleton_letters:
            numbers.update(self._by_skeleton.get(skeleton, ()))
        return numbers

    def _by_edit_distance(self, asked: Sequence[str], found: dict[str, dict[str, Likeness]]) -> None:
        by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in asked:
            if word.isalpha():
                by_length[len(word)].append(word)
        for length, group in by_length.items():
            reach = self._rules.edits_allowed(length)
            for other in range(length - reach, length + reach + 1):
                allowed = self._rules.edits_allowed(min(length, other))
                if other in self._letters and allowed >= abs(length - other) and allowed:
                    self._join(group, other, allowed, found)

    def _join(self, group: list[str], length: int, allowed: int, found: dict[str, dict[str, Likeness]]) -> None:
        choices, numbers = self._letters[length]
        for start in range(0, len(group), _CHUNK):
            part = group[start : start + _CHUNK]
            distance = cdist(part, choices, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8, workers=-1)
            for row, column in zip(*np.nonzero(distance <= allowed), strict=True):
                self._offer(found, part[row], self.words[numbers[column]])

    def _offer(self, found: dict[str, dict[str, Likeness]], word: str, other: str) -> None:
        if other not in found[word]:
            likeness = compare_words(word, other, self._rules, self._variants)
            if likeness is not None:
                found[word][other] = likeness
