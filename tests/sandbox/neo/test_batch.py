"""`$batch`: order, change sets, references between requests, what a failure stops and what it does not."""

import json
import re

import pytest

from include.sandbox.neo.api.multipart import ChangeSet, parse_batch
from include.sandbox.neo.errors import ServiceError

ROOT = "https://neo.test/api/data/v9.2/"


def part(method: str, url: str, body=None, content_id: str | None = None, headers: str = "") -> str:
    """One operation of a batch, as clients write it."""
    identity = f"Content-ID: {content_id}\r\n" if content_id else ""
    typed = "Content-Type: application/json\r\n" if body is not None else ""
    content = json.dumps(body) if body is not None else ""
    return (
        f"Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n{identity}\r\n"
        f"{method} {url} HTTP/1.1\r\n{typed}{headers}\r\n{content}\r\n"
    )


def change_set(*parts: str, boundary: str = "changeset_1") -> str:
    inner = "".join(f"--{boundary}\r\n{item}" for item in parts)
    return f"Content-Type: multipart/mixed; boundary={boundary}\r\n\r\n{inner}--{boundary}--\r\n"


def send(neo, *items: str, prefer: str | None = None, content_type: str = 'multipart/mixed; boundary="b"'):
    body = "".join(f"--b\r\n{item}" for item in items) + "--b--\r\n"
    headers = neo.headers | {"Content-Type": content_type} | ({"Prefer": prefer} if prefer else {})
    return neo.http.post(f"{ROOT}$batch", content=body.encode(), headers=headers)


def statuses(answer) -> list[int]:
    return [int(code) for code in re.findall(r"HTTP/1\.1 (\d{3}) [A-Za-z ]+\r\n", answer.text)]


def test_the_answer_is_the_platforms_multipart(neo) -> None:
    answer = send(
        neo, part("POST", f"{ROOT}accounts", {"name": "Uno"}), part("GET", "/api/data/v9.2/accounts?$select=name")
    )
    assert answer.status_code == 200
    boundary = answer.headers["Content-Type"].removeprefix("multipart/mixed; boundary=")
    assert boundary.startswith("batchresponse_")
    lines = answer.text.split("\r\n")
    assert lines[0] == f"--{boundary}"
    assert lines[1:4] == ["Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
    assert lines[4] == "HTTP/1.1 204 No Content"
    assert answer.text.endswith(f"--{boundary}--\r\n")
    assert re.search(r"OData-EntityId: https://neo\.test/api/data/v9\.2/accounts\([0-9a-f-]{36}\)\r\n", answer.text)
    assert '"value":[{"@odata.etag"' in answer.text
    assert statuses(answer) == [204, 200]


def test_raw_blanks_in_a_url_are_taken(neo) -> None:
    neo.create("accounts", {"name": "Café del Huila"})
    answer = send(neo, part("GET", f"{ROOT}accounts?$select=name&$filter=name eq 'cafe del huila'"))
    assert "Café del Huila" in answer.text


def test_requests_of_a_change_set_refer_to_each_other(neo) -> None:
    task = {"subject": "Llamar", "regardingobjectid_account_task@odata.bind": "$2"}
    answer = send(
        neo,
        change_set(
            part("POST", f"{ROOT}contacts", {"lastname": "Rojas"}, "1"),
            part("POST", f"{ROOT}accounts", {"name": "Café", "primarycontactid@odata.bind": "$1"}, "2"),
            part("PATCH", "$2", {"telephone1": "5"}, "3"),
            part("PUT", "$1/firstname", {"value": "Ana"}, "4"),
            part("POST", f"{ROOT}tasks", task, "5"),
            part("PUT", "$2/parentaccountid/$ref", {"@odata.id": "$2"}, "6"),
        ),
    )
    assert statuses(answer) == [204] * 6
    assert re.findall(r"Content-ID: (\d)", answer.text) == list("123456")
    assert "boundary=changesetresponse_" in answer.text
    row = neo.row(
        "accounts?$select=name,telephone1&$expand=primarycontactid($select=fullname),Account_Tasks($select=subject)"
    )
    found = row["value"][0]
    assert (found["telephone1"], found["primarycontactid"]["fullname"]) == ("5", "Ana Rojas")
    assert found["Account_Tasks"][0]["subject"] == "Llamar"


def test_a_change_set_is_all_or_nothing_and_tells_the_one_that_failed(neo) -> None:
    failing = change_set(
        part("POST", f"{ROOT}accounts", {"name": "Uno"}, "1"),
        part("POST", f"{ROOT}accounts", {"name": "x" * 161}, "2"),
        part("POST", f"{ROOT}accounts", {"name": "Tres"}, "3"),
    )
    answer = send(neo, part("POST", f"{ROOT}accounts", {"name": "antes"}), failing, part("GET", f"{ROOT}accounts"))
    assert (answer.status_code, statuses(answer)) == (400, [204, 400])
    assert re.findall(r"Content-ID: (\d)", answer.text) == ["2"]
    assert neo.values("accounts", "name") == ["antes"]
    going_on = send(neo, failing, part("GET", f"{ROOT}accounts"), prefer="odata.continue-on-error")
    assert (going_on.status_code, statuses(going_on)) == (200, [400, 200])


def test_without_continue_on_error_the_first_failure_ends_the_batch(neo) -> None:
    items = [part("GET", f"{ROOT}nada"), part("POST", f"{ROOT}accounts", {"name": "Uno"})]
    stopped = send(neo, *items)
    assert (stopped.status_code, statuses(stopped)) == (404, [404])
    assert neo.values("accounts", "name") == []
    gone_on = send(neo, *items, prefer="odata.continue-on-error")
    assert (gone_on.status_code, statuses(gone_on)) == (200, [404, 204])


def test_conditions_and_preferences_stand_in_the_parts(neo) -> None:
    account = neo.create("accounts", {"name": "Uno"})
    url = f"{ROOT}accounts({account})?$select=name"
    answer = send(
        neo,
        part("PATCH", url, {"name": "Dos"}, headers='If-Match: W/"1"\r\n'),
        part("PATCH", url, {"name": "Tres"}, headers="Prefer: return=representation\r\nIf-Match: *\r\n"),
        prefer="odata.continue-on-error",
    )
    assert statuses(answer) == [412, 200]
    assert '"name":"Tres"' in answer.text


def test_what_a_change_set_and_a_batch_may_not_hold(neo) -> None:
    assert statuses(send(neo, change_set(part("GET", f"{ROOT}accounts")))) == [400]
    assert statuses(send(neo, part("POST", f"{ROOT}$batch", {}))) == [400]
    unknown = send(neo, change_set(part("PATCH", "$7", {"name": "x"}, "1")))
    assert "Content-ID Reference: '$7' does not exist in the batch context." in unknown.text
    elsewhere = send(neo, part("GET", "/otra/api/accounts"))
    assert statuses(elsewhere) == [404]
    too_many = send(neo, *[part("GET", f"{ROOT}WhoAmI")] * 1001)
    assert (too_many.status_code, too_many.json()["error"]["code"]) == (400, "0x80048d19")


MALFORMED = [
    ("multipart/mixed; boundary=b", b"nada"),
    ("multipart/mixed; boundary=b", b""),
    ("multipart/mixed", b"--b\r\n--b--\r\n"),
    ("application/json", b"{}"),
    ("multipart/mixed; boundary=b", b"--b\nContent-Type: application/http\n\nGET accounts HTTP/1.1\n\n--b--\n"),
    ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: application/http\r\n\r\nGET accounts\r\n\r\n--b--\r\n"),
    ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: text/plain\r\n\r\nhola\r\n--b--\r\n"),
    ("multipart/mixed; boundary=b", b"--b\r\nContent-Type: application/http\r\n\r\nGET accounts HTTP/1.1\r\n\r\n"),
]


@pytest.mark.parametrize(("content_type", "body"), MALFORMED)
def test_a_malformed_batch_is_a_json_400(neo, content_type, body) -> None:
    answer = neo.http.post(f"{ROOT}$batch", content=body, headers=neo.headers | {"Content-Type": content_type})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80048d19")


def test_the_parser_gives_operations_and_change_sets_in_order() -> None:
    body = f"--b\r\n{part('GET', 'accounts')}--b\r\n{change_set(part('POST', 'accounts', {}, '1'))}--b--\r\n".encode()
    single, group = parse_batch("multipart/mixed;boundary=b", body)
    assert (single.method, single.url, single.body) == ("GET", "accounts", b"")
    assert isinstance(group, ChangeSet)
    assert (group.operations[0].content_id, group.operations[0].body) == ("1", b"{}")
    with pytest.raises(ServiceError):
        parse_batch("text/plain", body)
