"""The filter as a tree: what `$filter` says, before anything is known of tables or columns."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from lark import Lark, Token, Transformer, v_args
from lark.exceptions import LarkError, UnexpectedInput, VisitError

from include.sandbox.neo import errors
from include.sandbox.neo.odata.scanning import Scan, scan

MAX_DEPTH = 60
MAX_CONDITIONS = 3000

ValueKind = Literal["text", "number", "guid", "datetime", "date", "boolean", "null", "enum", "list"]


@dataclass(frozen=True)
class Value:
    """A literal. Numbers stay text until the column's type is known."""

    kind: ValueKind
    value: Any


@dataclass(frozen=True)
class Path:
    """A property, or one reached over lookups."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join(self.names)


@dataclass(frozen=True)
class Compare:
    """Two sides and the operator between them."""

    operator: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Junction:
    """`and` / `or` over any number of items."""

    operator: Literal["and", "or"]
    items: tuple["Node", ...]


@dataclass(frozen=True)
class Negation:
    """`not` something."""

    item: "Node"


@dataclass(frozen=True)
class Call:
    """`contains(...)`, `startswith(...)`, `endswith(...)`."""

    name: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True)
class QueryFunction:
    """`Microsoft.Dynamics.CRM.In(PropertyName=...,...)`; `name` is without the namespace."""

    name: str
    parameters: Mapping[str, Value]


@dataclass(frozen=True)
class Lambda:
    """`path/any(v:body)` and `path/all(v:body)`; without a body it asks whether there is any row."""

    path: Path
    quantifier: Literal["any", "all"]
    variable: str | None
    body: "Node | None"


Node = Value | Path | Compare | Junction | Negation | Call | QueryFunction | Lambda


def parse_filter(text: str, aliases: Mapping[str, str]) -> Node:
    """The tree of a `$filter`; raises the service's query error with the position when it does not parse."""
    _refuse_unreadable(text)
    try:
        tree = _parser().parse(text)
        node: Node = _Builder(aliases).transform(tree)
        return node
    except UnexpectedInput as error:
        position = max(getattr(error, "pos_in_stream", 0) or 0, 0)
        raise errors.query(f"Syntax error at position {position} in '{_shown(text)}'.") from error
    except VisitError as error:
        if isinstance(error.orig_exc, errors.ServiceError):
            raise error.orig_exc from error
        raise errors.query(f"Syntax error in '{_shown(text)}'.") from error
    except (LarkError, RecursionError) as error:
        raise errors.query(f"Syntax error in '{_shown(text)}'.") from error


def parse_alias_value(text: str) -> Value:
    """The value of a parameter alias: an OData literal or a JSON list."""
    stripped = text.strip()
    if stripped.startswith("["):
        return Value("list", _json_list(stripped))
    node = parse_filter(stripped, {})
    if not isinstance(node, Value):
        raise errors.query(f"The value of a parameter alias is not a literal: '{_shown(text)}'.")
    return node


@cache
def _parser() -> Lark:
    return Lark.open("filter.lark", rel_to=__file__, parser="lalr", maybe_placeholders=True)


def _refuse_unreadable(text: str) -> None:
    """Findings that deserve their own words, and shapes that would only exhaust the server."""
    state = Scan()
    for _ in scan(text, state):
        pass
    if state.quote is not None:
        raise errors.query(f"There is an unterminated literal at position {state.opened_at} in '{_shown(text)}'.")
    if state.deepest > MAX_DEPTH:
        raise errors.query("Recursion limit exceeded: the filter nests too deeply.")
    if text.count(" not ") > MAX_CONDITIONS or text.count(" and ") + text.count(" or ") > MAX_CONDITIONS:
        raise errors.query("The node count limit has been exceeded: the filter holds too many conditions.")


def _shown(text: str) -> str:
    return text if len(text) <= 200 else text[:197] + "..."


def _json_list(text: str) -> list[str]:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.query(f"The list '{_shown(text)}' could not be read.") from error
    if not isinstance(parsed, list) or any(isinstance(item, dict | list) for item in parsed):
        raise errors.query(f"The list '{_shown(text)}' could not be read.")
    return [item if isinstance(item, str) else json.dumps(item) for item in parsed]


def _unquoted(token: str) -> str:
    return token[1:-1].replace("''", "'")


_LITERALS: Mapping[str, ValueKind] = {
    "NUMBER": "number",
    "GUID": "guid",
    "DATETIME": "datetime",
    "DATE": "date",
    "BOOLEAN": "boolean",
    "NULL": "null",
}


@v_args(inline=True)
class _Builder(Transformer[Token, Node]):
    """Turns the parse tree into nodes; knows the parameter aliases of the request."""

    def __init__(self, aliases: Mapping[str, str]) -> None:
        super().__init__()
        self._aliases = aliases

    def disjunction(self, *items: Node) -> Node:
        return Junction("or", items)

    def conjunction(self, *items: Node) -> Node:
        return Junction("and", items)

    def negate(self, item: Node) -> Node:
        return Negation(item)

    def group(self, item: Node) -> Node:
        return item

    def compare(self, left: Node, operator: Token, right: Node) -> Node:
        return Compare(str(operator), left, right)

    def path(self, name: Token) -> Node:
        return Path((str(name),))

    def longer_path(self, path: Path, name: Token) -> Node:
        return Path((*path.names, str(name)))

    def lambda_call(self, path: Path, quantifier: Token, variable: Token | None, body: Node | None) -> Node:
        kind: Literal["any", "all"] = "any" if quantifier == "any" else "all"
        return Lambda(path, kind, None if variable is None else str(variable), body)

    def function_call(self, name: Token, *arguments: Node | None) -> Node:
        return Call(str(name), tuple(a for a in arguments if a is not None))

    def query_function(self, name: Token, *parameters: tuple[str, Value] | None) -> Node:
        return QueryFunction(name.rsplit(".", 1)[1], dict(p for p in parameters if p is not None))

    def parameter(self, name: Token, value: Value) -> tuple[str, Value]:
        return str(name), value

    def array(self, *items: str | None) -> Value:
        return Value("list", [item for item in items if item is not None])

    def array_item(self, token: Token) -> str:
        if token.type == "DOUBLE_QUOTED":
            return _json_list(f"[{token}]")[0]
        return _unquoted(token) if token.type == "STRING" else str(token)

    def enum_literal(self, name: Token, token: Token) -> Value:
        return Value("enum", _unquoted(token))

    def literal(self, token: Token) -> Value:
        if token.type == "STRING":
            return Value("text", _unquoted(token))
        if token.type == "ALIAS":
            if token not in self._aliases:
                raise errors.query(f"The parameter alias '{token}' has no value.")
            return parse_alias_value(self._aliases[str(token)])
        return Value(_LITERALS[token.type], str(token))
