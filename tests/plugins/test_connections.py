"""Airflow connections laid over the hub's settings, and the connection type `neo` itself."""

import json
from pathlib import Path

import pytest
from hub_airflow.connections import settings_from_airflow
from hub_airflow.hooks import NeoHook
from hub_airflow.provider import get_provider_info

from connectors.neo.client import Identity
from include.core.errors import ConfigError
from include.core.settings import Settings

ORG = "https://org.crm.test"
NEO = {
    "conn_type": "neo",
    "host": ORG,
    "login": "app-id",
    "password": "app-secret",
    "extra": {"tenant": "t-1", "authority": "https://login.test/t-1"},
}


@pytest.fixture(autouse=True)
def plain_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub whose own settings name a portal and a mail server."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_PORTAL__URL", "https://portal.of.settings")
    monkeypatch.setenv("HUB_MAIL__SENDER", "hub@agency.test")


def define(monkeypatch: pytest.MonkeyPatch, name: str, **connection: object) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", json.dumps(connection))


def test_without_connections_the_settings_stand() -> None:
    settings = settings_from_airflow()
    assert settings.portal.url == "https://portal.of.settings"
    assert settings.neo.url == ""


def test_a_connection_wins_over_the_settings_and_only_for_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    define(monkeypatch, "neo_default", **NEO)
    define(monkeypatch, "portal_default", conn_type="http", host="portal.test", port=8443, password="a-token")
    settings = settings_from_airflow()
    assert settings.neo.url == ORG
    assert (settings.neo.client_id, settings.neo.tenant) == ("app-id", "t-1")
    assert settings.neo.client_secret.get_secret_value() == "app-secret"
    assert settings.portal.url == "https://portal.test:8443"
    assert settings.portal.token.get_secret_value() == "a-token"
    assert settings.mail.sender == "hub@agency.test"


def test_only_the_systems_asked_for_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    define(monkeypatch, "neo_default", **NEO)
    assert settings_from_airflow(["portal"]).neo.url == ""


def test_mail_takes_named_fields_only(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"sender": "neo@agency.test", "starttls": "true", "surprise": "ignored"}
    define(monkeypatch, "mail_default", conn_type="smtp", host="smtp.test", port=587, login="u", password="p-secret",
           extra=extra)  # fmt: skip
    mail = settings_from_airflow().mail
    assert (mail.host, mail.port, mail.user, mail.sender, mail.starttls) == (
        "smtp.test", 587, "u", "neo@agency.test", True
    )  # fmt: skip


@pytest.mark.parametrize(
    ("missing", "names"), [({"host": ""}, "address"), ({"extra": {}}, "tenant")], ids=["no address", "no tenant"]
)
def test_a_half_filled_connection_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, missing: dict[str, object], names: str
) -> None:
    define(monkeypatch, "neo_default", **(NEO | missing))
    with pytest.raises(ConfigError, match="neo_default") as refused:
        settings_from_airflow()
    assert names in str(refused.value)
    assert "app-secret" not in str(refused.value)


class FakeNeo:
    """Stands where the connector's client would: answers who we are, or refuses."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def __enter__(self) -> "FakeNeo":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def whoami(self) -> Identity:
        if self.settings.neo.client_secret.get_secret_value() != "app-secret":
            raise ConfigError("neo", "the identity service refuses the application", "Check its secret")
        return Identity("u-1", "b-1", "o-1")


@pytest.mark.parametrize(
    ("secret", "works", "told"), [("app-secret", True, "u-1"), ("old-one", False, "Check its secret")]
)
def test_the_test_button_asks_neo_who_we_are_and_tells_no_secret(
    monkeypatch: pytest.MonkeyPatch, secret: str, works: bool, told: str
) -> None:
    monkeypatch.setattr("connectors.neo.client.open_neo", FakeNeo)
    define(monkeypatch, "neo_of_ours", **(NEO | {"password": secret}))
    answer = NeoHook("neo_of_ours").test_connection()
    assert answer[0] is works
    assert told in answer[1]
    assert secret not in answer[1]


def test_airflow_offers_the_connection_type() -> None:
    from airflow.sdk.providers_manager_runtime import ProvidersManagerTaskRuntime

    hook = ProvidersManagerTaskRuntime().hooks["neo"]
    assert (hook.hook_name, hook.hook_class_name) == ("NEO (Dataverse)", "hub_airflow.hooks.NeoHook")
    fields = get_provider_info()["connection-types"][0]["conn-fields"]
    assert set(fields) == {"tenant", "authority"}
