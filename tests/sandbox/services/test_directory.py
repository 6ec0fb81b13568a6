"""The directory: tokens of NEO's sign-in service, Graph's selection, filters and pages."""

from typing import Any

import msal
import pytest
import requests

from include.core import reference
from include.sandbox.directory.filters import FilterError, parse_filter

FIELDS = "id,displayName,mail,jobTitle,officeLocation,accountEnabled,onPremisesExtensionAttributes"


@pytest.fixture
def graph(call: Any, sandbox: Any) -> Any:
    """Calls with a token fetched through msal, as the hub does."""
    return call("directory", token=token_for(sandbox, "DIRECTORY", sandbox.urls["directory"]))


def token_for(sandbox: Any, system: str, resource: str) -> str:
    session = requests.Session()
    session.trust_env, session.verify = False, str(sandbox.ca_bundle)
    app = msal.ConfidentialClientApplication(
        sandbox.env[f"HUB_{system}__CLIENT_ID"],
        client_credential=sandbox.env[f"HUB_{system}__CLIENT_SECRET"],
        authority=sandbox.env[f"HUB_{system}__AUTHORITY"],
        instance_discovery=False,
        http_client=session,
    )
    answer = app.acquire_token_for_client(scopes=[f"{resource}/.default"])
    return str(answer["access_token"])


def test_every_advisor_is_found_by_following_next_links(graph: Any, sandbox: Any) -> None:
    users: list[dict[str, Any]] = []
    following: str | None = f"/v1.0/users?$select={FIELDS}&$top=7"
    while following:
        page = graph("GET", following).json()
        users += page["value"]
        following = page.get("@odata.nextLink")
    assert [user["id"] for user in users] == [advisor.advisor_id for advisor in sandbox.world.advisors]
    first, advisor = users[0], sandbox.world.advisors[0]
    attributes = first["onPremisesExtensionAttributes"]
    assert (attributes["extensionAttribute1"], first["officeLocation"]) == (advisor.office_kind, advisor.office_slug)
    assert set(attributes["extensionAttribute2"].split(";")) <= reference.countries().keys()
    assert any(not user["accountEnabled"] for user in users) or all(a.is_active for a in sandbox.world.advisors)


def test_the_users_of_neo_carry_the_ids_of_the_directory(graph: Any, sandbox: Any) -> None:
    ids = {row["azureactivedirectoryobjectid"] for row in sandbox.world.neo["systemuser"]}
    assert ids == {user["id"] for user in graph("GET", "/v1.0/users?$select=id&$top=999").json()["value"]}


def test_extension_attributes_come_only_when_asked_for(graph: Any) -> None:
    assert "onPremisesExtensionAttributes" not in graph("GET", "/v1.0/users?$top=1").json()["value"][0]


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ("accountEnabled eq true", lambda a: a.is_active),
        ("officeLocation eq 'japon'", lambda a: a.office_slug == "japon"),
        (
            "officeLocation in ('japon', 'chile') and accountEnabled eq true",
            lambda a: a.office_slug in ("japon", "chile") and a.is_active,
        ),
        ("onPremisesExtensionAttributes/extensionAttribute1 eq 'ofireg'", lambda a: a.office_kind == "ofireg"),
        (
            "not (startswith(displayName,'a') or officeLocation ne 'peru')",
            lambda a: a.office_slug == "peru" and a.full_name[0] not in "aA",
        ),
    ],
)
def test_filters(graph: Any, sandbox: Any, where: str, fits: Any) -> None:
    found = graph("GET", "/v1.0/users", params={"$filter": where, "$select": "id", "$top": 999}).json()["value"]
    assert {user["id"] for user in found} == {a.advisor_id for a in sandbox.world.advisors if fits(a)}


def test_strangers_and_tokens_for_another_service_are_turned_away(call: Any, sandbox: Any) -> None:
    for_neo = token_for(sandbox, "NEO", sandbox.urls["neo"])
    for token in (None, "forged", for_neo):
        answer = call("directory", token=token)("GET", "/v1.0/users")
        assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1.0/users/nobody", 404, "Request_ResourceNotFound"),
        ("/v1.0/users?$select=shoeSize", 400, "Request_BadRequest"),
        ("/v1.0/users?$top=1000", 400, "Request_BadRequest"),
        ("/v1.0/users?$filter=mail like 'x'", 400, "Request_UnsupportedQuery"),
        ("/v1.0/users?$skiptoken=x", 400, "Directory_ExpiredPageToken"),
    ],
)
def test_refusals_are_graphs(graph: Any, path: str, status: int, code: str) -> None:
    answer = graph("GET", path, headers={"client-request-id": "abc"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["innerError"]["client-request-id"]) == (status, code, "abc")


def test_an_advisor_who_leaves(graph: Any, sandbox: Any, sandbox_control: Any) -> None:
    advisor = next(a for a in sandbox.world.advisors if a.is_active)
    sandbox_control("directory", "PATCH", f"users/{advisor.advisor_id}", json={"accountEnabled": False})
    assert graph("GET", f"/v1.0/users/{advisor.email}?$select=accountEnabled").json()["accountEnabled"] is False
    sandbox_control("directory", "PATCH", f"users/{advisor.advisor_id}", json={"accountEnabled": True})


@pytest.mark.parametrize("text", ["", "a", "a eq", "a eq b", "(a eq 'x'", "a eq 'x' or", "startswith(a)", "a gt 'x'"])
def test_malformed_filters_are_refused(text: str) -> None:
    with pytest.raises(FilterError):
        parse_filter(text)({"a": "x"})
