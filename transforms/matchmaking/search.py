"""How well each offer's text answers a need's words, and which words did it.

Two indexes: the offer's own words, and own words plus the names of its codes in both languages.
`text` ranks (relative to the best offer); `cover` says how much of what was asked is there at all,
which a relative score cannot: the best of a bad lot always has 1.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from transforms.matchmaking.index import Scores, TermIndex, relative
from transforms.matchmaking.vocabulary import Partner, Query, Vocabulary
from transforms.matchmaking.words import written

SPELLING_CANDIDATES = 3
TRANSLATED_COVER = 0.9


@dataclass(frozen=True)
class Hit:
    """One word of the need that the offer answers: with which word, how, and for how many points."""

    asked: str
    found: str
    via: Literal["word", "synonym", "translation", "spelling", "code_name"]
    points: float


@dataclass(frozen=True)
class Found:
    """The answer of the search to one need: per offer (same order as the offers) text and cover in 0..1."""

    query: Query
    text: Scores
    cover: Scores
    written: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class OfferSearch:
    """The offers of one run, indexed. Offers must come in a fixed order (by id) to be reproducible."""

    vocabulary: Vocabulary
    own: TermIndex
    named: TermIndex
    spelling_min_letters: int = 4

    @classmethod
    def build(
        cls,
        vocabulary: Vocabulary,
        texts: Sequence[str],
        code_names: Sequence[str],
        *,
        k1: float,
        b: float,
        spelling_min_letters: int = 4,
    ) -> "OfferSearch":
        """Index the text of each offer and, beside it, the names of its codes."""
        own = [vocabulary.terms(text) for text in texts]
        named = [words + vocabulary.terms(names) for words, names in zip(own, code_names, strict=True)]
        return cls(
            vocabulary,
            TermIndex.build(own, k1=k1, b=b),
            TermIndex.build(named, k1=k1, b=b),
            spelling_min_letters,
        )

    def ask(self, title: str, description: str = "") -> Found:
        """Score every offer for a need. Cover is the better of title alone and whole text.

        A long description dilutes what is asked for; the title alone is often the product's name.
        """
        title_words = self.vocabulary.terms(title)
        query = self._spelled(self.vocabulary.expand(title_words + self.vocabulary.terms(description)))
        weights = query.weights()
        text = (relative(self.own.scores(weights)) + relative(self.named.scores(weights))) / 2
        cover = self._cover(query, query.asked)
        if title_words and description:
            cover = np.maximum(cover, self._cover(query, tuple(dict.fromkeys(title_words))))
        return Found(query, text, cover, written(f"{title} {description}"))

    def explain(self, found: Found, document: int, limit: int = 5) -> tuple[Hit, ...]:
        """Return the words that earned the document most, best first; at most one per word asked."""
        own, named = self.own.words_of(document), self.named.words_of(document)
        best: dict[str, Hit] = {}
        direct = [Partner(word, word, 1.0, "same") for word in found.query.asked]
        for partner in (*direct, *found.query.partners):
            if partner.word not in named:
                continue
            alone = own.get(partner.word, 0.0)
            points = round(partner.weight * (alone + named[partner.word]) / 2, 3)
            if partner.stands_for not in best or points > best[partner.stands_for].points:
                asked = found.written.get(partner.stands_for, partner.stands_for)
                best[partner.stands_for] = Hit(asked, partner.word, _way(partner, alone > 0), points)
        return tuple(sorted(best.values(), key=lambda hit: (-hit.points, hit.asked)))[:limit]

    def _cover(self, query: Query, asked: Sequence[str]) -> Scores:
        """Return, per offer, the share of the asked words it holds, rare words counting more."""
        answers: dict[str, dict[str, float]] = {word: {word: 1.0} for word in asked}
        for partner in query.partners:
            if partner.stands_for in answers:
                strength = TRANSLATED_COVER if partner.kind == "translation" else partner.weight
                known = answers[partner.stands_for]
                known[partner.word] = max(strength, known.get(partner.word, 0.0))
        total = 0.0
        covered = np.zeros(self.named.size, np.float64)
        for word, ways in answers.items():
            rarity = self._rarity(word, ways)
            held = np.zeros(self.named.size, np.float64)
            for other, strength in ways.items():
                documents = self.named.holders(other)
                held[documents] = np.maximum(held[documents], strength)
            total += rarity
            covered += rarity * held
        return covered / total if total else covered

    def _rarity(self, word: str, ways: dict[str, float]) -> float:
        # A word known only through its translation is as rare as the translation; one that nobody uses counts
        # like one that a single offer uses, or a stray word would outweigh the product's name.
        count = self.named.frequency(word) or max((self.named.frequency(other) for other in ways), default=0) or 1
        return math.log(1 + (self.named.size - count + 0.5) / (count + 0.5))

    def _spelled(self, query: Query) -> Query:
        """Add what a word nobody knows may have meant: indexed words at edit distance one."""
        added: list[Partner] = []
        for word in query.asked:
            if len(word) < self.spelling_min_letters or word in self.named.ids or self.vocabulary.knows(word):
                continue
            for other, _, _ in process.extract(
                word, self._spellable, scorer=OSA.distance, score_cutoff=1, limit=SPELLING_CANDIDATES
            ):
                added.append(Partner(other, word, 1.0, "spelling"))
                meant = self.vocabulary.expand((other,)).partners
                added.extend(replace(partner, stands_for=word) for partner in meant)
        return Query(query.asked, query.partners + tuple(added)) if added else query

    @cached_property
    def _spellable(self) -> list[str]:
        return sorted(word for word in self.named.ids if len(word) >= self.spelling_min_letters)


def _way(partner: Partner, in_own_words: bool) -> Literal["word", "synonym", "translation", "spelling", "code_name"]:
    if not in_own_words:
        return "code_name"
    if partner.word == partner.stands_for:
        return "word"
    if partner.kind == "translation":
        return "translation"
    return "spelling" if partner.kind == "spelling" else "synonym"
