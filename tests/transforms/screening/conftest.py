"""The real sheet, the packaged rarity, and a short way to compare two names."""

import pytest

from tests.transforms.screening.labelled import Compare, name_comparison, packaged_rarity, sheet
from transforms.screening.rarity import Rarity
from transforms.screening.rules import ScreeningRules


@pytest.fixture(scope="session")
def rules() -> ScreeningRules:
    return sheet()


@pytest.fixture(scope="session")
def rarity(rules: ScreeningRules) -> Rarity:
    return packaged_rarity(rules)


@pytest.fixture(scope="session")
def compare(rules: ScreeningRules, rarity: Rarity) -> Compare:
    return name_comparison(rules, rarity)
