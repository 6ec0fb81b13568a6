"""How NEO's database compares text: case and accents do not matter, nor do blanks at the end.

Registered as SQL functions, so that filters, ordering and unique indexes all compare alike.
"""

import re
import unicodedata
from functools import lru_cache


def fold(value: str | None) -> str | None:
    """The form in which two texts are equal for the database; None (and what is no text) stays as it is."""
    return plain(value).rstrip(" ") if isinstance(value, str) else value


def plain(text: str) -> str:
    """A text without case and accents; blanks at its end stay."""
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.lower()


def matches_like(pattern: str | None, value: str | None) -> bool | None:
    """SQL `like` with %, _, [a-c] and [^a-c], without case and accents; null when either side is null."""
    if pattern is None or value is None:
        return None
    return _compiled(pattern).search(plain(value)) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile("^" + _to_regex(plain(pattern)) + r"\Z", re.DOTALL)


def _to_regex(pattern: str) -> str:
    out: list[str] = []
    position = 0
    while position < len(pattern):
        char = pattern[position]
        if char == "%":
            if not out or out[-1] != ".*":  # runs of wildcards would only make matching slower
                out.append(".*")
        elif char == "_":
            out.append(".")
        elif char == "[" and (end := pattern.find("]", position + 2)) > 0:
            out.append(_class_regex(pattern[position + 1 : end]))
            position = end
        else:
            out.append(re.escape(char))
        position += 1
    return "".join(out)


def _class_regex(body: str) -> str:
    negated = body.startswith("^") and len(body) > 1
    members = body[1:] if negated else body
    escaped: list[str] = []
    position = 0
    while position < len(members):
        if position + 2 < len(members) and members[position + 1] == "-":
            low, high = members[position], members[position + 2]
            if low <= high:
                escaped.append(f"{re.escape(low)}-{re.escape(high)}")
            position += 3
        else:
            escaped.append(re.escape(members[position]))
            position += 1
    if not escaped:
        return "." if negated else r"(?!)"
    return f"[{'^' if negated else ''}{''.join(escaped)}]"
