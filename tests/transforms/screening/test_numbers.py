"""Identification numbers: one number in many spellings, and the same digits that are another number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.screening.labelled import case_rows
from transforms.screening.numbers import number_key, numbers_differ, shared_number
from transforms.screening.records import Number

ROWS = list(case_rows("screening_numbers.csv"))
MIN_DIGITS = 5


def verdict(client: Number, listed: Number) -> str:
    shared = shared_number([client], [listed], MIN_DIGITS)
    if shared is not None:
        return "same" if shared[1] else "same?"
    return "different" if numbers_differ([client], [listed], MIN_DIGITS) else "unrelated"


def test_the_cases_are_there() -> None:
    assert len(ROWS) > 15


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['client']}~{row['listed']}")
def test_labelled_numbers(row: dict[str, str]) -> None:
    client = Number(row["client_kind"], row["client"], row["client_country"] or None)  # type: ignore[arg-type]
    listed = Number(row["listed_kind"], row["listed"], row["listed_country"] or None)  # type: ignore[arg-type]
    assert verdict(client, listed) == row["verdict"], row["why"]
    assert verdict(listed, client) == row["verdict"], "sides say nothing"


@given(
    st.sampled_from(["nit", "cedula", "passport", "tax", "other"]),
    st.text(max_size=30),
    st.sampled_from(["CO", "GT", None]),
)
def test_anything_may_stand_in_a_number(kind: str, value: str, country: str | None) -> None:
    key = number_key(Number(kind, value, country), MIN_DIGITS)  # type: ignore[arg-type]
    assert key is None or sum(map(str.isdigit, key[2])) >= MIN_DIGITS
