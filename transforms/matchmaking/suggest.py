"""Which codes a text without a confirmed code probably means. A suggestion is shown, never used as a filter.

Two witnesses: the wording of the codes themselves, and the codes of the offers that answer the text best.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from transforms.matchmaking.index import Scores, TermIndex, relative
from transforms.matchmaking.vocabulary import Query, Vocabulary

VOTING_OFFERS = 10


@dataclass(frozen=True)
class Suggestion:
    """A suggested heading and how likely it is relative to the first (which has 1)."""

    heading: str
    likelihood: float


@dataclass(frozen=True)
class CodeSuggester:
    """The wording of every heading, indexed."""

    headings: tuple[str, ...]
    index: TermIndex

    @classmethod
    def build(cls, vocabulary: Vocabulary, wordings: Mapping[str, str], *, k1: float, b: float) -> "CodeSuggester":
        """`wordings` is one text per heading: its names and those of its subheadings, in both languages."""
        headings = tuple(sorted(wordings))
        texts = [vocabulary.terms(wordings[heading]) for heading in headings]
        return cls(headings, TermIndex.build(texts, k1=k1, b=b))

    def suggest(
        self, query: Query, text: Scores, offer_headings: Sequence[frozenset[str]], limit: int
    ) -> tuple[Suggestion, ...]:
        """Return the best `limit` headings for a query whose offers scored `text`, best first."""
        wording = relative(self.index.scores(query.weights()))
        votes = _votes(text, offer_headings)
        most = max(votes.values(), default=0.0)
        points = {self.headings[place]: float(wording[place]) for place in np.flatnonzero(wording > 0)}
        for heading, vote in votes.items():
            points[heading] = points.get(heading, 0.0) + (vote / most if most > 0 else 0.0)
        best = sorted(points.items(), key=lambda item: (-round(item[1], 6), item[0]))[:limit]
        top = best[0][1] if best else 0.0
        return tuple(Suggestion(heading, value / top) for heading, value in best if top > 0)


def _votes(text: Scores, offer_headings: Sequence[frozenset[str]]) -> dict[str, float]:
    votes: dict[str, float] = {}
    order = np.lexsort((np.arange(len(text)), -np.round(text, 6)))[:VOTING_OFFERS]
    for place in order:
        for heading in offer_headings[place]:
            if text[place] > 0:
                votes[heading] = max(votes.get(heading, 0.0), float(text[place]))
    return votes
