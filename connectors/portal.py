"""The matchmaking portal: reading what changed, page by page, and handing it our answers.

A page is `{"data": [...], "next_cursor": <text or null>}`; a record removed on the portal comes as
`{"id": ..., "deleted": true, "updated_at": ...}`. What the fields mean is the source sheet's to say.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.http import HttpSession, request_id_of
from include.core.errors import DriftDetected, RecordRejected
from include.core.settings import TokenEndpoint

SYSTEM = "portal"
_DONE = range(200, 300)
_REFUSED = {
    404: "there is no such record",
    409: "the key was used for another answer",
    422: "the answer is not acceptable",
}


@dataclass(frozen=True)
class PortalPage:
    """One page: live records as they came, those marked deleted, and the cursor of the next page."""

    rows: list[dict[str, Any]]
    deleted: list[dict[str, Any]]
    next_cursor: str | None


class PortalClient:
    """A conversation with the portal's service interface."""

    def __init__(self, session: HttpSession) -> None:
        self._session = session

    @classmethod
    def from_settings(cls, endpoint: TokenEndpoint, ca_bundle: Path | None) -> "PortalClient":
        """A client for the portal of the settings; nothing is sent yet."""
        token = endpoint.token.get_secret_value()
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return cls(HttpSession(SYSTEM, endpoint.url, ca_bundle=ca_bundle, headers=headers))

    def fetch_pages(self, path: str, *, since: datetime | None, page_size: int) -> Iterator[bytes]:
        """Raw pages of a stream: everything, or what changed at `since` or later. At least one page comes."""
        params: dict[str, Any] = {"limit": page_size}
        if since is not None:
            params["updated_since"] = since.isoformat().replace("+00:00", "Z")
        while True:
            payload = self._session.request("GET", path, params=params).content
            yield payload
            following = parse_page(payload).next_cursor
            if following is None:
                return
            params = {**params, "cursor": following}

    def send(self, path: str, payload: Mapping[str, Any], *, idempotency_key: str) -> str | None:
        """Put an answer where the portal wants it; return the request id.

        The key makes a repetition harmless, so that an answer whose fate is unknown may be sent again. Raises
        RecordRejected when the portal refuses this answer for good; others may go on.
        """
        headers = {"Idempotency-Key": idempotency_key}
        answer = self._session.request("PUT", path, json=payload, headers=headers, expected={*_DONE, *_REFUSED})
        if answer.status_code in _REFUSED:
            raise RecordRejected(
                SYSTEM,
                idempotency_key,
                "answer",
                f"the portal refused it ({_REFUSED[answer.status_code]}, request {request_id_of(answer)})",
                "Look at the record on the portal; it may have been removed or answered there",
            )
        return request_id_of(answer)


def parse_page(payload: bytes) -> PortalPage:
    """Read a raw page. Raises DriftDetected when it is not of the agreed shape."""
    try:
        page = json.loads(payload)
        rows, following = page["data"], page["next_cursor"]
        if not all(isinstance(row, dict) for row in rows):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise DriftDetected(
            SYSTEM,
            "a page is not the agreed object of `data` and `next_cursor`",
            "Look at the raw page in the lake and ask the portal's team what they changed",
        ) from None
    return PortalPage(
        rows=[{name: value for name, value in row.items() if name != "deleted"} for row in rows if not _gone(row)],
        deleted=[row for row in rows if _gone(row)],
        next_cursor=following,
    )


def _gone(row: Mapping[str, Any]) -> bool:
    return row.get("deleted") is True
