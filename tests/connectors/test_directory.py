"""Microsoft Graph: a token by client credentials, pages followed by their links, nested attributes flattened."""

import pytest
import responses
from pydantic import SecretStr

from connectors.directory import DirectoryClient, next_link, parse_page
from include.core.errors import ConfigError, DriftDetected, RetriableError
from include.core.settings import OAuthEndpoint

GRAPH = "https://graph.example"
LOGIN = "https://login.example/tenant-1"
TOKEN = f"{LOGIN}/oauth2/v2.0/token"


@pytest.fixture
def client() -> DirectoryClient:
    endpoint = OAuthEndpoint(url=GRAPH, authority=LOGIN, client_id="hub", client_secret=SecretStr("s3cret-value"))
    return DirectoryClient.from_settings(endpoint, None)


def read(client: DirectoryClient) -> list[bytes]:
    return list(client.fetch_pages("v1.0/users", select=["id", "mail"], where="accountEnabled eq true", page_size=2))


@responses.activate
def test_pages_are_followed_with_one_token(client: DirectoryClient) -> None:
    identity_answers()
    responses.post(TOKEN, json={"access_token": "tok-9", "expires_in": 3600, "token_type": "Bearer"})
    following = f"{GRAPH}/v1.0/users?$skiptoken=abc"
    responses.get(f"{GRAPH}/v1.0/users", json={"value": [{"id": "1"}], "@odata.nextLink": following})
    responses.get(following, json={"value": [{"id": "2"}]})
    pages = read(client)
    assert [row["id"] for payload in pages for row in parse_page(payload)] == ["1", "2"]
    graph_calls = [call.request for call in responses.calls if call.request.url.startswith(GRAPH)]
    assert {call.headers["Authorization"] for call in graph_calls} == {"Bearer tok-9"}
    assert graph_calls[0].params == {"$select": "id,mail", "$top": "2", "$filter": "accountEnabled eq true"}
    token_calls = [call.request for call in responses.calls if call.request.url == TOKEN]
    assert len(token_calls) == 1
    assert "scope=https%3A%2F%2Fgraph.example%2F.default" in str(token_calls[0].body)


@responses.activate
def test_a_refused_secret_is_a_config_error_without_the_secret(client: DirectoryClient) -> None:
    identity_answers()
    refusal = {"error": "invalid_client", "error_description": "AADSTS7000215: s3cret-value is wrong"}
    responses.post(TOKEN, json=refusal, status=401)
    with pytest.raises(ConfigError, match="invalid_client") as caught:
        read(client)
    assert "s3cret-value" not in str(caught.value)


@responses.activate
def test_an_identity_service_out_of_reach_may_be_tried_again(client: DirectoryClient) -> None:
    with pytest.raises(RetriableError, match="identity service"):
        read(client)


def test_an_http_authority_is_a_config_error() -> None:
    endpoint = OAuthEndpoint(url=GRAPH, authority="http://login.example/tenant-1", client_id="hub")
    with pytest.raises(ConfigError, match="HUB_DIRECTORY__AUTHORITY"):
        read(DirectoryClient.from_settings(endpoint, None))


def test_nested_attributes_get_dotted_names() -> None:
    payload = b'{"value": [{"id": "1", "@odata.etag": "x", "ext": {"office": "peru", "tags": ["a"]}}]}'
    assert parse_page(payload) == [{"id": "1", "ext.office": "peru", "ext.tags": ["a"]}]


@pytest.mark.parametrize("payload", [b"x", b"[]", b'{"error": {}}', b'{"value": 1}'])
def test_any_other_shape_is_a_drift(payload: bytes) -> None:
    with pytest.raises(DriftDetected):
        next_link(payload)


def identity_answers() -> None:
    responses.get(
        f"{LOGIN}/v2.0/.well-known/openid-configuration",
        json={
            "authorization_endpoint": f"{LOGIN}/oauth2/v2.0/authorize",
            "token_endpoint": TOKEN,
            "issuer": f"{LOGIN}/v2.0",
        },
    )
