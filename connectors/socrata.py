"""Socrata open data (SODA 2.1), as served by datos.gov.co: a dataset read whole or as far as it changed.

Pages follow `:id` and not an offset: offsets grow slow and overlap while the publisher writes. Everything
comes as text, and blank fields are left out.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from connectors.http import HttpSession
from include.core.errors import DriftDetected
from include.core.settings import TokenEndpoint

ROW_ID, ROW_UPDATED_AT = ":id", ":updated_at"


class SocrataClient:
    """A conversation with one Socrata site."""

    def __init__(self, session: HttpSession) -> None:
        self._session = session

    @classmethod
    def from_settings(cls, system: str, endpoint: TokenEndpoint, ca_bundle: Path | None) -> "SocrataClient":
        """A client for the site of the settings. Without an app token all strangers share one quota."""
        token = endpoint.token.get_secret_value()
        headers = {"X-App-Token": token} if token else {}
        # A page of a large dataset takes the site its time, and an hour's quota is about a thousand calls.
        session = HttpSession(system, endpoint.url, ca_bundle=ca_bundle, headers=headers, timeout=120)
        return cls(session)

    def fetch_pages(
        self, dataset: str, *, since: datetime | None, page_size: int, where: str | None = None
    ) -> Iterator[bytes]:
        """Raw pages of a dataset (`c82u-588k`), all fields and Socrata's own. At least one page comes.

        `where` is a SoQL condition of the sheet; `since` asks only for rows written after it.
        """
        last_id: str | None = None
        while True:
            conditions = [where, since and f"{ROW_UPDATED_AT} > {quote(_floating(since))}"]
            conditions.append(last_id and f"{ROW_ID} > {quote(last_id)}")
            params = {"$select": ":*,*", "$order": ROW_ID, "$limit": page_size}
            if joined := " and ".join(f"({condition})" for condition in conditions if condition):
                params["$where"] = joined
            payload = self._session.request("GET", f"resource/{dataset}.json", params=params).content
            yield payload
            rows = parse_page(payload)
            if len(rows) < page_size:
                return
            last_id = str(rows[-1].get(ROW_ID, ""))
            if not last_id:
                raise _drift("rows come without their :id, so that pages cannot be followed")


def parse_page(payload: bytes) -> list[dict[str, Any]]:
    """Read a raw page. Raises DriftDetected when it is not a list of records."""
    try:
        rows = json.loads(payload)
    except ValueError:
        raise _drift("a page is not JSON") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _drift("a page is not a list of records")
    return rows


def quote(text: str) -> str:
    """A SoQL text literal."""
    return "'" + text.replace("'", "''") + "'"


def _floating(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def _drift(problem: str) -> DriftDetected:
    return DriftDetected("socrata", problem, "Look at the raw page in the lake and at the dataset's page")
