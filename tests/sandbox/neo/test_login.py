"""Signing in: tokens as msal asks for them, refusals in the directory's own words, the end of a token's life."""

from pathlib import Path

import msal
import pytest
import requests

from include.sandbox.neo.app import create_app
from include.sandbox.neo.identity import ensure_identity, new_identity
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.serving import serve_in_thread
from include.sandbox.tls import ensure_certificates

HOST = "https://neo.test"


@pytest.mark.parametrize("option", ["authority", "oidc_authority"])
def test_msal_gets_a_token_over_https_and_the_token_opens_the_service(tmp_path: Path, option: str) -> None:
    identity = new_identity()
    certificates = ensure_certificates(tmp_path)
    server = serve_in_thread(create_app(NeoStore(), identity), certificates)
    try:
        session = requests.Session()
        session.trust_env, session.verify = False, str(certificates.ca_pem)
        hub = identity.applications[0]
        extra = {"instance_discovery": False} if option == "authority" else {}
        client = msal.ConfidentialClientApplication(
            hub.client_id,
            client_credential=hub.client_secret,
            http_client=session,
            **{option: f"{server.url}/{identity.tenant}"},
            **extra,
        )
        token = client.acquire_token_for_client([f"{server.url}/.default"])
        assert token["token_type"] == "Bearer"
        answer = session.get(
            f"{server.url}/api/data/v9.2/WhoAmI", headers={"Authorization": f"Bearer {token['access_token']}"}
        )
        assert answer.json()["OrganizationId"]
        assert answer.json()["@odata.context"].startswith(f"{server.url}/api/data/v9.2/$metadata#")
    finally:
        server.stop()
    assert not server.is_running


CASES = [
    ("wrong secret", {"client_secret": "nope"}, 401, "invalid_client", "AADSTS7000215"),
    ("unknown app", {"client_id": "11111111-1111-1111-1111-111111111111"}, 400, "unauthorized_client", "AADSTS700016"),
    ("scope without default", {"scope": f"{HOST}/user_impersonation"}, 400, "invalid_scope", "AADSTS1002012"),
    ("unknown resource", {"scope": "https://other.test/.default"}, 400, "invalid_resource", "AADSTS500011"),
    ("other grant", {"grant_type": "password"}, 400, "unsupported_grant_type", "AADSTS70003"),
]


@pytest.mark.parametrize(("change", "status", "error", "number"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_the_token_endpoint_refuses_in_the_words_of_the_directory(neo, change, status, error, number) -> None:
    hub = neo.identity.applications[0]
    form = {
        "grant_type": "client_credentials",
        "client_id": hub.client_id,
        "client_secret": hub.client_secret,
        "scope": f"{HOST}/.default",
    }
    answer = neo.http.post(f"/{neo.identity.tenant}/oauth2/v2.0/token", data=form | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_description"].startswith(number)
    assert hub.client_secret not in answer.text


def test_a_token_for_another_resource_is_given_but_does_not_open_neo(neo) -> None:
    answer = neo.token("directory", "https://directory.test/.default")
    assert answer.status_code == 200
    refused = neo.get("WhoAmI", Authorization=f"Bearer {answer.json()['access_token']}")
    assert refused.status_code == 401


def test_an_application_without_a_user_is_not_a_member(neo) -> None:
    neo.act_as("directory")
    answer = neo.get("WhoAmI")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "0x80072560")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer x.y.z", "Basic aHViOmh1Yg=="])
def test_without_a_good_token_the_answer_is_401_and_says_where_to_get_one(neo, header) -> None:
    neo.headers = {} if header is None else {"Authorization": header}
    answer = neo.get("accounts")
    assert answer.status_code == 401
    assert f"authorization_uri={HOST}/{neo.identity.tenant}" in answer.headers["WWW-Authenticate"]
    assert answer.json()["error"]["message"]


def test_a_token_expires(neo) -> None:
    assert neo.get("WhoAmI").status_code == 200
    neo.clock.advance(neo.identity.token_lifetime + 1)
    assert neo.get("WhoAmI").status_code == 401
    neo.act_as("hub")
    assert neo.get("WhoAmI").status_code == 200


def test_a_reader_may_read_and_nothing_else(neo) -> None:
    account = neo.create("accounts", {"name": "Café"})
    neo.act_as("reader")
    assert neo.get(f"accounts({account})").status_code == 200
    for answer in (
        neo.post("accounts", {"name": "Otra"}),
        neo.patch(f"accounts({account})", {"name": "Otra"}),
        neo.delete(f"accounts({account})"),
        neo.post("EntityDefinitions", {}),
    ):
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "0x80040220")
    assert neo.values("accounts?$select=name", "name") == ["Café"]


def test_acting_for_somebody_else_shows_both_in_the_row(neo) -> None:
    person = neo.create(
        "systemusers", {"lastname": "Rojas", "azureactivedirectoryobjectid": "22222222-2222-2222-2222-222222222222"}
    )
    hub = neo.row("WhoAmI")["UserId"]
    answer = neo.post("accounts", {"name": "Café"}, CallerObjectId="22222222-2222-2222-2222-222222222222")
    row = neo.row(answer.headers["OData-EntityId"])
    assert (row["_createdby_value"], row["_createdonbehalfby_value"]) == (person, hub)


def test_the_identity_is_kept_in_a_private_file_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "neo" / "identity.json"
    first = ensure_identity(path, ["https://directory.test/"])
    assert path.stat().st_mode & 0o777 == 0o600
    again = ensure_identity(path, ["https://directory.test/"])
    assert again == first
    assert again.resources == ("https://directory.test",)
    assert len({a.client_secret for a in first.applications} | {p.password for p in first.people}) == 7
