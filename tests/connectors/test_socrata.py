"""SODA paging by `:id`, the questions asked, and the shapes refused."""

import pytest
import responses
from pydantic import SecretStr

from connectors.socrata import SocrataClient, parse_page, quote
from include.core.errors import DriftDetected
from include.core.settings import TokenEndpoint

BASE = "https://datos.example"
URL = f"{BASE}/resource/c82u-588k.json"


@pytest.fixture
def client() -> SocrataClient:
    return SocrataClient.from_settings("rues", TokenEndpoint(url=BASE, token=SecretStr("app-1")), None)


def asked(number: int) -> dict[str, str]:
    params: dict[str, str] = responses.calls[number].request.params  # type: ignore[attr-defined]
    return params


@responses.activate
def test_pages_follow_the_row_id_until_one_is_short(client: SocrataClient) -> None:
    responses.get(URL, json=[{":id": "row-a"}, {":id": "row-b'"}])
    responses.get(URL, json=[{":id": "row-c"}])
    pages = [parse_page(payload) for payload in client.fetch_pages("c82u-588k", since=None, page_size=2)]
    assert [row[":id"] for rows in pages for row in rows] == ["row-a", "row-b'", "row-c"]
    assert asked(0) == {"$select": ":*,*", "$order": ":id", "$limit": "2"}
    assert asked(1)["$where"] == "(:id > 'row-b''')"
    assert responses.calls[0].request.headers["X-App-Token"] == "app-1"


@responses.activate
def test_the_instant_and_the_condition_of_the_sheet_are_joined(client: SocrataClient) -> None:
    from datetime import UTC, datetime

    responses.get(URL, json=[])
    since = datetime(2026, 9, 1, 5, 30, 0, 250_000, tzinfo=UTC)
    list(client.fetch_pages("c82u-588k", since=since, page_size=2, where="nit is not null"))
    assert asked(0)["$where"] == "(nit is not null) and (:updated_at > '2026-09-01T05:30:00.250Z')"


@responses.activate
def test_rows_without_an_id_cannot_be_followed(client: SocrataClient) -> None:
    responses.get(URL, json=[{"nit": "1"}, {"nit": "2"}])
    with pytest.raises(DriftDetected, match="without their :id"):
        list(client.fetch_pages("c82u-588k", since=None, page_size=2))


@pytest.mark.parametrize("payload", [b"x", b'{"error": true}', b"[1]"])
def test_any_other_shape_is_a_drift(payload: bytes) -> None:
    with pytest.raises(DriftDetected):
        parse_page(payload)


def test_quotes_are_doubled() -> None:
    assert quote("O'Hara") == "'O''Hara'"
