"""The order in which a buyer sees eligible offers: band, score, and turns among near-ties.

Within `delta` points of the best remaining pair of a band, the exporter with the least exposure for its
merit goes first. Without a snapshot of exposures nobody is ahead and the score decides; ties end on offer id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Standee:
    """An eligible pair waiting for its place."""

    offer_id: str
    exporter_id: str
    band: str
    score: float


def order_pairs(
    pairs: Sequence[Standee], *, delta: float, exposure: Mapping[str, float] | None = None
) -> list[Standee]:
    """Return the pairs of one need in the order they are shown.

    `exposure` is, by exporter, attention received over merit, from the lists shown before.
    """
    seen = exposure or {}
    ordered: list[Standee] = []
    for band in ("A", "B", "C"):
        waiting = sorted((pair for pair in pairs if pair.band == band), key=lambda pair: (-pair.score, pair.offer_id))
        while waiting:
            near = [pair for pair in waiting if pair.score >= waiting[0].score - delta] if seen else waiting[:1]
            chosen = min(near, key=lambda pair: (seen.get(pair.exporter_id, 0.0), -pair.score, pair.offer_id))
            waiting.remove(chosen)
            ordered.append(chosen)
    return ordered
