"""Alternate keys and the bulk messages: one transaction, all or nothing, and quick."""

import time

import pytest

TYPE = "Microsoft.Dynamics.CRM.account"
BULK = "accounts/Microsoft.Dynamics.CRM."


@pytest.fixture
def keyed(neo):
    """Accounts with the key `pc_code`."""
    neo.make_column("account", "String", "pc_Code", MaxLength=50)
    neo.make_key("account", "pc_code")
    return neo


def target(code: str, **values) -> dict:
    return {"@odata.type": TYPE, "@odata.id": f"accounts(pc_code='{code}')", **values}


def test_upsert_by_key_creates_then_updates_and_answers_with_the_key(keyed) -> None:
    answer = keyed.patch("accounts(pc_code='A-1')", {"name": "Uno"})
    assert answer.status_code == 204
    assert answer.headers["OData-EntityId"] == "https://neo.test/api/data/v9.2/accounts(pc_code='A-1')"
    keyed.patch("accounts(pc_code='a-1')", {"telephone1": "5"})
    rows = keyed.row("accounts?$select=name,telephone1,pc_code")["value"]
    assert [(r["name"], r["telephone1"], r["pc_code"]) for r in rows] == [("Uno", "5", "A-1")]
    shown = keyed.patch("accounts(pc_code='A-2')?$select=accountid", {"name": "Dos"}, Prefer="return=representation")
    assert (shown.status_code, set(shown.json())) == (201, {"@odata.context", "@odata.etag", "accountid"})


def test_key_columns_in_the_body_of_an_upsert(keyed) -> None:
    keyed.patch("accounts(pc_code='A-1')", {"name": "Uno", "pc_code": "B-1"})
    assert keyed.values("accounts", "pc_code") == ["B-1"]  # absent: the body wins
    keyed.patch("accounts(pc_code='B-1')", {"name": "Dos", "pc_code": "C-1"})
    assert keyed.values("accounts", "pc_code") == ["B-1"]  # present: the body's key is ignored


def test_a_key_finds_rows_everywhere_a_guid_does(keyed) -> None:
    keyed.patch("accounts(pc_code='O''Brien')", {"name": "Uno"})
    assert keyed.row("accounts(pc_code='o''brien')?$select=name")["name"] == "Uno"
    contact = keyed.create("contacts", {"parentcustomerid_account@odata.bind": "/accounts(pc_code='O''Brien')"})
    assert (
        keyed.row(f"contacts({contact})?$expand=parentcustomerid_account($select=name)")["parentcustomerid_account"][
            "name"
        ]
        == "Uno"
    )
    missing = keyed.get("accounts(pc_code='nada')")
    assert (missing.status_code, missing.json()["error"]["code"]) == (404, "0x80060891")
    assert keyed.delete("accounts(pc_code='O''Brien')").status_code == 204


@pytest.mark.parametrize("other", ["A-1", "a-1", "A-1 ", "Á-1"])
def test_a_key_is_unique_whatever_the_case_and_accents(keyed, other) -> None:
    keyed.create("accounts", {"name": "Uno", "pc_code": "A-1"})
    answer = keyed.post("accounts", {"name": "Dos", "pc_code": other})
    assert (answer.status_code, answer.json()["error"]["code"]) == (412, "0x80060892")
    assert "A record with the same value for pc_code already exists." in answer.json()["error"]["message"]
    details = answer.json()["error"]["@Microsoft.PowerApps.CDS.ErrorDetails.DuplicateAttributes"]
    assert details == f"<DuplicateAttributes><pc_code>{other}</pc_code></DuplicateAttributes>"
    assert keyed.create("accounts", {"name": "sin clave"}) != keyed.create("accounts", {"name": "sin clave"})


def test_a_key_of_several_columns_needs_all_of_them_in_any_order(neo) -> None:
    neo.make_key("task", "percentcomplete", "category")
    neo.patch("tasks(percentcomplete=5,category='x')", {"subject": "Uno"})
    assert neo.row("tasks(category='X',percentcomplete=5)?$select=subject")["subject"] == "Uno"
    assert neo.get("tasks(category='X')").status_code == 400
    assert neo.get("tasks(category='X',percentcomplete=x)").status_code == 400


def test_create_multiple_keeps_the_order(neo) -> None:
    answer = neo.post(f"{BULK}CreateMultiple", {"Targets": [{"@odata.type": TYPE, "name": n} for n in "cab"]})
    assert answer.status_code == 200
    assert answer.json()["@odata.context"].endswith("$metadata#Microsoft.Dynamics.CRM.CreateMultipleResponse")
    assert [neo.row(f"accounts({i})")["name"] for i in answer.json()["Ids"]] == ["c", "a", "b"]


def test_update_multiple_changes_the_rows_it_names(neo) -> None:
    ids = [neo.create("accounts", {"name": n}) for n in "ab"]
    sent = [{"@odata.type": TYPE, "accountid": i, "telephone1": "7"} for i in ids]
    assert neo.post(f"{BULK}UpdateMultiple", {"Targets": sent}).status_code == 204
    assert neo.values("accounts", "telephone1") == ["7", "7"]
    absent = {"@odata.type": TYPE, "accountid": "99999999-9999-9999-9999-999999999999", "name": "x"}
    assert neo.post(f"{BULK}UpdateMultiple", {"Targets": [absent]}).status_code == 404
    assert neo.post(f"{BULK}UpdateMultiple", {"Targets": [{"@odata.type": TYPE, "name": "x"}]}).status_code == 400


def test_upsert_multiple_by_key_id_and_bind(keyed) -> None:
    contact = keyed.create("contacts", {"lastname": "Rojas"})
    chosen = "11111111-1111-1111-1111-111111111111"
    bind = {"primarycontactid@odata.bind": f"/contacts({contact})"}
    targets = [target("A-1", name="Uno", **bind), {"@odata.type": f"#{TYPE}", "accountid": chosen, "name": "Dos"}]
    for _ in range(2):
        answer = keyed.post(f"{BULK}UpsertMultiple", {"Targets": targets})
        assert (answer.status_code, answer.content) == (204, b"")
    rows = keyed.row("accounts?$select=name,pc_code,_primarycontactid_value&$orderby=name desc")["value"]
    assert [(r["name"], r["pc_code"], r["_primarycontactid_value"]) for r in rows] == [
        ("Uno", "A-1", contact),
        ("Dos", None, None),
    ]


SPOILED = [
    ("too long", target("A-9", name="x" * 161), "0x80044331"),
    ("no type", {"@odata.id": "accounts(pc_code='A-9')", "name": "x"}, "0x80048d19"),
    ("type of another table", target("A-9") | {"@odata.type": "Microsoft.Dynamics.CRM.contact"}, "0x80048d19"),
    ("no address", {"@odata.type": TYPE, "name": "x"}, "0x80040203"),
    ("address of another set", target("A-9") | {"@odata.id": "contacts(pc_code='A-9')"}, "0x80060888"),
    ("the same row twice", target("A-1", name="Otro"), "0x80040237"),
    ("unknown column", target("A-9", nada=1), "0x80048d19"),
    (
        "missing link",
        target("A-9") | {"primarycontactid@odata.bind": "/contacts(99999999-9999-9999-9999-999999999999)"},
        "0x80040217",
    ),
]


@pytest.mark.parametrize(("spoiled", "code"), [c[1:] for c in SPOILED], ids=[c[0] for c in SPOILED])
def test_one_bad_target_undoes_them_all(keyed, spoiled, code) -> None:
    version = keyed.store.database.version
    answer = keyed.post(f"{BULK}UpsertMultiple", {"Targets": [target("A-1", name="Uno"), spoiled]})
    assert answer.status_code in (400, 412)
    assert answer.json()["error"]["code"] == code
    assert keyed.values("accounts", "name") == []
    keyed.create("accounts", {"name": "después"})
    assert keyed.row("accounts")["value"][0]["versionnumber"] > version  # numbers never come twice


@pytest.mark.parametrize("body", [{}, {"Targets": []}, {"Targets": {}}, {"Targets": [1]}])
def test_a_bulk_message_without_targets(neo, body) -> None:
    assert neo.post(f"{BULK}CreateMultiple", body).status_code == 400


def test_delete_multiple_is_not_for_standard_tables(neo) -> None:
    answer = neo.post(f"{BULK}DeleteMultiple", {"Targets": [{"@odata.type": TYPE, "accountid": "x"}]})
    assert answer.json()["error"]["message"] == "DeleteMultiple has not yet been implemented."
    assert neo.get(f"{BULK}CreateMultiple").status_code == 404
    assert neo.post(f"{BULK}Nada", {}).json()["error"]["code"] == "0x8006088a"


def test_a_thousand_rows_take_well_under_a_second_of_the_server(keyed) -> None:
    targets = [
        target(f"A-{n}", name=f"Empresa {n} S.A.S.", telephone1="+57 601 1234567", address1_city="Bogotá", revenue=n)
        for n in range(1000)
    ]
    started = time.process_time()
    assert keyed.post(f"{BULK}UpsertMultiple", {"Targets": targets}).status_code == 204
    assert time.process_time() - started < 1.0
    assert keyed.store.count("account") == 1000
    assert keyed.control("GET", "requests").json()["requests"][-1]["rows_written"] == 1000
