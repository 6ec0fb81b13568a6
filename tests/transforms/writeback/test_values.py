"""Canonical values: spellings that mean the same become equal, values that do not fit are refused with a reason."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.neo_schema import Column
from transforms.writeback.values import UnfitValueError, canonicaliser, present_canonicaliser


def column(kind, **facts):
    return Column(kind=kind, es="Columna", en="Column", **facts)


NAME = column("string", max_length=10)
NOTES = column("memo", max_length=10, shorten=True)
SCORE = column("decimal", precision=2, minimum=0, maximum=100)
BOGOTA = timezone(timedelta(hours=-5))


@pytest.mark.parametrize(
    ("spec", "value", "expected"),
    [
        (NAME, "  Café \t del\nHuila"[:12], "Café del"),
        (NAME, "   ", None),
        (NAME, "", None),
        (NAME, None, None),
        (NAME, 900123456, "900123456"),
        (NAME, "a\x00b\x0b", "ab"),
        (NAME, "0123456789", "0123456789"),
        (NOTES, "uno\r\ndos", "uno\ndos"),
        (NOTES, "0123456789x", "012345678…"),
        (NOTES, "01234567 9x", "01234567…"),
        (SCORE, 12.345678, 12.35),
        (SCORE, Decimal("7.1"), 7.1),
        (SCORE, -0.001, 0.0),
        (column("integer"), 3.0, 3),
        (column("integer"), "12", 12),
        (column("boolean"), True, True),
        (column("boolean"), 0, False),
        (column("boolean"), "true", True),
        (column("choice", choice="pc_x"), "727000001", 727000001),
        (column("date"), datetime(2026, 11, 3, 23, 0, tzinfo=UTC), "2026-11-03"),
        (column("date"), "2026-11-03T05:00:00Z", "2026-11-03"),
        (column("date"), date(2026, 11, 3), "2026-11-03"),
        (column("datetime"), datetime(2026, 11, 3, 12, 0, 0, 999999, tzinfo=UTC), "2026-11-03T12:00:00Z"),
        (column("datetime"), datetime(2026, 11, 3, 7, 0, tzinfo=BOGOTA), "2026-11-03T12:00:00Z"),
        (column("datetime"), "2026-11-03T12:00:00Z", "2026-11-03T12:00:00Z"),
        (column("datetime"), datetime(2026, 11, 3, 12, 0), "2026-11-03T12:00:00Z"),  # noqa: DTZ001 - NEO means UTC
    ],
)
def test_canonical_form(spec, value, expected):
    assert canonicaliser(spec)(value) == expected


@pytest.mark.parametrize(
    ("spec", "value", "code"),
    [
        (NAME, "0123456789x", "too_long"),
        (NAME, "𝔘" * 6, "too_long"),  # two UTF-16 units each, as NEO counts
        (SCORE, 100.01, "out_of_range"),
        (SCORE, float("nan"), "not_a_number"),
        (SCORE, "mucho", "not_a_number"),
        (column("integer"), 1.5, "not_an_integer"),
        (column("integer"), 2**31, "out_of_range"),
        (column("boolean"), "quizás", "not_a_boolean"),
        (column("choice", choice="pc_x"), "gigante", "unknown_option"),
        (column("choice", choice="pc_x"), 5, "unknown_option"),
        (column("date"), "ayer", "not_a_date"),
        (column("date"), date(1500, 1, 1), "too_early"),
        (column("datetime"), "pronto", "not_an_instant"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_not_quoted(spec, value, code):
    with pytest.raises(UnfitValueError) as refusal:
        canonicaliser(spec, frozenset({727000000, 727000001}))(value)
    assert refusal.value.code == code
    assert str(value) not in refusal.value.reason_es


def test_what_neo_holds_is_a_fact_whatever_the_sheet_says():
    assert present_canonicaliser(NAME)("longer than the sheet allows") == "longer than the sheet allows"
    assert present_canonicaliser(SCORE)(4711) == 4711.0
    assert present_canonicaliser(column("date"))("who knows") == "who knows"


@given(st.text(max_size=200))
def test_canonical_text_is_stable_and_fits(text):
    canonical = canonicaliser(NOTES)
    once = canonical(text)
    assert canonical(once) == once
    assert once is None or len(once.encode("utf-16-le", "surrogatepass")) // 2 <= 10


@given(st.floats(min_value=0, max_value=100), st.integers(min_value=0, max_value=6))
def test_canonical_numbers_are_stable(number, precision):
    canonical = canonicaliser(column("decimal", precision=precision))
    assert canonical(canonical(number)) == canonical(number)
