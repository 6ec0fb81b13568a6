"""Sessions that trust the sandbox's certificate, one per service, with the credentials the hub would have."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from include.sandbox.up import Sandbox


class Caller:
    """Calls one service by path."""

    def __init__(self, sandbox: Sandbox, service: str, headers: dict[str, str]) -> None:
        self.url = sandbox.urls[service]
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = str(sandbox.ca_bundle)
        self.session.headers.update(headers)

    def __call__(self, method: str, path: str, **more: Any) -> requests.Response:
        address = path if path.startswith("https://") else self.url + path
        return self.session.request(method, address, timeout=20, allow_redirects=False, **more)


@pytest.fixture
def call(sandbox: Sandbox) -> Callable[..., Caller]:
    """`call("portal")` speaks with the hub's credentials, `call("portal", token=None)` without."""

    def caller(service: str, token: str | None = "own") -> Caller:
        headers: dict[str, str] = {}
        if token == "own" and service == "portal":
            headers["Authorization"] = f"Bearer {sandbox.env['HUB_PORTAL__TOKEN']}"
        elif token == "own" and service == "rues":
            headers["X-App-Token"] = sandbox.env["HUB_RUES__TOKEN"]
        elif token not in (None, "own"):
            headers["Authorization"] = f"Bearer {token}"
        return Caller(sandbox, service, headers)

    return caller
