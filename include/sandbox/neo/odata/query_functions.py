"""The platform's own query functions (`Microsoft.Dynamics.CRM.In`, `Last7Days`, `EqualUserId`…) to SQL."""

import json
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_guid, parse_instant
from include.sandbox.neo.model.kinds import Kind
from include.sandbox.neo.odata.scope import Place, Scope, column_of
from include.sandbox.neo.odata.syntax import Path, QueryFunction
from include.sandbox.neo.sqlite.text import fold

MAX_UNITS = 100_000


@dataclass(frozen=True)
class FunctionContext:
    """What relative functions are relative to."""

    now: datetime
    user_id: str
    business_unit_id: str


def function_sql(node: QueryFunction, scope: Scope, context: FunctionContext, out: list[Any]) -> str:
    """The SQL of one query function; its parameters are appended to `out`."""
    place = _place(node, scope)
    if node.name in _SETS:
        return _SETS[node.name](node, place, out)
    if node.name in _IDENTITY:
        return _identity(node.name, place, context, out)
    window = _window(node, context.now)
    if window is None:
        raise errors.query(f"The query function 'Microsoft.Dynamics.CRM.{node.name}' is not supported.")
    if place.column.kind is not Kind.DATETIME:
        raise errors.query(f"'{node.name}' needs a date column.")
    return _between_moments(place, window, out)


def _place(node: QueryFunction, scope: Scope) -> Place:
    named = node.parameters.get("PropertyName")
    if named is None or named.kind != "text":
        raise errors.query(f"The query function '{node.name}' needs a PropertyName.")
    owner, names = scope.owner_of(tuple(str(named.value).split("/")))
    column = owner.table.columns.get(names[-1]) if len(names) == 1 else None
    if column is not None and column.kind.is_lookup:  # query functions name lookups by their logical name
        return Place(owner.table, column_of(owner.table, column.property_name), owner.alias)
    return scope.place(Path(tuple(str(named.value).split("/"))))


def _stored(place: Place, text: str) -> Any:
    """A value as written in a query function (always a text) in the stored form of the column."""
    kind = place.column.kind
    if kind in (Kind.STRING, Kind.MEMO):
        return fold(text)
    if kind.is_lookup or kind is Kind.GUID:
        guid = parse_guid(text)
        if guid is None:
            raise errors.query(f"Unrecognized Guid value '{text[:60]}'.")
        return guid
    if kind is Kind.DATETIME:
        moment = parse_instant(text)
        if moment is None:
            raise errors.query(f"Unrecognized date literal '{text[:60]}'.")
        return _text_of(place, moment)
    if kind is Kind.BOOLEAN and text.lower() in ("true", "false"):
        return int(text.lower() == "true")
    try:
        return float(text) if "." in text or "e" in text.lower() else int(text)
    except ValueError as error:
        raise errors.query(f"The value '{text[:60]}' does not fit '{place.column.logical}'.") from error


def _text_of(place: Place, moment: datetime) -> str:
    if place.column.is_date_only:
        return moment.date().isoformat()
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19] + "Z"


def _values(node: QueryFunction, name: str = "PropertyValues") -> list[str]:
    held = node.parameters.get(name)
    if held is None or held.kind != "list":
        raise errors.query(f"The query function '{node.name}' needs {name}.")
    return [str(item) for item in held.value]


def _single(node: QueryFunction, name: str) -> str:
    held = node.parameters.get(name)
    if held is None or held.kind in ("list", "null"):
        raise errors.query(f"The query function '{node.name}' needs {name}.")
    return str(held.value)


def _in(node: QueryFunction, place: Place, out: list[Any]) -> str:
    # One JSON parameter whatever the number of values: SQLite limits how many parameters a statement may have.
    out.append(json.dumps([_stored(place, text) for text in _values(node)]))
    return f"({place.compared} in (select value from json_each(?)))"


def _not_in(node: QueryFunction, place: Place, out: list[Any]) -> str:
    return f"(not coalesce({_in(node, place, out)}, 0))"


def _between(node: QueryFunction, place: Place, out: list[Any]) -> str:
    bounds = _values(node) if "PropertyValues" in node.parameters else [
        _single(node, "PropertyValue1"), _single(node, "PropertyValue2"),
    ]  # fmt: skip
    if len(bounds) != 2:
        raise errors.query(f"The query function '{node.name}' needs two values.")
    out.extend(_stored(place, text) for text in bounds)
    return f"({place.compared} between ? and ?)"


def _not_between(node: QueryFunction, place: Place, out: list[Any]) -> str:
    return f"(not coalesce({_between(node, place, out)}, 0))"


def _contain_values(node: QueryFunction, place: Place, out: list[Any]) -> str:
    values = _values(node)
    if place.column.kind is not Kind.MULTISELECT or not values:
        raise errors.query(f"'{node.name}' needs a multi-select choice column and values.")
    out.extend(f",{value.strip()}," for value in values)
    terms = [f"instr(',' || {place.sql} || ',', ?) > 0" for _ in values]
    return f"({' or '.join(terms)})"


def _not_contain_values(node: QueryFunction, place: Place, out: list[Any]) -> str:
    return f"(not coalesce({_contain_values(node, place, out)}, 0))"


_SETS: dict[str, Callable[[QueryFunction, Place, list[Any]], str]] = {
    "In": _in,
    "NotIn": _not_in,
    "Between": _between,
    "NotBetween": _not_between,
    "ContainValues": _contain_values,
    "DoesNotContainValues": _not_contain_values,
}
_IDENTITY = ("EqualUserId", "NotEqualUserId", "EqualBusinessId", "NotEqualBusinessId", "EqualUserOrUserTeams")


def _identity(name: str, place: Place, context: FunctionContext, out: list[Any]) -> str:
    if not (place.column.kind.is_lookup or place.column.kind is Kind.GUID):
        raise errors.query(f"'{name}' needs a lookup column.")
    if name == "EqualUserOrUserTeams":
        out.extend((context.user_id, context.user_id))
        teams = "select teamid from teammembership where systemuserid = ?"
        return f"({place.sql} = ? or {place.sql} in ({teams}))"
    out.append(context.business_unit_id if "Business" in name else context.user_id)
    if name.startswith("Not"):
        return f"({place.sql} <> ? or {place.sql} is null)"
    return f"({place.sql} = ?)"


Window = tuple[datetime | None, datetime | None]
_UNITS = ("Hours", "Days", "Weeks", "Months", "Years", "Minutes")


def _window(node: QueryFunction, now: datetime) -> Window | None:
    """The half-open span of time a date function means, or None for an unknown function."""
    name = node.name
    midnight = _midnight(now)
    fixed: dict[str, Callable[[], Window]] = {
        "Today": lambda: (midnight, midnight + timedelta(days=1)),
        "Yesterday": lambda: (midnight - timedelta(days=1), midnight),
        "Tomorrow": lambda: (midnight + timedelta(days=1), midnight + timedelta(days=2)),
        "Last7Days": lambda: (midnight - timedelta(days=7), _inclusive(now)),
        "Next7Days": lambda: (now, midnight + timedelta(days=8)),
        "On": lambda: _day_of(node, 0, 1),
        "OnOrAfter": lambda: (_day_of(node, 0, 1)[0], None),
        "OnOrBefore": lambda: (None, _day_of(node, 0, 1)[1]),
    }
    if name in fixed:
        return fixed[name]()
    for period in ("Week", "Month", "Year"):
        for word, offset in (("This", 0), ("Last", -1), ("Next", 1)):
            if name == f"{word}{period}":
                return _period(midnight, period, offset)
    return _relative(node, now)


def _relative(node: QueryFunction, now: datetime) -> Window | None:
    """Spans of X units. Whole days and longer begin (or end) at midnight; `OlderThanX` counts to the second."""
    for unit in _UNITS:
        is_exact = unit in ("Hours", "Minutes")
        if node.name == f"LastX{unit}":
            edge = _shift(now, unit, -_amount(node))
            return (edge if is_exact else _midnight(edge)), _inclusive(now)
        if node.name == f"NextX{unit}":
            edge = _shift(now, unit, _amount(node))
            return now, (edge if is_exact else _midnight(edge) + timedelta(days=1))
        if node.name == f"OlderThanX{unit}":
            return None, _shift(now, unit, -_amount(node))
    return None


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _inclusive(now: datetime) -> datetime:
    """Stored instants have whole seconds: one more second lets a span that ends now hold this very second."""
    return now + timedelta(seconds=1)


def _amount(node: QueryFunction) -> int:
    text = _single(node, "PropertyValue")
    if not text.isdigit() or not 1 <= int(text) <= MAX_UNITS:
        raise errors.query(f"The query function '{node.name}' needs a positive number.")
    return int(text)


def _shift(now: datetime, unit: str, amount: int) -> datetime:
    try:
        if unit in ("Months", "Years"):
            return _add_months(now, amount * (12 if unit == "Years" else 1))
        return now + timedelta(**{unit.lower(): amount})
    except (OverflowError, ValueError) as error:
        raise errors.query("The span of time lies outside the calendar.") from error


def _add_months(moment: datetime, months: int) -> datetime:
    index = moment.year * 12 + moment.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return moment.replace(year=year, month=month, day=min(moment.day, monthrange(year, month)[1]))


def _day_of(node: QueryFunction, start: int, end: int) -> Window:
    moment = parse_instant(_single(node, "PropertyValue"))
    if moment is None:
        raise errors.query(f"The query function '{node.name}' needs a date.")
    day = _midnight(moment)
    try:
        return day + timedelta(days=start), day + timedelta(days=end)
    except OverflowError as error:
        raise errors.query("The date lies outside the calendar.") from error


def _period(midnight: datetime, period: str, offset: int) -> Window:
    if period == "Week":
        start = midnight - timedelta(days=(midnight.weekday() + 1) % 7) + timedelta(weeks=offset)
        return start, start + timedelta(weeks=1)
    months = 12 if period == "Year" else 1
    first = midnight.replace(day=1, month=1) if period == "Year" else midnight.replace(day=1)
    start = _add_months(first, offset * months)
    return start, _add_months(start, months)


def _between_moments(place: Place, window: Window, out: list[Any]) -> str:
    start, end = window
    terms = []
    if start is not None:
        out.append(_text_of(place, start))
        terms.append(f"{place.sql} >= ?")
    if end is not None:
        if place.column.is_date_only and end.time() != datetime.min.time():
            end += timedelta(days=1)  # a span that ends now includes today
        out.append(_text_of(place, end))
        terms.append(f"{place.sql} < ?")
    return f"({' and '.join(terms)})"
