"""Fetching the files of a list: only what changed since last time, and whole or not at all.

Every file is asked for by its own validator (ETag, else Last-Modified): an alias can change without its
entry. A file that did not change costs one request without a body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import requests

from connectors.http import HttpSession

SYSTEM = "lists"
_OK, _NOT_MODIFIED = 200, 304


@dataclass(frozen=True)
class Validator:
    """What the server said identifies a file's content, to be handed back with the next request."""

    etag: str | None
    last_modified: str | None

    def headers(self) -> dict[str, str]:
        """The conditional headers; an ETag outranks a date."""
        if self.etag:
            return {"If-None-Match": self.etag}
        return {"If-Modified-Since": self.last_modified} if self.last_modified else {}


@dataclass(frozen=True)
class FetchedFile:
    """One file: its bytes, or None when it did not change since the validator that was sent."""

    payload: bytes | None
    validator: Validator

    @property
    def published_at(self) -> datetime | None:
        """When the publisher last wrote the file, as the server tells it."""
        return _instant(self.validator.last_modified)


def open_lists(base_url: str, ca_bundle: Path | None) -> HttpSession:
    """A session for a publisher of lists. OFAC refuses callers that do not name themselves."""
    return HttpSession(SYSTEM, base_url, ca_bundle=ca_bundle, headers={"Accept": "*/*"}, timeout=120)


def fetch_files(
    session: HttpSession, files: Mapping[str, str], known: Mapping[str, Validator]
) -> dict[str, FetchedFile]:
    """Fetch every file of a list (part -> path under the session's address), conditionally where known.

    Either no file has a payload (nothing changed) or every file has: a publication is read whole.
    """
    fetched = {part: _fetch(session, path, known.get(part)) for part, path in files.items()}
    if all(file.payload is None for file in fetched.values()):
        return fetched
    return {
        part: file if file.payload is not None else _fetch(session, files[part], None) for part, file in fetched.items()
    }


def _fetch(session: HttpSession, path: str, known: Validator | None) -> FetchedFile:
    headers = known.headers() if known is not None else {}
    answer = session.request("GET", path, headers=headers, expected={_OK, _NOT_MODIFIED})
    if answer.status_code == _NOT_MODIFIED and known is not None:
        return FetchedFile(None, known)
    return FetchedFile(answer.content, _validator(answer))


def _validator(answer: requests.Response) -> Validator:
    # A publisher may redirect to a signed address of a store; the validator then is the store's.
    return Validator(answer.headers.get("ETag"), answer.headers.get("Last-Modified"))


def _instant(text: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(text).astimezone(UTC) if text else None
    except ValueError:
        return None
