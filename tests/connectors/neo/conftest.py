"""A NEO of recorded answers: a client whose waits cost no time, and the answer to "what is this table called"."""

from collections.abc import Iterator

import pytest
import responses

from connectors.http import HttpSession
from connectors.neo.client import NeoClient
from connectors.neo.governor import Budget, Governor

ORG = "https://neo.example"
API = f"{ORG}/api/data/v9.2/"


class CountingTokens:
    """Hands out token 1, token 2 after a renewal, and so on."""

    def __init__(self) -> None:
        self.renewals = 0

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer token-{self.renewals + 1}"}

    def renew(self) -> None:
        self.renewals += 1


class Time:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def neo() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        yield mock


@pytest.fixture
def tokens() -> CountingTokens:
    return CountingTokens()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def client(neo: responses.RequestsMock, tokens: CountingTokens, time: Time) -> NeoClient:
    http = HttpSession("neo", API, authorise=tokens.headers, sleep=time.sleep, max_attempts=2)
    return NeoClient(http, tokens, Governor(Budget(), clock=time.clock, sleep=time.sleep))


def knows_table(neo: responses.RequestsMock, *, tracks_changes: bool = True) -> None:
    """Answer the question for the definition of pc_offer and account."""
    neo.get(
        API + "EntityDefinitions",
        json={
            "value": [
                {"LogicalName": name, "EntitySetName": set_name, "PrimaryIdAttribute": f"{name}id",
                 "ChangeTrackingEnabled": tracks_changes, "MetadataId": f"m-{name}"}
                for name, set_name in (("pc_offer", "pc_offers"), ("account", "accounts"))
            ]
        },
    )  # fmt: skip
