"""The state of every open need: covered, thin, unmet or unconfirmed, and how near supply is when unmet."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from transforms.gaps.worth import value_needs
from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.pairs import ELIGIBLE, WAITING, Match
from transforms.matchmaking.suggest import Suggestion

COVERED, THIN, UNMET, UNCONFIRMED = "covered", "thin", "unmet", "unconfirmed"
ONE_AWAY, TWO_AWAY, WAITING_ON_US = "one_away", "two_away", "waiting_on_us"
CAPACITY, WILL, NO_SUPPLY = "capacity", "will", "no_supply"

# items that say the firm does not want to sell there, or may not
UNWILLING = frozenset({"will", "embargo", "offer_paused"})


@dataclass(frozen=True, slots=True)
class MissingSet:
    """Items that keep a need from some offers of its product, and the exporters of those offers."""

    items: frozenset[str]
    exporters: frozenset[str]


@dataclass(frozen=True)
class NeedCoverage:
    """One open need, a row of fct_need_coverage. `nearest` are its inclusion-minimal missing sets."""

    need_id: str
    customer_id: str
    heading: str
    sector: str
    market: str
    period: str
    value_usd: float
    is_imputed: bool
    state: str
    unmet_kind: str | None
    eligible_exporters: int
    opened_on: date | None
    nearest: tuple[MissingSet, ...] = field(default=(), repr=False)

    @property
    def missing_sets(self) -> str:
        """The minimal missing sets as JSON; `[[]]` when an offer fits as it is."""
        return json.dumps([sorted(one.items) for one in self.nearest], ensure_ascii=False)


def cover_needs(
    needs: Sequence[Need],
    offers: Sequence[Offer],
    matches: Iterable[Match],
    *,
    covered_from: int,
    period: str,
    sector_of: Callable[[str], str | None],
    suggestions: Mapping[str, Sequence[Suggestion]] | None = None,
) -> list[NeedCoverage]:
    """Return the state of every need, sorted by need id.

    A need whose code nobody confirmed and for which nothing was found is `unconfirmed`: perhaps only the
    text failed, so it goes to the advisor and not to the slide.
    """
    pairs: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        pairs[match.need_id].append(match)
    hints = suggestions or {}
    headings = {need.need_id: need_heading(need, hints.get(need.need_id, ())) for need in needs}

    def sector(need: Need) -> str:
        return sector_of(headings[need.need_id]) or need.buyer.sector or ""

    worth = value_needs(needs, offers, sector)
    rows = []
    for need in sorted(needs, key=lambda one: one.need_id):
        own = pairs.get(need.need_id, [])
        eligible = {pair.offer_customer_id for pair in own if pair.state == ELIGIBLE}
        nearest = minimal_sets(own)
        state = _state(len(eligible), covered_from, need)
        rows.append(
            NeedCoverage(
                need_id=need.need_id,
                customer_id=need.buyer.customer_id,
                heading=headings[need.need_id],
                sector=sector(need),
                market=need.market,
                period=period_of(need.created_at, period),
                value_usd=worth[need.need_id].usd,
                is_imputed=worth[need.need_id].is_imputed,
                state=state,
                unmet_kind=unmet_kind(own) if state == UNMET else None,
                eligible_exporters=len(eligible),
                opened_on=need.created_at.date() if need.created_at else None,
                nearest=nearest,
            )
        )
    return rows


def need_heading(need: Need, suggestions: Sequence[Suggestion]) -> str:
    """Return the heading a need is counted under: its own, else the most likely suggestion, else nothing."""
    own = headings_of(need.codes)
    if own:
        return min(own)
    return suggestions[0].heading if suggestions else ""


def minimal_sets(pairs: Iterable[Match]) -> tuple[MissingSet, ...]:
    """Return the inclusion-minimal missing sets of a need's pairs, smallest first."""
    exporters: dict[frozenset[str], set[str]] = defaultdict(set)
    for pair in pairs:
        items = frozenset() if pair.state == ELIGIBLE else frozenset(pair.missing_items)
        exporters[items].add(pair.offer_customer_id)
    kept = [items for items in exporters if not any(other < items for other in exporters)]
    kept.sort(key=lambda items: (len(items), sorted(items)))
    return tuple(MissingSet(items, frozenset(exporters[items])) for items in kept)


def unmet_kind(pairs: Sequence[Match]) -> str:
    """Return how near supply is, by the pair that lacks least; no pair of the product is no known supply."""
    return min((_distance(pair) for pair in pairs), default=(0, NO_SUPPLY))[1]


def _distance(pair: Match) -> tuple[int, str]:
    if pair.state == WAITING:
        return 0, WAITING_ON_US
    items = set(pair.missing_items)
    if items & UNWILLING:
        return 5, WILL
    if len(items) == 1:
        return (2, CAPACITY) if items == {CAPACITY} else (1, ONE_AWAY)
    return 3, TWO_AWAY


def _state(eligible: int, covered_from: int, need: Need) -> str:
    if eligible >= covered_from:
        return COVERED
    if eligible:
        return THIN
    return UNMET if need.codes_confirmed and need.codes else UNCONFIRMED


def period_of(created_at: datetime | None, period: str) -> str:
    """Return the period a need was opened in: `2026` or `2026-T4`."""
    if created_at is None:
        return ""
    return f"{created_at.year}" if period == "year" else f"{created_at.year}-T{(created_at.month + 2) // 3}"
