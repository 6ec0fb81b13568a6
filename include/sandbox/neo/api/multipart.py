"""`multipart/mixed` bodies of `$batch`: taken apart and put together, byte for byte as the service does it."""

import re
from dataclasses import dataclass, field
from uuid import uuid4

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import ApiResponse

CRLF = b"\r\n"
_BOUNDARY = re.compile(r'boundary\s*=\s*(?:"([^"]{1,100})"|([^;\s]{1,100}))', re.IGNORECASE)
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    304: "Not Modified",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    412: "Precondition Failed",
    413: "Payload Too Large",
    429: "Too Many Requests",
    500: "Internal Server Error",
    501: "Not Implemented",
    503: "Service Unavailable",
}


@dataclass(frozen=True)
class Operation:
    """One HTTP request inside a batch. `url` is as written: absolute, from the root, or `$n...`."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes
    content_id: str | None = None


@dataclass(frozen=True)
class ChangeSet:
    """Operations that succeed or fail together."""

    operations: tuple[Operation, ...] = field(default_factory=tuple)


def malformed(detail: str) -> errors.ServiceError:
    """The refusal of a body that is no batch."""
    return errors.payload("", f"Microsoft.OData.ODataException: {detail}")


def boundary_of(content_type: str) -> str:
    """The boundary in a Content-Type; refuses other types."""
    match = _BOUNDARY.search(content_type)
    if "multipart/mixed" not in content_type.lower() or match is None:
        raise malformed("The Content-Type of a batch is multipart/mixed with a boundary.")
    return match[1] or match[2]


def parse_batch(content_type: str, body: bytes) -> list[Operation | ChangeSet]:
    """The items of a batch in order. Raises the payload error for anything that is not a batch."""
    items: list[Operation | ChangeSet] = []
    for headers, content in _parts(boundary_of(content_type), body):
        inner_type = headers.get("content-type", "")
        if inner_type.lower().startswith("multipart/mixed"):
            operations = [_operation(h, c) for h, c in _parts(boundary_of(inner_type), content)]
            items.append(ChangeSet(tuple(operations)))
        else:
            items.append(_operation(headers, content))
    return items


def _parts(boundary: str, body: bytes) -> list[tuple[dict[str, str], bytes]]:
    delimiter = b"--" + boundary.encode()
    if delimiter not in body:
        raise malformed("The batch holds no part with the boundary of its Content-Type.")
    if CRLF not in body:
        raise malformed("Stream was not readable.")
    found = []
    sections = (CRLF + body).split(CRLF + delimiter)
    if len(sections) < 2 or not any(section.startswith(b"--") for section in sections[1:]):
        raise malformed("Stream was not readable. The closing boundary is missing.")
    for section in sections[1:]:
        if section.startswith(b"--"):
            break
        _, _, part = section.partition(CRLF)
        head, _, content = part.partition(CRLF + CRLF)
        if part.startswith(CRLF):  # a part without headers
            head, content = b"", part[2:]
        found.append((_headers(head), content))
    return found


def _headers(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in head.split(CRLF):
        name, colon, value = line.decode("utf-8", "replace").partition(":")
        if colon:
            key = name.strip().lower()
            joined = f"{headers[key]},{value.strip()}" if key in headers else value.strip()
            headers[key] = joined
    return headers


def _operation(part_headers: dict[str, str], content: bytes) -> Operation:
    if not part_headers.get("content-type", "").lower().startswith("application/http"):
        raise malformed("A part of a batch is neither application/http nor a change set.")
    head, _, body = content.partition(CRLF + CRLF)
    line, _, rest = head.partition(CRLF)
    text = line.decode("utf-8", "replace")
    method, _, remainder = text.partition(" ")
    url, marker, _ = remainder.rpartition(" HTTP/1.1")
    if not marker or not method.isalpha() or not url:
        raise malformed(f"Invalid request line '{text[:100]}' in a part of the batch.")
    headers = _headers(rest)
    content_id = part_headers.get("content-id") or headers.get("content-id")
    return Operation(method.upper(), url.strip(), headers, body.removesuffix(CRLF), content_id)


@dataclass
class BatchWriter:
    """Collects responses and writes the multipart answer."""

    boundary: str = field(default_factory=lambda: f"batchresponse_{uuid4()}")
    _chunks: list[bytes] = field(default_factory=list)

    def add(self, response: ApiResponse) -> None:
        """The answer to one operation."""
        self._chunks.append(_part(self.boundary, response, None))

    def add_change_set(self, responses: list[tuple[str | None, ApiResponse]]) -> None:
        """The answers of a change set, in a multipart of their own."""
        inner = f"changesetresponse_{uuid4()}"
        content = b"".join(_part(inner, response, content_id) for content_id, response in responses)
        content += f"--{inner}--\r\n".encode()
        head = f"--{self.boundary}\r\nContent-Type: multipart/mixed; boundary={inner}\r\n\r\n".encode()
        self._chunks.append(head + content)

    def content(self) -> bytes:
        """The whole body."""
        return b"".join(self._chunks) + f"--{self.boundary}--\r\n".encode()

    @property
    def content_type(self) -> str:
        """The Content-Type that goes with the body."""
        return f"multipart/mixed; boundary={self.boundary}"


def _part(boundary: str, response: ApiResponse, content_id: str | None) -> bytes:
    lines = [f"--{boundary}", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
    if content_id is not None:
        lines.append(f"Content-ID: {content_id}")
    lines += ["", f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Status')}"]
    for name, value in response.all_headers().items():
        shown = f"{value}; odata.streaming=true" if name == "Content-Type" and response.payload is not None else value
        lines.append(f"{name}: {shown}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + response.content() + CRLF
