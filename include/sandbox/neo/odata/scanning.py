"""Walks through a text of the query language knowing what stands in quotes and how deep the parentheses are."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Scan:
    """The state after the last character: `quote` is the open quotation mark and where it was opened."""

    depth: int = 0
    deepest: int = 0
    quote: str | None = None
    opened_at: int = 0


def scan(text: str, state: Scan) -> Iterator[tuple[str, bool]]:
    """Each character with whether it stands outside of quotes; `state` is kept up to date.

    Single quotes hold OData literals (doubled inside), double quotes the items of lists (escaped by a backslash).
    """
    is_escaped = False
    for position, char in enumerate(text):
        was_open = state.quote is not None
        if state.quote == '"' and char == "\\" and not is_escaped:
            is_escaped = True
            yield char, False
            continue
        if was_open:
            if char == state.quote and not is_escaped:
                state.quote = None
        elif char in "'\"":
            state.quote, state.opened_at = char, position
        elif char == "(":
            state.depth += 1
            state.deepest = max(state.deepest, state.depth)
        elif char == ")":
            state.depth -= 1
        is_escaped = False
        yield char, not was_open and char not in "'\""


def split_outside(text: str, separator: str) -> list[str] | None:
    """Split where the separator stands outside quotes and parentheses; None when these do not balance."""
    state = Scan()
    parts: list[str] = []
    current: list[str] = []
    for char, is_outside in scan(text, state):
        if is_outside and char == separator and state.depth == 0:
            parts.append("".join(current))
            current = []
        else:
            current.append(char)
    if state.depth != 0 or state.quote is not None:
        return None
    return [*parts, "".join(current)]
