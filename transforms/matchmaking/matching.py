"""All needs against all offers: find, judge, order. The same facts give the same rows in any order of input.

Pairs whose input hash equals that of the version before are taken over from it; a full run gives the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from transforms.matchmaking.candidates import CandidateFinder, NeedCandidates
from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.gates.parties import admit
from transforms.matchmaking.order import Standee, order_pairs
from transforms.matchmaking.pairs import ELIGIBLE, Judge, Match
from transforms.matchmaking.search import OfferSearch
from transforms.matchmaking.sheet import MatchmakingSheet
from transforms.matchmaking.suggest import CodeSuggester, Suggestion
from transforms.matchmaking.vocabulary import Vocabulary

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Words:
    """What words mean: the vocabulary, the names of headings for search, and the suggester of codes, if wanted."""

    vocabulary: Vocabulary
    heading_names: Mapping[str, str]
    suggester: CodeSuggester | None = None


@dataclass(frozen=True)
class Matching:
    """The judged pairs of all admitted needs, what each need probably means, how many pairs were taken over."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    matches: tuple[Match, ...]
    suggestions: Mapping[str, tuple[Suggestion, ...]]
    reused: int


def match_all(
    needs: Sequence[Need],
    offers: Sequence[Offer],
    judge: Judge,
    words: Words,
    *,
    previous: Mapping[tuple[str, str], Match] | None = None,
    progress: Progress | None = None,
) -> Matching:
    """Judge every need against every offer of its product.

    `previous` holds the rows of the version before by (need id, offer id), to be reused where nothing changed.
    """
    wanted, supply = admit(sorted(needs, key=lambda one: one.need_id), sorted(offers, key=lambda one: one.offer_id))
    finder = _finder(supply, judge.rules, words)
    before = previous or {}
    matches: list[Match] = []
    suggestions: dict[str, tuple[Suggestion, ...]] = {}
    reused = 0
    for number, need in enumerate(wanted, start=1):
        found: NeedCandidates = finder.find(need)
        suggestions[need.need_id] = found.suggestions
        pairs: list[Match] = []
        for place, fit in found.fits:
            offer = supply[place]
            print_ = judge.input_hash(need, offer, fit)
            known = before.get((need.need_id, offer.offer_id))
            if known is not None and known.input_hash == print_:
                reused += 1
                pairs.append(replace(known, rank=None))
            else:
                pairs.append(judge.judge(need, offer, fit, print_))
        matches.extend(ranked(pairs, judge.rules))
        if progress is not None:
            progress(number, len(wanted))
    return Matching(tuple(wanted), tuple(supply), tuple(matches), suggestions, reused)


def ranked(pairs: Sequence[Match], rules: MatchmakingSheet, exposure: Mapping[str, float] | None = None) -> list[Match]:
    """Give the eligible pairs of one need their place; the others keep none. Sorted by offer id."""
    waiting = [
        Standee(pair.offer_id, pair.offer_customer_id, pair.band, pair.score)
        for pair in pairs
        if pair.state == ELIGIBLE and pair.score is not None
    ]
    shown = order_pairs(waiting, delta=rules.order.delta, exposure=exposure)
    places = {standee.offer_id: place for place, standee in enumerate(shown, start=1)}
    return [replace(pair, rank=places.get(pair.offer_id)) for pair in sorted(pairs, key=lambda one: one.offer_id)]


def _finder(offers: Sequence[Offer], rules: MatchmakingSheet, words: Words) -> CandidateFinder:
    text = rules.text
    search = OfferSearch.build(
        words.vocabulary,
        [f"{offer.title} {offer.description}" for offer in offers],
        [_code_names(offer, words.heading_names) for offer in offers],
        k1=text.k1,
        b=text.b,
        spelling_min_letters=text.spelling_min_letters,
    )
    return CandidateFinder(offers, search, words.suggester, rules)


def _code_names(offer: Offer, heading_names: Mapping[str, str]) -> str:
    return " ".join(heading_names.get(heading, "") for heading in sorted(headings_of(offer.codes)))
