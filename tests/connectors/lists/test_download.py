"""Files of a list: asked for only when they changed, and then all of them."""

from datetime import UTC, datetime

import pytest
import responses

from connectors.http import HttpSession
from connectors.lists.download import Validator, fetch_files, open_lists

BASE = "https://lists.example/ofac"
FILES = {"sdn": "SDN.CSV", "alt": "ALT.CSV"}


@pytest.fixture
def session() -> HttpSession:
    return open_lists(BASE, None)


@responses.activate
def test_the_first_fetch_keeps_the_validators(session: HttpSession) -> None:
    headers = {"ETag": '"v1"', "Last-Modified": "Fri, 03 May 2024 14:00:00 GMT"}
    responses.get(f"{BASE}/SDN.CSV", body=b"sdn", headers=headers)
    responses.get(f"{BASE}/ALT.CSV", body=b"alt", headers={"Last-Modified": "nonsense"})
    fetched = fetch_files(session, FILES, {})
    assert fetched["sdn"].payload == b"sdn"
    assert fetched["sdn"].validator == Validator('"v1"', "Fri, 03 May 2024 14:00:00 GMT")
    assert fetched["sdn"].published_at == datetime(2024, 5, 3, 14, tzinfo=UTC)
    assert fetched["alt"].published_at is None
    assert responses.calls[0].request.headers["User-Agent"].startswith("neo-hub/")


@responses.activate
def test_nothing_changed_costs_a_request_without_a_body(session: HttpSession) -> None:
    responses.get(f"{BASE}/SDN.CSV", status=304)
    responses.get(f"{BASE}/ALT.CSV", status=304)
    known = {"sdn": Validator('"v1"', None), "alt": Validator(None, "Fri, 03 May 2024 14:00:00 GMT")}
    fetched = fetch_files(session, FILES, known)
    assert [file.payload for file in fetched.values()] == [None, None]
    assert {part: file.validator for part, file in fetched.items()} == known
    sent = [call.request.headers for call in responses.calls]
    assert sent[0]["If-None-Match"] == '"v1"'
    assert sent[1]["If-Modified-Since"] == "Fri, 03 May 2024 14:00:00 GMT"


@responses.activate
def test_one_changed_file_fetches_the_whole_publication(session: HttpSession) -> None:
    responses.get(f"{BASE}/SDN.CSV", status=304)
    responses.get(f"{BASE}/SDN.CSV", body=b"sdn")
    responses.get(f"{BASE}/ALT.CSV", body=b"alt-2", headers={"ETag": '"a2"'})
    fetched = fetch_files(session, FILES, {"sdn": Validator('"v1"', None), "alt": Validator('"a1"', None)})
    assert {part: file.payload for part, file in fetched.items()} == {"sdn": b"sdn", "alt": b"alt-2"}
    assert "If-None-Match" not in responses.calls[2].request.headers
