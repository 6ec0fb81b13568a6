"""Volumes, prices and codes in comparable form."""

import pytest

from transforms.matchmaking.codes import clean_code, heading_of, headings_of, subheadings_of
from transforms.matchmaking.units import Yearly, price_per_unit, yearly

YEARLY = [
    (2.0, "t", "mes", Yearly(24_000, "kg")),
    (2.0, "Toneladas", "año", Yearly(2_000, "kg")),
    (10.0, "docenas", "semana", Yearly(6_240, "u")),
    (5.0, "puestos", "mes", Yearly(60, "puestos")),
    (5.0, "kg", None, None),
    (None, "kg", "mes", None),
    (5.0, "", "mes", None),
    (5.0, "kg", "cuando se pueda", None),
]


@pytest.mark.parametrize(("value", "unit", "period", "expected"), YEARLY)
def test_yearly(value: float | None, unit: str | None, period: str | None, expected: Yearly | None) -> None:
    assert yearly(value, unit, period) == expected


def test_price_per_unit() -> None:
    assert price_per_unit(2_000, "t") == Yearly(2.0, "kg")
    assert price_per_unit(3, "USD/kg") == Yearly(3.0, "kg")
    assert price_per_unit(None, "kg") is None


@pytest.mark.parametrize(
    ("text", "code"), [("0901.21", "090121"), (" s-6201 ", "S6201"), ("0901 21 00 00", "0901210000")]
)
def test_clean_code(text: str, code: str) -> None:
    assert clean_code(text) == code


def test_headings_and_subheadings() -> None:
    assert headings_of(("0901210000", "18", "S6201")) == {"0901", "S6201"}
    assert subheadings_of(("0901210000", "0901", "S6201")) == {"090121", "S6201"}
    assert heading_of("09") == "09"
