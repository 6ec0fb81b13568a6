"""Cursors of the portal: opaque to readers, a position and the filter it belongs to."""

import base64
import binascii
import json
from datetime import datetime

from include.sandbox.portal.store import Position


def write_cursor(position: Position, since: str | None) -> str:
    """The text that continues after `position` under the same filter."""
    raw = json.dumps([position.updated_at, position.record_id, since or ""]).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_cursor(cursor: str) -> tuple[Position, str | None]:
    """The position and the filter of a cursor. Raises ValueError when it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        updated_at, record_id, since = json.loads(raw)
        return Position(str(updated_at), str(record_id)), str(since) or None
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValueError("the cursor was not issued by this service") from error


def stored_instant(moment: datetime) -> str:
    """An instant in the spelling records carry, so that texts compare as time does."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
