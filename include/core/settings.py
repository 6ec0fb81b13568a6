"""Settings: where the outside systems and our two stores are. Read from the environment and one file.

Precedence: arguments, `HUB_*` environment variables (nested by `__`), then `<home>/hub.env`, which the
sandbox writes for its own addresses. Airflow connections are laid over these by the plugin, not here.
"""

import os
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OAuthEndpoint(_Part):
    """A system behind Entra client credentials. `authority` ends in the tenant."""

    url: str = ""
    authority: str = ""
    tenant: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")


class TokenEndpoint(_Part):
    """A system behind a fixed token."""

    url: str = ""
    token: SecretStr = SecretStr("")


class PlainEndpoint(_Part):
    """A public system."""

    url: str = ""


class MailServer(_Part):
    """The outgoing mail server. Without a user no login is tried."""

    host: str = "127.0.0.1"
    port: int = 2525
    sender: str = "NEO ProColombia <neo@procolombia.example>"
    user: str = ""
    password: SecretStr = SecretStr("")
    starttls: bool = False


class Settings(BaseSettings):
    """Everything that differs between two installations."""

    model_config = SettingsConfigDict(env_prefix="HUB_", env_nested_delimiter="__", extra="ignore")

    home: Path = Path(".hub")
    ledger_url: str = ""
    lake_url: str = ""
    config_dir: Path = PROJECT_ROOT / "include" / "config"
    ca_bundle: Path | None = None
    neo: OAuthEndpoint = OAuthEndpoint()
    portal: TokenEndpoint = TokenEndpoint()
    rues: TokenEndpoint = TokenEndpoint()
    lists: PlainEndpoint = PlainEndpoint()
    directory: OAuthEndpoint = OAuthEndpoint()
    mail: MailServer = MailServer()

    def require(self, system: str) -> None:
        """Raise ConfigError unless the address of `system` (neo, portal, rues, lists, directory) is set."""
        if not getattr(self, system).url:
            raise ConfigError(
                f"HUB_{system.upper()}__URL",
                f"no address for {system}",
                "Set it, or start the sandbox with `hub sandbox up`, which writes hub.env",
            )


def hub_home() -> Path:
    """Return the folder of the hub's state: HUB_HOME, or `.hub` in the project."""
    return Path(os.environ.get("HUB_HOME") or PROJECT_ROOT / ".hub").resolve()


def load_settings(**overrides: Any) -> Settings:
    """Return the settings of this process. Raises ConfigError naming the setting that is wrong."""
    home = Path(overrides.pop("home", None) or hub_home()).resolve()
    env_file = home / "hub.env"
    try:
        settings = Settings(_env_file=env_file if env_file.exists() else None, home=home, **overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = "HUB_" + "__".join(str(part).upper() for part in first["loc"])
        raise ConfigError(name, first["msg"], "Mend the variable or the line in hub.env") from error
    if not settings.ledger_url:
        settings.ledger_url = f"sqlite:///{home / 'ledger.db'}"
    if not settings.lake_url:
        settings.lake_url = str(home / "lake")
    return settings
