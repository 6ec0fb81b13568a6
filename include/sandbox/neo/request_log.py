"""What was asked of the Web API, in order. Holds no values of queries, keys or bodies: those may be personal data."""

import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from urllib.parse import unquote_plus

KEPT = 100_000
_QUOTED = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True)
class Entry:
    """One request to the Web API."""

    seq: int
    at: str
    method: str
    path: str
    status: int
    user: str | None
    rows_written: int
    ms: float


class RequestLog:
    """The last requests; numbers go up for ever, also over a `clear`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._seq = 0

    def add(
        self, *, at: str, method: str, path: str, status: int, user: str | None, rows_written: int, ms: float
    ) -> None:
        """One more entry."""
        with self._lock:
            self._seq += 1
            self._entries.append(Entry(self._seq, at, method, path, status, user, rows_written, round(ms, 1)))

    def since(self, seq: int) -> list[dict[str, object]]:
        """Entries with a greater number, oldest first."""
        with self._lock:
            return [asdict(entry) for entry in self._entries if entry.seq > seq]

    def clear(self) -> None:
        """Forget the entries; the numbers go on."""
        with self._lock:
            self._entries.clear()


def without_values(path: str, query: str) -> str:
    """The path with quoted key values blanked, and only the names of the query options."""
    names = [unquote_plus(part.split("=", 1)[0]) for part in query.split("&") if part]
    blanked = _QUOTED.sub("'…'", path)
    return f"{blanked}?{'&'.join(names)}" if names else blanked
