"""Making definitions: tables, columns of every type, relationships, keys, choices, and what is refused."""

import pytest
from starlette.testclient import TestClient

from include.sandbox.neo.app import create_app
from include.sandbox.neo.store.neo_store import NeoStore

ACCOUNT = "EntityDefinitions(LogicalName='account')"
CRM = "Microsoft.Dynamics.CRM"


def test_a_new_table_comes_with_everything_a_table_has(neo, define) -> None:
    answer = neo.post("EntityDefinitions", define.table("pc_Match", define.column("Integer", "pc_Rank")))
    assert answer.status_code == 204
    definition = neo.row(f"{answer.headers['OData-EntityId']}?$expand=Attributes($select=LogicalName),Keys")
    assert (definition["EntitySetName"], definition["ObjectTypeCode"] >= 10000) == ("pc_matches", True)
    names = {c["LogicalName"] for c in definition["Attributes"]}
    assert {"pc_matchid", "pc_name", "pc_rank", "statecode", "statuscode", "ownerid", "createdon"} <= names
    match = neo.create("pc_matches", {"pc_name": "Uno", "pc_rank": 3})
    row = neo.row(f"pc_matches({match})")
    assert (row["pc_rank"], row["statecode"], row["statuscode"]) == (3, 0, 1)
    neo.create("tasks", {"subject": "Llamar", "regardingobjectid_pc_match_task@odata.bind": f"/pc_matches({match})"})
    neo.create("annotations", {"subject": "Nota", "objectid_pc_match@odata.bind": f"/pc_matches({match})"})
    shown = neo.row(
        f"pc_matches({match})?$expand=pc_match_Tasks($select=subject),pc_match_Annotations($select=subject)"
    )
    assert (shown["pc_match_Tasks"][0]["subject"], shown["pc_match_Annotations"][0]["subject"]) == ("Llamar", "Nota")
    assert neo.values("activitypointers", "_regardingobjectid_value") == [match]
    assert (
        neo.post(
            "pc_matches/Microsoft.Dynamics.CRM.CreateMultiple",
            {"Targets": [{"@odata.type": "Microsoft.Dynamics.CRM.pc_match", "pc_name": "Dos"}]},
        ).status_code
        == 200
    )
    neo.delete(f"pc_matches({match})")
    assert neo.values("tasks", "subject") == []


# kind, details, a value it stores, a value it refuses and the code
COLUMNS = [
    ("String", {"MaxLength": 5}, "hola", "demasiado", "0x80044331"),
    ("Memo", {"MaxLength": 10}, "uno\ndos", "x" * 11, "0x80044331"),
    ("Integer", {"MinValue": 0, "MaxValue": 9}, 9, 10, "0x8004432f"),
    ("Decimal", {"Precision": 2, "MinValue": 0, "MaxValue": 100}, 72.25, 101, "0x80044330"),
    ("Double", {"Precision": 3}, 0.125, "x", "0x80048d19"),
    ("Money", {}, 1000.5, 1000000001, "0x80044330"),
    ("Boolean", {"DefaultValue": True}, False, "no", "0x80048d19"),
    ("DateTime", {"Format": "DateAndTime"}, "2026-01-02T03:04:05Z", "ayer", "0x80048d19"),
    (
        "DateTime",
        {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}},
        "2026-01-02",
        "2026-13-01",
        "0x80048d19",
    ),
    ("BigInt", {}, 2**40, 2**70, "0x80048d19"),
]


@pytest.mark.parametrize(("kind", "details", "good", "bad", "code"), COLUMNS)
def test_a_new_column_of_every_type(neo, kind, details, good, bad, code) -> None:
    neo.make_column("account", kind, "pc_Nuevo", **details)
    account = neo.create("accounts", {"pc_nuevo": good})
    assert neo.row(f"accounts({account})?$select=pc_nuevo")["pc_nuevo"] == good
    refused = neo.patch(f"accounts({account})", {"pc_nuevo": bad})
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, code)
    assert len(neo.row("accounts?$filter=pc_nuevo ne null")["value"]) == 1
    cast = neo.row(f"{ACCOUNT}/Attributes(LogicalName='pc_nuevo')/{CRM}.{kind}AttributeMetadata")
    assert (cast["SchemaName"], cast["IsCustomAttribute"]) == ("pc_Nuevo", True)


def test_choices_local_global_and_many(neo, define) -> None:
    def option(text, value=None):
        return {"Value": value, "Label": define.label(text)}

    stage = {
        "@odata.type": f"{CRM}.OptionSetMetadata",
        "Name": "pc_stage",
        "DisplayName": define.label("Etapa"),
        "OptionSetType": "Picklist",
        "Options": [option("Contacto", 727000000), option("Cierre", 727000001)],
    }
    assert neo.post("GlobalOptionSetDefinitions", stage).status_code == 204
    bind = {"GlobalOptionSet@odata.bind": "/GlobalOptionSetDefinitions(Name='pc_stage')"}
    neo.make_column("account", "Picklist", "pc_Stage", **bind)
    local = {"OptionSet": {"Options": [option("Norte"), option("Sur")]}}
    neo.make_column("account", "Picklist", "pc_Zone", **local)
    neo.make_column("account", "MultiSelectPicklist", "pc_Stages", **bind)
    account = neo.create("accounts", {"pc_stage": 727000001, "pc_zone": 100000001, "pc_stages": "727000001, 727000000"})
    row = neo.row(f"accounts({account})", Prefer='odata.include-annotations="*"')
    assert row["pc_stage@OData.Community.Display.V1.FormattedValue"] == "Cierre"
    assert row["pc_zone@OData.Community.Display.V1.FormattedValue"] == "Sur"
    assert row["pc_stages"] == "727000000,727000001"
    assert row["pc_stages@OData.Community.Display.V1.FormattedValue"] == "Contacto; Cierre"
    assert neo.patch(f"accounts({account})", {"pc_stages": "1"}).json()["error"]["code"] == "0x8004431a"
    contains = f"{CRM}.ContainValues(PropertyName='pc_stages',PropertyValues=[\"727000000\"])"
    assert len(neo.row(f"accounts?$filter={contains}")["value"]) == 1
    assert "Options" not in neo.row("GlobalOptionSetDefinitions(Name='pc_stage')")
    cast = neo.row(f"GlobalOptionSetDefinitions(Name='pc_stage')/{CRM}.OptionSetMetadata")
    assert [o["Value"] for o in cast["Options"]] == [727000000, 727000001]
    multi = neo.row(f"{ACCOUNT}/Attributes(LogicalName='pc_stages')")
    assert (multi["AttributeType"], multi["AttributeTypeName"]["Value"]) == ("Virtual", "MultiSelectPicklistType")


def test_options_come_change_and_go(neo, define) -> None:
    column = {"EntityLogicalName": "account", "AttributeLogicalName": "industrycode"}
    added = neo.post("InsertOptionValue", {**column, "Label": define.label("Café")}).json()["NewOptionValue"]
    neo.create("accounts", {"industrycode": added})
    assert neo.post("UpdateOptionValue", {**column, "Value": added, "Label": define.label("Cafés")}).status_code == 204
    row = neo.row("accounts?$select=industrycode", Prefer='odata.include-annotations="*"')["value"][0]
    assert row["industrycode@OData.Community.Display.V1.FormattedValue"] == "Cafés"
    assert neo.post("DeleteOptionValue", {**column, "Value": added}).status_code == 204
    assert neo.post("accounts", {"industrycode": added}).json()["error"]["code"] == "0x8004431a"
    status = {"EntityLogicalName": "account", "AttributeLogicalName": "statuscode", "StateCode": 1}
    reason = neo.post("InsertStatusValue", {**status, "Label": define.label("Fusionada")}).json()["NewOptionValue"]
    account = neo.create("accounts", {})
    assert neo.patch(f"accounts({account})", {"statecode": 1, "statuscode": reason}).status_code == 204
    assert neo.post("InsertOptionValue", {**column, "Value": 1, "Label": define.label("x")}).status_code == 400


def test_a_new_relationship_gives_a_lookup_and_two_navigations(neo, define) -> None:
    neo.post("EntityDefinitions", define.table("pc_Need"))
    body = define.relationship("pc_account_need", "account", "pc_need", "pc_AccountId")
    body["CascadeConfiguration"] = {"Delete": "Cascade"}
    answer = neo.post("RelationshipDefinitions", body)
    assert answer.status_code == 204
    shown = neo.row(f"{answer.headers['OData-EntityId']}/{CRM}.OneToManyRelationshipMetadata")
    assert shown["ReferencingAttribute"] == "pc_accountid"
    assert shown["ReferencingEntityNavigationPropertyName"] == "pc_AccountId"
    assert shown["ReferencedEntityNavigationPropertyName"] == "pc_account_need"
    account = neo.create("accounts", {"name": "Café"})
    need = neo.create("pc_needs", {"pc_name": "Uno", "pc_AccountId@odata.bind": f"/accounts({account})"})
    assert neo.post("pc_needs", {"pc_accountid@odata.bind": f"/accounts({account})"}).status_code == 400
    row = neo.row(f"pc_needs({need})?$select=_pc_accountid_value&$expand=pc_AccountId($select=name)")
    assert (row["_pc_accountid_value"], row["pc_AccountId"]["name"]) == (account, "Café")
    assert neo.values("accounts?$filter=pc_account_need/any(n:n/pc_name eq 'uno')", "name") == ["Café"]
    neo.delete(f"accounts({account})")
    assert neo.values("pc_needs", "pc_name") == []


def test_a_key_works_once_its_index_is_built(neo, define) -> None:
    neo.make_column("account", "String", "pc_Code")
    address = neo.post(f"{ACCOUNT}/Keys", define.key("pc_CodeKey", "pc_code")).headers["OData-EntityId"]
    seen = []
    for _ in range(3):
        seen.append(neo.row(address)["EntityKeyIndexStatus"])
        seen.append(neo.patch("accounts(pc_code='A')", {"name": "x"}).status_code)
        neo.clock.advance(16)
    assert seen == ["Pending", 400, "InProgress", 400, "Active", 204]
    assert neo.row(f"{ACCOUNT}/Keys?$select=KeyAttributes")["value"][0]["KeyAttributes"] == ["pc_code"]


def test_a_key_over_duplicates_fails_and_can_be_built_again(neo, define) -> None:
    neo.make_column("account", "String", "pc_Code")
    ids = [neo.create("accounts", {"pc_code": code}) for code in ("A", "a")]
    neo.make_key("account", "pc_code")
    status = f"{ACCOUNT}/Keys(LogicalName='pc_key')?$select=EntityKeyIndexStatus"
    assert neo.row(status)["EntityKeyIndexStatus"] == "Failed"
    neo.patch(f"accounts({ids[0]})", {"pc_code": "B"})
    again = {"EntityLogicalName": "account", "EntityKeyLogicalName": "pc_key"}
    assert neo.post("ReactivateEntityKey", again).status_code == 204
    neo.clock.advance(31)
    assert neo.row(status)["EntityKeyIndexStatus"] == "Active"
    assert neo.delete(f"{ACCOUNT}/Keys(LogicalName='pc_key')").status_code == 204
    assert neo.create("accounts", {"pc_code": "b"})


def test_making_again_what_is_there_is_a_400(neo, define) -> None:
    neo.make_column("account", "String", "pc_Code")
    neo.make_key("account", "pc_code")
    neo.post("EntityDefinitions", define.table("pc_Need"))
    link = define.relationship("pc_account_need", "account", "pc_need", "pc_AccountId")
    neo.post("RelationshipDefinitions", link)
    choice = {"Name": "pc_stage", "DisplayName": define.label("Etapa"), "Options": []}
    neo.post("GlobalOptionSetDefinitions", choice)
    again = [
        neo.post(f"{ACCOUNT}/Attributes", define.column("String", "PC_code")),
        neo.post(f"{ACCOUNT}/Keys", define.key("pc_Key", "pc_code")),
        neo.post(f"{ACCOUNT}/Keys", define.key("pc_Otra", "pc_code")),
        neo.post("EntityDefinitions", define.table("pc_Need")),
        neo.post("RelationshipDefinitions", link),
        neo.post("RelationshipDefinitions", link | {"SchemaName": "pc_otra"}),
        neo.post("GlobalOptionSetDefinitions", choice),
        neo.post(
            "publishers",
            {
                "uniquename": "DefaultPublisherNEO",
                "friendlyname": "x",
                "customizationprefix": "x",
                "customizationoptionvalueprefix": 10001,
            },
        ),
    ]
    assert [a.status_code for a in again] == [400] * 7 + [412]


BAD_DEFINITIONS = [
    ("no prefix", {"SchemaName": "Match"}),
    ("no ownership", {"OwnershipType": None}),
    ("no primary name", {"Attributes": []}),
    ("no label", {"DisplayName": None}),
    ("another language", {"DisplayName": {"LocalizedLabels": [{"Label": "x", "LanguageCode": 1036}]}}),
    ("attributes of no kind", {"Attributes": [{"SchemaName": "pc_Name", "IsPrimaryName": True}]}),
    ("two of a name", {"EntitySetName": "accounts"}),
    ("not even objects", {"Attributes": [1]}),
]


@pytest.mark.parametrize("change", [c[1] for c in BAD_DEFINITIONS], ids=[c[0] for c in BAD_DEFINITIONS])
def test_a_bad_table_is_refused_and_leaves_nothing(neo, define, change) -> None:
    assert neo.post("EntityDefinitions", define.table("pc_Match") | change).status_code == 400
    assert neo.get("pc_matches").status_code == 404


BAD_COLUMNS = [
    ("String", {"MaxLength": 4001}),
    ("String", {"MaxLength": "x"}),
    ("Integer", {"MinValue": 9, "MaxValue": 1}),
    ("Decimal", {"Precision": 11}),
    ("Picklist", {}),
    ("Picklist", {"GlobalOptionSet@odata.bind": "/GlobalOptionSetDefinitions(Name='nada')"}),
    ("Picklist", {"OptionSet": {"Options": [{"Value": 1, "Label": None}]}}),
    ("DateTime", {"DateTimeBehavior": {"Value": "Nada"}}),
    ("Lookup", {}),
    ("Nada", {}),
    ("String", {"RequiredLevel": {"Value": "Nada"}}),
]


@pytest.mark.parametrize(("kind", "details"), BAD_COLUMNS)
def test_a_bad_column_is_refused(neo, define, kind, details) -> None:
    answer = neo.post(f"{ACCOUNT}/Attributes", define.column(kind, "pc_Nuevo", **details))
    assert 400 <= answer.status_code < 502
    assert answer.status_code != 500
    assert neo.get("accounts?$select=pc_nuevo").status_code == 400


def test_a_definition_can_be_replaced_and_labels_merged(neo, define) -> None:
    neo.post("EntityDefinitions", define.table("pc_Need"))
    english = {"LocalizedLabels": [{"Label": "Need", "LanguageCode": 1033}]}
    path = "EntityDefinitions(LogicalName='pc_need')"
    neo.call("PUT", path, {"DisplayName": english}, **{"MSCRM.MergeLabels": "true"})
    assert len(neo.row(path)["DisplayName"]["LocalizedLabels"]) == 2
    neo.call("PUT", path, {"DisplayName": english})
    assert neo.row(path)["DisplayName"]["UserLocalizedLabel"]["Label"] == "Need"
    neo.make_column("pc_need", "String", "pc_Code", MaxLength=5)
    changed = define.column("String", "pc_Code", MaxLength=50)
    column = f"{path}/Attributes(LogicalName='pc_code')"
    assert neo.call("PUT", column, changed).status_code == 204
    assert neo.create("pc_needs", {"pc_code": "x" * 50})
    assert neo.call("PUT", column, define.column("Integer", "pc_Code")).status_code == 400
    assert neo.delete(column).status_code == 204
    assert neo.get("pc_needs?$select=pc_code").status_code == 400


def test_publishers_solutions_and_their_option_numbers(neo, define) -> None:
    publisher = neo.create(
        "publishers",
        {
            "uniquename": "procolombia",
            "friendlyname": "ProColombia",
            "customizationprefix": "pc",
            "customizationoptionvalueprefix": 72700,
        },
    )
    neo.create(
        "solutions",
        {
            "uniquename": "neohub",
            "friendlyname": "Hub",
            "version": "1.0.0.0",
            "publisherid@odata.bind": f"/publishers({publisher})",
        },
    )
    header = {"MSCRM.SolutionUniqueName": "neohub"}
    body = {"Name": "pc_stage", "DisplayName": define.label("Etapa"), "Options": [{"Label": define.label("Uno")}]}
    assert neo.post("GlobalOptionSetDefinitions", body, **header).status_code == 204
    cast = neo.row(f"GlobalOptionSetDefinitions(Name='pc_stage')/{CRM}.OptionSetMetadata")
    assert cast["Options"][0]["Value"] == 727000000
    unknown = neo.post("GlobalOptionSetDefinitions", body | {"Name": "pc_otra"}, **{"MSCRM.SolutionUniqueName": "nada"})
    assert unknown.status_code == 400
    assert neo.post("PublishXml", {"ParameterXml": "<importexportxml/>"}).status_code == 204
    assert neo.post("PublishAllXml").status_code == 204
    assert neo.get("PublishXml").status_code == 404


def test_a_provisioned_organisation_survives_a_restart(tmp_path, neo, define) -> None:
    path = tmp_path / "neo.sqlite"
    first = NeoStore(path, now=neo.clock.now)
    client = TestClient(create_app(first, neo.identity, clock=neo.clock.seconds), base_url="https://neo.test")
    token = neo.token().json()["access_token"]
    client.headers["Authorization"] = f"Bearer {token}"
    root = "/api/data/v9.2/"
    client.post(f"{root}EntityDefinitions", json=define.table("pc_Need", define.column("Money", "pc_Value")))
    client.post(
        f"{root}RelationshipDefinitions",
        json=define.relationship("pc_account_need", "account", "pc_need", "pc_AccountId"),
    )
    client.post(f"{root}{ACCOUNT}/Attributes", json=define.column("String", "pc_Code"))
    client.post(f"{root}{ACCOUNT}/Keys", json=define.key("pc_Key", "pc_code"))
    neo.clock.advance(5)
    client.patch(f"{root}accounts(pc_code='A')", json={"name": "Café"})
    client.post(
        f"{root}pc_needs", json={"pc_name": "Uno", "pc_value": 5, "pc_AccountId@odata.bind": "/accounts(pc_code='A')"}
    )
    version = first.database.version
    first.close()
    second = NeoStore(path, now=neo.clock.now)
    client = TestClient(create_app(second, neo.identity, clock=neo.clock.seconds), base_url="https://neo.test")
    client.headers["Authorization"] = f"Bearer {token}"
    row = client.get(f"{root}pc_needs?$expand=pc_AccountId($select=name)").json()["value"][0]
    assert (row["pc_value"], row["pc_AccountId"]["name"]) == (5.0, "Café")
    assert second.database.version >= version
    assert client.patch(f"{root}accounts(pc_code='a')", json={"name": "Otro"}).status_code == 204
    assert second.count("account") == 1
    second.close()
