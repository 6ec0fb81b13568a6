"""The portal: pages in a stable order, answers that may be repeated, errors a program can read, a page for visitors."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

STREAMS = ("registrations", "companies", "contacts", "offers", "needs", "opportunities", "contact-requests")
ANSWER = {
    "status": "refused",
    "message_es": "Gracias por su interés.",
    "message_en": "Thank you.",
    "reference": "run-1",
}


def read_all(portal: Any, stream: str, **params: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = portal("GET", f"/api/v1/{stream}", params={**params, **({"cursor": cursor} if cursor else {})}).json()
        rows += page["data"]
        cursor = page["next_cursor"]
    return rows


@pytest.mark.parametrize("stream", STREAMS)
def test_pages_hold_every_record_once_in_the_order_of_change(call: Any, sandbox: Any, stream: str) -> None:
    rows = read_all(call("portal"), stream, limit=37)
    assert len({row["id"] for row in rows}) == len(rows) >= len(sandbox.world.portal[stream])
    order = [(row["updated_at"], row["id"]) for row in rows]
    assert order == sorted(order)


def test_a_reader_with_a_date_gets_what_changed_since(call: Any) -> None:
    portal = call("portal")
    everything = read_all(portal, "offers", limit=500)
    middle = everything[len(everything) // 2]["updated_at"]
    since = read_all(portal, "offers", limit=20, updated_since=middle)
    assert [row["id"] for row in since] == [row["id"] for row in everything if row["updated_at"] >= middle]


def test_records_come_as_they_were_typed(call: Any, sandbox: Any) -> None:
    wanted = sandbox.world.portal["needs"][0]
    assert call("portal")("GET", f"/api/v1/needs/{wanted['id']}").json() == wanted


@pytest.mark.parametrize(
    ("method", "path", "token", "status", "code"),
    [
        ("GET", "/api/v1/offers", None, 401, "unauthorized"),
        ("GET", "/api/v1/offers", "guess", 401, "unauthorized"),
        ("GET", "/api/v1/offers/O999999", "own", 404, "not_found"),
        ("GET", "/api/v1/secrets", "own", 404, "not_found"),
        ("GET", "/api/v1/offers?limit=501", "own", 422, "invalid"),
        ("GET", "/api/v1/offers?limit=abc", "own", 422, "invalid"),
        ("GET", "/api/v1/offers?cursor=%21%21", "own", 422, "invalid"),
        ("GET", "/api/v1/offers?updated_since=yesterday", "own", 422, "invalid"),
        ("DELETE", "/api/v1/offers", "own", 405, "method_not_allowed"),
    ],
)
def test_refusals_are_json_with_a_code(
    call: Any, method: str, path: str, token: str | None, status: int, code: str
) -> None:
    answer = call("portal", token=token)(method, path)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == code
    assert error["request_id"] == answer.headers["x-request-id"]


def test_a_visitor_registers(call: Any) -> None:
    portal = call("portal")
    form = {
        "audience": "exporter",
        "company_name": "Panelera Nueva S.A.S.",
        "country": "CO",
        "email": "a@panela.example",
    }
    answer = portal("POST", "/api/v1/registrations", json=form)
    assert answer.status_code == 201
    record = portal("GET", answer.headers["Location"]).json()
    assert (record["company_name"], record["status"]) == ("Panelera Nueva S.A.S.", "pending")
    datetime.fromisoformat(record["submitted_at"])
    assert record["id"] in {row["id"] for row in read_all(portal, "registrations", updated_since=record["updated_at"])}


@pytest.mark.parametrize(
    "wrong", [{"company_name": ""}, {"audience": "both"}, {"email": "nobody"}, {"favourite_colour": "red"}]
)
def test_a_form_that_makes_no_sense_is_refused_without_quoting_it(call: Any, wrong: dict[str, str]) -> None:
    form = {"audience": "buyer", "company_name": "Secreta Foods", "country": "US", "email": "a@b.example"} | wrong
    answer = call("portal")("POST", "/api/v1/registrations", json=form)
    assert answer.status_code == 422
    assert "Secreta" not in answer.text


def answered(portal: Any) -> str:
    """A fresh registration to answer."""
    form = {"audience": "exporter", "company_name": "Fresca S.A.S.", "country": "CO", "email": "a@fresca.example"}
    return str(portal("POST", "/api/v1/registrations", json=form).json()["id"])


def test_an_answer_may_be_repeated_but_not_changed_under_the_same_key(call: Any) -> None:
    portal = call("portal")
    number, key = answered(portal), {"Idempotency-Key": str(uuid4())}
    path = f"/api/v1/registrations/{number}/answer"
    first = portal("PUT", path, json=ANSWER, headers=key)
    again = portal("PUT", path, json=ANSWER, headers=key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert portal("GET", f"/api/v1/registrations/{number}").json()["status"] == "refused"
    other = portal("PUT", path, json=ANSWER | {"status": "accepted"}, headers=key)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "conflict")
    corrected = portal("PUT", path, json=ANSWER | {"status": "accepted"}, headers={"Idempotency-Key": str(uuid4())})
    assert corrected.status_code == 200
    assert portal("GET", f"/api/v1/registrations/{number}").json()["status"] == "accepted"


@pytest.mark.parametrize(
    ("number", "body", "headers", "status"),
    [
        ("R999999", ANSWER, {"Idempotency-Key": "k"}, 404),
        ("R000001", ANSWER, {}, 422),
        ("R000001", ANSWER | {"status": "maybe"}, {"Idempotency-Key": "k"}, 422),
        ("R000001", ANSWER | {"message_es": ""}, {"Idempotency-Key": "k"}, 422),
    ],
)
def test_answers_that_cannot_be_taken(
    call: Any, number: str, body: dict[str, str], headers: dict[str, str], status: int
) -> None:
    assert (
        call("portal")("PUT", f"/api/v1/registrations/{number}/answer", json=body, headers=headers).status_code
        == status
    )


def test_the_interface_describes_itself(call: Any) -> None:
    paths = call("portal", token=None)("GET", "/openapi.json").json()["paths"]
    assert {f"/api/v1/{stream}" for stream in STREAMS} <= paths.keys()
    assert not [path for path in paths if "_sandbox" in path or "estado" in path]
    page = call("portal", token=None)("GET", "/docs").text
    assert all(path in page for path in paths)
    assert "http://" not in page  # nothing is loaded from elsewhere


def test_a_company_sees_its_answer_and_nothing_of_its_form(call: Any, sandbox_control: Any) -> None:
    portal = call("portal")
    number = answered(portal)
    waiting = call("portal", token=None)("GET", f"/estado/{number}")
    assert "Recibimos su registro" in waiting.text
    portal("PUT", f"/api/v1/registrations/{number}/answer", json=ANSWER | {"message_es": "Le <b>llamará</b> un asesor"},
           headers={"Idempotency-Key": str(uuid4())})  # fmt: skip
    page = call("portal", token=None)("GET", f"/estado/{number}")
    assert "Le &lt;b&gt;llamará&lt;/b&gt; un asesor" in page.text
    assert "Fresca" not in page.text
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert call("portal", token=None)("GET", "/estado/R777777").status_code == 404


def test_a_visitor_registers_on_the_page(call: Any) -> None:
    visitor = call("portal", token=None)
    assert "Registre su empresa" in visitor("GET", "/").text
    wrong = visitor(
        "POST", "/registro", data={"audience": "exporter", "company_name": "", "country": "CO", "email": "x"}
    )
    assert wrong.status_code == 422
    assert "Razón social" in wrong.text
    form = {"audience": "buyer", "company_name": "Harbor Foods", "country": "US", "email": "a@h.example", "nit": ""}
    done = visitor("POST", "/registro", data=form)
    assert (done.status_code, done.headers["location"][:9]) == (303, "/estado/R")


def test_controls_change_add_and_delete_what_users_would(call: Any, sandbox_control: Any, sandbox: Any) -> None:
    portal = call("portal")
    contact = sandbox.world.portal["contacts"][5]
    changed = sandbox_control("portal", "PATCH", f"contacts/{contact['id']}", json={"phone": "+573105550001"}).json()
    assert changed["phone"] == "+573105550001"
    assert changed["updated_at"] > contact["updated_at"]
    added = sandbox_control("portal", "POST", "offers", json={"company_id": "E000001", "title": "Nueva"}).json()
    gone = sandbox_control("portal", "DELETE", f"offers/{added['id']}").json()
    assert gone == {"id": added["id"], "deleted": True, "updated_at": gone["updated_at"]}
    assert gone in read_all(portal, "offers", updated_since=gone["updated_at"])


def test_a_late_commit_is_missed_by_a_cursor_and_found_by_an_overlap(call: Any, sandbox_control: Any) -> None:
    portal = call("portal")
    newest = read_all(portal, "needs", limit=500)[-1]["updated_at"]
    late = sandbox_control(
        "portal", "POST", "needs", json={"title": "Tarde", "updated_at": "2024-01-01T00:00:00Z"}
    ).json()
    assert late["id"] not in {row["id"] for row in read_all(portal, "needs", updated_since=newest)}
    assert late["id"] in {row["id"] for row in read_all(portal, "needs", updated_since="2023-12-31T23:50:00Z")}
    sandbox_control("portal", "DELETE", f"needs/{late['id']}")


def test_controls_are_closed_to_strangers(call: Any) -> None:
    assert call("portal")("GET", "/_sandbox/requests").status_code == 401
    assert call("portal", token=None)("PATCH", "/_sandbox/contacts/P000001", json={}).status_code == 401


def test_planned_faults_and_the_request_log(call: Any, sandbox_control: Any) -> None:
    portal = call("portal")
    before = max((entry["seq"] for entry in sandbox_control("portal", "GET", "requests").json()["requests"]), default=0)
    fault = {"status": 429, "times": 2, "retry_after": 0, "path_contains": "/needs"}
    sandbox_control("portal", "POST", "faults", json=fault)
    statuses = [portal("GET", path).status_code for path in ("/api/v1/offers", *["/api/v1/needs"] * 3)]
    assert statuses == [200, 429, 429, 200]
    log = sandbox_control("portal", "GET", f"requests?since={before}").json()["requests"]
    assert [(entry["method"], entry["status"]) for entry in log] == [("GET", status) for status in statuses]
