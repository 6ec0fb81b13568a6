"""The portal's pages: followed to the end, deletions told apart, and nothing but the agreed shape accepted."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import responses
from pydantic import SecretStr
from responses import matchers

from connectors.portal import PortalClient, parse_page
from include.core.errors import ConfigError, DriftDetected, RecordRejected
from include.core.settings import TokenEndpoint

BASE = "https://portal.example"


@pytest.fixture
def client() -> PortalClient:
    return PortalClient.from_settings(TokenEndpoint(url=BASE, token=SecretStr("tok-1")), None)


def page(*rows: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"data": list(rows), "next_cursor": cursor}


@responses.activate
def test_every_page_is_followed_with_the_same_question(client: PortalClient) -> None:
    since = datetime(2026, 11, 1, 10, tzinfo=UTC)
    asked = {"limit": "2", "updated_since": "2026-11-01T10:00:00Z"}
    url = f"{BASE}/api/v1/offers"
    responses.get(url, json=page({"id": "1"}, cursor="c2"), match=[matchers.query_param_matcher(asked)])
    second = matchers.query_param_matcher({**asked, "cursor": "c2"})
    responses.get(url, json=page({"id": "2"}), match=[second])
    pages = [parse_page(payload) for payload in client.fetch_pages("api/v1/offers", since=since, page_size=2)]
    assert [row["id"] for one in pages for row in one.rows] == ["1", "2"]
    assert responses.calls[0].request.headers["Authorization"] == "Bearer tok-1"


@responses.activate
def test_without_an_instant_everything_is_asked_for(client: PortalClient) -> None:
    responses.get(f"{BASE}/api/v1/offers", json=page(), match=[matchers.query_param_matcher({"limit": "5"})])
    assert len(list(client.fetch_pages("api/v1/offers", since=None, page_size=5))) == 1


def test_deleted_records_are_told_apart() -> None:
    live = {"id": "1", "deleted": False, "title": "x"}
    gone = {"id": "2", "deleted": True, "updated_at": "2026-11-01T00:00:00Z"}
    parsed = parse_page(json.dumps(page(live, gone)).encode())
    assert parsed.rows == [{"id": "1", "title": "x"}]
    assert parsed.deleted == [gone]


@pytest.mark.parametrize(
    "payload", [b"<html>", b"[]", b'{"data": []}', b'{"data": {}, "x": 1}', b'{"data": [1], "next_cursor": null}']
)
def test_any_other_shape_is_a_drift(payload: bytes) -> None:
    with pytest.raises(DriftDetected, match="agreed object"):
        parse_page(payload)


@responses.activate
def test_an_answer_may_be_sent_again_because_it_carries_a_key(client: PortalClient) -> None:
    url = f"{BASE}/api/v1/registrations/R1/answer"
    responses.put(url, status=502)
    responses.put(url, status=200, headers={"X-Request-ID": "r-9"})
    client_without_waiting(client)
    assert client.send("api/v1/registrations/R1/answer", {"a": 1}, idempotency_key="reg-1:accept") == "r-9"
    assert [call.request.headers["Idempotency-Key"] for call in responses.calls] == ["reg-1:accept"] * 2


@pytest.mark.parametrize("status", [404, 409, 422])
@responses.activate
def test_an_answer_the_portal_refuses_for_good_does_not_stop_the_others(client: PortalClient, status: int) -> None:
    responses.put(f"{BASE}/api/v1/registrations/R1/answer", status=status, json={"error": {"message": "Ana"}})
    with pytest.raises(RecordRejected, match="refused it") as caught:
        client.send("api/v1/registrations/R1/answer", {}, idempotency_key="k-1")
    assert caught.value.record_key == "k-1"
    assert "Ana" not in str(caught.value)


@responses.activate
def test_a_wrong_token_is_a_config_error(client: PortalClient) -> None:
    responses.get(f"{BASE}/api/v1/offers", status=401)
    with pytest.raises(ConfigError, match="token or secret of portal"):
        list(client.fetch_pages("api/v1/offers", since=None, page_size=5))


def client_without_waiting(client: PortalClient) -> None:
    client._session._sleep = lambda _: None
