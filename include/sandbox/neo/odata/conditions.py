"""Filter trees to parameterised SQL. Every literal becomes a parameter; every name passes the catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_date, parse_guid, parse_instant
from include.sandbox.neo.model.kinds import Column, Kind
from include.sandbox.neo.odata.query_functions import FunctionContext, function_sql
from include.sandbox.neo.odata.scope import Place, Scope, kind_condition
from include.sandbox.neo.odata.syntax import (
    Call,
    Compare,
    Junction,
    Lambda,
    Negation,
    Node,
    Path,
    QueryFunction,
    Value,
)
from include.sandbox.neo.records.convert import edm_type
from include.sandbox.neo.records.draft import many_sides
from include.sandbox.neo.sqlite.schema import quoted
from include.sandbox.neo.sqlite.text import fold, plain

_SQL_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_MIRRORED = {"eq": "eq", "ne": "ne", "gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}
_OPERATOR_NAMES = {
    "eq": "Equal",
    "ne": "NotEqual",
    "gt": "GreaterThan",
    "ge": "GreaterThanOrEqual",
    "lt": "LessThan",
    "le": "LessThanOrEqual",
}
_LITERAL_EDM = {
    "text": "Edm.String",
    "number": "Edm.Int32",
    "guid": "Edm.Guid",
    "datetime": "Edm.DateTimeOffset",
    "date": "Edm.Date",
    "boolean": "Edm.Boolean",
}
_TEXT = (Kind.STRING, Kind.MEMO, Kind.MULTISELECT)
_WILDCARDS = ("%", "_", "[")


@dataclass
class Conditions:
    """Compiles filters of one request: `now` for relative dates, `user_id` for "my" records."""

    now: datetime
    user_id: str
    business_unit_id: str

    def compile(self, node: Node, scope: Scope) -> tuple[str, list[Any]]:
        """A boolean SQL expression and its parameters."""
        parameters: list[Any] = []
        sql = self._sql(node, scope, parameters)
        return sql, parameters

    def _sql(self, node: Node, scope: Scope, out: list[Any]) -> str:
        if isinstance(node, Junction):
            return _balanced([self._sql(item, scope, out) for item in node.items], node.operator)
        if isinstance(node, Negation):
            return f"(not coalesce({self._sql(node.item, scope, out)}, 0))"
        if isinstance(node, Compare):
            return self._compare(node, scope, out)
        if isinstance(node, Call):
            return self._call(node, scope, out)
        if isinstance(node, QueryFunction):
            context = FunctionContext(self.now, self.user_id, self.business_unit_id)
            return function_sql(node, scope, context, out)
        if isinstance(node, Lambda):
            return self._lambda(node, scope, out)
        if isinstance(node, Path):
            return self._flag(node, scope)
        if node.kind == "boolean":
            return "1" if node.value == "true" else "0"
        raise errors.query("The $filter expression must evaluate to a single boolean value.")

    def _flag(self, path: Path, scope: Scope) -> str:
        place = scope.place(path)
        if place.column.kind is not Kind.BOOLEAN:
            raise errors.query("The $filter expression must evaluate to a single boolean value.")
        return f"({place.sql} = 1)"

    def _compare(self, node: Compare, scope: Scope, out: list[Any]) -> str:
        left, right, operator = node.left, node.right, node.operator
        if isinstance(left, Value) and isinstance(right, Path):
            left, right, operator = right, left, _MIRRORED[operator]
        if isinstance(left, Path) and isinstance(right, Value):
            return self._compare_value(scope.place(left), operator, right, out)
        if isinstance(left, Path) and isinstance(right, Path):
            return _compare_places(scope.place(left), operator, scope.place(right))
        if isinstance(right, Value) and right.kind == "boolean" and operator in ("eq", "ne"):
            wanted = (right.value == "true") == (operator == "eq")
            inner = f"coalesce({self._sql(left, scope, out)}, 0)"
            return inner if wanted else f"(not {inner})"
        for side in (left, right):
            if isinstance(side, Call):
                _require_known(side)
        raise errors.query("The comparison is not supported: one side must be a property.")

    def _compare_value(self, place: Place, operator: str, value: Value, out: list[Any]) -> str:
        if value.kind == "null":
            if operator not in ("eq", "ne"):
                return "0"
            return f"({place.sql} is {'not ' if operator == 'ne' else ''}null)"
        parameter, operator = _parameter(place.column, operator, value)
        out.append(parameter)
        if operator == "ne":
            return f"({place.compared} <> ? or {place.sql} is null)"
        return f"({place.compared} {_SQL_OPERATORS[operator]} ?)"

    def _call(self, node: Call, scope: Scope, out: list[Any]) -> str:
        _require_known(node)
        if len(node.arguments) != 2:
            raise errors.query(f"No function signature for the function with name '{node.name}' matches.")
        path, value = node.arguments
        if not isinstance(path, Path) or not isinstance(value, Value) or value.kind != "text":
            raise errors.query(f"No function signature for the function with name '{node.name}' matches.")
        place = scope.place(path)
        if place.column.kind not in _TEXT:
            raise errors.query(f"No function signature for the function with name '{node.name}' matches.")
        return _text_search(node.name, place, str(value.value), out)

    def _lambda(self, node: Lambda, scope: Scope, out: list[Any]) -> str:
        owner, names = scope.owner_of(node.path.names)
        if len(names) != 1:
            raise errors.query("A lambda below a lookup is not supported.")
        link, inner, condition = _open_collection(owner, scope, names[0], node.variable)
        if node.body is None:
            return f"exists (select 1 from {link}{inner.source} where {condition})"
        body = self._sql(node.body, inner, out)
        if node.quantifier == "all":
            return f"(not exists (select 1 from {link}{inner.source} where {condition} and not coalesce({body}, 0)))"
        return f"exists (select 1 from {link}{inner.source} where {condition} and {body})"


def _require_known(node: Call) -> None:
    if node.name not in ("contains", "startswith", "endswith"):
        raise errors.query(f"An unknown function with name '{node.name}' was found.")


def _open_collection(owner: Scope, scope: Scope, navigation: str, variable: str | None) -> tuple[str, Scope, str]:
    """The inner scope of a collection: a prefix of its `from`, the scope, and the condition that ties it."""
    table = owner.table
    relationship = owner.catalog.collection(table.logical, navigation)
    parent_id = f"{owner.alias}.{quoted(table.primary_id)}"
    if relationship is not None:
        child = scope.visible(relationship.referencing)
        inner = scope.inner(child, variable)
        tie = f"{inner.alias}.{quoted(relationship.attribute)} = {parent_id}"
        return "", inner, tie + kind_condition(child, relationship, inner.alias)
    many = owner.catalog.many(table.logical, navigation)
    if many is None:
        raise errors.unknown_query_property(navigation, table.logical)
    own, others, other_table = many_sides(many, table.logical)
    inner = scope.inner(scope.visible(other_table), variable)
    between = f"x{inner.alias}"
    condition = (
        f"{between}.{quoted(own)} = {parent_id} and "
        f"{between}.{quoted(others)} = {inner.alias}.{quoted(inner.table.primary_id)}"
    )
    return f"{quoted(many.intersect)} as {between}, ", inner, condition


def _compare_places(left: Place, operator: str, right: Place) -> str:
    if _family(left.column) != _family(right.column):
        raise _incompatible(edm_type(left.column), edm_type(right.column), operator)
    if operator in ("eq", "ne"):
        return f"({left.compared} is {'not ' if operator == 'ne' else ''}{right.compared})"
    return f"({left.compared} {_SQL_OPERATORS[operator]} {right.compared})"


def _family(column: Column) -> str:
    if column.kind in _TEXT:
        return "text"
    if column.kind.is_number or column.kind in (Kind.PICKLIST, Kind.STATE, Kind.STATUS):
        return "number"
    if column.kind.is_lookup or column.kind is Kind.GUID:
        return "guid"
    return edm_type(column)


def _incompatible(left: str, right: str, operator: str) -> errors.ServiceError:
    return errors.query(
        "A binary operator with incompatible types was detected. Found operand types "
        f"'{left}' and '{right}' for operator kind '{_OPERATOR_NAMES[operator]}'."
    )


def _parameter(column: Column, operator: str, value: Value) -> tuple[Any, str]:
    """The SQL parameter for a literal against a column, and the operator to use with it."""
    family = _family(column)
    if family == "text" and value.kind == "text":
        return fold(str(value.value)), operator
    if family == "number" and value.kind == "number":
        return number_of(str(value.value)), operator
    if family == "guid" and value.kind in ("guid", "text"):
        guid = parse_guid(str(value.value))
        if guid is not None:
            return guid, operator
    if family == "Edm.Boolean" and value.kind == "boolean":
        return int(value.value == "true"), operator
    if column.kind is Kind.DATETIME and value.kind in ("date", "datetime"):
        return _moment_parameter(column, operator, str(value.value))
    raise _incompatible(edm_type(column), _LITERAL_EDM.get(value.kind, "Edm.Untyped"), operator)


def number_of(text: str) -> float:
    """An OData number; suffixes like `M` are accepted and mean nothing here."""
    cleaned = text.rstrip("mMdDfFlL")
    number = float(cleaned)
    if "." not in cleaned and "e" not in cleaned.lower() and abs(number) < 2**63:
        return int(cleaned)
    return number


def _moment_parameter(column: Column, operator: str, text: str) -> tuple[str, str]:
    day, moment = parse_date(text), parse_instant(text)
    if moment is None:
        raise errors.query(f"Unrecognized date literal '{text}'.")
    if column.is_date_only:
        return (day or moment.date()).isoformat(), operator
    if moment.microsecond:  # stored instants have whole seconds: move the bound onto one
        operator = {"lt": "le", "ge": "gt"}.get(operator, operator)
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z", operator


def _text_search(name: str, place: Place, text: str, out: list[Any]) -> str:
    if any(mark in text for mark in _WILDCARDS):
        before = "" if name == "startswith" else "%"
        after = "" if name == "endswith" else "%"
        out.append(f"{before}{text}{after}")
        return f"coalesce(neo_like(?, {place.sql}), 0)"
    wanted = plain(text)
    if name == "contains":
        out.append(wanted)
        return f"(instr({place.compared}, ?) > 0)"
    if name == "startswith":
        out.extend((len(wanted), wanted))
        return f"(substr({place.compared}, 1, ?) = ?)"
    out.extend((len(wanted), len(wanted), wanted))
    return f"(length({place.compared}) >= ? and substr({place.compared}, -max(?, 1)) = ?)" if wanted else _any(out)


def _any(out: list[Any]) -> str:
    """Every text ends with nothing: drop the parameters just put in."""
    del out[-3:]
    return "1"


def _balanced(parts: Sequence[str], operator: str) -> str:
    """Join with parentheses as a balanced tree: SQLite limits how deep an expression may nest."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({_balanced(parts[:middle], operator)} {operator} {_balanced(parts[middle:], operator)})"
