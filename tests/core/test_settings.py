"""Settings come from arguments, the environment and hub.env, in that order; secrets stay out of sight."""

from pathlib import Path

import pytest

from include.core.errors import ConfigError
from include.core.settings import load_settings


def test_stores_live_in_the_home_by_default(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path)
    assert settings.ledger_url == f"sqlite:///{tmp_path / 'ledger.db'}"
    assert settings.lake_url == str(tmp_path / "lake")


def test_the_environment_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hub.env").write_text("HUB_NEO__URL=https://file\nHUB_PORTAL__URL=https://file\n")
    monkeypatch.setenv("HUB_NEO__URL", "https://environment")
    settings = load_settings(home=tmp_path)
    assert (settings.neo.url, settings.portal.url) == ("https://environment", "https://file")


def test_a_secret_is_not_printed(tmp_path: Path) -> None:
    (tmp_path / "hub.env").write_text("HUB_NEO__CLIENT_SECRET=very-secret\n")
    settings = load_settings(home=tmp_path)
    assert "very-secret" not in repr(settings)
    assert settings.neo.client_secret.get_secret_value() == "very-secret"


def test_a_wrong_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_MAIL__PORT", "many")
    with pytest.raises(ConfigError, match="HUB_MAIL__PORT"):
        load_settings(home=tmp_path)


def test_a_missing_address_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="hub sandbox up"):
        load_settings(home=tmp_path).require("neo")
