"""What a need is worth: said, computed, or imputed from others and flagged."""

from tests.transforms.matchmaking.cases import need, offer
from transforms.gaps.worth import Worth, value_needs
from transforms.matchmaking.facts import Need


def sector(one: Need) -> str:
    return "cuero" if one.codes == ("420221",) else "otro"


def test_in_order_said_own_price_market_price_sector_median() -> None:
    said = need("N1", value_usd_year=50_000)
    own_price = need("N2", value_usd_year=None, target_price_usd=10)
    market_price = need("N3", value_usd_year=None, target_price_usd=None)
    nothing = need("N4", value_usd_year=None, volume_value=None)
    other_sector = need("N5", value_usd_year=None, volume_value=None, codes=("0901",))
    worth = value_needs([said, own_price, market_price, nothing, other_sector], [offer(price_usd=40)], sector)
    assert worth["N1"] == Worth(50_000, False)
    assert worth["N2"] == Worth(300 * 12 * 10, False)
    assert worth["N3"] == Worth(300 * 12 * 40, True)
    assert worth["N4"] == Worth((50_000 + 36_000) / 2, True)
    assert worth["N5"] == Worth((50_000 + 36_000) / 2, True)


def test_units_that_do_not_compare_are_not_multiplied() -> None:
    worth = value_needs([need(value_usd_year=None, price_unit="kg")], [], sector)
    assert worth["N1"] == Worth(0.0, True)
