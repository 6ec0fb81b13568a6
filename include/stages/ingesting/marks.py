"""How far each stream was read. A mark remembers the sheet it was made under: a changed sheet reads everything again,
because rows staged under the old one may lack a field or hold another reading of it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import PydanticCustomError

from include.core.fingerprint import fingerprint
from include.core.source_sheet import SourceSheet, StreamSheet
from include.stages.ingesting.reading import Since
from include.stages.ingesting.values import instant_reader
from include.store.ledger import Ledger

_SHAPING = ("path", "key", "where", "cursor", "fields", "rules")


@dataclass(frozen=True)
class Mark:
    """Newest instant seen, or the link the source gave, under the sheet with this fingerprint."""

    sheet: str
    newest: datetime | None = None
    link: str | None = None

    def since(self, stream: StreamSheet) -> Since:
        """Where the next read begins: a little before the newest instant, for commits that arrive late."""
        if self.newest is None or stream.cursor is None:
            return Since(None, self.link)
        return Since(self.newest - timedelta(minutes=stream.cursor.overlap_minutes), self.link)


def read_mark(ledger: Ledger, sheet: SourceSheet, stream: str) -> Mark:
    """The mark of a stream; an empty one when it was never read, or was read under another sheet."""
    current = sheet_print(sheet, stream)
    text = ledger.watermarks.get(sheet.source, stream)
    kept: dict[str, Any] = json.loads(text) if text else {}
    if kept.get("sheet") != current:
        return Mark(current)
    newest = kept.get("newest")
    return Mark(current, datetime.fromisoformat(newest) if newest else None, kept.get("link"))


def write_mark(ledger: Ledger, sheet: SourceSheet, stream: str, mark: Mark, run_id: str) -> None:
    """Advance the mark of a stream; call it after everything the read brought is safe."""
    newest = mark.newest.isoformat() if mark.newest else None
    value = json.dumps({"sheet": mark.sheet, "newest": newest, "link": mark.link}, sort_keys=True)
    ledger.watermarks.set(sheet.source, stream, value, run_id)


def newest_of(rows: Iterable[dict[str, Any]], sheet: SourceSheet, stream: str, now: datetime) -> datetime | None:
    """The newest cursor among raw rows, refused and deleted ones included; unreadable ones are passed over.

    Never later than `now`: one record from the future would hide everything written until then.
    """
    cursor = sheet.streams[stream].cursor
    if cursor is None:
        return None
    read = instant_reader(_layout(sheet.streams[stream], cursor.field), sheet.utc_offset)
    newest: datetime | None = None
    for text in {row.get(cursor.field) for row in rows} - {None}:
        try:
            instant = min(read(text), now)
        except PydanticCustomError:
            continue
        newest = instant if newest is None else max(newest, instant)
    return newest


def sheet_print(sheet: SourceSheet, stream: str) -> str:
    """Fingerprint of what decides how rows of a stream are read; a gate or a title does not count."""
    shape = sheet.streams[stream].model_dump(mode="json", include=set(_SHAPING))
    return fingerprint(shape, sheet.nulls, sheet.utc_offset)


def _layout(stream: StreamSheet, source: str) -> str | None:
    return next((f.format for name, f in stream.fields.items() if (f.source or name) == source), None)
