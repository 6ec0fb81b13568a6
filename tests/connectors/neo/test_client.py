"""What the client does with each kind of answer: wait, renew, refuse, stop."""

import pytest

from connectors.neo.errors import NeoRefusedError, parse_answer, reason_of
from include.core.errors import ConfigError, RetriableError
from tests.connectors.neo.conftest import API, knows_table

PERSON = "María Pérez"


def refuses(neo, status, code="0x80040203", message=f"Cannot convert the literal '{PERSON}'", **headers):
    neo.post(
        API + "accounts",
        status=status,
        json={"error": {"code": code, "message": message}},
        headers={"x-ms-service-request-id": "r-1", **headers},
    )


def test_every_request_carries_token_and_protocol(neo, client):
    neo.get(API + "WhoAmI", json={"UserId": "u", "BusinessUnitId": "b", "OrganizationId": "o"})
    assert client.whoami().user_id == "u"
    assert neo.calls[0].request.headers["Authorization"] == "Bearer token-1"


def test_an_expired_token_is_renewed_once(neo, client, tokens):
    neo.get(API + "WhoAmI", status=401)
    neo.get(API + "WhoAmI", json={"UserId": "u", "BusinessUnitId": "b", "OrganizationId": "o"})
    client.whoami()
    assert tokens.renewals == 1
    assert neo.calls[1].request.headers["Authorization"] == "Bearer token-2"


def test_a_fresh_token_that_is_refused_stops(neo, client, tokens):
    neo.get(API + "WhoAmI", status=401)
    with pytest.raises(ConfigError, match="fresh token"):
        client.whoami()
    assert tokens.renewals == 1


def test_throttling_is_waited_for_as_long_as_neo_says(neo, client, time):
    refuses(neo, 429, code="0x80072322", **{"Retry-After": "17"})
    neo.post(API + "accounts", status=204)
    client.request("POST", "accounts", json={})
    assert sum(time.slept) == pytest.approx(17)
    assert client.governor.concurrency < 4


def test_a_neo_that_stays_busy_is_left_to_the_scheduler(neo, client):
    refuses(neo, 503, **{"Retry-After": "1"})
    with pytest.raises(RetriableError) as error:
        client.request("POST", "accounts", json={})
    assert (error.value.status, error.value.retry_after, error.value.request_id) == (503, 1, "r-1")


def test_a_wait_beyond_the_window_is_left_to_the_scheduler(neo, client, time):
    refuses(neo, 429, **{"Retry-After": "3600"})
    with pytest.raises(RetriableError) as error:
        client.request("POST", "accounts", json={})
    assert error.value.retry_after == 3600
    assert time.slept == []


def test_a_write_that_may_have_been_done_is_not_repeated_unless_that_is_safe(neo, client):
    neo.post(API + "accounts", status=504)
    neo.post(API + "accounts", status=204)
    with pytest.raises(RetriableError):
        client.request("POST", "accounts", json={})
    neo.post(API + "contacts", status=504)
    neo.post(API + "contacts", status=204)
    assert client.request("POST", "contacts", json={}, idempotent=True).status_code == 204


def test_a_refusal_keeps_neos_words_as_facts_and_says_none_of_them(neo, client):
    refuses(neo, 400, code="0x80048D19")
    with pytest.raises(NeoRefusedError) as error:
        client.request("POST", "accounts", json={})
    assert (error.value.code, error.value.request_id, error.value.status) == ("0x80048d19", "r-1", 400)
    assert PERSON in error.value.message
    assert PERSON not in str(error.value)


@pytest.mark.parametrize("code", ["0x80040220", "0x80072560", ""])
def test_a_missing_privilege_stops_and_says_what_to_do(neo, client, code):
    refuses(neo, 403, code=code)
    with pytest.raises(ConfigError, match="security role"):
        client.request("POST", "accounts", json={})


def test_a_table_is_asked_for_once_and_one_that_is_missing_points_to_provisioning(neo, client):
    knows_table(neo)
    assert client.table("pc_offer").set_name == "pc_offers"
    assert client.table("pc_offer").set_name == "pc_offers"
    assert len(neo.calls) == 1
    with pytest.raises(ConfigError, match="hub neo provision"):
        client.table("pc_unknown")


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("0x80044331", "The length of the 'emailaddress1' attribute of the 'account' entity exceeded", "too_long"),
        ("0x80044331", f"The length of '{PERSON}' exceeded", "too_long"),
        ("0x80060892", "A record with the same value for pc_hubid already exists", "duplicate_key"),
        ("0x12345678", PERSON, "refused"),
    ],
)
def test_the_reason_of_a_refused_row_names_a_column_but_never_a_value(code, message, expected):
    answer = parse_answer(400, {"error": {"code": code, "message": message}}, "r-1")
    reason_code, sentence = reason_of(answer, ["emailaddress1"])
    assert reason_code == expected
    assert ("emailaddress1" in sentence) == ("emailaddress1" in message)
    assert "María" not in sentence
