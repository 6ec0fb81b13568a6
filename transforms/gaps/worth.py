"""What a need is worth a year in dollars: given, else computed, else the median of its sector, flagged."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.units import price_per_unit, yearly

USD_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Worth:
    """Value a year in USD; imputed when it rests on other people's figures."""

    usd: float
    is_imputed: bool


def value_needs(needs: Sequence[Need], offers: Iterable[Offer], sector_of: Callable[[Need], str]) -> dict[str, Worth]:
    """Return the worth of every need, by need id.

    In order: what the buyer said; volume times the buyer's target price; volume times the median price
    offered for the heading (imputed); median of the sector's known values, then of all (imputed).
    """
    prices = _median_prices(offers)
    known: dict[str, Worth] = {}
    for need in needs:
        worth = _own_worth(need) or _market_worth(need, prices)
        if worth is not None:
            known[need.need_id] = worth
    said: dict[str, list[float]] = defaultdict(list)
    for need in needs:
        if need.need_id in known and not known[need.need_id].is_imputed:
            said[sector_of(need)].append(known[need.need_id].usd)
    everything = [usd for values in said.values() for usd in values]
    overall = median(everything) if everything else 0.0
    for need in needs:
        if need.need_id not in known:
            values = said.get(sector_of(need))
            known[need.need_id] = Worth(round(median(values) if values else overall, USD_DIGITS), True)
    return known


def _own_worth(need: Need) -> Worth | None:
    if need.value_usd_year is not None:
        return Worth(round(need.value_usd_year, USD_DIGITS), False)
    volume = yearly(need.volume_value, need.volume_unit, need.volume_period)
    price = price_per_unit(need.target_price_usd, need.price_unit)
    if volume is None or price is None or volume.unit != price.unit:
        return None
    return Worth(round(volume.amount * price.amount, USD_DIGITS), False)


def _market_worth(need: Need, prices: Mapping[tuple[str, str], float]) -> Worth | None:
    volume = yearly(need.volume_value, need.volume_unit, need.volume_period)
    if volume is None:
        return None
    for heading in sorted(headings_of(need.codes)):
        if (heading, volume.unit) in prices:
            return Worth(round(volume.amount * prices[heading, volume.unit], USD_DIGITS), True)
    return None


def _median_prices(offers: Iterable[Offer]) -> dict[tuple[str, str], float]:
    seen: dict[tuple[str, str], list[float]] = defaultdict(list)
    for offer in offers:
        price = price_per_unit(offer.price_usd, offer.price_unit)
        if price is not None:
            for heading in headings_of(offer.codes):
                seen[heading, price.unit].append(price.amount)
    return {key: median(values) for key, values in seen.items()}
