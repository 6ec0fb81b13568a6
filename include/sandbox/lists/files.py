"""The list files as their publishers serve them: bytes, dates and names. Nothing here parses an entry.

The real files are packed beside the sandbox and served unchanged, CRLF and end mark included.
"""

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data" / "lists"
CSV, XML = "text/csv", "application/xml"
END_MARK = b"\x1a"


@dataclass(frozen=True)
class ListFile:
    """A file of the lists server: where it is served, what holds its bytes, when it was published."""

    list_code: str
    path: str
    stored_as: str
    media_type: str
    published_at: datetime

    def content(self) -> bytes:
        """The exact bytes of the publication."""
        return _content(self.stored_as)


def _at(year: int, month: int, day: int, hour: int = 14) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


FILES: tuple[ListFile, ...] = (
    ListFile("ofac", "/ofac/SDN.CSV", "ofac_sdn.csv.gz", CSV, _at(2024, 5, 3)),
    ListFile("ofac", "/ofac/ALT.CSV", "ofac_alt.csv.gz", CSV, _at(2025, 12, 24)),
    ListFile("ofac", "/ofac/ADD.CSV", "ofac_add.csv.gz", CSV, _at(2025, 12, 24)),
    ListFile("ofac", "/ofac/SDN_COMMENTS.CSV", "ofac_sdn_comments.csv.gz", CSV, _at(2025, 12, 24)),
    ListFile("un", "/un/consolidated.xml", "un_consolidated.xml.gz", XML, _at(2026, 2, 27, 0)),
    ListFile("listademo", "/listademo/SDN.CSV", "listademo_sdn.csv", CSV, _at(2026, 11, 2)),
    ListFile("listademo", "/listademo/ALT.CSV", "listademo_alt.csv", CSV, _at(2026, 11, 2)),
)


@cache
def _content(stored_as: str) -> bytes:
    raw = (FOLDER / stored_as).read_bytes()
    return gzip.decompress(raw) if stored_as.endswith(".gz") else raw
