"""`$batch`: many requests in one multipart message, each answered on its own."""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.core.errors import DriftDetected

MAX_REQUESTS = 1000
_STATUS_LINE = re.compile(r"HTTP/1\.1 (\d{3})")
_BOUNDARY = re.compile(r'boundary="?([^";]+)"?', re.IGNORECASE)


@dataclass(frozen=True)
class BatchItem:
    """One request inside a batch; `url` is absolute or under the service root, percent-encoded."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BatchAnswer:
    """One answer inside a batch; `body` is the decoded JSON, None when there was none."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def request_id(self) -> str | None:
        """The id NEO gave this part, when it gave one."""
        return self.headers.get("x-ms-service-request-id") or self.headers.get("req_id")


def build_batch(items: Sequence[BatchItem]) -> tuple[str, bytes]:
    """Return (Content-Type, body) of a batch. Every line ends in CRLF, the last one too: NEO insists."""
    if not 0 < len(items) <= MAX_REQUESTS:
        raise ValueError(f"a batch holds 1 to {MAX_REQUESTS} requests, not {len(items)}")
    boundary = f"batch_{uuid.uuid4()}"
    lines: list[str] = []
    for item in items:
        lines += [f"--{boundary}", "Content-Type: application/http", "Content-Transfer-Encoding: binary", ""]
        lines.append(f"{item.method} {item.url} HTTP/1.1")
        lines += [f"{name}: {value}" for name, value in item.headers.items()]
        if item.body is None:
            lines += ["", ""]
        else:
            lines += ["Content-Type: application/json; charset=utf-8", "", json.dumps(item.body, ensure_ascii=False)]
    lines += [f"--{boundary}--", ""]
    return f'multipart/mixed; boundary="{boundary}"', "\r\n".join(lines).encode()


def parse_batch(content_type: str, payload: bytes) -> list[BatchAnswer]:
    """Answers of a batch in the order of its requests. Raises DriftDetected when it is not a multipart answer."""
    found = _BOUNDARY.search(content_type)
    if not content_type.lower().startswith("multipart/") or found is None:
        raise DriftDetected("neo", "a batch was not answered by a multipart message", "look at the service's log")
    marker = f"--{found.group(1)}"
    # A JSON body is one line with its quotes escaped, so it cannot hold a line that starts with the boundary.
    parts = ("\n" + payload.decode("utf-8").replace("\r\n", "\n")).split("\n" + marker)
    return [_parse_part(part) for part in parts[1:] if not part.startswith("--")]


def _parse_part(text: str) -> BatchAnswer:
    status_line = _STATUS_LINE.search(text)
    if status_line is None:
        raise DriftDetected("neo", "a part of a batch's answer has no status line", "look at the service's log")
    head, _, body = text[status_line.end() :].partition("\n\n")
    headers = {}
    for line in head.splitlines()[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    body = body.strip()
    return BatchAnswer(int(status_line.group(1)), headers, json.loads(body) if body.startswith("{") else None)
