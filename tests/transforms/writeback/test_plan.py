"""The plan: new rows, changed rows, rows that wait, and what holds for every plan."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.core.errors import ConfigError
from tests.transforms.writeback.small_neo import (
    ACCOUNT_1,
    ACCOUNT_2,
    OFFER_1,
    account,
    applied,
    plan,
    verdicts,
    wanted,
)
from transforms.writeback.rows import ModelRows, merge_models


def only_row(made):
    [row] = made.rows
    return row


def test_a_row_neo_does_not_have_is_created_without_its_empty_columns():
    made = plan(wanted("account", {"row_key": "CU-1", "name": " Café ", "pc_nit": None, "statecode": 0}))
    row = only_row(made)
    assert (row.action, row.neo_id) == ("create", None)
    assert {change.column: change.desired for change in row.writes} == {"name": "Café"}


def test_a_row_found_by_its_hub_id_sends_only_what_differs():
    made = plan(
        wanted("account", {"row_key": "CU-1", "name": "Nuevo", "pc_score": 5}),
        accounts=[account(name="Viejo", pc_score=5.0)],
        base={"account": {"CU-1": {"name": "Viejo", "pc_score": 5.0}}},
    )
    row = only_row(made)
    assert (row.action, row.neo_id) == ("update", ACCOUNT_1)
    assert [(change.column, change.present, change.desired) for change in row.writes] == [("name", "Viejo", "Nuevo")]


def test_nothing_to_do_leaves_no_row_but_is_counted():
    made = plan(wanted("account", {"row_key": "CU-1", "name": "Café"}), accounts=[account(name="Café ")])
    assert made.rows == ()
    assert made.counts()["account"] == {"unchanged": 1}


def test_an_account_of_neos_own_is_adopted_by_giving_it_the_hub_id():
    made = plan(
        wanted("account", {"row_key": "CU-1", "neo_id": ACCOUNT_1.upper(), "name": "Café"}),
        accounts=[account(pc_hubid=None, name="Café")],
    )
    assert [(change.column, change.desired) for change in only_row(made).writes] == [("pc_hubid", "CU-1")]


def test_the_hub_id_in_neo_beats_the_id_the_golden_record_names():
    made = plan(
        wanted("account", {"row_key": "CU-1", "neo_id": ACCOUNT_2, "name": "Café"}),
        accounts=[account(name="Café"), account(accountid=ACCOUNT_2, pc_hubid=None)],
    )
    assert made.rows == ()


def test_two_customers_never_share_one_account():
    made = plan(
        wanted(
            "account",
            {"row_key": "CU-1", "neo_id": ACCOUNT_1, "name": "A"},
            {"row_key": "CU-2", "neo_id": ACCOUNT_1, "name": "B"},
        ),
        accounts=[account(pc_hubid=None, name="A")],
    )
    assert [(row.row_key, row.action, row.reason_code) for row in made.rows] == [
        ("CU-1", "update", None),
        ("CU-2", "held", "neo_row_taken"),
    ]


@pytest.mark.parametrize(
    ("row", "base", "code"),
    [
        ({"hold_code": "candidate_in_review", "hold_es": "espera"}, {}, "candidate_in_review"),
        ({"neo_id": ACCOUNT_2}, {}, "neo_row_gone"),
        ({}, {"CU-1": {"name": "Café"}}, "deleted_in_neo"),
    ],
)
def test_rows_that_wait(row, base, code):
    made = plan(wanted("account", {"row_key": "CU-1", "name": "Café", **row}), base={"account": base})
    assert (only_row(made).action, only_row(made).reason_code) == ("held", code)


def test_a_hold_is_about_creating_and_lets_a_known_account_be_updated():
    desired = wanted("account", {"row_key": "CU-1", "hold_code": "candidate_in_review", "pc_score": 1})
    assert only_row(plan(desired, accounts=[account()])).action == "update"


def test_what_the_hub_computed_comes_back_when_somebody_deletes_it():
    made = plan(wanted("pc_offer", {"row_key": "O-1", "pc_name": "Café"}), base={"pc_offer": {"O-1": {}}})
    assert only_row(made).action == "create"


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"name": "x" * 21}, "too_long"),
        ({"pc_size": "gigante"}, "unknown_option"),
        ({"row_key": "CU/1"}, "unsafe_key"),
    ],
)
def test_a_value_neo_cannot_hold_refuses_its_row_and_no_other(columns, code):
    made = plan(wanted("account", {"row_key": "CU-1", "name": "A", **columns}, {"row_key": "CU-2", "name": "B"}))
    assert {row.row_key: (row.action, row.reason_code) for row in made.rows} == {
        columns.get("row_key", "CU-1"): ("rejected", code),
        "CU-2": ("create", None),
    }


def test_a_column_no_sheet_declares_is_a_mistake_of_ours():
    with pytest.raises(ConfigError, match="pc_unknown"):
        plan(wanted("account", {"row_key": "CU-1", "pc_unknown": 1}))


# --- what a person changed


def edited(owner_column, *, seen=None, **more):
    """Plan of one column whose value in NEO is no longer what was sent."""
    row = {"row_key": "CU-1", owner_column: "hub", **more}
    return plan(
        wanted("account", row),
        accounts=[account(**{owner_column: "persona"})],
        base={"account": {"CU-1": {owner_column: "antes"}}} if seen is None else {},
        seen=seen,
    )


def test_a_change_of_a_person_stands_and_is_reported():
    row = only_row(edited("name"))
    assert (row.action, row.reason_code, row.changes[0].verdict) == ("conflict", "changed_in_neo", "keep")


def test_a_value_seen_later_than_the_persons_change_wins():
    made = edited("name", observed='{"name": "2026-11-02T00:00:00Z"}')
    assert only_row(made).action == "update"
    assert only_row(made).changes[0].is_over


def test_an_advisors_column_is_left_alone_without_a_word():
    assert edited("accountnumber").rows == ()


def test_a_disputed_nit_asks():
    assert verdicts(edited("pc_nit")) == {"pc_nit": "ask"}


def test_where_nothing_was_sent_the_golden_record_may_correct_what_it_saw():
    assert verdicts(edited("name", seen=[account(name="persona")])) == {"name": "write"}


def test_an_edit_the_golden_record_has_not_seen_yet_stands():
    assert verdicts(edited("name", seen=[account(name="antes")])) == {"name": "keep"}


def test_what_the_golden_record_took_from_neo_is_not_written_back_in_another_spelling():
    assert edited("name", seen=[account(name="persona")], from_neo='["name"]').rows == ()


def test_a_write_that_lost_its_receipt_is_remembered():
    """The run wrote the name and died before the ledger knew; the golden record had seen another one."""
    made = plan(
        wanted("account", {"row_key": "CU-1", "name": "Café"}),
        accounts=[account(name="Café")],
        seen=[account(name="Viejo")],
    )
    assert made.rows == ()
    assert made.settled == {"account": {"CU-1": {"name": "Café"}}}


def test_a_value_that_was_always_in_neo_is_not_taken_for_ours():
    made = plan(
        wanted("account", {"row_key": "CU-1", "name": "Café"}),
        accounts=[account(name="Café")],
        seen=[account(name="Café")],
    )
    assert made.settled == {}


# --- states


def withdrawn(state, base, *, wants=1):
    row = {"pc_offerid": OFFER_1, "pc_hubid": "O-1", "statecode": state}
    desired = wanted("pc_offer", {"row_key": "O-1", "statecode": wants}, mode="update")
    return plan(desired, offers=[row], base={"pc_offer": {"O-1": base}})


def test_the_hub_closes_a_row_and_opens_it_again():
    assert verdicts(withdrawn(0, {})) == {"statecode": "write"}
    assert verdicts(withdrawn(1, {"statecode": 1}, wants=0)) == {"statecode": "write"}


def test_a_row_that_a_person_closed_stays_closed_and_is_no_conflict():
    assert withdrawn(1, {}, wants=0).rows == ()


def test_no_row_is_created_only_to_be_closed():
    made = plan(wanted("pc_offer", {"row_key": "O-1", "pc_name": "Café", "statecode": 1}))
    assert made.counts()["pc_offer"] == {"unchanged": 1}


# --- links


def offer(**columns):
    return wanted("pc_offer", {"row_key": "O-1", "pc_name": "Café", **columns})


def test_a_link_to_a_row_in_neo_goes_by_its_id():
    made = plan(offer(pc_AccountId="account:CU-1"), accounts=[account()])
    assert [c.desired for c in only_row(made).writes if c.is_link] == [f"account#{ACCOUNT_1}"]


def test_a_link_to_a_row_of_the_same_plan_goes_by_its_hub_id():
    desired = wanted("account", {"row_key": "CU-9", "name": "A"}) | offer(pc_AccountId="account:CU-9")
    made = plan(desired)
    assert [row.table for row in made.rows] == ["account", "pc_offer"]
    assert [c.desired for c in made.rows[1].writes if c.is_link] == ["account:CU-9"]


def test_a_link_to_an_account_adopted_in_the_same_plan_goes_by_its_id():
    desired = wanted("account", {"row_key": "CU-9", "neo_id": ACCOUNT_1, "name": "A"}) | offer(
        pc_AccountId="account:CU-9"
    )
    made = plan(desired, accounts=[account(pc_hubid=None)])
    assert [c.desired for c in made.rows[1].writes if c.is_link] == [f"account#{ACCOUNT_1}"]


def test_a_row_waits_for_the_row_it_points_to():
    made = plan(offer(pc_AccountId="account:CU-9"))
    assert (only_row(made).action, only_row(made).reason_code) == ("held", "link_missing")


def test_a_row_also_waits_when_its_target_waits():
    desired = wanted("account", {"row_key": "CU-9", "hold_code": "candidate_in_review"}) | offer(
        pc_AccountId="account:CU-9"
    )
    assert [(row.table, row.action) for row in plan(desired).rows] == [("account", "held"), ("pc_offer", "held")]


def test_a_link_that_may_be_missing_is_left_out_until_its_target_comes():
    assert [c.column for c in only_row(plan(offer(pc_BuyerId="account:CU-9"))).writes] == ["pc_name"]


@pytest.mark.parametrize("sent", ["account:CU-1", f"account#{ACCOUNT_1}"])
def test_a_link_is_equal_in_either_spelling(sent):
    made = plan(
        offer(pc_AccountId="account:CU-1"),
        accounts=[account()],
        offers=[
            {"pc_offerid": OFFER_1, "pc_hubid": "O-1", "pc_name": "Café", "_pc_accountid_value": ACCOUNT_1.upper()}
        ],
        base={"pc_offer": {"O-1": {"pc_AccountId": sent}}},
    )
    assert made.rows == ()


@pytest.mark.parametrize("text", ["CU-1", "account", "account#no-guid", "pc_offer:O-9"])
def test_a_link_nobody_can_read_is_a_mistake_of_ours(text):
    with pytest.raises(ConfigError):
        plan(offer(pc_AccountId=text))


# --- models


def test_models_of_one_table_are_put_together_row_by_row():
    profile = ModelRows("sync_account__profile", "account", "upsert", [{"row_key": "CU-1", "name": "A"}])
    score = ModelRows(
        "sync_account__score",
        "account",
        "update",
        [{"row_key": "CU-1", "pc_score": 1}, {"row_key": "CU-2", "pc_score": 2}],
    )
    made = plan({"account": merge_models([profile, score])})
    row = only_row(made)  # CU-2 is in NEO by nobody's model: an update model makes no row
    assert {change.column for change in row.writes} == {"name", "pc_score"}
    assert row.models == ("sync_account__profile", "sync_account__score")


def test_two_models_may_not_give_the_same_column():
    one = ModelRows("sync_account__a", "account", "upsert", [{"row_key": "CU-1", "name": "A"}])
    two = ModelRows("sync_account__b", "account", "upsert", [{"row_key": "CU-1", "name": "B"}])
    with pytest.raises(ConfigError, match="sync_account__b"):
        merge_models([one, two])


def test_a_model_may_not_give_a_row_twice():
    rows = [{"row_key": "CU-1", "name": "A"}, {"row_key": "CU-1", "name": "B"}]
    with pytest.raises(ConfigError, match="row_key"):
        merge_models([ModelRows("sync_account__a", "account", "upsert", rows)])


# --- promises of every plan

texts = st.one_of(st.none(), st.sampled_from(["", "a", "b", " c "]))
desired_rows = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "accountnumber": texts,
        "pc_nit": texts,
        "pc_score": st.one_of(st.none(), st.floats(0, 10)),
        "pc_size": st.sampled_from([None, "727000000"]),
        "statecode": st.sampled_from([0, 1]),
    },
)
neo_rows = st.fixed_dictionaries({"name": texts, "accountnumber": texts, "pc_nit": texts, "statecode": st.just(0)})


@st.composite
def situations(draw):
    """Desired rows, some of them in NEO, some sent before."""
    keys = draw(st.lists(st.sampled_from([f"CU-{n}" for n in range(6)]), unique=True, min_size=1))
    rows = [{"row_key": key, **draw(desired_rows)} for key in keys]
    in_neo = [
        {"accountid": f"00000000-0000-0000-0000-00000000000{key[-1]}", "pc_hubid": key, **draw(neo_rows)}
        for key in draw(st.lists(st.sampled_from(keys), unique=True))
    ]
    sent = {row["pc_hubid"]: draw(st.sampled_from([{}, {"name": "a"}, {"name": "b", "pc_nit": "a"}])) for row in in_neo}
    return rows, in_neo, sent


@given(situations())
@settings(max_examples=200)
def test_applying_a_plan_leaves_nothing_to_write(situation):
    rows, in_neo, sent = situation
    first = plan(wanted("account", *rows), accounts=in_neo, base={"account": sent})
    after, newly_sent = applied(first, in_neo)
    base = {key: {**sent.get(key, {}), **newly_sent.get(key, {})} for key in {*sent, *newly_sent}}
    second = plan(wanted("account", *rows), accounts=after, base={"account": base})
    assert [row for row in second.rows if row.action in ("create", "update")] == []


@given(situations(), st.randoms())
def test_the_order_of_rows_does_not_matter(situation, random):
    rows, in_neo, sent = situation
    desired = wanted("account", *rows)["account"]
    first = plan({"account": desired}, accounts=in_neo, base={"account": sent})
    shuffled = {"account": random.sample(desired, len(desired))}
    second = plan(shuffled, accounts=random.sample(in_neo, len(in_neo)), base={"account": sent})
    assert first == second
    assert first.hash == second.hash


@given(situations())
def test_every_row_has_exactly_one_outcome(situation):
    rows, in_neo, sent = situation
    made = plan(wanted("account", *rows), accounts=in_neo, base={"account": sent})
    assert sum(made.counts()["account"].values()) == len(rows)


@given(situations())
def test_what_a_person_filled_in_an_advisors_column_is_never_sent(situation):
    rows, in_neo, sent = situation
    made = plan(wanted("account", *rows), accounts=in_neo, base={"account": sent})
    filled = {row["pc_hubid"] for row in in_neo if (row["accountnumber"] or "").strip()}
    over = [row.row_key for row in made.rows for change in row.writes if change.column == "accountnumber"]
    assert filled.isdisjoint(over)
