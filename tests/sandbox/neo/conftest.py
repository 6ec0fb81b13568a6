"""A fresh NEO per test, spoken to as an HTTP client does, with a clock the test moves by hand."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from include.sandbox.neo.app import create_app
from include.sandbox.neo.identity import Identity, new_identity
from include.sandbox.neo.limits import Limits
from include.sandbox.neo.store.neo_store import NeoStore

HOST = "https://neo.test"
ROOT = f"{HOST}/api/data/v9.2/"


FIRST_DAY = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still until told to go on."""

    moment: datetime = FIRST_DAY

    def now(self) -> datetime:
        return self.moment

    def seconds(self) -> float:
        return self.moment.timestamp()

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Neo:
    """The sandbox under test and a client of its Web API."""

    store: NeoStore
    identity: Identity
    clock: Clock
    http: TestClient
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        """A request to the Web API; `Prefer_`-style keywords become headers (`if_match` -> `If-Match`)."""
        url = path if path.startswith("http") else ROOT + path
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.request(method, url, json=body, headers=self.headers | named)

    def get(self, path: str, **headers: str) -> Response:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        return self.call("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Response:
        return self.call("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Response:
        return self.call("DELETE", path, **headers)

    def create(self, set_name: str, body: Any) -> str:
        """Create a row and return its id, taken from OData-EntityId as every client does."""
        answer = self.post(set_name, body)
        assert answer.status_code == 204, answer.text
        return answer.headers["OData-EntityId"].rsplit("(", 1)[1].rstrip(")")

    def row(self, path: str, **headers: str) -> dict[str, Any]:
        answer = self.get(path, **headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def values(self, path: str, column: str) -> list[Any]:
        """One column of a collection."""
        return [row[column] for row in self.row(path)["value"]]

    def token(self, name: str = "hub", scope: str = f"{HOST}/.default") -> Response:
        app = next(a for a in self.identity.applications if a.name == name)
        return self.http.post(
            f"{HOST}/{self.identity.tenant}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": app.client_id,
                "client_secret": app.client_secret,
                "scope": scope,
            },
        )

    def control(self, method: str, path: str, body: Any = None) -> Response:
        """A request to test control."""
        headers = {"X-Sandbox-Token": self.identity.control_token}
        return self.http.request(method, f"{HOST}/_sandbox/{path}", json=body, headers=headers)

    def start_again(self) -> None:
        """Back to the baseline and to the first day."""
        self.clock.moment = FIRST_DAY
        assert self.control("POST", "reset").status_code == 200
        self.act_as("hub")

    def act_as(self, name: str) -> None:
        self.headers = {"Authorization": f"Bearer {self.token(name).json()['access_token']}"}

    def make_key(self, table: str, *columns: str, schema: str = "pc_Key") -> None:
        """An alternate key, and the time its index takes."""
        body = key(schema, *columns)
        assert self.post(f"EntityDefinitions(LogicalName='{table}')/Keys", body).status_code == 204
        self.clock.advance(60)

    def make_column(self, table: str, kind: str, schema: str, **details: Any) -> None:
        body = column(kind, schema, **details)
        answer = self.post(f"EntityDefinitions(LogicalName='{table}')/Attributes", body)
        assert answer.status_code == 204, answer.text


def label(text: str) -> dict[str, Any]:
    return {"LocalizedLabels": [{"Label": text, "LanguageCode": 3082}]}


def column(kind: str, schema: str, **details: Any) -> dict[str, Any]:
    """A column definition as clients post it."""
    kind_name = f"Microsoft.Dynamics.CRM.{kind}AttributeMetadata"
    return {"@odata.type": kind_name, "SchemaName": schema, "DisplayName": label(schema), **details}


def key(schema: str, *columns: str) -> dict[str, Any]:
    return {
        "@odata.type": "Microsoft.Dynamics.CRM.EntityKeyMetadata",
        "SchemaName": schema,
        "KeyAttributes": list(columns),
        "DisplayName": label("Clave"),
    }


def table(schema: str, *columns: dict[str, Any], **details: Any) -> dict[str, Any]:
    """A table definition with the columns it needs."""
    return {
        "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata",
        "SchemaName": schema,
        "DisplayName": label(schema),
        "DisplayCollectionName": label(f"{schema}s"),
        "OwnershipType": "UserOwned",
        "IsActivity": False,
        "HasActivities": True,
        "HasNotes": True,
        "ChangeTrackingEnabled": True,
        "Attributes": [column("String", "pc_Name", IsPrimaryName=True, MaxLength=100), *columns],
        **details,
    }


def relationship(schema: str, referenced: str, referencing: str, lookup: str, **details: Any) -> dict[str, Any]:
    return {
        "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata",
        "SchemaName": schema,
        "ReferencedEntity": referenced,
        "ReferencingEntity": referencing,
        "Lookup": {
            "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata",
            "SchemaName": lookup,
            "DisplayName": label(lookup),
        },
        **details,
    }


class Definitions:
    """The builders above, for tests that take them as a fixture."""

    label = staticmethod(label)
    column = staticmethod(column)
    key = staticmethod(key)
    table = staticmethod(table)
    relationship = staticmethod(relationship)


@pytest.fixture(scope="session")
def define() -> Definitions:
    return Definitions()


def start(limits: Limits | None = None) -> Neo:
    clock = Clock()
    identity = new_identity(["https://directory.test"])
    store = NeoStore(now=clock.now, key_index_delay=30)
    app = create_app(store, identity, limits=limits, clock=clock.seconds)
    neo = Neo(store, identity, clock, TestClient(app, base_url=HOST, follow_redirects=False))
    neo.act_as("hub")
    return neo


@pytest.fixture(scope="session")
def _shared() -> Neo:
    shared = start()
    shared.store.mark_baseline()
    return shared


@pytest.fixture
def neo(_shared: Neo) -> Neo:
    """The same server for every test, taken back to its first day before each."""
    _shared.start_again()
    return _shared


@pytest.fixture(scope="session")
def neo_with() -> Any:
    """A NEO with other limits: `neo_with(Limits(...))`."""
    return start
