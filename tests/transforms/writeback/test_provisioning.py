"""What of NEO's schema is missing or different: planned from the sheets, nothing ever taken away."""

import pytest

from include.core.neo_definitions import (
    ChoiceDefinition,
    ColumnDefinition,
    KeyDefinition,
    LookupDefinition,
    NeoDefinitions,
    TableDefinition,
)
from tests.transforms.writeback.small_neo import SCHEMA
from transforms.writeback.provisioning import plan_provisioning

ACTIVE_KEY = {"k": KeyDefinition("k", ("pc_hubid",), "Active")}


def column(name, kind="string", **facts):
    return ColumnDefinition(name, kind, **({"max_length": 20} if kind == "string" else {}), **facts)


def account_columns(**changed):
    columns = {
        "pc_hubid": column("pc_hubid"),
        "name": column("name"),
        "accountnumber": column("accountnumber"),
        "pc_score": column("pc_score", "decimal", precision=2),
        "pc_nit": column("pc_nit"),
        "pc_size": column("pc_size", "choice", choice="pc_size"),
        "statecode": column("statecode", "state"),
    }
    return {name: changed.get(name, spec) for name, spec in columns.items() if changed.get(name, spec) is not None}


def definitions(*, account=None, offer=True, options=None, keys=ACTIVE_KEY, tracks=True):
    tables = {"account": TableDefinition("account", tracks, account or account_columns(), keys)}
    if offer:
        tables["pc_offer"] = TableDefinition(
            "pc_offer",
            True,
            {"pc_hubid": column("pc_hubid"), "pc_name": column("pc_name"), "statecode": column("statecode", "state")},
            ACTIVE_KEY,
            {nav: LookupDefinition(nav, nav.lower(), "account") for nav in ("pc_AccountId", "pc_BuyerId")},
        )
    choices = {"pc_size": ChoiceDefinition("pc_size", {727000000: "x"} if options is None else options)}
    return NeoDefinitions(True, True, choices, tables)


def steps(present):
    return [(step.kind, step.owner, step.name, step.action) for step in plan_provisioning(SCHEMA, present)]


def test_a_neo_that_has_everything_needs_nothing():
    assert steps(definitions()) == []


def test_an_empty_organisation_gets_everything_in_an_order_that_can_be_done():
    bare = NeoDefinitions(False, False, {}, {"account": TableDefinition(
        "account", False, {"name": column("name"), "accountnumber": column("accountnumber"),
                           "statecode": column("statecode", "state")})})  # fmt: skip
    made = plan_provisioning(SCHEMA, bare)
    kinds = [step.kind for step in made]
    assert kinds == sorted(kinds, key=["publisher", "solution", "choice", "option", "table", "column", "lookup",
                                       "tracking", "key"].index)  # fmt: skip
    assert {step.name for step in made if step.kind == "column"} == {"pc_hubid", "pc_score", "pc_nit", "pc_size"}
    assert {step.name for step in made if step.kind == "lookup"} == {"pc_AccountId", "pc_BuyerId"}
    assert {step.owner for step in made if step.kind == "key"} == {"account", "pc_offer"}
    assert all(step.action == "create" for step in made)


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        (definitions(account=account_columns(pc_nit=None)), ("column", "account", "pc_nit", "create")),
        (definitions(account=account_columns(name=None)), ("column", "account", "name", "different")),
        (definitions(options={}), ("option", "pc_size", "micro", "create")),
        (definitions(options={727000000: "Otra"}), ("option", "pc_size", "micro", "different")),
        (definitions(keys={}), ("key", "account", "pc_hubid", "create")),
        (
            definitions(keys={"k": KeyDefinition("k", ("pc_hubid",), "Failed")}),
            ("key", "account", "pc_hubid", "different"),
        ),
        (definitions(tracks=False), ("tracking", "account", "account", "create")),
        (
            definitions(account=account_columns(pc_nit=ColumnDefinition("pc_nit", "integer"))),
            ("column", "account", "pc_nit", "different"),
        ),
        (
            definitions(account=account_columns(pc_nit=ColumnDefinition("pc_nit", "string", max_length=5))),
            ("column", "account", "pc_nit", "different"),
        ),
        (
            definitions(account=account_columns(pc_size=ColumnDefinition("pc_size", "choice", choice="other"))),
            ("column", "account", "pc_size", "different"),
        ),
    ],
)
def test_one_thing_missing_or_different_is_one_step(present, expected):
    assert steps(present) == [expected]


def test_a_wider_column_than_asked_is_no_difference():
    wider = ColumnDefinition("pc_nit", "string", max_length=400)
    assert steps(definitions(account=account_columns(pc_nit=wider))) == []


def test_a_key_under_construction_is_not_built_twice():
    assert steps(definitions(keys={"k": KeyDefinition("k", ("pc_hubid",), "Pending")})) == []
