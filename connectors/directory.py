"""The agency's directory (Microsoft Graph): its users, read whole each time; a few hundred people at most.

Nested objects come out with dotted names (`onPremisesExtensionAttributes.extensionAttribute1`), so that a
source sheet can name any attribute.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from connectors.entra import ClientCredentials
from connectors.http import HttpSession
from include.core.errors import DriftDetected
from include.core.settings import OAuthEndpoint

SYSTEM = "directory"
_NEXT = "@odata.nextLink"


class DirectoryClient:
    """A conversation with Microsoft Graph."""

    def __init__(self, session: HttpSession) -> None:
        self._session = session

    @classmethod
    def from_settings(cls, endpoint: OAuthEndpoint, ca_bundle: Path | None) -> "DirectoryClient":
        """A client for the directory of the settings; nothing is sent yet."""
        credentials = ClientCredentials(SYSTEM, endpoint, ca_bundle)
        session = HttpSession(
            SYSTEM,
            endpoint.url,
            ca_bundle=ca_bundle,
            authorise=credentials.headers,
            request_id_header="client-request-id",
        )
        return cls(session)

    def fetch_pages(self, path: str, *, select: Sequence[str], where: str | None, page_size: int) -> Iterator[bytes]:
        """Raw pages of a collection (`v1.0/users`), its next links followed. At least one page comes."""
        params: dict[str, Any] | None = {"$select": ",".join(select), "$top": page_size}
        if where is not None:
            params = {**(params or {}), "$filter": where}
        following: str | None = path
        while following is not None:
            payload = self._session.request("GET", following, params=params).content
            yield payload
            following, params = next_link(payload), None


def parse_page(payload: bytes) -> list[dict[str, Any]]:
    """Read a raw page: records with nested objects flattened, annotations left out."""
    return [dict(_flat("", record)) for record in _document(payload)["value"]]


def next_link(payload: bytes) -> str | None:
    """Address of the next page, or None."""
    link = _document(payload).get(_NEXT)
    return None if link is None else str(link)


def _flat(prefix: str, record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if "@" in name:
            continue
        if isinstance(value, dict):
            yield from _flat(f"{prefix}{name}.", value)
        else:
            yield f"{prefix}{name}", value


def _document(payload: bytes) -> dict[str, Any]:
    try:
        document = json.loads(payload)
        if isinstance(document["value"], list):
            return dict(document)
    except (ValueError, KeyError, TypeError):
        pass
    raise DriftDetected(SYSTEM, "a page is not a collection", "Look at the raw page in the lake")
