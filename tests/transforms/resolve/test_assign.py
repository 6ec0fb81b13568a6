"""Who keeps an id when groups merge and split."""

from hypothesis import given
from hypothesis import strategies as st

from transforms.resolve.assign import Member, assign_ids, follow


def member(ref: str, previous: str | None = None, carried: str | None = None) -> Member:
    """A record with the id it had and the id it carries in NEO."""
    return Member(ref, previous, carried)


def test_a_new_group_needs_an_id() -> None:
    assert assign_ids([[member("neo:a")]], {}).ids == (None,)


def test_a_group_keeps_its_id() -> None:
    assert assign_ids([[member("neo:a", "CU-2"), member("portal:b")]], {}).ids == ("CU-2",)


def test_of_merged_ids_the_oldest_survives() -> None:
    found = assign_ids([[member("neo:a", "CU-7"), member("portal:b", "CU-2")]], {})
    assert found.ids == ("CU-2",)
    assert found.transfers == {"CU-7": "CU-2"}


def test_of_a_split_group_the_part_whose_account_carries_the_id_keeps_it() -> None:
    groups = [[member("portal:a", "CU-1"), member("portal:b", "CU-1")], [member("neo:c", "CU-1", "CU-1")]]
    assert assign_ids(groups, {}).ids == (None, "CU-1")


def test_of_a_split_group_without_account_the_larger_part_keeps_the_id() -> None:
    groups = [[member("portal:a", "CU-1")], [member("portal:b", "CU-1"), member("portal:c", "CU-1")]]
    assert assign_ids(groups, {}).ids == (None, "CU-1")


def test_an_unknown_account_is_known_by_the_id_it_carries() -> None:
    assert assign_ids([[member("neo:a", None, "CU-3")]], {}).ids == ("CU-3",)


def test_an_id_that_was_merged_is_followed_to_the_living_one() -> None:
    transfers = {"CU-9": "CU-5", "CU-5": "CU-1"}
    assert follow("CU-9", transfers) == "CU-1"
    assert assign_ids([[member("neo:a", None, "CU-9")]], transfers).ids == ("CU-1",)


IDS = st.one_of(st.none(), st.sampled_from([f"CU-{n}" for n in range(1, 5)]))


@given(st.lists(st.lists(IDS, min_size=1, max_size=4), min_size=1, max_size=5))
def test_no_id_is_given_twice_and_none_is_lost(previous: list[list[str | None]]) -> None:
    groups = [[member(f"neo:{g}-{i}", hub_id) for i, hub_id in enumerate(group)] for g, group in enumerate(previous)]
    found = assign_ids(groups, {})
    given_ids = [hub_id for hub_id in found.ids if hub_id]
    assert len(given_ids) == len(set(given_ids))
    known = {hub_id for group in previous for hub_id in group if hub_id}
    assert known == set(given_ids) | set(found.transfers)
    assert set(found.transfers.values()) <= set(given_ids)
