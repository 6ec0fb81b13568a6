"""`$filter` of the directory: comparisons, `startswith`, `in`, `and`, `or`, `not` over the columns of a user."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Test = Callable[[Mapping[str, Any]], bool]
_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<name>[A-Za-z][\w/]*)|(?P<sign>[(),]))")
_LITERALS = {"true": True, "false": False, "null": None}


class FilterError(ValueError):
    """A filter the directory does not understand."""


def parse_filter(text: str) -> Test:
    """The filter as a predicate over a user object. Raises FilterError."""
    reader = _Reader(_tokens(text))
    test = reader.disjunction()
    if reader.peek() is not None:
        raise FilterError(f"unexpected {reader.peek()!r}")
    return test


def _tokens(text: str) -> list[str]:
    found: list[str] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise FilterError(f"invalid character at position {at}")
        found.append(match.group(0).strip())
        at = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def disjunction(self) -> Test:
        tests = [self._conjunction()]
        while self._take("or"):
            tests.append(self._conjunction())
        return tests[0] if len(tests) == 1 else lambda user: any(test(user) for test in tests)

    def _conjunction(self) -> Test:
        tests = [self._single()]
        while self._take("and"):
            tests.append(self._single())
        return tests[0] if len(tests) == 1 else lambda user: all(test(user) for test in tests)

    def _single(self) -> Test:
        if self._take("not"):
            inner = self._single()
            return lambda user: not inner(user)
        if self._take("("):
            inner = self.disjunction()
            self._expect(")")
            return inner
        if self.peek() == "startswith":
            return self._starts_with()
        return self._comparison()

    def _starts_with(self) -> Test:
        self._at += 1
        self._expect("(")
        name = self._next()
        self._expect(",")
        start = self._value()
        self._expect(")")
        return lambda user: str(_cell(user, name) or "").lower().startswith(str(start).lower())

    def _comparison(self) -> Test:
        name = self._next()
        operator = self._next()
        if operator == "in":
            self._expect("(")
            values = [self._value()]
            while self._take(","):
                values.append(self._value())
            self._expect(")")
            return lambda user: _cell(user, name) in values
        value = self._value()
        if operator == "eq":
            return lambda user: bool(_cell(user, name) == value)
        if operator == "ne":
            return lambda user: bool(_cell(user, name) != value)
        raise FilterError(f"unsupported operator {operator!r}")

    def _value(self) -> Any:
        token = self._next()
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        if token not in _LITERALS:
            raise FilterError(f"{token!r} is not a value")
        return _LITERALS[token]

    def _take(self, word: str) -> bool:
        if self.peek() == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            raise FilterError(f"expected {word!r}")

    def _next(self) -> str:
        token = self.peek()
        if token is None:
            raise FilterError("unexpected end")
        self._at += 1
        return token


def _cell(user: Mapping[str, Any], path: str) -> Any:
    value: Any = user
    for part in path.split("/"):
        if not isinstance(value, Mapping) or part not in value:
            raise FilterError(f"there is no property {path!r}")
        value = value[part]
    return value
