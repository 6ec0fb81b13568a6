"""One conversation with NEO: address, token, governor, errors, and what each table is called in URLs.

Reading, writing and definitions are in `reader`, `writer` and `metadata`; all of them go through `NeoClient.request`.
"""

import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urljoin

import requests

from connectors.http import HttpSession, request_id_of, retry_after_of
from connectors.neo.errors import PERMISSION_CODES, NeoRefusedError, answer_of
from connectors.neo.governor import Budget, Governor
from connectors.neo.tokens import NeoTokens
from connectors.redaction import redact_path
from include.core.errors import ConfigError, DriftDetected, RetriableError
from include.core.settings import Settings

API_PATH = "api/data/v9.2/"
_HEADERS = {
    "Accept": "application/json",
    "OData-MaxVersion": "4.0",
    "OData-Version": "4.0",
    "If-None-Match": "null",  # the literal word: no intermediate may answer from a cache
}
_ANY_STATUS = range(100, 600)
_BUSY = frozenset({429, 502, 503, 504})
_NOT_DONE = frozenset({429, 503})  # NEO says it did not do the work; after a 502 or 504 nobody knows
_MAX_ATTEMPTS = 8
_MAX_WAIT = 320.0  # a little more than the window of the service-protection limits


class Tokens(Protocol):
    """Where authorization comes from."""

    def headers(self) -> dict[str, str]:
        """Return the headers to send."""
        ...

    def renew(self) -> None:
        """Forget what is kept, so that the next token is fresh."""
        ...


@dataclass(frozen=True)
class TableInfo:
    """What NEO says of a table: its name in URLs, its primary id column, whether changes are tracked."""

    name: str
    set_name: str
    id_column: str
    tracks_changes: bool
    metadata_id: str


@dataclass(frozen=True)
class Identity:
    """Who we are for NEO."""

    user_id: str
    business_unit_id: str
    organization_id: str


def open_neo(settings: Settings, *, concurrency: int = 4) -> "NeoClient":
    """Return a client for the NEO of `settings`; nothing is sent yet. ConfigError when no address is set."""
    settings.require("neo")
    tokens = NeoTokens(settings.neo, settings.ca_bundle)
    http = HttpSession(
        "neo",
        urljoin(settings.neo.url.rstrip("/") + "/", API_PATH),
        ca_bundle=settings.ca_bundle,
        headers=_HEADERS,
        authorise=tokens.headers,
        timeout=125.0,  # NEO gives a write two minutes
        max_attempts=4,
        request_id_header="x-ms-client-request-id",
    )
    return NeoClient(http, tokens, Governor(Budget(concurrency=concurrency)))


class NeoClient:
    """Requests to one NEO. Safe to share between threads."""

    def __init__(self, http: HttpSession, tokens: Tokens, governor: Governor) -> None:
        self._http, self._tokens, self.governor = http, tokens, governor
        # The affinity cookie would pin a bulk load to one of NEO's servers.
        http.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._tables: dict[str, TableInfo] = {}
        self._tables_lock = threading.Lock()

    def __enter__(self) -> "NeoClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        data: Any = None,
        headers: Mapping[str, str] | None = None,
        idempotent: bool | None = None,
    ) -> requests.Response:
        """Send one request under the service root (or to a link NEO gave us) and return its 2xx answer.

        A throttled or unavailable NEO is waited for here, through the governor; an expired token is renewed once.

        Raises:
            NeoRefusedError: NEO understood and said no (400, 404, 405, 412 ...).
            ConfigError: no valid token, or a privilege is missing.
            RetriableError: still busy after all attempts, or a wait longer than the limits' window.

        """
        asked = f"{method.upper()} {redact_path(path.split('?', 1)[0])}"
        repeatable = method.upper() in ("GET", "PUT", "DELETE") if idempotent is None else idempotent
        parts = {"params": params, "json": json, "data": data, "headers": headers}
        renewed, attempt = False, 1
        while True:
            with self.governor.turn():
                response = self._http.request(method, path, **parts, expected=_ANY_STATUS, idempotent=repeatable)
            status = response.status_code
            if status == 401 and not renewed:
                renewed = True
                self._tokens.renew()
            elif status >= 500 or status in _BUSY:
                self._wait_or_raise(response, asked, attempt, may_repeat=repeatable or status in _NOT_DONE)
                attempt += 1
            else:
                self.governor.succeeded()
                if status < 400:
                    return response
                raise self._refusal(response, asked)

    def get_json(self, path: str, *, params: Mapping[str, Any] | None = None, **kwargs: Any) -> dict[str, Any]:
        """GET and decode a JSON object; DriftDetected when it is something else."""
        body = self._http.json_of(self.request("GET", path, params=params, **kwargs))
        if not isinstance(body, dict):
            raise DriftDetected("neo", "an answer is not a JSON object", "check that the address is a Web API root")
        return body

    def whoami(self) -> Identity:
        """Ask NEO who we are; the cheapest proof that address, token and user are right."""
        body = self.get_json("WhoAmI")
        return Identity(str(body["UserId"]), str(body["BusinessUnitId"]), str(body["OrganizationId"]))

    def tables(self, names: Collection[str]) -> dict[str, TableInfo]:
        """What NEO knows of these tables; a table it does not have is left out. All are read once per client."""
        with self._tables_lock:
            if not self._tables:
                self._tables = {info.name: info for info in self._fetch_tables()}
            return {name: self._tables[name] for name in names if name in self._tables}

    def table(self, name: str) -> TableInfo:
        """What NEO knows of one table; ConfigError when it is not there."""
        found = self.tables([name]).get(name)
        if found is None:
            raise ConfigError(f"neo table {name}", "NEO does not have this table", "run `hub neo provision`")
        return found

    def forget_tables(self) -> None:
        """Read the definitions again at the next use (after provisioning)."""
        with self._tables_lock:
            self._tables = {}

    def _fetch_tables(self) -> list[TableInfo]:
        params = {"$select": "LogicalName,EntitySetName,PrimaryIdAttribute,ChangeTrackingEnabled"}
        rows = self.get_json("EntityDefinitions", params=params, headers={"Consistency": "Strong"})["value"]
        return [
            TableInfo(
                name=row["LogicalName"],
                set_name=row["EntitySetName"],
                id_column=row["PrimaryIdAttribute"],
                tracks_changes=bool(row.get("ChangeTrackingEnabled")),
                metadata_id=str(row["MetadataId"]),
            )
            for row in rows
        ]

    def _wait_or_raise(self, response: requests.Response, asked: str, attempt: int, *, may_repeat: bool) -> None:
        retry_after = retry_after_of(response)
        wait = retry_after if retry_after is not None else min(30.0, 2.0**attempt) * (0.5 + random.random() / 2)
        self.governor.throttled(wait)
        if attempt >= _MAX_ATTEMPTS or not may_repeat or wait > _MAX_WAIT:
            raise RetriableError(
                "neo", f"could not answer {asked}", retry_after=retry_after, status=response.status_code,
                request_id=request_id_of(response),
            )  # fmt: skip

    def _refusal(self, response: requests.Response, asked: str) -> NeoRefusedError | ConfigError:
        answer = answer_of(response)
        if answer.status == 401:
            return ConfigError(
                "neo", f"a fresh token was refused for {asked} (request {answer.request_id})",
                "check that the application's token is issued for this NEO",
            )  # fmt: skip
        if answer.status == 403 or answer.code in PERMISSION_CODES:
            return ConfigError(
                "neo", f"not allowed: {asked} (code {answer.code or 'none'}, request {answer.request_id})",
                "give the hub's application user in NEO the security role it needs",
            )  # fmt: skip
        return NeoRefusedError(asked, answer)
