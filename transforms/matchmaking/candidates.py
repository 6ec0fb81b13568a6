"""Which offers a need is judged against: those that share a confirmed heading, and the best by text.

No candidate is lost for lack of a code; a suggested code adds to the text and never filters. Offers that
turn out to be another product are dropped here: nobody asks why a flower grower does not match coffee.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from transforms.matchmaking.case import ProductFit
from transforms.matchmaking.codes import heading_of, headings_of, subheadings_of
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.gates.supply import text_says_product
from transforms.matchmaking.index import Scores
from transforms.matchmaking.search import Found, OfferSearch
from transforms.matchmaking.sheet import MatchmakingSheet
from transforms.matchmaking.suggest import CodeSuggester, Suggestion

CODE_WEIGHT = 0.5
FIT_DIGITS = 2

Stated = NDArray[np.bool_]


@dataclass(frozen=True)
class NeedCandidates:
    """A need with the offers of its product (position in the offers, fit) and the codes suggested for it."""

    need: Need
    fits: tuple[tuple[int, ProductFit], ...]
    suggestions: tuple[Suggestion, ...] = ()


class CandidateFinder:
    """The offers of one run, ready to be asked need by need. `offers` must be sorted by id."""

    def __init__(
        self, offers: Sequence[Offer], search: OfferSearch, suggester: CodeSuggester | None, rules: MatchmakingSheet
    ) -> None:
        self._offers, self._search, self._suggester, self._rules = offers, search, suggester, rules
        self._headings = [headings_of(offer.codes) for offer in offers]
        self._subheadings = [subheadings_of(offer.codes) for offer in offers]
        self._confirmed = np.array([offer.codes_confirmed and bool(offer.codes) for offer in offers], dtype=bool)
        self._kinds = np.array([offer.kind for offer in offers])
        self._by_heading: dict[str, list[int]] = defaultdict(list)
        for place, headings in enumerate(self._headings):
            for heading in headings:
                self._by_heading[heading].append(place)

    def find(self, need: Need) -> NeedCandidates:
        """Return the offers of the need's product, by position, with their fit."""
        found = self._search.ask(need.title, need.description)
        suggestions: tuple[Suggestion, ...] = ()
        confirmed = need.codes_confirmed and bool(need.codes)
        if not confirmed and self._suggester is not None:
            suggestions = self._suggester.suggest(found.query, found.text, self._headings, self._rules.text.suggestions)
        stated = self._naming(headings_of(need.codes))
        product = self._lifted(found.text, stated, suggestions)
        best = float(product.max(initial=0.0))
        relative = np.round(product / best, FIT_DIGITS) if best > 0 else product
        cover = np.round(found.cover, FIT_DIGITS)
        fits = tuple(
            (place, self._fit(need, found, place, float(relative[place]), float(cover[place]), confirmed))
            for place in self._places(need, product, relative, cover, stated, confirmed)
        )
        return NeedCandidates(need, fits, suggestions)

    def _places(
        self, need: Need, product: Scores, relative: Scores, cover: Scores, stated: Stated, confirmed: bool
    ) -> list[int]:
        """Return positions of the offers of the need's product.

        Where both sides confirmed their codes the headings decide; elsewhere the text, among the best so many.
        """
        wanted = headings_of(need.codes) if confirmed else frozenset()
        shared = {place for heading in wanted for place in self._by_heading.get(heading, ()) if self._confirmed[place]}
        open_to_text = np.flatnonzero((product > 0) & ~(self._confirmed & confirmed) & (self._kinds == need.kind))
        order = np.lexsort((open_to_text, -np.round(product[open_to_text], 6)))[: self._rules.text.candidates]
        by_text = open_to_text[order]
        fitting = by_text[text_says_product(relative[by_text], cover[by_text], stated[by_text], self._rules.product)]
        return sorted(shared | {int(place) for place in fitting})

    def _fit(self, need: Need, found: Found, place: int, relative: float, cover: float, confirmed: bool) -> ProductFit:
        both = bool(confirmed and self._confirmed[place])
        named = headings_of(need.codes) & self._headings[place]
        common = named if both else frozenset()
        same = subheadings_of(need.codes) & self._subheadings[place] if both else frozenset()
        return ProductFit(
            relative=relative,
            cover=cover,
            shared="subheading" if same else "heading" if common else None,
            heading=min((heading_of(code) for code in same), default=min(common, default=None)),
            both_confirmed=both,
            stated=bool(named) and not both,
            hits=self._search.explain(found, place),
        )

    def _naming(self, headings: frozenset[str]) -> Stated:
        """Return which offers name one of the headings, confirmed or not."""
        naming = np.zeros(len(self._offers), dtype=bool)
        for heading in headings:
            naming[self._by_heading.get(heading, [])] = True
        return naming

    def _lifted(self, text: Scores, stated: Stated, suggestions: Sequence[Suggestion]) -> Scores:
        """Return text scores lifted by the codes that both name, or that the need's words suggest."""
        lift = stated.astype(np.float64)
        for suggestion in suggestions:
            for place in self._by_heading.get(suggestion.heading, ()):
                lift[place] = max(lift[place], suggestion.likelihood)
        # only what the text found is lifted: a code nobody confirmed is no evidence by itself
        return np.where(text > 0, text + CODE_WEIGHT * lift, 0.0)
