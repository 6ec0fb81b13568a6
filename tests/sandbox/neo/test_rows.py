"""One row at a time: create, retrieve, update, upsert, delete, and the conditions of each."""

import re

import pytest

ABSENT = "99999999-9999-9999-9999-999999999999"


def test_create_answers_with_the_address_of_the_row_and_retrieve_gives_it_back(neo) -> None:
    answer = neo.post("accounts", {"name": "Café del Huila", "numberofemployees": 12, "creditonhold": True})
    assert answer.status_code == 204
    address = answer.headers["OData-EntityId"]
    assert re.fullmatch(r"https://neo\.test/api/data/v9\.2/accounts\([0-9a-f-]{36}\)", address)
    assert answer.headers["Location"] == address
    row = neo.row(f"{address}?$select=name,numberofemployees,creditonhold")
    assert row["@odata.context"].endswith("$metadata#accounts(name,numberofemployees,creditonhold)/$entity")
    assert (row["name"], row["numberofemployees"], row["creditonhold"]) == ("Café del Huila", 12, True)
    assert row["accountid"] in address
    assert re.fullmatch(r'W/"\d+"', row["@odata.etag"])


def test_a_new_row_gets_what_the_server_gives(neo) -> None:
    me = neo.row("WhoAmI")
    row = neo.row(f"accounts({neo.create('accounts', {})})")
    assert (row["statecode"], row["statuscode"], row["name"]) == (0, 1, None)
    assert row["createdon"] == row["modifiedon"] == "2026-11-03T15:00:00Z"
    assert row["_ownerid_value"] == row["_owninguser_value"] == row["_createdby_value"] == me["UserId"]
    assert row["_owningteam_value"] is None
    assert row["_owningbusinessunit_value"] == me["BusinessUnitId"]
    assert row["donotphone"] is False


def test_created_with_representation(neo) -> None:
    answer = neo.post("accounts?$select=name", {"name": "Uno"}, Prefer="return=representation")
    assert answer.status_code == 201
    assert answer.headers["Preference-Applied"] == "return=representation"
    assert "OData-EntityId" not in answer.headers
    assert set(answer.json()) == {"@odata.context", "@odata.etag", "name", "accountid"}


def test_a_chosen_id_is_kept_and_may_not_be_taken(neo) -> None:
    chosen = "11111111-1111-1111-1111-111111111111"
    assert neo.create("accounts", {"accountid": chosen.upper(), "name": "Uno"}) == chosen
    answer = neo.post("accounts", {"accountid": chosen, "name": "Dos"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (412, "0x80040237")


def test_nested_rows_are_created_together_or_not_at_all(neo) -> None:
    account = neo.create(
        "accounts",
        {
            "name": "Café",
            "primarycontactid": {"firstname": "Ana", "lastname": "Rojas"},
            "Account_Tasks": [{"subject": "Llamar"}, {"subject": "Visitar"}],
        },
    )
    row = neo.row(f"accounts({account})?$expand=primarycontactid($select=fullname),Account_Tasks($select=subject)")
    assert row["primarycontactid"]["fullname"] == "Ana Rojas"
    assert sorted(task["subject"] for task in row["Account_Tasks"]) == ["Llamar", "Visitar"]
    broken = neo.post("accounts", {"name": "Otra", "Account_Tasks": [{"subject": "x"}, {"subject": "x" * 201}]})
    assert broken.status_code == 400
    assert neo.values("accounts", "name") == ["Café"]


BINDS = ["/contacts({id})", "contacts({id})", "https://neo.test/api/data/v9.2/contacts({id})"]


@pytest.mark.parametrize("form", BINDS)
def test_every_spelling_of_a_bind_points_at_the_row_and_null_clears_it(neo, form) -> None:
    contact = neo.create("contacts", {"lastname": "Rojas"})
    account = neo.create("accounts", {"primarycontactid@odata.bind": form.format(id=contact)})
    assert neo.row(f"accounts({account})")["_primarycontactid_value"] == contact
    neo.patch(f"accounts({account})", {"primarycontactid@odata.bind": None})
    assert neo.row(f"accounts({account})")["_primarycontactid_value"] is None


def test_a_lookup_to_several_tables_remembers_which(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    contact = neo.create(
        "contacts", {"lastname": "Rojas", "parentcustomerid_account@odata.bind": f"/accounts({account})"}
    )
    row = neo.row(f"contacts({contact})", Prefer='odata.include-annotations="*"')
    assert row["_parentcustomerid_value"] == row["_accountid_value"] == account
    assert row["_parentcustomerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "account"
    note = "_parentcustomerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"
    assert row[note] == "parentcustomerid_account"
    assert row["_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"] == "Café"
    neo.patch(f"contacts({contact})", {"parentcustomerid_contact@odata.bind": f"/contacts({contact})"})
    assert neo.row(f"contacts({contact})")["_accountid_value"] is None


def test_a_bind_to_the_wrong_table_or_to_nothing_is_refused(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    wrong = neo.post("accounts", {"primarycontactid@odata.bind": f"/accounts({account})"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "0x80048d19")
    nobody = neo.post("accounts", {"primarycontactid@odata.bind": f"/contacts({ABSENT})"})
    assert nobody.json()["error"]["code"] == "0x80040217"
    by_column = neo.post("contacts", {"parentcustomerid@odata.bind": f"/accounts({account})"})
    assert "An undeclared property 'parentcustomerid'" in by_column.json()["error"]["message"]


def test_update_changes_only_what_was_sent(neo) -> None:
    account = neo.create("accounts", {"name": "Café", "telephone1": "1"})
    before = neo.row(f"accounts({account})")
    neo.clock.advance(60)
    answer = neo.patch(f"accounts({account})", {"telephone1": "2"})
    assert (answer.status_code, answer.headers["OData-EntityId"].endswith(f"accounts({account})")) == (204, True)
    after = neo.row(f"accounts({account})")
    assert (after["name"], after["telephone1"], after["modifiedon"]) == ("Café", "2", "2026-11-03T15:01:00Z")
    assert after["versionnumber"] > before["versionnumber"]
    assert after["createdon"] == before["createdon"]


# headers on PATCH, the row is there?, expected status, expected code
CONDITIONS = [
    ({}, True, 204, None),
    ({}, False, 204, None),
    ({"If_Match": "*"}, True, 204, None),
    ({"If_Match": "*"}, False, 404, "0x80040217"),
    ({"If_Match": "{etag}"}, True, 204, None),
    ({"If_Match": 'W/"1"'}, True, 412, "0x80060882"),
    ({"If_Match": 'W/"1"'}, False, 404, "0x80040217"),
    ({"If_None_Match": "*"}, True, 412, "0x80040237"),
    ({"If_None_Match": "*"}, False, 204, None),
    ({"If_None_Match": "null"}, True, 204, None),
    ({"If_None_Match": "null", "Prefer": "return=representation"}, True, 200, None),
    ({"Prefer": "return=representation"}, False, 201, None),
]


@pytest.mark.parametrize(("headers", "exists", "status", "code"), CONDITIONS)
def test_the_conditions_of_a_patch(neo, headers, exists, status, code) -> None:
    row_id = neo.create("accounts", {"name": "Café"}) if exists else ABSENT
    etag = neo.row(f"accounts({row_id})")["@odata.etag"] if exists else ""
    sent = {name: value.format(etag=etag) if "{" in value else value for name, value in headers.items()}
    answer = neo.patch(f"accounts({row_id})?$select=name", {"name": "Nuevo"}, **sent)
    assert answer.status_code == status
    if code is not None:
        assert answer.json()["error"]["code"] == code
    written = neo.get(f"accounts({row_id})?$select=name")
    if status in (200, 201, 204):
        assert written.json()["name"] == "Nuevo"
    else:
        assert written.status_code == 404 or written.json()["name"] == "Café"


def test_delete_and_its_condition(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    stale = neo.delete(f"accounts({account})", If_Match='W/"1"')
    assert (stale.status_code, stale.json()["error"]["code"]) == (412, "0x80060882")
    assert neo.delete(f"accounts({account})").status_code == 204
    assert neo.delete(f"accounts({account})").status_code == 404
    assert neo.get(f"accounts({account})").json()["error"]["message"] == (
        f"Entity 'account' With Id = {account} Does Not Exist"
    )


def test_deleting_follows_the_rule_of_each_relationship(neo) -> None:
    account = neo.create("accounts", {"name": "Café", "Account_Tasks": [{"subject": "Llamar"}]})
    child = neo.create("accounts", {"name": "Filial", "parentaccountid@odata.bind": f"/accounts({account})"})
    neo.delete(f"accounts({account})")
    assert neo.values("tasks", "subject") == []  # Cascade
    assert neo.row(f"accounts({child})")["_parentaccountid_value"] is None  # RemoveLink
    unit = neo.row("WhoAmI")["BusinessUnitId"]
    assert neo.delete(f"businessunits({unit})").json()["error"]["code"] == "0x80040227"


def test_an_unchanged_row_is_not_sent_again(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    etag = neo.get(f"accounts({account})?$select=name").headers["ETag"]
    same = neo.get(f"accounts({account})?$select=name", If_None_Match=etag)
    assert (same.status_code, same.content) == (304, b"")
    assert neo.get(f"accounts({account})?$expand=primarycontactid", If_None_Match=etag).status_code == 200
    neo.patch(f"accounts({account})", {"name": "Otro"})
    assert neo.get(f"accounts({account})?$select=name", If_None_Match=etag).status_code == 200


def test_single_properties_can_be_read_written_and_cleared(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    assert neo.row(f"accounts({account})/name")["value"] == "Café"
    assert neo.get(f"accounts({account})/name/$value").text == "Café"
    assert neo.call("PUT", f"accounts({account})/name", {"value": "Otro"}).status_code == 204
    assert neo.row(f"accounts({account})/name")["value"] == "Otro"
    assert neo.delete(f"accounts({account})/name").status_code == 204
    assert neo.get(f"accounts({account})/name").status_code == 204


def test_references_tie_and_untie_rows(neo) -> None:
    account, contact = neo.create("accounts", {}), neo.create("contacts", {"lastname": "Rojas"})
    task = neo.create("tasks", {"subject": "Llamar"})
    reference = {"@odata.id": f"https://neo.test/api/data/v9.2/tasks({task})"}
    assert neo.post(f"accounts({account})/Account_Tasks/$ref", reference).status_code == 204
    assert neo.row(f"accounts({account})/Account_Tasks/$ref")["value"] == [reference]
    assert neo.get(f"accounts({account})/Account_Tasks/$count").content == b"\xef\xbb\xbf1"
    assert neo.delete(f"accounts({account})/Account_Tasks({task})/$ref").status_code == 204
    assert neo.values(f"accounts({account})/Account_Tasks", "subject") == []
    single = f"accounts({account})/primarycontactid"
    assert neo.call("PUT", f"{single}/$ref", {"@odata.id": f"contacts({contact})"}).status_code == 204
    assert neo.row(f"{single}?$select=fullname")["fullname"] == "Rojas"
    assert neo.delete(f"{single}/$ref").status_code == 204
    assert neo.get(single).status_code == 204


def test_many_to_many(neo) -> None:
    user = neo.create("systemusers", {"lastname": "Rojas"})
    team = neo.create("teams", {"name": "Europa"})
    path = f"teams({team})/teammembership_association"
    assert neo.post(f"{path}/$ref", {"@odata.id": f"systemusers({user})"}).status_code == 204
    assert neo.values(f"{path}?$select=fullname", "fullname") == ["Rojas"]
    assert (
        neo.row(f"systemusers({user})?$expand=teammembership_association($select=name)")["teammembership_association"][
            0
        ]["name"]
        == "Europa"
    )
    assert neo.delete(f"{path}({user})/$ref").status_code == 204
    assert neo.values(path, "fullname") == []


STATES = [
    # table, first state, change, expected (state, status) or refusal
    ("tasks", (0, 2), {"statecode": 1}, (1, 5)),
    ("tasks", (0, 2), {"statuscode": 3}, (0, 3)),
    ("tasks", (0, 2), {"statuscode": 5}, "0x80048408"),
    ("tasks", (0, 2), {"statecode": 2, "statuscode": 5}, "0x80048408"),
    ("tasks", (0, 2), {"statecode": 9}, "0x8004431a"),
    ("appointments", (3, 5), {"statecode": 1, "statuscode": 3}, (1, 3)),
    ("leads", (0, 1), {"statecode": 2}, (2, 4)),
    ("opportunities", (0, 1), {"statecode": 1, "statuscode": 3}, (1, 3)),
]


@pytest.mark.parametrize(("set_name", "first", "change", "expected"), STATES)
def test_state_and_status_fit_each_other(neo, set_name, first, change, expected) -> None:
    row_id = neo.create(set_name, {})
    row = neo.row(f"{set_name}({row_id})")
    assert (row["statecode"], row["statuscode"]) == first
    answer = neo.patch(f"{set_name}({row_id})", change)
    if isinstance(expected, str):
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, expected)
        expected = first
    row = neo.row(f"{set_name}({row_id})")
    assert (row["statecode"], row["statuscode"]) == expected


def test_money_brings_currency_rate_and_base_value(neo) -> None:
    dollars = next(
        r["transactioncurrencyid"] for r in neo.row("transactioncurrencies")["value"] if r["isocurrencycode"] == "USD"
    )
    pesos = neo.row(f"opportunities({neo.create('opportunities', {'estimatedvalue': 5000000})})")
    assert (pesos["exchangerate"], pesos["estimatedvalue_base"]) == (1.0, 5000000.0)
    bind = {"transactioncurrencyid@odata.bind": f"/transactioncurrencies({dollars})"}
    other = neo.row(
        f"opportunities({neo.create('opportunities', {'estimatedvalue': 1000, **bind})})?$select=estimatedvalue"
    )
    assert other["_transactioncurrencyid_value"] == dollars
    base = neo.row(f"opportunities({other['opportunityid']})")
    assert base["estimatedvalue_base"] == pytest.approx(1000 / base["exchangerate"])


def test_an_owner_is_a_user_or_a_team(neo) -> None:
    team = neo.create("teams", {"name": "Europa"})
    account = neo.create("accounts", {"name": "Café", "ownerid@odata.bind": f"/teams({team})"})
    row = neo.row(f"accounts({account})", Prefer='odata.include-annotations="*"')
    assert (row["_owningteam_value"], row["_owninguser_value"]) == (team, None)
    assert row["_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] == "team"
    assert row["_ownerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty"] == "ownerid"
    assert neo.row(f"accounts({account})?$expand=ownerid")["ownerid"]["ownerid"] == team


def test_a_mail_knows_its_people_and_what_it_is_about(neo) -> None:
    contact = neo.create("contacts", {"firstname": "Ana", "lastname": "Rojas"})
    account = neo.create("accounts", {"name": "Café"})
    mail = neo.create(
        "emails",
        {
            "subject": "Agenda",
            "regardingobjectid_account_email@odata.bind": f"/accounts({account})",
            "email_activity_parties": [
                {"partyid_contact@odata.bind": f"/contacts({contact})", "participationtypemask": 2},
                {"addressused": "otro@empresa.example", "participationtypemask": 3},
            ],
        },
    )
    row = neo.row(f"emails({mail})?$expand=email_activity_parties($select=partyname,participationtypemask)")
    assert {(p["partyname"], p["participationtypemask"]) for p in row["email_activity_parties"]} == {
        ("Ana Rojas", 2),
        (None, 3),
    }
    pointer = neo.row("activitypointers?$select=subject,activitytypecode")["value"][0]
    assert (pointer["subject"], pointer["activitytypecode"]) == ("Agenda", "email")
    assert neo.post("activitypointers", {"subject": "x"}).status_code == 400


def test_a_note_counts_its_document(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    note = neo.create(
        "annotations",
        {"subject": "Acta", "documentbody": "aG9sYQ==", "objectid_account@odata.bind": f"/accounts({account})"},
    )
    row = neo.row(f"annotations({note})")
    assert (row["isdocument"], row["objecttypecode"]) == (True, "account")
    assert neo.values(f"accounts({account})/Account_Annotation", "subject") == ["Acta"]


def test_a_case_needs_a_customer_and_gets_a_number(neo) -> None:
    assert neo.post("incidents", {"title": "Reclamo"}).json()["error"]["code"] == "0x80040203"
    account = neo.create("accounts", {"name": "Café"})
    case = neo.create("incidents", {"title": "Reclamo", "customerid_account@odata.bind": f"/accounts({account})"})
    assert neo.row(f"incidents({case})")["ticketnumber"] == "CAS-00001"
