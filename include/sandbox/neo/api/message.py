"""Requests and responses of the Web API, the same for a request of its own and for one inside a batch."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.records.references import Reference

JSON_TYPE = "application/json; odata.metadata=minimal"


@dataclass(frozen=True)
class Preferences:
    """The `Prefer` header(s), understood."""

    wants_representation: bool = False
    max_page_size: int | None = None
    annotations: tuple[str, ...] = ()
    tracks_changes: bool = False
    continues_on_error: bool = False

    def includes(self, annotation: str) -> bool:
        """Whether an annotation was asked for; `*` and `Prefix.*` are wildcards."""
        for wanted in self.annotations:
            if wanted == "*" or wanted == annotation:
                return True
            if wanted.endswith("*") and annotation.startswith(wanted[:-1]):
                return True
        return False


@dataclass(frozen=True)
class ApiRequest:
    """One operation. `path` is decoded and relative to the service root; header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    root: str
    caller: Caller
    content_ids: dict[str, Reference] = field(default_factory=dict)
    is_in_change_set: bool = False
    is_in_batch: bool = False

    @property
    def prefer(self) -> Preferences:
        """The `Prefer` header, understood."""
        return parse_prefer(self.headers.get("prefer", ""))

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object; raises the payload error when it is not one."""
        parsed = self.json_body()
        if not isinstance(parsed, dict):
            raise errors.payload("", "Microsoft.OData.ODataException: The payload is not a JSON object.")
        return parsed

    def json_body(self) -> Any:
        """The body as JSON; raises the payload error when it is missing or unreadable."""
        if not self.body.strip():
            raise errors.payload("", "System.ArgumentNullException: The request has no body.")
        try:
            return json.loads(self.body.decode("utf-8-sig"), parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise errors.payload(
                "", "Microsoft.OData.ODataException: An unexpected token was found. The payload is not valid JSON."
            ) from error


@dataclass
class ApiResponse:
    """What goes back. `payload` becomes JSON; `text` goes as it is."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    payload: Any = None
    text: bytes | None = None
    made: Reference | None = None  # the row a write was about, for `$n` references

    def content(self) -> bytes:
        """The bytes of the body."""
        if self.text is not None:
            return self.text
        if self.payload is None:
            return b""
        return json.dumps(self.payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")

    def all_headers(self) -> dict[str, str]:
        """The headers of the answer, those of every answer included."""
        headers = {"OData-Version": "4.0"}
        if self.payload is not None:
            headers["Content-Type"] = JSON_TYPE
        return headers | self.headers


def refusal(error: errors.ServiceError) -> ApiResponse:
    """The response of a refused request."""
    return ApiResponse(error.status, dict(error.headers), error.body())


def parse_prefer(header: str) -> Preferences:
    """Comma-separated preferences; values may stand in quotes that hold commas themselves."""
    values: dict[str, str] = {}
    for part in _split_preferences(header):
        name, _, value = part.partition("=")
        values[name.strip().lower()] = value.strip().strip('"')
    size = values.get("odata.maxpagesize", "")
    return Preferences(
        wants_representation=values.get("return", "") == "representation",
        max_page_size=int(size) if size.isascii() and size.isdigit() and 0 < int(size) < 2**31 else None,
        annotations=tuple(a.strip() for a in values.get("odata.include-annotations", "").split(",") if a.strip()),
        tracks_changes="odata.track-changes" in values,
        continues_on_error="odata.continue-on-error" in values,
    )


def _split_preferences(header: str) -> list[str]:
    parts, current, in_quotes = [], "", False
    for char in header:
        if char == '"':
            in_quotes = not in_quotes
        if char == "," and not in_quotes:
            parts.append(current)
            current = ""
        else:
            current += char
    parts.append(current)
    return [part for part in parts if part.strip()]


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
