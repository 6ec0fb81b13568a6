"""A subset of SoQL: `$where`, `$select` and `$order` are parsed and rewritten as SQL over one table of texts.

Every column name is checked against the dataset and every value is bound; nothing of the query is copied into SQL.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>:?[A-Za-z_@][\w]*)|(?P<sign><=|>=|!=|<>|[=<>(),*]))"
)
_COMPARISONS = {"=": "=", "!=": "<>", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
_TEXT_FUNCTIONS = {"upper": "upper", "lower": "lower"}


class SoqlError(Exception):
    """A query the service refuses, with Socrata's code."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Fragment:
    """A piece of SQL and the values bound in it."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class Selected:
    """One column of the answer: its name there, and the expression it comes from."""

    name: str
    sql: str


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str


def parse_where(text: str, columns: Sequence[str]) -> Fragment:
    """The condition as SQL. Raises SoqlError."""
    parser = _Parser(_tokens(text), columns)
    fragment = parser.disjunction()
    parser.expect_end()
    return fragment


def parse_select(text: str, columns: Sequence[str], system: Sequence[str]) -> list[Selected]:
    """The columns to answer with: `*`, `:*`, names, `count(*)`, each with an optional `as`. Raises SoqlError."""
    parser = _Parser(_tokens(text), (*columns, *system))
    chosen: list[Selected] = []
    while True:
        chosen += parser.selection(columns, system)
        if not parser.take_sign(","):
            parser.expect_end()
            return chosen


def parse_order(text: str, columns: Sequence[str]) -> str:
    """The `order by` list. Raises SoqlError."""
    parser = _Parser(_tokens(text), columns)
    parts = []
    while True:
        column = parser.column()
        direction = "desc" if parser.take_word("desc") else "asc"
        if direction == "asc":
            parser.take_word("asc")
        parts.append(f"{column} {direction}")
        if not parser.take_sign(","):
            parser.expect_end()
            return ", ".join(parts)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        # `:*` means all system columns and is not a name
        if match is None and text[at:].lstrip().startswith(":*"):
            found.append(_Token("sign", ":*"))
            at = text.index(":*", at) + 2
            continue
        if match is None:
            raise SoqlError("query.compiler.malformed", f"Could not parse SoQL query at position {at}")
        kind = str(match.lastgroup)
        found.append(_Token(kind, match.group(kind)))
        at = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[_Token], columns: Sequence[str]) -> None:
        self._tokens = tokens
        self._columns = frozenset(columns)
        self._at = 0

    def disjunction(self) -> Fragment:
        parts = [self._conjunction()]
        while self.take_word("or"):
            parts.append(self._conjunction())
        return _joined(parts, " or ")

    def selection(self, columns: Sequence[str], system: Sequence[str]) -> list[Selected]:
        if self.take_sign("*"):
            return [Selected(name, _quoted(name)) for name in columns]
        if self.take_sign(":*"):
            return [Selected(name, _quoted(name)) for name in system]
        name = self._next("name").text
        if name.lower() == "count" and self.take_sign("("):
            counted = "*" if self.take_sign("*") else self.column()
            self._expect_sign(")")
            return [Selected(self._alias("count"), f"cast(count({counted}) as text)")]
        return [Selected(self._alias(name), self._known(name))]

    def column(self) -> str:
        return self._known(self._next("name").text)

    def take_word(self, word: str) -> bool:
        token = self._peek()
        if token is not None and token.kind == "name" and token.text.lower() == word:
            self._at += 1
            return True
        return False

    def take_sign(self, sign: str) -> bool:
        token = self._peek()
        if token is not None and token.kind == "sign" and token.text == sign:
            self._at += 1
            return True
        return False

    def expect_end(self) -> None:
        if self._peek() is not None:
            raise self._malformed()

    def _conjunction(self) -> Fragment:
        parts = [self._negation()]
        while self.take_word("and"):
            parts.append(self._negation())
        return _joined(parts, " and ")

    def _negation(self) -> Fragment:
        if self.take_word("not"):
            inner = self._negation()
            return Fragment(f"not ({inner.sql})", inner.values)
        if self.take_sign("("):
            inner = self.disjunction()
            self._expect_sign(")")
            return Fragment(f"({inner.sql})", inner.values)
        return self._comparison()

    def _comparison(self) -> Fragment:
        if self._is_call("starts_with"):
            return self._starts_with()
        left = self._operand()
        is_negated = self.take_word("not")
        for word, build in (("in", self._in), ("like", self._like), ("between", self._between)):
            if self.take_word(word):
                return build(left, "not " if is_negated else "")
        if not is_negated and self.take_word("is"):
            negated = "not " if self.take_word("not") else ""
            if not self.take_word("null"):
                raise self._malformed()
            return Fragment(f"{left.sql} is {negated}null", left.values)
        token = self._peek()
        if is_negated or token is None or token.text not in _COMPARISONS:
            raise self._malformed()
        self._at += 1
        right = self._operand()
        return Fragment(f"{left.sql} {_COMPARISONS[token.text]} {right.sql}", left.values + right.values)

    def _in(self, left: Fragment, negated: str) -> Fragment:
        self._expect_sign("(")
        values = [self._operand()]
        while self.take_sign(","):
            values.append(self._operand())
        self._expect_sign(")")
        listed = ", ".join(value.sql for value in values)
        bound = tuple(value for item in values for value in item.values)
        return Fragment(f"{left.sql} {negated}in ({listed})", left.values + bound)

    def _like(self, left: Fragment, negated: str) -> Fragment:
        right = self._operand()
        return Fragment(f"{left.sql} {negated}like {right.sql}", left.values + right.values)

    def _between(self, left: Fragment, negated: str) -> Fragment:
        low = self._operand()
        if not self.take_word("and"):
            raise self._malformed()
        high = self._operand()
        return Fragment(f"{left.sql} {negated}between {low.sql} and {high.sql}", left.values + low.values + high.values)

    def _starts_with(self) -> Fragment:
        self._at += 1
        self._expect_sign("(")
        whole = self._operand()
        self._expect_sign(",")
        start = self._operand()
        self._expect_sign(")")
        sql = f"substr({whole.sql}, 1, length({start.sql})) = {start.sql}"
        return Fragment(sql, whole.values + start.values + start.values)

    def _operand(self) -> Fragment:
        token = self._peek()
        if token is None:
            raise self._malformed()
        self._at += 1
        if token.kind == "text":
            return Fragment("?", (token.text[1:-1].replace("''", "'"),))
        if token.kind == "number":
            return Fragment("?", (token.text,))  # every column is text, so numbers compare as texts do
        if token.kind == "name" and token.text.lower() in _TEXT_FUNCTIONS and self.take_sign("("):
            inner = self._operand()
            self._expect_sign(")")
            return Fragment(f"{_TEXT_FUNCTIONS[token.text.lower()]}({inner.sql})", inner.values)
        if token.kind == "name":
            return Fragment(self._known(token.text))
        raise self._malformed()

    def _is_call(self, name: str) -> bool:
        following = self._tokens[self._at + 1 : self._at + 2]
        token = self._peek()
        return bool(following and following[0].text == "(" and token and token.text.lower() == name)

    def _alias(self, name: str) -> str:
        return self._next("name").text if self.take_word("as") else name

    def _known(self, name: str) -> str:
        if name not in self._columns:
            raise SoqlError("query.soql.no-such-column", f"No such column: {name}")
        return _quoted(name)

    def _next(self, kind: str) -> _Token:
        token = self._peek()
        if token is None or token.kind != kind:
            raise self._malformed()
        self._at += 1
        return token

    def _expect_sign(self, sign: str) -> None:
        if not self.take_sign(sign):
            raise self._malformed()

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _malformed(self) -> SoqlError:
        token = self._peek()
        found = f"unexpected `{token.text}`" if token else "unexpected end"
        return SoqlError("query.compiler.malformed", f"Could not parse SoQL query: {found}")


def _joined(parts: list[Fragment], word: str) -> Fragment:
    if len(parts) == 1:
        return parts[0]
    sql = word.join(f"({part.sql})" for part in parts)
    return Fragment(sql, tuple(value for part in parts for value in part.values))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
