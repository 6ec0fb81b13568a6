"""The token NEO wants, shared by the threads of a bulk load, and thrown away when NEO no longer takes it."""

import threading
from pathlib import Path

from connectors.entra import ClientCredentials
from include.core.settings import OAuthEndpoint


class NeoTokens:
    """Authorization headers of the hub's application user. Nothing is fetched before the first use."""

    def __init__(self, endpoint: OAuthEndpoint, ca_bundle: Path | None) -> None:
        self._endpoint, self._ca_bundle = endpoint, ca_bundle
        self._lock = threading.Lock()
        self._credentials = ClientCredentials("neo", endpoint, ca_bundle)

    def headers(self) -> dict[str, str]:
        """The header to send. Raises ConfigError when refused, RetriableError when the service is out of reach."""
        with self._lock:  # the first of several threads fetches, the others find it in memory
            return self._credentials.headers()

    def renew(self) -> None:
        """Forget the token in memory; the next `headers` fetches a fresh one."""
        with self._lock:
            self._credentials = ClientCredentials("neo", self._endpoint, self._ca_bundle)
