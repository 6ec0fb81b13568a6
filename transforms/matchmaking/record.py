"""An exporter's track record: the smoothed share of its contacts that came to something (factor 8)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from transforms.matchmaking.factors import TrackRecord
from transforms.matchmaking.facts import ContactOutcome
from transforms.matchmaking.sheet import FactorRules

RECORD_DIGITS = 3


def track_records(
    outcomes: Iterable[ContactOutcome], sector_of: dict[str, str], rules: FactorRules
) -> dict[str, TrackRecord]:
    """Return the record of every exporter in `sector_of` (customer to sector).

    Ages are counted to the newest outcome, not to today: a firm's record must not fade overnight while
    nothing happened. A firm without contacts has its sector's average; a sector without any, the prior.
    """
    known = sorted(outcomes, key=lambda one: (one.customer_id, one.happened_on, one.is_effective, one.heading or ""))
    newest = max((one.happened_on for one in known), default=None)
    weight: dict[str, float] = defaultdict(float)
    earned: dict[str, float] = defaultdict(float)
    sector_weight: dict[str, float] = defaultdict(float)
    sector_earned: dict[str, float] = defaultdict(float)
    headings: dict[str, set[str]] = defaultdict(set)
    for one in known:
        assert newest is not None
        counted = one.weight * _fade(one.happened_on, newest, rules.outcome_half_life_days)
        for totals, keys in ((weight, one.customer_id), (sector_weight, one.sector)):
            totals[keys] += counted
        if one.is_effective:
            earned[one.customer_id] += counted
            sector_earned[one.sector] += counted
        if one.is_closed_deal and one.heading:
            headings[one.customer_id].add(one.heading)
    records = {}
    for customer_id, sector in sector_of.items():
        average = sector_earned[sector] / sector_weight[sector] if sector_weight[sector] else rules.prior_effective
        total = rules.prior_weight + weight[customer_id]
        share = (rules.prior_weight * average + earned[customer_id]) / total
        records[customer_id] = TrackRecord(round(share, RECORD_DIGITS), frozenset(headings[customer_id]))
    return records


def _fade(day: date, newest: date, half_life_days: float) -> float:
    return float(0.5 ** ((newest - day).days / half_life_days))
