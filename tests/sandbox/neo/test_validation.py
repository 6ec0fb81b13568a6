"""What a payload may not hold, and with which code the service says so."""

import pytest

LONG = "x" * 161
EMOJI = "😀" * 81  # 81 characters, 162 in the database's own counting

# body for POST accounts, expected code, a part of the message
REFUSED = [
    ({"nombre": "x"}, "0x80048d19", "Invalid property 'nombre' was found in entity 'Microsoft.Dynamics.CRM.account'"),
    ({"Name": "x"}, "0x80048d19", "Invalid property 'Name'"),
    ({"name": 5}, "0x80048d19", "Cannot convert the literal '5' to the expected type 'Edm.String'"),
    ({"name": True}, "0x80048d19", "Cannot convert the literal 'true'"),
    ({"name": ["x"]}, "0x80048d19", "Edm.String"),
    (
        {"name": LONG},
        "0x80044331",
        "The length of the 'name' attribute of the 'account' entity exceeded the maximum allowed length of '160'",
    ),
    ({"name": EMOJI}, "0x80044331", "'160'"),
    ({"name": "a\x00b"}, "0x80048d19", "invalid character"),
    ({"numberofemployees": "5"}, "0x80048d19", "Edm.Int32"),
    ({"numberofemployees": 5.5}, "0x80048d19", "Edm.Int32"),
    ({"numberofemployees": 2**31}, "0x80048d19", "Edm.Int32"),
    ({"numberofemployees": -1}, "0x8004432f", "outside the valid range(0 to 1000000000)"),
    ({"revenue": "1"}, "0x80048d19", "Edm.Decimal"),
    ({"revenue": -1}, "0x80044330", "outside the valid range"),
    ({"address1_latitude": 91}, "0x80044330", "outside the valid range(-90 to 90)"),
    ({"creditonhold": 1}, "0x80048d19", "Edm.Boolean"),
    ({"creditonhold": "true"}, "0x80048d19", "Edm.Boolean"),
    (
        {"industrycode": 99},
        "0x8004431a",
        "The value 99 of 'industrycode' on record of type 'account' is outside the valid range. Accepted Values: 1,2,3",
    ),
    ({"industrycode": "Consulting"}, "0x80048d19", "Edm.Int32"),
    (
        {"lastusedincampaign": "ayer"},
        "0x80048d19",
        "Cannot convert the literal 'ayer' to the expected type 'Edm.DateTimeOffset'",
    ),
    ({"lastusedincampaign": "1700-01-01T00:00:00Z"}, "0x80040239", "01/01/1753"),
    ({"accountid": "x"}, "0x80048d19", "Edm.Guid"),
    ({"primarycontactid": "11111111-1111-1111-1111-111111111111"}, "0x80048d19", "Use Navigation properties instead"),
    ({"_primarycontactid_value": None}, "0x80048d19", "Use Navigation properties instead"),
    ({"Account_Tasks": {"subject": "x"}}, "0x80048d19", "not a list of rows"),
    ({"primarycontactid@odata.bind": 5}, "0x80048d19", "not a reference"),
    ({"primarycontactid@odata.bind": "/contacts"}, "0x80060888", "set(key)"),
    ({"primarycontactid@odata.bind": "/nada(11111111-1111-1111-1111-111111111111)"}, "0x8006088a", "'nada'"),
]


@pytest.mark.parametrize(("body", "code", "text"), REFUSED)
def test_a_bad_payload_is_refused_and_writes_nothing(neo, body, code, text) -> None:
    answer = neo.post("accounts", body)
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["code"] == code
    assert text in answer.json()["error"]["message"]
    assert neo.values("accounts", "name") == []


ACCEPTED = [
    ({"name": "Ñandú S.A.S."}, "name", "Ñandú S.A.S."),
    ({"name": ""}, "name", None),
    ({"name": None}, "name", None),
    ({"revenue": 5}, "revenue", 5.0),
    ({"revenue": 1.005}, "revenue", 1.0),
    ({"lastusedincampaign": "2024-05-06T07:08:09.123-05:00"}, "lastusedincampaign", "2024-05-06T12:08:09Z"),
    ({"lastusedincampaign": "2024-05-06T07:08:09"}, "lastusedincampaign", "2024-05-06T07:08:09Z"),
    ({"lastusedincampaign": "2024-05-06"}, "lastusedincampaign", "2024-05-06T00:00:00Z"),
    ({"@odata.type": "Microsoft.Dynamics.CRM.account", "@odata.etag": 'W/"1"', "name": "x"}, "name", "x"),
    ({"name@OData.Community.Display.V1.FormattedValue": "y", "name": "x"}, "name", "x"),
    ({"createdon": "1999-01-01T00:00:00Z"}, "createdon", "2026-11-03T15:00:00Z"),
]


@pytest.mark.parametrize(("body", "column", "stored"), ACCEPTED)
def test_what_is_accepted_is_stored_in_the_platforms_form(neo, body, column, stored) -> None:
    assert neo.row(f"accounts({neo.create('accounts', body)})")[column] == stored


@pytest.mark.parametrize("day", ["2024-05-06T00:00:00Z", "06/05/2024", "2024-02-30", 20240506])
def test_a_date_only_column_takes_nothing_but_dates(neo, day) -> None:
    assert neo.post("contacts", {"birthdate": day}).json()["error"]["code"] == "0x80048d19"
    assert neo.row(f"contacts({neo.create('contacts', {'birthdate': '1980-02-29'})})")["birthdate"] == "1980-02-29"


BODIES = [
    b"",
    b"{",
    b"[1]",
    b'"x"',
    b'{"revenue": NaN}',
    b'{"revenue": 1e999}',
    b"\xff\xfe",
    b"[" * 50000,
    b'{"name": "\\ud800"}',
]


@pytest.mark.parametrize("body", BODIES)
def test_a_body_that_is_no_json_object_is_a_400(neo, body) -> None:
    headers = neo.headers | {"Content-Type": "application/json"}
    answer = neo.http.post("/api/data/v9.2/accounts", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80048d19")


ADDRESSES = [
    ("GET", "Accounts", 404, "0x8006088a", "Resource not found for the segment 'Accounts'."),
    ("GET", "accounts(x)", 400, "0x80060888", ""),
    ("GET", "accounts(name='x')", 400, "0x80060888", "not a defined key"),
    ("GET", "accounts(11111111-1111-1111-1111-111111111111)/nada", 404, "0x80040217", ""),
    ("POST", "WhoAmI", 404, "", "No HTTP resource was found that matches the request URI"),
    ("PUT", "accounts(11111111-1111-1111-1111-111111111111)", 405, "0x80060888", ""),
    ("DELETE", "accounts", 405, "0x80060888", ""),
    ("GET", "accounts(accountnumber='a%2Fb')", 400, "", "potentially dangerous Request.Path value"),
    ("GET", "accounts(accountnumber='a:b')", 400, "", "potentially dangerous"),
]


@pytest.mark.parametrize(("method", "path", "status", "code", "text"), ADDRESSES)
def test_a_bad_address_is_refused_with_a_json_error(neo, method, path, status, code, text) -> None:
    answer = neo.call(method, path, {} if method in ("POST", "PUT") else None)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert text in answer.json()["error"]["message"]
    assert answer.headers["x-ms-service-request-id"]
