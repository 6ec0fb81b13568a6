"""Test control, the request log, service protection and faults."""

import pytest

from include.sandbox.neo.limits import Limits

HOST = "https://neo.test"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "requests"), ("POST", "reset"), ("POST", "faults"), ("DELETE", "faults"), ("POST", "tokens/expire")],
)
@pytest.mark.parametrize("token", [None, "", "nope"])
def test_nothing_is_controlled_without_the_control_token(neo, method, path, token) -> None:
    neo.create("accounts", {"name": "Café"})
    headers = neo.headers | ({} if token is None else {"X-Sandbox-Token": token})
    assert neo.http.request(method, f"{HOST}/_sandbox/{path}", headers=headers).status_code == 403
    assert neo.values("accounts", "name") == ["Café"]


def test_every_request_is_logged_without_any_value(neo) -> None:
    neo.get("WhoAmI")
    since = neo.control("GET", "requests").json()["requests"][-1]["seq"]
    neo.post("accounts", {"name": "Café secreto"})
    neo.get("accounts?$select=name&$filter=name eq 'Café secreto'")
    neo.get("accounts(accountnumber='900123456')")
    neo.act_as("reader")
    neo.post("accounts", {"name": "x"})
    logged = neo.control("GET", f"requests?since={since}").json()["requests"]
    assert [(e["method"], e["path"], e["status"], e["user"], e["rows_written"]) for e in logged] == [
        ("POST", "/api/data/v9.2/accounts", 204, "hub", 1),
        ("GET", "/api/data/v9.2/accounts?$select&$filter", 200, "hub", 0),
        ("GET", "/api/data/v9.2/accounts(accountnumber='…')", 400, "hub", 0),
        ("POST", "/api/data/v9.2/accounts", 403, "reader", 0),
    ]
    assert [e["seq"] for e in logged] == list(range(since + 1, since + 5))
    assert all(e["at"] == "2026-11-03T15:00:00Z" and e["ms"] >= 0 for e in logged)


def test_reset_takes_rows_and_definitions_back(neo, define) -> None:
    neo.post("EntityDefinitions", define.table("pc_Need"))
    neo.create("accounts", {"name": "Café"})
    version = neo.store.database.version
    assert neo.control("POST", "reset").json() == {"reset": True}
    assert neo.values("accounts", "name") == []
    assert neo.get("pc_needs").status_code == 404
    assert neo.post("EntityDefinitions", define.table("pc_Need")).status_code == 204
    assert neo.store.database.version > version


FAULTS = [
    ({"status": 429, "retry_after": 7}, 429, "7"),
    ({"status": 503}, 503, None),
    ({"status": 500}, 500, None),
    ({"status": 401}, 401, None),
]


@pytest.mark.parametrize(("fault", "status", "retry"), FAULTS)
def test_a_fault_happens_as_often_as_asked_and_where(neo, fault, status, retry) -> None:
    body = fault | {"times": 2, "path_contains": "accounts", "method": "GET"}
    assert neo.control("POST", "faults", body).status_code == 201
    assert neo.get("contacts").status_code == 200
    answers = [neo.get("accounts") for _ in range(3)]
    assert [a.status_code for a in answers] == [status, status, 200]
    assert answers[0].headers.get("Retry-After") == retry
    assert answers[0].json()["error"]["message"]


def test_a_fault_after_the_work_leaves_the_work_done(neo) -> None:
    neo.control("POST", "faults", {"status": 503, "stage": "after"})
    assert neo.post("accounts", {"name": "Café"}).status_code == 503
    assert neo.values("accounts", "name") == ["Café"]


def test_faults_can_be_taken_back_and_must_be_well_formed(neo) -> None:
    neo.control("POST", "faults", {"status": 503, "times": 5})
    assert neo.control("DELETE", "faults").status_code == 204
    assert neo.get("accounts").status_code == 200
    assert neo.control("POST", "faults", {"status": 99}).status_code == 422
    assert neo.control("POST", "faults", {"nada": 1}).status_code == 422


def test_all_tokens_can_be_made_worthless(neo) -> None:
    assert neo.control("POST", "tokens/expire").status_code == 204
    assert neo.get("WhoAmI").status_code == 401
    neo.act_as("hub")
    assert neo.get("WhoAmI").status_code == 200


def test_the_service_protects_itself_by_number_of_requests(neo_with) -> None:
    neo = neo_with(Limits(requests=3, window_s=300))
    answers = [neo.get("WhoAmI") for _ in range(4)]
    assert [a.status_code for a in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ms-ratelimit-burst-remaining-xrm-requests"] == "2"
    assert answers[0].headers["x-ms-dop-hint"] == "4"
    refused = answers[3]
    assert refused.json()["error"]["code"] == "0x80072322"
    assert 1 <= int(refused.headers["Retry-After"]) <= 300
    neo.act_as("reader")  # limits are per user
    assert neo.get("WhoAmI").status_code == 200


def test_the_service_protects_itself_by_time_spent(neo_with) -> None:
    neo = neo_with(Limits(execution_ms=0))
    refused = neo.get("WhoAmI")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "0x80072321")
    assert "0 milliseconds over time window of 300 seconds" in refused.json()["error"]["message"]


def test_the_service_protects_itself_by_concurrency(neo_with) -> None:
    refused = neo_with(Limits(concurrency=0)).get("WhoAmI")
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "0x80072326")
    assert refused.headers["Retry-After"]
