"""`$filter`, `$select` and `$expand` over metadata, which lives in memory and not in SQL."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.odata.conditions import number_of
from include.sandbox.neo.odata.options import Options
from include.sandbox.neo.odata.syntax import Call, Compare, Junction, Negation, Node, Path, Value, parse_filter

Json = dict[str, Any]
Expansion = Callable[[Json, Options], Any]
_MISSING = object()


def filtered(rows: Sequence[Json], options: Options, type_name: str) -> list[Json]:
    """The rows that fit `$filter`; a property no row has is refused as the service does."""
    if options.filter is None:
        return list(rows)
    node = parse_filter(options.filter, options.aliases)
    return [row for row in rows if bool(_evaluate(node, row, type_name))]


def shaped(row: Json, options: Options, expansions: Mapping[str, Expansion], type_name: str) -> Json:
    """One definition with the selected properties and what was expanded; MetadataId always stays."""
    out = dict(row)
    if options.select is not None:
        unknown = [name for name in options.select if name not in row and name not in expansions]
        if unknown:
            raise errors.unknown_query_property(unknown[0], type_name)
        kept = {"@odata.type", "MetadataId", *options.select}
        out = {name: value for name, value in row.items() if name in kept}
    for item in options.expand:
        if item.name not in expansions:
            raise errors.unknown_query_property(item.name, type_name)
        out[item.name] = expansions[item.name](row, item.options)
    return out


def _evaluate(node: Node, row: Json, type_name: str) -> Any:
    if isinstance(node, Junction):
        results = (bool(_evaluate(item, row, type_name)) for item in node.items)
        return all(results) if node.operator == "and" else any(results)
    if isinstance(node, Negation):
        return not _evaluate(node.item, row, type_name)
    if isinstance(node, Compare):
        return _compare(node, row, type_name)
    if isinstance(node, Call):
        return _call(node, row, type_name)
    if isinstance(node, Path):
        return _lookup(node, row, type_name)
    if isinstance(node, Value):
        return _plain(node)
    raise errors.query("The expression is not supported in a filter on metadata.")


def _lookup(path: Path, row: Json, type_name: str) -> Any:
    value: Any = row
    for name in path.names:
        value = value.get(name, _MISSING) if isinstance(value, dict) else _MISSING
        if value is _MISSING:
            raise errors.unknown_query_property(str(path), type_name)
    return value


def _plain(value: Value) -> Any:
    if value.kind == "null":
        return None
    if value.kind == "boolean":
        return value.value == "true"
    return number_of(str(value.value)) if value.kind == "number" else value.value


def _compare(node: Compare, row: Json, type_name: str) -> bool:
    left, right = _evaluate(node.left, row, type_name), _evaluate(node.right, row, type_name)
    if node.operator in ("eq", "ne"):
        return bool(left == right) == (node.operator == "eq")
    if (
        isinstance(left, bool | None)
        or isinstance(right, bool | None)
        or isinstance(left, str) != isinstance(right, str)
    ):
        return False
    if not isinstance(left, str | int | float) or not isinstance(right, str | int | float):
        return False
    order: dict[str, Callable[[Any, Any], bool]] = {
        "gt": lambda a, b: a > b,
        "ge": lambda a, b: a >= b,
        "lt": lambda a, b: a < b,
        "le": lambda a, b: a <= b,
    }
    return order[node.operator](left, right)


def _call(node: Call, row: Json, type_name: str) -> bool:
    if node.name not in ("contains", "startswith", "endswith") or len(node.arguments) != 2:
        raise errors.query(f"An unknown function with name '{node.name}' was found.")
    text, wanted = (_evaluate(argument, row, type_name) for argument in node.arguments)
    if not isinstance(text, str) or not isinstance(wanted, str):
        return False
    if node.name == "contains":
        return wanted in text
    return text.startswith(wanted) if node.name == "startswith" else text.endswith(wanted)
