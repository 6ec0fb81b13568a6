"""Values in addresses: quoted, doubled, encoded, or refused."""

import pytest

from connectors.neo.query import RowRef, literal, row_path


@pytest.mark.parametrize(
    ("text", "expected"), [("Café", "'Café'"), ("O'Brien", "'O''Brien'"), ("' or 1 eq 1", "''' or 1 eq 1'")]
)
def test_a_quote_cannot_leave_its_literal(text, expected):
    assert literal(text) == expected


@pytest.mark.parametrize(
    ("value", "encoded", "plain"),
    [
        ("CU-00000001", "x(pc_hubid='CU-00000001')", "x(pc_hubid='CU-00000001')"),
        ("a|b", "x(pc_hubid='a%7Cb')", "x(pc_hubid='a|b')"),
        ("O'B/ñ", "x(pc_hubid='O''B%2F%C3%B1')", "x(pc_hubid='O''B/ñ')"),
    ],
)
def test_a_row_by_its_key(value, encoded, plain):
    ref = RowRef.by_key("pc_x", "pc_hubid", value)
    assert row_path("x", ref) == encoded
    assert row_path("x", ref, encode=False) == plain


def test_a_row_by_its_id_takes_a_guid_and_nothing_else():
    assert row_path("x", RowRef.by_id("pc_x", "ABCDEF00-0000-0000-0000-000000000001")) == (
        "x(abcdef00-0000-0000-0000-000000000001)"
    )
    with pytest.raises(ValueError):
        RowRef.by_id("pc_x", "1) or (1 eq 1")
