"""Query options of a URL: `$select`, `$filter`, `$expand`… split and named, not yet checked against tables."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from include.sandbox.neo import errors
from include.sandbox.neo.odata.scanning import split_outside

MAX_EXPANDS = 15
MAX_EXPAND_DEPTH = 10
_SUPPORTED = frozenset(
    {"$select", "$filter", "$expand", "$orderby", "$top", "$count", "$apply", "$skiptoken", "$deltatoken", "$id"}
)


@dataclass(frozen=True)
class Expand:
    """One `$expand` item with the options in its parentheses."""

    name: str
    options: "Options"
    is_reference: bool = False


@dataclass(frozen=True)
class Options:
    """The options of one request or one expanded property."""

    select: tuple[str, ...] | None = None
    filter: str | None = None
    orderby: tuple[tuple[str, bool], ...] = ()
    top: int | None = None
    count: bool = False
    expand: tuple[Expand, ...] = ()
    apply: str | None = None
    skiptoken: str | None = None
    deltatoken: str | None = None
    id: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


def parse_query(query: str) -> Options:
    """The options of a raw query string; raises the query error for what the service does not support."""
    pairs: dict[str, str] = {}
    for name, value in _pairs(query):
        if name in pairs:
            raise errors.query(f"Query option '{name}' was specified more than once.")
        pairs[name] = value
    return _options(pairs, aliases={n: v for n, v in pairs.items() if n.startswith("@")}, depth=0)


def _pairs(query: str) -> Iterable[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=200, errors="replace")
    except ValueError as error:
        raise errors.query("The query string could not be read.") from error


def _options(pairs: Mapping[str, str], aliases: Mapping[str, str], depth: int) -> Options:
    for name in pairs:
        if name.startswith("$") and name not in _SUPPORTED:
            raise errors.query(f"The query parameter {name} is not supported.")
    return Options(
        select=_names(pairs.get("$select")),
        filter=_text(pairs.get("$filter")),
        orderby=_orderby(pairs.get("$orderby")),
        top=_number("$top", pairs.get("$top")),
        count=_boolean(pairs.get("$count")),
        expand=_expands(pairs.get("$expand"), aliases, depth),
        apply=_text(pairs.get("$apply")),
        skiptoken=pairs.get("$skiptoken"),
        deltatoken=pairs.get("$deltatoken"),
        id=pairs.get("$id"),
        aliases=aliases,
        given=pairs,
    )


def _text(value: str | None) -> str | None:
    return value.strip() if value and value.strip() else None


def _names(value: str | None) -> tuple[str, ...] | None:
    if value is None or not value.strip() or value.strip() == "*":
        return None
    return tuple(dict.fromkeys(part.strip() for part in value.split(",") if part.strip()))


def _number(name: str, value: str | None) -> int | None:
    if value is None:
        return None
    text = value.strip()
    if not (text.isascii() and text.isdigit()) or int(text) > 2**31 - 1:
        raise errors.query(
            f"Invalid value '{text[:60]}' for {name} query option found. A non-negative integer is needed."
        )
    return int(text)


def _boolean(value: str | None) -> bool:
    if value is None:
        return False
    if value.strip() not in ("true", "false"):
        raise errors.query(f"Invalid value '{value[:60]}' for $count query option found. Use 'true' or 'false'.")
    return value.strip() == "true"


def _orderby(value: str | None) -> tuple[tuple[str, bool], ...]:
    terms: list[tuple[str, bool]] = []
    for part in (value or "").split(","):
        words = part.split()
        if not words:
            continue
        if len(words) > 2 or (len(words) == 2 and words[1] not in ("asc", "desc")):
            raise errors.query(f"Syntax error in $orderby: '{part.strip()[:100]}'.")
        terms.append((words[0], len(words) == 2 and words[1] == "desc"))
    return tuple(terms)


def _expands(value: str | None, aliases: Mapping[str, str], depth: int) -> tuple[Expand, ...]:
    if value is None or not value.strip():
        return ()
    if depth >= MAX_EXPAND_DEPTH:
        raise errors.query("The $expand nests too deeply.")
    items = [_expand(item.strip(), aliases, depth) for item in split_list(value, ",") if item.strip()]
    if len(items) > MAX_EXPANDS:
        raise errors.query(f"The number of $expand items exceeds the maximum of {MAX_EXPANDS}.")
    return tuple(items)


def _expand(item: str, aliases: Mapping[str, str], depth: int) -> Expand:
    name, bracket, rest = item.partition("(")
    name = name.strip()
    is_reference = name.endswith("/$ref")
    name = name.removesuffix("/$ref")
    if not bracket:
        return Expand(name, Options(aliases=aliases), is_reference)
    if not rest.endswith(")"):
        raise errors.query(f"Syntax error in $expand: '{item[:100]}'.")
    pairs: dict[str, str] = {}
    for option in split_list(rest[:-1], ";"):
        key, equals, value = option.strip().partition("=")
        if not equals or key in pairs:
            raise errors.query(f"Syntax error in $expand: '{item[:100]}'.")
        pairs[key.strip()] = value
    return Expand(name, _options(pairs, aliases, depth + 1), is_reference)


def split_list(text: str, separator: str) -> list[str]:
    """The parts of a list; raises the query error when quotes or parentheses do not balance."""
    parts = split_outside(text, separator)
    if parts is None:
        raise errors.query(f"Syntax error: unbalanced parentheses or quotes in '{text[:100]}'.")
    return parts
