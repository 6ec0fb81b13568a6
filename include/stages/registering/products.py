"""The sector of a product in a company's own words, by the vocabulary that matching searches with."""

from functools import cache
from pathlib import Path

import numpy as np

from include.core import reference
from include.stages.matchmaking_inputs import load_rules
from transforms.matchmaking.matching import Words

_NO_OFFERS = np.zeros(0)


class ProductReader:
    """Reads products written freely, in Spanish or English."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def sector(self, phrase: str) -> str | None:
        """Return the sector of the tariff heading or service that `phrase` most probably means, or None."""
        vocabulary, suggester = self._words.vocabulary, self._words.suggester
        if suggester is None:
            return None
        query = vocabulary.expand(vocabulary.terms(phrase))
        suggestions = suggester.suggest(query, _NO_OFFERS, [], limit=1)
        return reference.sector_of_hs(suggestions[0].heading) if suggestions else None


@cache
def product_reader(config_dir: Path) -> ProductReader:
    """The reader of an installation; building it takes about a second, so it is built when first needed."""
    return ProductReader(load_rules(config_dir).words)
