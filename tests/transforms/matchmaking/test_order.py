"""The order of a list: band, score, turns among near-ties, offer id."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.matchmaking.order import Standee, order_pairs

PAIRS = [
    Standee("O1", "E1", "B", 99.0),
    Standee("O2", "E2", "A", 70.0),
    Standee("O3", "E3", "A", 73.0),
    Standee("O4", "E4", "C", 100.0),
    Standee("O5", "E5", "A", 73.0),
    Standee("O6", "E6", "A", 60.0),
]


def ids(pairs: list[Standee]) -> list[str]:
    return [pair.offer_id for pair in pairs]


def test_band_comes_before_score_and_ties_end_on_the_offer() -> None:
    assert ids(order_pairs(PAIRS, delta=5)) == ["O3", "O5", "O2", "O6", "O1", "O4"]


def test_among_near_ties_the_less_exposed_exporter_goes_first() -> None:
    exposure = {"E3": 3.0, "E5": 1.0, "E2": 0.5}
    assert ids(order_pairs(PAIRS, delta=5, exposure=exposure)) == ["O2", "O5", "O3", "O6", "O1", "O4"]


def test_exposure_never_lifts_a_pair_further_than_delta() -> None:
    exposure = {"E3": 9.0, "E5": 9.0, "E2": 9.0, "E6": 0.0}
    assert ids(order_pairs(PAIRS, delta=5, exposure=exposure))[3] == "O6"


@given(st.permutations(PAIRS), st.floats(0, 20))
def test_the_order_of_input_does_not_matter(pairs: list[Standee], delta: float) -> None:
    exposure = {"E2": 1.0, "E3": 2.0}
    assert order_pairs(pairs, delta=delta, exposure=exposure) == order_pairs(PAIRS, delta=delta, exposure=exposure)
