"""What else a word may be called: regional synonyms first, the learnt lexicon second.

Turns the stems of a need into a `Query`: words that count in full, words that count in part, and for
each of them the word it stands for, so that a score can be explained.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict

from include.core.sheets import Sheet
from transforms.matchmaking.words import fold, terms

LONGEST_PHRASE = 4
NEAR_WEIGHT = 0.5


class Synonym(BaseModel):
    """One line of the synonym sheet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    term: str
    expands_to: tuple[str, ...]
    kind: Literal["same", "near", "never"]
    lang: Literal["es", "en"] | None = None
    region: tuple[str, ...] = ()


class StopWords(BaseModel):
    """Words that say nothing about a product, written as running text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    es: str
    en: str
    trade: str

    def folded(self) -> frozenset[str]:
        """Return all stop words, folded."""
        return frozenset(fold(f"{self.es} {self.en} {self.trade}").split())


class SynonymSheet(Sheet):
    """The sheet `rules/synonyms.yml`."""

    stop_words: StopWords
    synonyms: tuple[Synonym, ...]


@dataclass(frozen=True)
class Partner:
    """A word added to a query: what it stands for, how much it counts and why it was added."""

    word: str
    stands_for: str
    weight: float
    kind: Literal["same", "near", "translation", "spelling"]


@dataclass(frozen=True)
class Query:
    """Stems asked for, in order and without repetition, and the partners that stand for them."""

    asked: tuple[str, ...]
    partners: tuple[Partner, ...] = ()

    def weights(self) -> dict[str, float]:
        """Return every word of the query with its largest weight."""
        found = dict.fromkeys(self.asked, 1.0)
        for partner in self.partners:
            found[partner.word] = max(found.get(partner.word, 0.0), partner.weight)
        return found


@dataclass(frozen=True)
class Lexicon:
    """Learnt Spanish-English stem pairs, usable from either side."""

    partners: Mapping[str, tuple[tuple[str, float], ...]]

    @classmethod
    def from_rows(cls, rows: Iterable[tuple[str, str, float]]) -> "Lexicon":
        """Build from (Spanish stem, English stem, score) rows; best partners first, ties by word."""
        both: dict[str, dict[str, float]] = {}
        for spanish, english, score in rows:
            if spanish == english:
                continue
            for word, other in ((spanish, english), (english, spanish)):
                found = both.setdefault(word, {})
                found[other] = max(score, found.get(other, 0.0))
        return cls(
            {word: tuple(sorted(found.items(), key=lambda item: (-item[1], item[0]))) for word, found in both.items()}
        )


@dataclass(frozen=True)
class Vocabulary:
    """Stop words, synonyms and lexicon, ready to expand the words of a text."""

    stop_words: frozenset[str]
    lexicon: Lexicon
    same: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    near: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    never: frozenset[tuple[str, str]] = frozenset()
    translations: int = 2
    translation_weight: float = 0.5

    @classmethod
    def from_sheet(
        cls, sheet: SynonymSheet, lexicon: Lexicon, *, translations: int = 2, translation_weight: float = 0.5
    ) -> "Vocabulary":
        """Stem the sheet once, so that the look-ups compare like with like."""
        stop_words = sheet.stop_words.folded()
        tables: dict[str, dict[tuple[str, ...], tuple[str, ...]]] = {"same": {}, "near": {}}
        never: set[tuple[str, str]] = set()
        for line in sheet.synonyms:
            phrases = _forms(line.term, stop_words)
            others = [form for text in line.expands_to for form in _forms(text, stop_words)]
            if line.kind == "never":
                never.update(
                    (word, other) for phrase in phrases for word in phrase for form in others for other in form
                )
                continue
            # the same thing is the same thing from either side; what is near need not be
            links = [(phrase, other) for phrase in phrases for other in others]
            links += [(other, phrase) for phrase, other in links] if line.kind == "same" else []
            for one, other in links:
                known = tables[line.kind].get(one, ())
                tables[line.kind][one] = tuple(dict.fromkeys(known + other))
        return cls(
            stop_words=stop_words,
            lexicon=lexicon,
            same=tables["same"],
            near=tables["near"],
            never=frozenset(never),
            translations=translations,
            translation_weight=translation_weight,
        )

    def terms(self, text: str) -> tuple[str, ...]:
        """Return the stems of `text` without stop words."""
        return terms(text, self.stop_words)

    def expand(self, words: Sequence[str]) -> Query:
        """Return the query for `words`: synonyms of words and phrases, then the lexicon's best partners.

        A synonym of kind `same` is translated too: *palta* finds *avocado* through *aguacate*.
        """
        asked = tuple(dict.fromkeys(words))
        added: dict[tuple[str, str], Partner] = {}
        for phrase in _phrases(words):
            for table, weight in ((self.same, 1.0), (self.near, NEAR_WEIGHT)):
                kind: Literal["same", "near"] = "same" if weight == 1.0 else "near"
                for other in table.get(phrase, ()):
                    for word in phrase:
                        added.setdefault((other, word), Partner(other, word, weight, kind))
        for source, word in [(word, word) for word in asked] + [
            (partner.word, partner.stands_for) for partner in list(added.values()) if partner.kind == "same"
        ]:
            for other in self._translations(source, asked):
                added.setdefault((other, word), Partner(other, word, self.translation_weight, "translation"))
        partners = tuple(partner for partner in added.values() if partner.word not in asked)
        return Query(asked, partners)

    def knows(self, word: str) -> bool:
        """Return whether the lexicon or a synonym holds the word."""
        return word in self.lexicon.partners or (word,) in self.same or (word,) in self.near

    def _translations(self, word: str, asked: Sequence[str]) -> list[str]:
        allowed = [
            other
            for other, _ in self.lexicon.partners.get(word, ())
            if other not in asked and (word, other) not in self.never and (other, word) not in self.never
        ]
        return allowed[: self.translations]


def _forms(text: str, stop_words: frozenset[str]) -> list[tuple[str, ...]]:
    """Return the stems of a term as written and in the plural: the light stemmer keeps *rose* and *roses* apart."""
    written = terms(text, stop_words)
    plural = terms(f"{text}s", stop_words)
    return [written] if plural == written else [written, plural]


def _phrases(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [
        tuple(words[start : start + length])
        for length in range(1, LONGEST_PHRASE + 1)
        for start in range(len(words) - length + 1)
    ]
