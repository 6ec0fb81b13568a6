"""Definitions: the bodies we send, and waiting for a key that is built in the background."""

from pathlib import Path

import pytest

from connectors.neo.definitions import column_body, key_body, relationship_body, relationship_name, table_body
from connectors.neo.metadata import NeoMetadata
from include.core.errors import ConfigError, RetriableError
from include.core.neo_schema import NeoSchema, load_neo_schema
from include.core.sheets import PROJECT_ROOT
from tests.connectors.neo.conftest import API, Time, knows_table

KEYS = API + "EntityDefinitions(LogicalName='account')/Keys"


@pytest.fixture(scope="module")
def schema() -> NeoSchema:
    return load_neo_schema(PROJECT_ROOT / Path("include/config"))


def labels(body):
    return {label["LanguageCode"]: label["Label"] for label in body["LocalizedLabels"]}


def test_a_column_carries_both_languages_and_the_facts_of_its_kind(schema):
    body = column_body("pc_score", schema.tables["pc_match"].columns["pc_score"], schema.solution.languages)
    assert body["@odata.type"] == "Microsoft.Dynamics.CRM.DecimalAttributeMetadata"
    assert body["SchemaName"].lower() == "pc_score"
    assert labels(body["DisplayName"]) == {3082: "Puntaje", 1033: "Score"}
    assert (body["Precision"], body["RequiredLevel"]) == (4, {"Value": "None"})


def test_a_choice_points_to_its_global_list(schema):
    body = column_body("pc_state", schema.tables["pc_match"].columns["pc_state"], schema.solution.languages)
    assert body["GlobalOptionSet@odata.bind"] == "/GlobalOptionSetDefinitions(Name='pc_matchstate')"


@pytest.mark.parametrize("table", ["pc_match", "pc_need", "pc_stage"])
def test_a_table_has_one_name_column_and_tracks_its_changes(schema, table):
    sheet = schema.tables[table]
    plain = {name: column for name, column in sheet.columns.items() if column.kind not in ("choice", "state")}
    body = table_body(sheet, plain, "pc_name", schema)
    assert [c["SchemaName"] for c in body["Attributes"] if c.get("IsPrimaryName")] == ["pc_Name"]
    assert body["ChangeTrackingEnabled"] is True
    assert body["OwnershipType"] == "UserOwned"


def test_two_lookups_to_one_table_are_two_relationships(schema):
    sheet = schema.tables["pc_match"]
    names = {relationship_name(sheet, nav, lookup) for nav, lookup in sheet.lookups.items()}
    assert len(names) == len(sheet.lookups) == 4
    body = relationship_body(sheet, "pc_BuyerId", sheet.lookups["pc_BuyerId"], "accountid", schema)
    assert (body["ReferencedEntity"], body["ReferencingEntity"], body["Lookup"]["SchemaName"]) == (
        "account", "pc_match", "pc_BuyerId",
    )  # fmt: skip


def test_the_key_is_on_the_hubs_id(schema):
    assert key_body(schema.tables["account"], "pc_hubid", schema)["KeyAttributes"] == ["pc_hubid"]


def answers_keys(neo, *statuses):
    for status in statuses:
        neo.get(KEYS, json={"value": [{"SchemaName": "pc_any_name", "KeyAttributes": ["pc_hubid"],
                                       "EntityKeyIndexStatus": status}]})  # fmt: skip


def wait(client, schema, **options):
    time = Time()
    NeoMetadata(client, schema).wait_for_keys(["account"], clock=time.clock, sleep=time.sleep, **options)
    return time


def test_a_key_is_waited_for_until_it_is_active(neo, client, schema):
    answers_keys(neo, "Pending", "InProgress", "Active")
    assert len(wait(client, schema).slept) == 2


def test_a_key_that_cannot_be_built_needs_a_person(neo, client, schema):
    answers_keys(neo, "Failed")
    with pytest.raises(ConfigError, match="two rows share a value"):
        wait(client, schema)


def test_a_key_that_takes_too_long_is_left_to_the_scheduler(neo, client, schema):
    answers_keys(neo, "Pending")
    with pytest.raises(RetriableError, match="account"):
        wait(client, schema, timeout=5)


def test_a_refused_definition_names_what_was_refused(neo, client, schema):
    knows_table(neo)
    neo.post(API + "EntityDefinitions(LogicalName='account')/Keys", status=400,
             json={"error": {"code": "0x80044363", "message": "too many keys"}})  # fmt: skip
    with pytest.raises(ConfigError, match=r"pc_account_hubid_key.*too many keys"):
        NeoMetadata(client, schema).create_key("account")
