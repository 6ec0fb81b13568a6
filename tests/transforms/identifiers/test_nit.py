"""NIT: what people type, and the check digit."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.labelled import read_cases, written
from transforms.identifiers.nit import Nit, check_digit, parse_nit

COMPANY_BASES = st.integers(800_000_001, 999_999_998).map(str).filter(lambda base: len(set(base)) > 1)


@pytest.mark.parametrize("case", read_cases("nit_readings"), ids=lambda case: f"{case['written']} {case['why']}")
def test_reading(case: dict[str, str]) -> None:
    reading = parse_nit(case["written"], written(case["country"]))
    assert reading.status == case["status"]
    assert reading.base == written(case["base"])
    assert reading.dv == written(case["dv"])
    assert reading.kind == written(case["kind"])
    assert (reading.problem is not None) == (reading.status == "missing")


def test_numbers_of_a_public_list_agree_with_the_rule(shared_data: Path) -> None:
    """Of 192 Colombian NITs with a digit 191 are right; the other is the list's own typo."""
    with (shared_data / "companies" / "nit_dv_pairs.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["country_as_written"] == "Colombia" and row["dv_written"]]
    assert len(rows) > 150
    for row in rows:
        reading = parse_nit(row["nit_as_written"])
        assert reading.base == row["base"]
        assert (reading.status == "ok") == (row["agrees"] == "1")


@given(COMPANY_BASES)
def test_every_spelling_of_a_nit_gives_the_same_base(base: str) -> None:
    digit = check_digit(base)
    pointed = f"{int(base):,}".replace(",", ".")
    for spelling in (f"{base}-{digit}", f"{base}{digit}", f"{pointed}-{digit}", f"NIT {base} - {digit}"):
        reading = parse_nit(spelling)
        assert (reading.base, reading.status) == (base, "ok")


@given(COMPANY_BASES, st.integers(1, 9))
def test_a_wrong_digit_is_marked_and_never_mended(base: str, shift: int) -> None:
    wrong = str((int(check_digit(base)) + shift) % 10)
    reading = parse_nit(f"{base}-{wrong}")
    assert (reading.base, reading.dv, reading.status) == (base, wrong, "dv_incorrecto")
    assert reading.expected_dv != wrong


@given(st.text(max_size=30), st.sampled_from([None, "CO", "US", "", "??"]))
def test_reading_never_raises(text: str, country: str | None) -> None:
    reading = parse_nit(text, country)
    assert reading.is_usable == (reading.status in ("ok", "sin_dv", "dv_incorrecto"))


@given(st.one_of(COMPANY_BASES, st.text(max_size=20)))
def test_normalizing_and_formatting_are_idempotent(text: str) -> None:
    base = Nit.normalize(text)
    if base is not None:
        formatted = Nit.format(base)
        assert Nit.normalize(base) == base
        assert Nit.normalize(formatted) == base
        assert Nit.format(formatted) == formatted


@pytest.mark.parametrize("base", ["", "12a", "1234567890123456", "١٢٣٤٥٦"])
def test_a_check_digit_needs_digits(base: str) -> None:
    with pytest.raises(ValueError, match="one to fifteen digits"):
        check_digit(base)
