"""Puts one `select` together: columns, conditions, order, and where a page begins."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from include.sandbox.neo.odata.cookies import PageMark
from include.sandbox.neo.odata.scope import Scope
from include.sandbox.neo.odata.syntax import Path
from include.sandbox.neo.sqlite.schema import quoted


@dataclass
class Statement:
    """A query under construction. Conditions are SQL with their parameters, joined by `and`."""

    scope: Scope
    columns: Sequence[str]
    conditions: list[str] = field(default_factory=list)
    parameters: list[Any] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)

    def where(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        """One more condition."""
        self.conditions.append(sql)
        self.parameters.extend(parameters)

    def order_by(self, terms: Sequence[tuple[str, bool]]) -> None:
        """The order the client asked for, made total by the primary key."""
        for name, is_descending in terms:
            self.order.append((self.scope.place(Path(tuple(name.split("/")))).compared, is_descending))
        key = f"{self.scope.alias}.{quoted(self.scope.table.primary_id)}"
        if key not in (expression for expression, _ in self.order):
            self.order.append((key, False))

    def start_after(self, mark: PageMark) -> None:
        """Begin behind the last row of the previous page, by the values it was ordered by."""
        values = mark.last[: len(self.order)]
        alternatives: list[str] = []
        parameters: list[Any] = []
        for position, (expression, is_descending) in enumerate(self.order[: len(values)]):
            beyond, bound = _beyond(expression, is_descending, values[position])
            if beyond is None:
                continue
            same = [f"{earlier} is ?" for earlier, _ in self.order[:position]]
            alternatives.append(f"({' and '.join([*same, beyond])})")
            parameters += [*values[:position], *bound]
        self.where(f"({' or '.join(alternatives) or '0'})", parameters)

    def sql(self, limit: int | None = None) -> tuple[str, list[Any]]:
        """The statement with its ordering expressions as last columns, and its parameters."""
        shown = [f"{self.scope.alias}.{quoted(name)}" for name in self.columns]
        shown += [expression for expression, _ in self.order]
        text = f"select {', '.join(shown)} from {self._tail()}"
        if self.order:
            terms = [f"{expression} {'desc' if down else 'asc'}" for expression, down in self.order]
            text += f" order by {', '.join(terms)}"
        if limit is None:
            return text, list(self.parameters)
        return f"{text} limit ?", [*self.parameters, limit]

    def count_sql(self, cap: int) -> tuple[str, list[Any]]:
        """How many rows fit, counted no further than `cap`."""
        return f"select count(*) from (select 1 from {self._tail()} limit ?)", [*self.parameters, cap]

    def _tail(self) -> str:
        conditions = f" where {' and '.join(self.conditions)}" if self.conditions else ""
        return f"{self.scope.source}{conditions}"


def _beyond(expression: str, is_descending: bool, value: Any) -> tuple[str | None, list[Any]]:
    """What comes after `value` in this direction; nulls are the smallest of all."""
    if value is None:
        return (None, []) if is_descending else (f"{expression} is not null", [])
    if is_descending:
        return f"({expression} < ? or {expression} is null)", [value]
    return f"{expression} > ?", [value]
