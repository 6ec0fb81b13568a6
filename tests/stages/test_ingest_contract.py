"""The record contract: what a sheet makes of a raw row, and the reason a row is refused for."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.errors import DriftDetected
from include.core.source_sheet import SourceSheet
from include.stages.ingesting.contract import Checked, RecordContract
from include.stages.ingesting.reasons import REASONS, reason_of


def contract(fields: dict[str, Any], *, rules: list[dict[str, Any]] | None = None, **facts: Any) -> RecordContract:
    stream = {"path": "x", "key": ["id"], "fields": {"id": {"type": "str", "required": True}, **fields}}
    known: dict[str, Any] = {
        "version": 1,
        "source": "x",
        "title_es": "X",
        "kind": "portal",
        "system": "portal",
        "owner": "x",
        "personal_data": "low",
        "schedule": "0 * * * *",
        "streams": {"s": stream | {"rules": rules or [], "ignore": facts.pop("ignore", {})}},
    }
    return RecordContract(SourceSheet.model_validate(known | facts), "s")


def check_one(field: dict[str, Any] | str, value: Any, **facts: Any) -> Checked:
    return contract({"v": field}, **facts).check([{"id": "1", "v": value}])


@pytest.mark.parametrize(
    ("field", "value", "staged"),
    [
        ("str", " texto ", "texto"),
        ("str", "", None),
        ("str", None, None),
        ("int", 7, 7),
        ("int", "2025", 2025),
        ("float", "1.5", 1.5),
        ("bool", True, True),
        ("date", "2026-02-28", date(2026, 2, 28)),
        ("date", "2026-02-28T00:00:00Z", date(2026, 2, 28)),
        ({"type": "date", "format": "%Y%m%d"}, "20201118", date(2020, 11, 18)),
        ("datetime", "2026-02-28T10:00:00-05:00", datetime(2026, 2, 28, 15, tzinfo=UTC)),
        ("datetime", "2026-02-28T10:00:00.123456789Z", datetime(2026, 2, 28, 10, 0, 0, 123456, tzinfo=UTC)),
        ("list[str]", ["a", "b"], ["a", "b"]),
        ({"type": "list[str]", "split": ";"}, "a; b;", ["a", "b"]),
        (
            {"type": "list[object]", "item": {"code": "str", "is_verified": "bool"}},
            [{"code": "X", "is_verified": True}],
            [{"code": "X", "is_verified": True}],
        ),
        ({"type": "str", "check": "country"}, "Estados Unidos", "US"),
        ({"type": "str", "check": "country", "lookup": {"Tierra Firme": "PA"}}, "Tierra Firme", "PA"),
        ({"type": "str", "check": "email"}, "Ana@Inventada.example", "ana@inventada.example"),
        ({"type": "str", "one_of": ["a", "b"], "lookup": {"A": "a"}}, "A", "a"),
        ({"type": "str", "nulls": ["N/A"]}, "N/A", None),
        ({"type": "str", "null_pattern": "0+"}, "0000000000000", None),
        ({"type": "str", "null_pattern": "0+"}, "0100", "0100"),
    ],
)
def test_values_that_pass(field: dict[str, Any] | str, value: Any, staged: Any) -> None:
    checked = check_one(field, value)
    assert checked.refusals == []
    assert checked.rows == [{"id": "1", "v": staged}]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("str", 7, "bad_type"),
        ("int", "siete", "bad_number"),
        ("int", 7.5, "bad_number"),
        ("float", "nan", "bad_number"),
        ({"type": "int", "ge": 0}, -1, "bad_number"),
        ("bool", "yes", "bad_type"),
        ("date", "2026-02-30", "bad_date"),
        ("date", "28/02/2026", "bad_date"),
        ("date", 20260228, "bad_date"),
        ("date", "2026-02-28T10:00:00Z", "bad_date"),
        ("date", "0026-02-28", "bad_date"),
        ({"type": "date", "format": "%Y%m%d"}, "20261340", "bad_date"),
        ("datetime", "2026-02-31T10:00:00Z", "bad_date"),
        ("datetime", "2026-02-28", "bad_date"),
        ("datetime", "9026-02-28T10:00:00Z", "bad_date"),
        ("list[str]", "a", "bad_type"),
        ("list[str]", [1], "bad_type"),
        ({"type": "str", "check": "country"}, "Atlántida", "unknown_country"),
        ({"type": "str", "check": "email"}, "notiene@", "bad_email"),
        ({"type": "str", "one_of": ["a"]}, "z", "unknown_value"),
        ({"type": "str", "pattern": "^[A-Z]{2}$"}, "abc", "bad_pattern"),
        ({"type": "str", "max_length": 3}, "abcd", "too_long"),
        ({"type": "str", "required": True}, " ", "missing_field"),
        ({"type": "str", "required": True}, None, "missing_field"),
    ],
)
def test_values_that_are_refused(field: dict[str, Any] | str, value: Any, code: str) -> None:
    checked = check_one(field, value)
    assert checked.rows == []
    (refusal,) = checked.refusals
    assert (refusal.record_key, refusal.field, refusal.reason.code) == ("1", "v", code)
    assert refusal.raw == {"id": "1", "v": value}


def test_a_field_may_be_emptied_instead_and_is_counted() -> None:
    checked = check_one({"type": "date", "format": "%Y%m%d", "on_bad": "blank"}, "20209999")
    assert checked.rows == [{"id": "1", "v": None}]
    assert checked.blanked == {"v": 1}


def test_a_row_with_one_field_to_empty_and_one_bad_is_refused_for_the_bad_one() -> None:
    rows = [{"id": "1", "d": "x", "n": "x"}, {"id": "2", "d": "x", "n": 1}, {"id": "3", "d": None, "n": 2}]
    checked = contract({"d": {"type": "date", "on_bad": "blank"}, "n": "int"}).check(rows)
    assert [row["id"] for row in checked.rows] == ["2", "3"]
    assert [(refusal.record_key, refusal.field) for refusal in checked.refusals] == [("1", "n")]


def test_rows_keep_their_order_and_their_own_refusals() -> None:
    rows: list[dict[str, Any]] = [{"id": str(n), "v": "x" if n % 3 == 0 else n} for n in range(20)]
    checked = contract({"v": "int"}).check(rows)
    assert [row["id"] for row in checked.rows] == [str(n) for n in range(20) if n % 3]
    assert [refusal.record_key for refusal in checked.refusals] == [str(n) for n in range(20) if n % 3 == 0]
    assert all(refusal.raw["id"] == refusal.record_key for refusal in checked.refusals)


def test_a_row_without_a_key_is_named_by_its_content() -> None:
    (refusal,) = contract({}).check([{"name": "x"}]).refusals
    assert refusal.record_key.startswith("no-key-")
    assert refusal.reason.code == "missing_field"


@pytest.mark.parametrize(("policy", "told"), [("evolve", {"nuevo": 2}), ("discard", {})])
def test_a_new_field_is_reported_and_breaks_nothing(policy: str, told: dict[str, int]) -> None:
    rows = [{"id": "1", "nuevo": 1, "fax": "x"}, {"id": "2", "nuevo": 2}]
    checked = contract({}, new_columns=policy, ignore={"fax": "nobody has one"}).check(rows)
    assert (len(checked.rows), checked.leftovers) == (2, told)


def test_a_new_field_stops_a_frozen_source_by_name_and_not_by_value() -> None:
    with pytest.raises(DriftDetected, match="nuevo") as caught:
        contract({}, new_columns="freeze").check([{"id": "1", "nuevo": "secreto"}])
    assert "secreto" not in str(caught.value)


NIT_RULE = [{"field": "nit", "check": "nit_check_digit", "when": {"country": ["CO"], "audience": ["exporter"]}}]


@pytest.mark.parametrize(
    ("nit", "country", "is_refused"),
    [
        ("800197268-4", "CO", False),
        ("800.197.268-4", "CO", False),
        ("8001972684", "CO", False),
        ("800197268", "CO", False),
        (None, "CO", False),
        ("NO REPORTA", "CO", False),
        ("800197268-5", "CO", True),
        ("8001972685", "CO", True),
        ("9.82E+08", "CO", True),
        ("12", "CO", True),
        ("800197268-5", "GT", False),
    ],
)
def test_a_nit_is_judged_only_where_the_rule_applies(nit: str | None, country: str, is_refused: bool) -> None:
    fields = {"nit": "str", "country": "str", "audience": "str"}
    row = {"id": "1", "nit": nit, "country": country, "audience": "exporter"}
    checked = contract(fields, rules=NIT_RULE).check([row])
    codes = [(refusal.field, refusal.reason.code) for refusal in checked.refusals]
    assert codes == ([("nit", "nit_check_digit")] if is_refused else [])


def test_a_field_may_be_required_only_sometimes() -> None:
    rules = [{"field": "nit", "check": "required", "when": {"country": ["CO"]}}]
    rows = [{"id": "1", "country": "CO"}, {"id": "2", "country": "PE"}]
    checked = contract({"nit": "str", "country": "str"}, rules=rules).check(rows)
    assert [refusal.record_key for refusal in checked.refusals] == ["1"]


def test_every_reason_says_what_to_do() -> None:
    assert len(REASONS) >= 10
    assert all(reason.reason and reason.remedy for reason in REASONS.values())
    assert reason_of("an_error_pydantic_invents_tomorrow").code == "bad_type"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
EVERY_TYPE: dict[str, Any] = {
    "s": {"type": "str", "check": "country"},
    "m": {"type": "str", "check": "email"},
    "i": "int",
    "f": "float",
    "b": "bool",
    "d": "date",
    "t": "datetime",
    "l": "list[str]",
    "o": {"type": "list[object]", "item": {"a": "str", "n": "int"}},
    "q": {"type": "date", "on_bad": "blank"},
}
EVERYTHING = contract(EVERY_TYPE)


@given(st.lists(st.fixed_dictionaries({name: JSON for name in ("id", *EVERY_TYPE)}), max_size=5))
def test_whatever_comes_every_row_is_accepted_or_refused(rows: list[dict[str, Any]]) -> None:
    checked = EVERYTHING.check(rows)
    assert len(checked.rows) + len(checked.refusals) == len(rows)
