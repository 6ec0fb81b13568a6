"""Short stable fingerprints of values, equal on every machine and in every run."""

import hashlib
import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any


def fingerprint(*values: Any) -> str:
    """Return 16 hex digits that change when any value changes.

    Values may be anything JSON can hold, dates, decimals, tuples and sets; order of mapping keys and
    of sets does not matter.
    """
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(map(str, value))
    raise TypeError(f"cannot fingerprint a {type(value).__name__}")
