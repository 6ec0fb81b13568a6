"""A BM25 index over short texts with weighted query words and per-word contributions.

The ranking formula is bm25s's; what is ours is asking it with a weight for each word, and seeing which
word earned how much, which its own query call does not offer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import bm25s
import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class TermIndex:
    """BM25 weights by word (columns) and document (rows), in compressed column form."""

    ids: Mapping[str, int]
    data: NDArray[np.float32]
    documents: NDArray[np.int32]
    starts: NDArray[np.int64]
    size: int

    @classmethod
    def build(cls, texts: Sequence[Sequence[str]], *, k1: float, b: float) -> "TermIndex":
        """Index the stems of each text. A text without words can never be found, and does no harm."""
        words = sorted({word for text in texts for word in text})
        ids = {word: number for number, word in enumerate(words)}
        if not words:
            return cls({}, np.zeros(0, np.float32), np.zeros(0, np.int32), np.zeros(1, np.int64), len(texts))
        engine: Any = bm25s.BM25(k1=k1, b=b, method="lucene", csc_backend="numpy")
        engine.index(([[ids[word] for word in text] for text in texts], dict(ids)), show_progress=False)
        return cls(ids, engine.scores["data"], engine.scores["indices"], engine.scores["indptr"], len(texts))

    def scores(self, weights: Mapping[str, float]) -> Scores:
        """Return one score per document: the weighted sum over the words of the query."""
        total = np.zeros(self.size, np.float64)
        for word in sorted(weights):
            span = self._span(word)
            if span is not None:
                total[self.documents[span]] += weights[word] * self.data[span]
        return total

    def holders(self, word: str) -> NDArray[np.int32]:
        """Return the documents that hold the word."""
        span = self._span(word)
        return self.documents[span] if span is not None else np.zeros(0, np.int32)

    def frequency(self, word: str) -> int:
        """Return how many documents hold the word."""
        return len(self.holders(word))

    def words_of(self, document: int) -> Mapping[str, float]:
        """Return the words of a document and what each alone would earn it."""
        return self._by_document[document]

    @cached_property
    def _by_document(self) -> list[dict[str, float]]:
        # explaining walks documents, scoring walks words: the same numbers, turned round once
        rows: list[dict[str, float]] = [{} for _ in range(self.size)]
        for word, number in self.ids.items():
            for place in range(int(self.starts[number]), int(self.starts[number + 1])):
                rows[self.documents[place]][word] = float(self.data[place])
        return rows

    def _span(self, word: str) -> slice | None:
        number = self.ids.get(word)
        return None if number is None else slice(int(self.starts[number]), int(self.starts[number + 1]))


def relative(scores: Scores) -> Scores:
    """Return scores divided by their maximum; all zero stays all zero."""
    best = float(scores.max(initial=0.0))
    return scores / best if best > 0 else scores
