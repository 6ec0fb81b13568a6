"""Key predicates: what stands in the parentheses of `accounts(...)`, in URLs, binds and `@odata.id`."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_guid
from include.sandbox.neo.odata.scanning import split_outside

_PAIR = re.compile(
    r"\s*(?P<name>[A-Za-z_][A-Za-z0-9_]*)\s*=\s*"
    r"(?:'(?P<text>(?:[^']|'')*)'|(?P<bare>[^',()\s]+))\s*(?:,|$)"
)
_SEGMENT = re.compile(r"^(?P<name>[A-Za-z_$][\w.$]*)(?:\((?P<inner>.*)\))?$", re.DOTALL)


@dataclass(frozen=True)
class KeyValue:
    """One part of an alternate key as written: its text, and whether it stood in quotes."""

    text: str
    is_quoted: bool


@dataclass(frozen=True)
class Predicate:
    """Either a guid or the named parts of an alternate key."""

    guid: str | None = None
    parts: tuple[tuple[str, KeyValue], ...] = ()


@dataclass(frozen=True)
class Segment:
    """One path segment: `accounts`, `accounts(...)`, `Microsoft.Dynamics.CRM.X`, `$ref`."""

    name: str
    inner: str | None = None

    @property
    def has_key(self) -> bool:
        """Whether something stands in the parentheses."""
        return self.inner is not None and self.inner.strip() != ""

    def predicate(self) -> Predicate:
        """The key, understood."""
        return parse_predicate(self.inner or "")


def parse_predicate(text: str) -> Predicate:
    """`<guid>` or `name='x',other=5`; raises the query error of the service when it is neither."""
    guid = parse_guid(text.strip().strip("'"))
    if guid is not None:
        return Predicate(guid=guid)
    parts: list[tuple[str, KeyValue]] = []
    position = 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None or match.end() == position:
            raise errors.query(
                "Bad Request - Error in query syntax. The key segment could not be read as a Guid or an alternate key."
            )
        is_quoted = match["text"] is not None
        value = match["text"].replace("''", "'") if is_quoted else match["bare"]
        parts.append((match["name"], KeyValue(value, is_quoted)))
        position = match.end()
    if not parts or len({name for name, _ in parts}) != len(parts):
        raise errors.query("Bad Request - Error in query syntax. The key segment is empty or repeats a name.")
    return Predicate(parts=tuple(parts))


def split_path(path: str) -> list[Segment]:
    """The segments of a decoded path; slashes inside quotes or parentheses do not separate."""
    pieces = split_outside(path, "/")
    if pieces is None:
        raise errors.query("Bad Request - Error in query syntax.")
    return [_segment(piece) for piece in pieces if piece]


def _segment(piece: str) -> Segment:
    match = _SEGMENT.match(piece)
    if match is None:
        name = piece.split("(", 1)[0]
        if name != piece:
            raise errors.query("Bad Request - Error in query syntax.")
        raise errors.unknown_segment(name[:100])
    return Segment(match["name"], match["inner"])


def relative_reference(text: str, service_root: str) -> str:
    """A bind value or `@odata.id` without the service root and leading slash, decoded once when it was absolute."""
    cleaned = text.strip()
    if "://" in cleaned:
        _, marker, rest = cleaned.partition(service_root)
        if not marker:
            raise errors.query("Bad Request - The entity reference does not belong to this service.")
        return unquote(rest)
    if cleaned.startswith(service_root):
        cleaned = cleaned[len(service_root) :]
    return unquote(cleaned.lstrip("/")) if "%" in cleaned else cleaned.lstrip("/")
