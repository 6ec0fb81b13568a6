"""Tokens of Microsoft Entra for a service: OAuth 2 client credentials through msal, kept in memory only."""

from pathlib import Path
from urllib.parse import urlsplit

import msal
import requests

from connectors.transport import open_session
from include.core.errors import ConfigError, RetriableError
from include.core.settings import OAuthEndpoint


class ClientCredentials:
    """Bearer tokens for one system, asked of `endpoint.authority` at the first use."""

    def __init__(self, system: str, endpoint: OAuthEndpoint, ca_bundle: Path | None) -> None:
        self._system = system
        self._endpoint = endpoint
        self._ca_bundle = ca_bundle
        self._app: msal.ConfidentialClientApplication | None = None

    def headers(self) -> dict[str, str]:
        """The Authorization header. Raises ConfigError when refused, RetriableError when out of reach."""
        origin = urlsplit(self._endpoint.url)
        scope = f"{origin.scheme}://{origin.netloc}/.default"
        try:
            answer = self._application().acquire_token_for_client(scopes=[scope])
        except requests.exceptions.RequestException as error:
            raise RetriableError(self._system, f"no answer of the identity service ({type(error).__name__})") from None
        if "access_token" not in answer:
            # `error` is a code of the protocol; the description may quote ids and stays out of our messages.
            raise ConfigError(
                f"HUB_{self._system.upper()}__CLIENT_ID / __CLIENT_SECRET",
                f"the identity service refused the application ({answer.get('error', 'no token')})",
                "Check tenant, client id, secret and its expiry, and what the application may read",
            )
        return {"Authorization": f"Bearer {answer['access_token']}"}

    def _application(self) -> msal.ConfidentialClientApplication:
        if self._app is None:
            host = urlsplit(self._endpoint.authority).hostname or ""
            try:
                self._app = msal.ConfidentialClientApplication(
                    self._endpoint.client_id,
                    client_credential=self._endpoint.client_secret.get_secret_value(),
                    authority=self._endpoint.authority,
                    # Microsoft is not to be asked whether it knows a host that is not its own.
                    instance_discovery=None if host.startswith("login.microsoftonline.") else False,
                    http_client=open_session(self._ca_bundle),
                )
            except ValueError as error:
                raise ConfigError(
                    f"HUB_{self._system.upper()}__AUTHORITY",
                    "the address of the identity service is not usable",
                    "It must be https and end in the tenant: https://login.microsoftonline.com/<tenant>",
                ) from error
        return self._app
