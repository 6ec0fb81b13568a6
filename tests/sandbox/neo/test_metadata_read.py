"""Reading definitions: filters, casts, choices, relationships from both sides."""

import pytest

ACCOUNT = "EntityDefinitions(LogicalName='account')"
CRM = "Microsoft.Dynamics.CRM"


def test_a_table_is_found_by_what_clients_ask_first(neo) -> None:
    query = "EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute&$filter=LogicalName eq 'account'"
    found = neo.row(query)["value"]
    assert [(t["LogicalName"], t["EntitySetName"], t["PrimaryIdAttribute"]) for t in found] == [
        ("account", "accounts", "accountid")
    ]
    assert set(found[0]) == {"MetadataId", "LogicalName", "EntitySetName", "PrimaryIdAttribute"}
    by_id = neo.row(f"EntityDefinitions({found[0]['MetadataId']})")
    assert by_id["PrimaryNameAttribute"] == "name"
    assert by_id["DisplayName"]["UserLocalizedLabel"] == {
        "Label": "Cuenta",
        "LanguageCode": 3082,
        "IsManaged": False,
        "HasChanged": None,
    }


TABLE_FILTERS = [
    ("IsCustomEntity eq true", 0),
    ("ObjectTypeCode eq 1 and IsPrivate eq false", 1),
    ("startswith(LogicalName,'opportunity')", 2),
    ("OwnershipType eq Microsoft.Dynamics.CRM.OwnershipTypes'UserOwned' and SchemaName eq 'Account'", 1),
    ("CanCreateAttributes/Value eq false and IsActivity eq true", 1),
    ("LogicalName eq 'account' and ChangeTrackingEnabled eq true", 1),
    ("not (LogicalName ne 'account')", 1),
    ("ObjectTypeCode gt 9104 and ObjectTypeCode lt 9106", 1),
]


@pytest.mark.parametrize(("text", "count"), TABLE_FILTERS)
def test_filters_on_tables(neo, text, count) -> None:
    assert len(neo.row(f"EntityDefinitions?$select=LogicalName&$filter={text}")["value"]) == count


def test_unknown_definitions_and_properties(neo) -> None:
    assert neo.get("EntityDefinitions(LogicalName='nada')").status_code == 404
    assert neo.get(f"{ACCOUNT}/Attributes(LogicalName='nada')").status_code == 404
    assert neo.get("EntityDefinitions?$select=Nada").status_code == 400
    assert neo.get("EntityDefinitions?$filter=Nada eq 1").status_code == 400
    assert neo.get(f"{ACCOUNT}/Nada").status_code == 404
    assert neo.get("GlobalOptionSetDefinitions(Name='nada')").status_code == 404


def test_attributes_with_and_without_a_cast(neo) -> None:
    plain = neo.row(f"{ACCOUNT}/Attributes(LogicalName='name')")
    assert plain["@odata.type"] == f"#{CRM}.StringAttributeMetadata"
    assert (plain["AttributeType"], plain["AttributeTypeName"]) == ("String", {"Value": "StringType"})
    assert "MaxLength" not in plain
    cast = neo.row(f"{ACCOUNT}/Attributes(LogicalName='name')/{CRM}.StringAttributeMetadata")
    assert cast["MaxLength"] == 160
    assert neo.get(f"{ACCOUNT}/Attributes(LogicalName='name')/{CRM}.MemoAttributeMetadata").status_code == 404
    picklists = neo.row(
        f"{ACCOUNT}/Attributes/{CRM}.PicklistAttributeMetadata?$select=LogicalName"
        "&$expand=OptionSet($select=Options),GlobalOptionSet($select=Options)&$filter=LogicalName eq 'industrycode'"
    )["value"]
    assert picklists[0]["OptionSet"]["Options"][6]["Label"]["UserLocalizedLabel"]["Label"] == "Consultoría"
    assert picklists[0]["GlobalOptionSet"] is None
    assert neo.row(f"{ACCOUNT}/Attributes/{CRM}.MultiSelectPicklistAttributeMetadata")["value"] == []
    for spelling in ("'Money'", f"{CRM}.AttributeTypeCode'Money'"):
        found = neo.row(f"{ACCOUNT}/Attributes?$select=LogicalName&$filter=AttributeType eq {spelling}")["value"]
        assert {"revenue", "revenue_base", "creditlimit"} <= {c["LogicalName"] for c in found}
    states = neo.row(f"{ACCOUNT}/Attributes(LogicalName='statuscode')/{CRM}.StatusAttributeMetadata/OptionSet")
    assert [(o["Value"], o["State"]) for o in states["Options"]] == [(1, 0), (2, 1)]


def test_relationships_are_listed_from_both_sides(neo) -> None:
    many = neo.row(f"{ACCOUNT}/OneToManyRelationships?$filter=ReferencingEntity eq 'contact'")["value"]
    assert many[0]["ReferencedEntityNavigationPropertyName"] == "contact_customer_accounts"
    assert many[0]["ReferencingEntityNavigationPropertyName"] == "parentcustomerid_account"
    ones = neo.row("EntityDefinitions(LogicalName='contact')/ManyToOneRelationships")["value"]
    assert {"ownerid", "parentcustomerid_account"} <= {r["ReferencingEntityNavigationPropertyName"] for r in ones}
    teams = neo.row("EntityDefinitions(LogicalName='team')/ManyToManyRelationships")["value"]
    assert "teammembership_association" in {r["SchemaName"] for r in teams}
    many_to_many = f"RelationshipType eq {CRM}.RelationshipType'ManyToManyRelationship'"
    assert len(neo.row(f"RelationshipDefinitions?$filter={many_to_many}")["value"]) == 3
    one = neo.row("RelationshipDefinitions(SchemaName='contact_customer_accounts')")
    assert (one["ReferencedAttribute"], one["CascadeConfiguration"]["Delete"]) == ("accountid", "Cascade")
