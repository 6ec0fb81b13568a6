"""Reading many rows: filters, order, selection, expansion, pages, counts."""

from urllib.parse import quote, quote_plus

import pytest

PEOPLE = ["Ana Rojas", "Bogotá Trading", "bogota export", "Café 100%", "Zeta_1", "O'Brien"]


@pytest.fixture
def filled(neo):
    """Six accounts with different figures, tasks on two of them, a contact on one."""
    contact = neo.create("contacts", {"firstname": "José", "lastname": "Pérez"})
    for number, name in enumerate(PEOPLE):
        body = {
            "name": name,
            "numberofemployees": number * 10,
            "accountnumber": f"A-{number}" if number else None,
            "creditonhold": number % 2 == 0,
            "industrycode": number + 1,
            "lastusedincampaign": f"2026-10-{number + 1:02d}T12:00:00Z",
        }
        if number == 0:
            body["primarycontactid@odata.bind"] = f"/contacts({contact})"
        if number in (1, 2):
            body["Account_Tasks"] = [{"subject": f"Llamar {number}"}, {"subject": "Visitar"}]
        neo.create("accounts", body)
    return neo


# $filter -> which of PEOPLE it finds
FILTERS = [
    ("name eq 'ana rojas'", [0]),
    ("name eq 'BOGOTÁ TRADING'", [1]),
    ("name eq 'Bogota Trading  '", [1]),
    ("name eq 'O''Brien'", [5]),
    ("'O''Brien' eq name", [5]),
    ("name ne 'ana rojas'", [1, 2, 3, 4, 5]),
    ("accountnumber ne 'A-1'", [0, 2, 3, 4, 5]),
    ("accountnumber eq null", [0]),
    ("accountnumber ne null", [1, 2, 3, 4, 5]),
    ("numberofemployees gt 20 and numberofemployees le 40", [3, 4]),
    ("numberofemployees lt 10 or numberofemployees ge 50", [0, 5]),
    ("20 lt numberofemployees", [3, 4, 5]),
    ("not (numberofemployees lt 30)", [3, 4, 5]),
    ("creditonhold eq true", [0, 2, 4]),
    ("creditonhold", [0, 2, 4]),
    ("not creditonhold", [1, 3, 5]),
    ("contains(name, 'bogota')", [1, 2]),
    ("contains(name,'%')", [0, 1, 2, 3, 4, 5]),
    ("contains(name,'a_t')", [1]),
    ("contains(name,'[ab]ogot')", [1, 2]),
    ("contains(name,'100[%]')", [3]),
    ("startswith(name,'BOG')", [1, 2]),
    ("endswith(name,'export')", [2]),
    ("not contains(accountnumber,'A')", [0]),
    ("contains(name,'bogota') eq false", [0, 3, 4, 5]),
    ("primarycontactid/fullname eq 'jose perez'", [0]),
    ("primarycontactid/fullname eq null", [1, 2, 3, 4, 5]),
    ("primarycontactid/createdby/fullname eq '# hub'", [0]),
    ("_primarycontactid_value ne null", [0]),
    ("Account_Tasks/any()", [1, 2]),
    ("Account_Tasks/any(t:t/subject eq 'llamar 2')", [2]),
    ("Account_Tasks/any(t:contains(t/subject,'llamar') and t/statecode eq 0)", [1, 2]),
    ("not Account_Tasks/any()", [0, 3, 4, 5]),
    ("Account_Tasks/all(t:t/statecode eq 0) and Account_Tasks/any()", [1, 2]),
    ("lastusedincampaign ge 2026-10-05", [4, 5]),
    ("lastusedincampaign eq 2026-10-02T07:00:00-05:00", [1]),
    ("lastusedincampaign lt 2026-10-01T12:00:00.5Z", [0]),
    ("industrycode eq 3 and (name eq 'x' or numberofemployees eq 20)", [2]),
    ("modifiedon eq createdon", [0, 1, 2, 3, 4, 5]),
    ('Microsoft.Dynamics.CRM.In(PropertyName=\'name\',PropertyValues=["ANA ROJAS","O\'Brien"])', [0, 5]),
    ('Microsoft.Dynamics.CRM.NotIn(PropertyName=\'numberofemployees\',PropertyValues=["10","20"])', [0, 3, 4, 5]),
    ('Microsoft.Dynamics.CRM.Between(PropertyName=\'numberofemployees\',PropertyValues=["10","30"])', [1, 2, 3]),
    ("Microsoft.Dynamics.CRM.Last7Days(PropertyName='createdon')", [0, 1, 2, 3, 4, 5]),
    ("Microsoft.Dynamics.CRM.LastXDays(PropertyName='lastusedincampaign',PropertyValue=29)", [4, 5]),
    ("Microsoft.Dynamics.CRM.OlderThanXDays(PropertyName='lastusedincampaign',PropertyValue=30)", [0, 1, 2, 3]),
    ("Microsoft.Dynamics.CRM.On(PropertyName='lastusedincampaign',PropertyValue='2026-10-04')", [3]),
    ("Microsoft.Dynamics.CRM.LastMonth(PropertyName='lastusedincampaign')", [0, 1, 2, 3, 4, 5]),
    ("Microsoft.Dynamics.CRM.EqualUserId(PropertyName='ownerid')", [0, 1, 2, 3, 4, 5]),
    ("Microsoft.Dynamics.CRM.NotEqualUserId(PropertyName='ownerid')", []),
]


@pytest.mark.parametrize(("text", "found"), FILTERS, ids=[f[0] for f in FILTERS])
def test_filters(filled, text, found) -> None:
    answer = filled.get(f"accounts?$select=name,numberofemployees&$filter={quote(text)}")
    assert answer.status_code == 200, answer.text
    assert sorted(r["numberofemployees"] // 10 for r in answer.json()["value"]) == found


def test_a_lambda_may_stand_in_a_lambda_and_look_out_of_it(filled) -> None:
    text = "contact_customer_accounts/any(c:c/Contact_Tasks/any(t:t/subject eq 'x') or c/lastname eq name)"
    assert filled.values(f"accounts?$filter={quote(text)}", "name") == []


BAD_FILTERS = [
    ("Name eq 'x'", "Could not find a property named 'Name' on type 'Microsoft.Dynamics.CRM.account'."),
    ("primarycontactid eq null", "Could not find a property named 'primarycontactid'"),
    ("name eq 'x", "There is an unterminated literal at position 8 in 'name eq 'x'."),
    ("name eq", "Syntax error at position"),
    ("name like 'x'", "Syntax error at position 5"),
    ("name", "must evaluate to a single boolean value"),
    ("numberofemployees eq 'x'", "Found operand types 'Edm.Int32' and 'Edm.String' for operator kind 'Equal'."),
    ("name gt 5", "Found operand types 'Edm.String' and 'Edm.Int32'"),
    ("createdon eq 'ayer'", "incompatible types"),
    ("tolower(name) eq 'x'", "unknown function with name 'tolower'"),
    ("contains(numberofemployees,'1')", "No function signature"),
    ("primarycontactid/Contact_Tasks/any()", "A lambda below a lookup is not supported."),
    ("Nada/any()", "Could not find a property named 'Nada'"),
    ("Microsoft.Dynamics.CRM.Nada(PropertyName='name')", "not supported"),
    ("Microsoft.Dynamics.CRM.Today(PropertyName='name')", "needs a date column"),
    ("(" * 100 + "creditonhold" + ")" * 100, "nests too deeply"),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILTERS)
def test_a_filter_that_cannot_be_is_refused(neo, text, message) -> None:
    answer = neo.get(f"accounts?$filter={quote(text)}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80060888")
    assert message in answer.json()["error"]["message"]


def test_a_thousand_conditions_are_one_filter(filled) -> None:
    text = " or ".join(f"industrycode eq {n}" for n in range(1000))
    assert len(filled.values(f"accounts?$filter={quote_plus(text)}", "name")) == 6


def test_an_address_longer_than_32_kb_is_refused(neo) -> None:
    assert neo.get(f"accounts?$filter=name eq '{'x' * 33000}'").status_code == 414


@pytest.mark.parametrize(
    "option",
    [
        "$skip=1",
        "$search=x",
        "$format=json",
        "$compute=x",
        "$top=-1",
        "$top=x",
        "$count=si",
        "$orderby=nada",
        "$orderby=name up",
        "$select=nada",
        "$expand=nada",
        "$expand=primarycontactid(",
        "$top=1&$top=2",
    ],
)
def test_options_the_service_does_not_take(neo, option) -> None:
    assert neo.get(f"accounts?{option}").status_code == 400


ORDERS = [
    ("name", ["Ana Rojas", "bogota export", "Bogotá Trading", "Café 100%", "O'Brien", "Zeta_1"]),
    ("name desc", ["Zeta_1", "O'Brien", "Café 100%", "Bogotá Trading", "bogota export", "Ana Rojas"]),
    (
        "creditonhold desc,numberofemployees",
        ["Ana Rojas", "bogota export", "Zeta_1", "Bogotá Trading", "Café 100%", "O'Brien"],
    ),
    ("accountnumber", ["Ana Rojas", "Bogotá Trading", "bogota export", "Café 100%", "Zeta_1", "O'Brien"]),
    (
        "primarycontactid/fullname desc,numberofemployees",
        ["Ana Rojas", "Bogotá Trading", "bogota export", "Café 100%", "Zeta_1", "O'Brien"],
    ),
]


@pytest.mark.parametrize(("order", "names"), ORDERS)
@pytest.mark.parametrize("size", [1, 2, 5000])
def test_order_holds_over_pages_of_any_size(filled, order, names, size) -> None:
    found, pages = [], 0
    url = f"accounts?$select=name&$orderby={quote(order)}"
    while url:
        page = filled.row(url, Prefer=f"odata.maxpagesize={size}")
        found += [row["name"] for row in page["value"]]
        url = page.get("@odata.nextLink")
        assert url is None or url.startswith("https://neo.test/api/data/v9.2/accounts?")
        pages += 1
    assert found == names
    assert pages == -(-len(names) // size)


def test_the_cookie_of_a_page_is_the_platforms_and_an_altered_one_is_refused(filled) -> None:
    page = filled.get("accounts?$select=name&$filter=creditonhold eq true", Prefer="odata.maxpagesize=2")
    link = page.json()["@odata.nextLink"]
    assert page.headers["Preference-Applied"] == "odata.maxpagesize=2"
    assert "$skiptoken=%3Ccookie%20pagenumber%3D%222%22%20pagingcookie%3D%22%25253Ccookie" in link
    assert filled.get(link.replace("pagingcookie", "otracosa")).status_code == 400
    rest = filled.row(link, Prefer="odata.maxpagesize=2")
    assert len(rest["value"]) == 1
    assert "@odata.nextLink" not in rest


def test_a_row_that_arrives_or_goes_between_pages_moves_no_other(filled) -> None:
    first = filled.row("accounts?$select=name&$orderby=name", Prefer="odata.maxpagesize=3")
    filled.create("accounts", {"name": "Aaa"})
    gone = first["value"][0]["accountid"]
    filled.delete(f"accounts({gone})")
    second = filled.row(first["@odata.nextLink"], Prefer="odata.maxpagesize=3")
    assert [row["name"] for row in second["value"]] == ["Café 100%", "O'Brien", "Zeta_1"]


def test_top_and_count(filled) -> None:
    page = filled.row("accounts?$select=name&$top=2&$count=true&$orderby=name")
    assert (page["@odata.count"], [r["name"] for r in page["value"]]) == (6, ["Ana Rojas", "bogota export"])
    assert "@odata.nextLink" not in page
    noted = filled.row("accounts?$count=true", Prefer='odata.include-annotations="*"')
    assert noted["@Microsoft.Dynamics.CRM.totalrecordcount"] == 6
    assert noted["@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded"] is False
    assert filled.get("accounts/$count").content == b"\xef\xbb\xbf6"
    assert filled.get("accounts/$count?$filter=creditonhold eq true").content == b"\xef\xbb\xbf3"
    totals = filled.row('RetrieveTotalRecordCount(EntityNames=@p1)?@p1=["account","contact"]')
    assert totals["EntityRecordCountCollection"]["Keys"] == ["account", "contact"]
    assert totals["EntityRecordCountCollection"]["Values"] == [6, 1]


def test_counting_stops_at_five_thousand(neo) -> None:
    neo.store.seed("account", ({"name": f"Empresa {n}"} for n in range(5002)))
    page = neo.row("accounts?$select=accountid&$count=true")
    assert (page["@odata.count"], len(page["value"])) == (5000, 5000)
    assert len(neo.row(page["@odata.nextLink"])["value"]) == 2


def test_selection_drags_what_belongs_to_it(neo) -> None:
    account = neo.create(
        "accounts", {"name": "Café", "revenue": 5, "address1_line1": "Cra 7", "address1_city": "Bogotá"}
    )
    row = neo.row(f"accounts({account})?$select=revenue,address1_line1")
    assert set(row) - {"@odata.context", "@odata.etag"} == {
        "revenue",
        "_transactioncurrencyid_value",
        "address1_line1",
        "address1_composite",
        "accountid",
    }
    assert row["address1_composite"] == "Cra 7\r\nBogotá"
    assert len(neo.row(f"accounts({account})")) > 100


def test_formatted_values_read_like_a_colombian_form(neo) -> None:
    body = {"revenue": 1234567.5, "industrycode": 7, "creditonhold": True, "numberofemployees": 1500, "name": "Café"}
    body["lastusedincampaign"] = "2026-10-02T12:00:00Z"
    row = neo.row(f"accounts({neo.create('accounts', body)})", Prefer='odata.include-annotations="OData.*"')
    shown = {k.split("@")[0]: v for k, v in row.items() if k.endswith("FormattedValue")}
    assert shown["revenue"] == "$ 1.234.567,50"
    assert shown["industrycode"] == "Consultoría"
    assert shown["creditonhold"] == "Sí"
    assert shown["numberofemployees"] == "1.500"
    assert shown["lastusedincampaign"] == "2/10/2026 7:00 a. m."
    assert shown["statecode"] == "Activo"
    assert shown["_ownerid_value"] == "# hub"
    assert "name" not in shown
    assert "_ownerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" not in row


def test_expansion_of_lookups_and_collections(filled) -> None:
    query = "$select=name&$orderby=numberofemployees&$expand=primarycontactid($select=lastname),"
    query += "Account_Tasks($select=subject;$orderby=subject desc;$filter=contains(subject,'i');$top=1)"
    rows = filled.row(f"accounts?{query}")["value"]
    assert rows[0]["primarycontactid"]["lastname"] == "Pérez"
    assert rows[1]["primarycontactid"] is None
    assert [t["subject"] for t in rows[1]["Account_Tasks"]] == ["Visitar"]
    assert rows[0]["Account_Tasks"] == []
    link = rows[1]["Account_Tasks@odata.nextLink"]
    assert [t["subject"] for t in filled.row(link)["value"]] != []
    nested = filled.row(
        "accounts?$select=name&$filter=numberofemployees eq 0"
        "&$expand=primarycontactid($expand=createdby($select=fullname))"
    )
    assert nested["value"][0]["primarycontactid"]["createdby"]["fullname"] == "# hub"
    refs = filled.row("accounts?$select=name&$filter=numberofemployees eq 0&$expand=primarycontactid/$ref")
    assert refs["value"][0]["primarycontactid"]["@odata.id"].startswith("https://neo.test/api/data/v9.2/contacts(")


def test_more_expansions_than_the_service_takes(neo) -> None:
    query = ",".join(["primarycontactid"] * 16)
    assert neo.get(f"accounts?$expand={query}").status_code == 400


def test_the_service_document_and_the_description_name_the_sets(neo) -> None:
    sets = {item["url"] for item in neo.row("")["value"]}
    assert {"accounts", "contacts", "opportunities", "tasks", "systemusers"} <= sets
    described = neo.get("$metadata")
    assert described.headers["Content-Type"].startswith("application/xml")
    assert '<EntitySet Name="accounts" EntityType="mscrm.account">' in described.text


def test_bulk_messages_are_announced(neo) -> None:
    query = "sdkmessagefilters?$filter=sdkmessageid/name eq '{}' and primaryobjecttypecode eq '{}'"
    assert len(neo.row(query.format("UpsertMultiple", "account"))["value"]) == 1
    assert neo.row(query.format("DeleteMultiple", "account"))["value"] == []
