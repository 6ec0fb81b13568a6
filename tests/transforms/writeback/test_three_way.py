"""Who wins a column: a table of cases, then the promises that hold for all values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.writeback.three_way import SAME, Decision, decide_column

WRITE, OVER, KEEP, ASK = Decision("write"), Decision("write", is_over=True), Decision("keep"), Decision("ask")
NOTHING_SENT = object()

# owner, the hub wants, NEO has, sent before -> decision
CASES = [
    ("hub", "a", "a", "a", SAME),
    ("hub", "a", "b", "b", WRITE),  # only the hub moved
    ("hub", "a", "b", "a", OVER),  # only the person moved: the hub insists
    ("hub", "a", "b", "c", OVER),  # both moved
    ("hub", "a", None, NOTHING_SENT, WRITE),
    ("hub", "a", "b", NOTHING_SENT, WRITE),
    ("hub", None, "b", "b", WRITE),  # the hub takes back what it said
    ("newest", "a", "b", "b", WRITE),
    ("newest", "a", "b", "a", KEEP),
    ("newest", "a", "b", "c", KEEP),
    ("newest", "a", None, "a", KEEP),  # a person emptied it
    ("newest", "a", None, NOTHING_SENT, WRITE),
    ("newest", "a", "b", NOTHING_SENT, KEEP),
    ("newest", None, "b", "b", WRITE),  # what we said and no longer say, and nobody touched
    ("newest", None, "b", "a", SAME),
    ("newest", None, "b", NOTHING_SENT, SAME),  # no opinion
    ("ask", None, "b", "b", SAME),
    ("ask", "a", "b", "b", WRITE),
    ("ask", "a", "b", "a", ASK),
    ("ask", "a", "b", NOTHING_SENT, ASK),
    ("ask", "a", None, NOTHING_SENT, WRITE),
    ("advisor", "a", None, NOTHING_SENT, WRITE),
    ("advisor", "a", None, "a", SAME),  # emptied on purpose: stays empty
    ("advisor", "a", "b", NOTHING_SENT, SAME),
    ("advisor", "a", "b", "b", SAME),
    ("advisor", "a", "b", "c", SAME),
    ("advisor", None, None, NOTHING_SENT, SAME),
]


@pytest.mark.parametrize(("owner", "desired", "present", "base", "expected"), CASES)
def test_who_wins(owner, desired, present, base, expected):
    has_base = base is not NOTHING_SENT
    assert decide_column(owner, desired, present, base if has_base else None, has_base=has_base) == expected


@pytest.mark.parametrize(
    ("observed_at", "modified_at", "expected"),
    [
        ("2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z", OVER),
        ("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", KEEP),
        ("2026-11-01T00:00:00Z", "2026-11-01T00:00:00Z", KEEP),  # a draw is the person's
        (None, "2026-11-01T00:00:00Z", KEEP),
        ("2026-11-01T00:00:00Z", None, KEEP),
    ],
)
def test_newest_compares_the_dates_of_both_values(observed_at, modified_at, expected):
    decision = decide_column("newest", "a", "b", "c", has_base=True, observed_at=observed_at, modified_at=modified_at)
    assert decision == expected


values = st.one_of(st.none(), st.sampled_from(["a", "b", "c"]))


@given(values, values, values, st.booleans())
def test_a_value_that_a_person_filled_in_an_advisors_column_is_never_written_over(desired, present, base, has_base):
    decision = decide_column("advisor", desired, present, base, has_base=has_base)
    if present is not None:
        assert decision == SAME


@given(st.sampled_from(["hub", "advisor", "newest", "ask"]), values, values, st.booleans())
def test_equal_values_are_never_touched(owner, value, base, has_base):
    assert decide_column(owner, value, value, base, has_base=has_base) == SAME


@given(st.sampled_from(["advisor", "newest", "ask"]), values, values, st.booleans(), st.booleans())
def test_nobodys_value_but_our_own_is_ever_cleared(owner, present, base, has_base, was_sent):
    decision = decide_column(owner, None, present, base, has_base=has_base, was_sent=was_sent)
    assert decision == SAME or (owner == "newest" and has_base and was_sent and present == base)
