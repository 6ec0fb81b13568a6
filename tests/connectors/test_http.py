"""The session: what is tried again, what is not, what an answer means, and what is never said aloud."""

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import responses

from connectors.http import HttpSession, request_id_of
from connectors.redaction import redact_path, redact_url
from connectors.transport import open_session
from include.core.errors import ConfigError, DriftDetected, RetriableError

BASE = "https://portal.example/api"


@pytest.fixture
def naps() -> list[float]:
    """The waits a session asked for, instead of waiting."""
    return []


@pytest.fixture
def session(naps: list[float]) -> HttpSession:
    return HttpSession("portal", BASE, max_attempts=3, max_wait=20, sleep=naps.append, jitter=lambda: 1.0)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
@responses.activate
def test_a_get_is_tried_again_and_obeys_retry_after(session: HttpSession, naps: list[float], status: int) -> None:
    responses.get(f"{BASE}/companies", status=status, headers={"Retry-After": "7"})
    responses.get(f"{BASE}/companies", json={"ok": True})
    assert session.get_json("companies") == {"ok": True}
    assert naps == [7.0]
    sent = [call.request.headers["X-Request-ID"] for call in responses.calls]
    assert len(sent) == 2
    assert len(set(sent)) == 1, "all tries of one call carry one id"


@responses.activate
def test_retry_after_as_a_date_is_read_against_the_servers_clock(session: HttpSession, naps: list[float]) -> None:
    headers = {"Date": "Tue, 04 Mar 2031 10:00:00 GMT", "Retry-After": "Tue, 04 Mar 2031 10:00:12 GMT"}
    responses.get(f"{BASE}/x", status=503, headers=headers)
    responses.get(f"{BASE}/x", json=[])
    session.get_json("x")
    assert naps == [12.0]


@responses.activate
def test_without_retry_after_the_waits_grow_and_the_last_failure_is_raised(
    session: HttpSession, naps: list[float]
) -> None:
    responses.get(f"{BASE}/x", status=503, headers={"request-id": "srv-1"})
    with pytest.raises(RetriableError) as caught:
        session.request("GET", "x")
    assert naps == [0.5, 1.0]
    assert (caught.value.status, caught.value.request_id) == (503, "srv-1")


@responses.activate
def test_a_long_wait_is_left_to_the_scheduler(session: HttpSession, naps: list[float]) -> None:
    responses.get(f"{BASE}/x", status=429, headers={"Retry-After": "300"})
    with pytest.raises(RetriableError) as caught:
        session.request("GET", "x")
    assert naps == []
    assert caught.value.retry_after == 300


@pytest.mark.parametrize(
    ("status", "calls"),
    [(429, 2), (503, 2), (502, 1), (504, 1)],
    ids=["throttled", "unavailable", "bad gateway", "gateway timeout"],
)
@responses.activate
def test_a_post_is_repeated_only_when_the_server_says_it_did_nothing(
    session: HttpSession, status: int, calls: int
) -> None:
    responses.post(f"{BASE}/notices", status=status)
    responses.post(f"{BASE}/notices", status=201)
    if calls == 2:
        assert session.request("POST", "notices", json={}).status_code == 201
    else:
        with pytest.raises(RetriableError):
            session.request("POST", "notices", json={})
    assert len(responses.calls) == calls


@responses.activate
def test_a_post_declared_idempotent_is_repeated(session: HttpSession) -> None:
    responses.post(f"{BASE}/notices", body=requests.exceptions.ReadTimeout())
    responses.post(f"{BASE}/notices", status=201)
    assert session.request("POST", "notices", idempotent=True).status_code == 201


@responses.activate
def test_a_post_that_never_left_is_repeated(session: HttpSession) -> None:
    responses.post(f"{BASE}/notices", body=requests.exceptions.ConnectTimeout())
    responses.post(f"{BASE}/notices", status=201)
    assert session.request("POST", "notices").status_code == 201


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, DriftDetected),
        (404, DriftDetected),
        (500, DriftDetected),
        (401, ConfigError),
        (403, ConfigError),
    ],
)
@responses.activate
def test_other_refusals_are_never_repeated(session: HttpSession, status: int, error: type[Exception]) -> None:
    responses.get(f"{BASE}/x", status=status)
    with pytest.raises(error, match=str(status)):
        session.request("GET", "x")
    assert len(responses.calls) == 1


@responses.activate
def test_an_expected_status_is_handed_back_as_it_is(session: HttpSession, naps: list[float]) -> None:
    responses.get(f"{BASE}/x", status=429, headers={"x-ms-service-request-id": "abc"})
    answer = session.request("GET", "x", expected={200, 429})
    assert (answer.status_code, request_id_of(answer), naps) == (429, "abc", [])


@responses.activate
def test_our_own_id_serves_where_the_system_gives_none(session: HttpSession) -> None:
    responses.get(f"{BASE}/x", json=[])
    answer = session.request("GET", "x")
    assert request_id_of(answer) == responses.calls[0].request.headers["X-Request-ID"]


@responses.activate
def test_a_token_is_asked_for_each_try(naps: list[float]) -> None:
    tokens = iter(["old", "new"])
    session = HttpSession(
        "portal", BASE, authorise=lambda: {"Authorization": f"Bearer {next(tokens)}"}, sleep=naps.append
    )
    responses.get(f"{BASE}/x", status=503)
    responses.get(f"{BASE}/x", json=[])
    session.get_json("x")
    assert [call.request.headers["Authorization"] for call in responses.calls] == ["Bearer old", "Bearer new"]


def test_a_link_to_another_host_is_refused(session: HttpSession) -> None:
    with pytest.raises(DriftDetected, match="another host"):
        session.request("GET", "https://evil.example/api/companies")


@responses.activate
def test_secret_headers_do_not_follow_a_redirect_to_another_host(naps: list[float]) -> None:
    session = HttpSession("rues", BASE, headers={"X-App-Token": "s3cret"}, sleep=naps.append)
    responses.get(f"{BASE}/x", status=302, headers={"Location": "https://store.example/signed"})
    responses.get("https://store.example/signed", json=[])
    session.get_json("x")
    assert "X-App-Token" in responses.calls[0].request.headers
    assert "X-App-Token" not in responses.calls[1].request.headers


@responses.activate
def test_a_body_that_is_not_json_is_a_drift_and_is_not_quoted(session: HttpSession) -> None:
    responses.get(f"{BASE}/x", body="<html>María Inventada</html>")
    with pytest.raises(DriftDetected, match="not JSON") as caught:
        session.get_json("x")
    assert "Inventada" not in str(caught.value)


@responses.activate
def test_neither_logs_nor_errors_hold_values_tokens_or_bodies(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    session = HttpSession(
        "portal", BASE, headers={"Authorization": "Bearer tok-123456"}, max_attempts=2, sleep=lambda _: None
    )
    responses.get(f"{BASE}/accounts(pc_nit='900123456')", status=503, body="Inventada")
    with pytest.raises(RetriableError) as caught:
        session.request("GET", "accounts(pc_nit='900123456')", params={"email": "maria@inventada.example"})
    said = caplog.text + str(caught.value) + repr(caught.value)
    for secret in ("900123456", "maria", "inventada.example", "tok-123456", "Inventada"):
        assert secret not in said


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h:8443/a/b?since=2024&q=%27x%27", "h:8443/a/b?since=…&q=…"),
        (
            "https://h/accounts(9f2504e0-4f89-11d3-9a0c-0305e82c3301)",
            "h/accounts(9f2504e0-4f89-11d3-9a0c-0305e82c3301)",
        ),
        ("https://h/accounts(pc_nit=%27900123456%27)", "h/accounts(pc_nit='…')"),
        ("https://h/users/ana@x.example/photo", "h/users/…/photo"),
        ("https://h/nit/900123456", "h/nit/…"),
        ("https://h/resource/c82u-588k.json", "h/resource/c82u-588k.json"),
    ],
)
def test_redaction_keeps_the_question_and_drops_the_person(url: str, shown: str) -> None:
    assert redact_url(url) == shown


def test_redacting_twice_changes_nothing() -> None:
    once = redact_path("/accounts(name='O''Hara',x='1')/a@b.example")
    assert redact_path(once) == once


def test_a_missing_ca_bundle_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="CA bundle"):
        open_session(tmp_path / "no.pem")


def test_a_ca_bundle_wins_over_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = tmp_path / "ca.pem"
    pem.write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/elsewhere.pem")
    session = open_session(pem)
    chosen = session.merge_environment_settings("https://h/", {}, None, None, None)
    assert chosen["verify"] == str(pem)


def test_no_address_is_a_config_error_that_names_the_variable() -> None:
    with pytest.raises(ConfigError, match="HUB_PORTAL__URL"):
        HttpSession("portal", "")


Serve = Callable[[Callable[[BaseHTTPRequestHandler], None]], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a real little server whose GET is the given function; returns its address."""
    servers: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_: Any) -> None:
                """Silence."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_transfer_cut_in_the_middle_is_tried_again(serve: Serve) -> None:
    calls = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        calls.append(handler.path)
        handler.send_response(200)
        handler.send_header("Content-Length", "10")
        handler.end_headers()
        handler.wfile.write(b"0123" if len(calls) == 1 else b"0123456789")
        handler.close_connection = True

    session = HttpSession("lists", serve(answer), sleep=lambda _: None)
    assert session.request("GET", "SDN.CSV").content == b"0123456789"
    assert len(calls) == 2


def test_a_server_that_does_not_answer_ends_in_a_retriable_error(serve: Serve) -> None:
    hold = threading.Event()
    session = HttpSession(
        "lists", serve(lambda _: hold.wait(5) and None), timeout=0.05, max_attempts=2, sleep=lambda _: None
    )
    with pytest.raises(RetriableError, match="ReadTimeout"):
        session.request("GET", "slow")
    hold.set()


def test_a_closed_port_ends_in_a_retriable_error() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    session = HttpSession("lists", f"http://127.0.0.1:{port}", max_attempts=2, sleep=lambda _: None)
    with pytest.raises(RetriableError, match="ConnectionError"):
        session.request("GET", "x")


@responses.activate
def test_the_rate_limit_spaces_the_requests(naps: list[float]) -> None:
    session = HttpSession("rues", BASE, min_interval=10, sleep=naps.append)
    responses.get(f"{BASE}/x", json=[])
    for _ in range(3):
        session.get_json("x")
    assert naps == pytest.approx([10, 20], abs=1)
