"""The wire under `HttpSession`: TLS trust, time limits, and secrets that do not follow a redirect.

Retry, rate and errors live in `connectors.http`; this module never decides to ask twice.
"""

import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from include.core.errors import ConfigError

_SECRET_HEADERS = ("Authorization", "X-App-Token", "X-Api-Key", "Cookie")


class _TimedAdapter(HTTPAdapter):
    """Gives every call a time limit, also those of libraries (msal) that borrow the session and set none."""

    def __init__(self, timeout: float, pool_size: int) -> None:
        self._timeout = timeout
        super().__init__(pool_connections=pool_size, pool_maxsize=pool_size)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        if kwargs.get("timeout") is None:
            kwargs["timeout"] = self._timeout
        return super().send(request, *args, **kwargs)


class _Session(requests.Session):
    """Keeps secret headers from following a redirect to another host (requests drops Authorization only)."""

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        before, after = urlsplit(response.request.url or ""), urlsplit(prepared_request.url or "")
        if (before.scheme, before.netloc) != (after.scheme, after.netloc):
            for name in _SECRET_HEADERS:
                prepared_request.headers.pop(name, None)


def open_session(ca_bundle: Path | None, *, timeout: float = 30.0, pool_size: int = 10) -> requests.Session:
    """A bare session with our TLS trust and time limits, also for libraries (msal's `http_client=`).

    With a CA bundle the environment is ignored: REQUESTS_CA_BUNDLE would silently win over `verify`.
    """
    # urllib3 writes whole addresses, query values included, at debug level.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.WARNING)
    session = _Session()
    if ca_bundle is not None:
        if not ca_bundle.is_file():
            raise ConfigError(
                where=str(ca_bundle),
                problem="the CA bundle is not there",
                remedy="set HUB_CA_BUNDLE to a PEM file, or unset it to trust the system's own authorities",
            )
        session.verify = str(ca_bundle)
        session.trust_env = False
    adapter = _TimedAdapter(timeout, pool_size)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session
