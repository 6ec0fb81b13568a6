"""What a word of a name is worth: the rarer in our own population, the more an agreement on it says.

A share is the part of all names that hold the word. Shares of the base are blended with a packaged prior, so that a
young base does not take every word for rare; a word that is common on the lists is common whatever the base says.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from transforms.screening.rules import RaritySheet
from transforms.screening.tokens import Kind, ParsedName

Shares = Mapping[str, float]


@dataclass(frozen=True)
class Rarity:
    """Shares per kind of subject, and the worth in nats that follows from them."""

    shares: Mapping[Kind, Shares]
    sheet: RaritySheet

    @property
    def most(self) -> float:
        """The most a word can be worth."""
        return -math.log(self.sheet.floor_share)

    def nats(self, word: str, kind: Kind) -> float:
        """Return the worth of `word`: minus the logarithm of its share, between floor and ceiling.

        Two or three letters are not rare because nobody has counted them: letters bound the worth as well.
        """
        share = self.shares.get(kind, {}).get(word, 0.0)
        worth = -math.log(min(max(share, self.sheet.floor_share), self.sheet.ceiling_share))
        return min(worth, self.sheet.letter_nats * len(word))


def estimate_shares(
    population: Iterable[ParsedName], listed: Iterable[ParsedName], prior: Shares, sheet: RaritySheet
) -> dict[str, float]:
    """Return the share of every word that is more common than the floor, for one kind of subject.

    `prior` counts as `sheet.prior_names` names. Shares are rounded, so that they can be stored and read back equal.
    """
    base, base_names = _count(population)
    lists, list_names = _count(listed)
    shares: dict[str, float] = {}
    for word in base.keys() | lists.keys() | prior.keys():
        own = (prior.get(word, 0.0) * sheet.prior_names + base[word]) / (sheet.prior_names + base_names)
        on_lists = lists[word] / max(list_names, sheet.least_list_names)
        share = round(max(own, on_lists), 7)
        if share > sheet.floor_share:
            shares[word] = share
    return shares


def _count(names: Iterable[ParsedName]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    total = 0
    for name in names:
        total += 1
        counts.update(set(name.words))
    return counts, total
