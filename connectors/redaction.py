"""What of a request may be written to a log or an exception, and what may not.

A path says what was asked; values say about whom. Query values, quoted keys inside a path and anything
that looks like a mail address or a long number are personal until proven otherwise.
"""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

_QUOTED = re.compile(r"'[^']*'")
_MAIL = re.compile(r"[^/\s,;=()]+@[^/\s,;=()]+")
_LONG_NUMBER = re.compile(r"(?<![0-9a-fA-F-])\d{5,}(?![0-9a-fA-F-])")


def redact_path(path: str) -> str:
    """`accounts(pc_nit='900123456')` -> `accounts(pc_nit='…')`; guids stay, they name a record only."""
    return _LONG_NUMBER.sub("…", _MAIL.sub("…", _QUOTED.sub("'…'", unquote(path))))


def redact_url(url: str) -> str:
    """`https://host/companies?since=2024` -> `host/companies?since=…`: names are kept, values are not."""
    parts = urlsplit(url)
    names = "&".join(f"{name}=…" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    host = parts.hostname or ""
    port = f":{parts.port}" if parts.port else ""
    return f"{host}{port}{redact_path(parts.path)}" + (f"?{names}" if names else "")
