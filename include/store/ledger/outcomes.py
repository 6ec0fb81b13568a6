"""What a target answered for each row, and the values we last sent to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, desc, func, insert, select

from include.store.ledger.repository import Repository, Row, upsert
from include.store.ledger.tables import outcome, sent


class OutcomeRepository(Repository):
    """Append-only: one row per written row and run."""

    def add_many(self, rows: Sequence[Row]) -> None:
        """Append outcomes: run_id, plan_id, target, row_key, outcome and, where known, reason_code, reason,
        columns, before, request_id.
        """
        now = self.clock.now()
        self._insert_many(outcome, [_outcome_row(row, now) for row in rows])

    def add_with_sent(self, rows: Sequence[Row], sent_values: Mapping[str, Mapping[str, Row]], run_id: str) -> None:
        """Append outcomes and remember the values sent ({target: {row_key: {column: value}}}) in one transaction.

        What stood in a column before we first wrote to it is taken from `before` of the row's outcome; a created
        row had nothing.
        """
        now = self.clock.now()
        before = {(row["target"], row["row_key"]): row.get("before") or {} for row in rows}
        with self._write() as connection:
            if rows:
                connection.execute(insert(outcome), [_outcome_row(row, now) for row in rows])
            for target, values in sent_values.items():
                stood = {key: before.get((target, key), {}) for key in values}
                _merge_sent(connection, target, values, run_id, now, stood)

    def history(self, row_keys: Sequence[str], limit: int = 200) -> list[Row]:
        """Outcomes of these rows, newest first."""
        statement = (
            select(outcome).where(outcome.c.row_key.in_(list(row_keys))).order_by(desc(outcome.c.id)).limit(limit)
        )
        return self._rows(statement)

    def counts(self, run_id: str | None = None) -> list[Row]:
        """Rows by target, outcome and reason code, of one run or of all."""
        columns = (outcome.c.target, outcome.c.outcome, outcome.c.reason_code)
        statement = select(*columns, func.count().label("rows")).group_by(*columns).order_by(*columns)
        if run_id is not None:
            statement = statement.where(outcome.c.run_id == run_id)
        return self._rows(statement)

    def latest(self, target: str) -> dict[str, str]:
        """The newest outcome of every row of `target`."""
        newest = (
            select(func.max(outcome.c.id).label("id")).where(outcome.c.target == target).group_by(outcome.c.row_key)
        ).subquery()
        statement = select(outcome.c.row_key, outcome.c.outcome).join(newest, outcome.c.id == newest.c.id)
        return {str(row["row_key"]): str(row["outcome"]) for row in self._rows(statement)}


class SentRepository(Repository):
    """The base of the three-way comparison."""

    def get(self, target: str) -> dict[str, dict[str, Any]]:
        """Values last sent to `target`: {row_key: {column: value}}."""
        rows = self._rows(select(sent.c.row_key, sent.c["values"]).where(sent.c.target == target))
        return {str(row["row_key"]): dict(row["values"]) for row in rows}

    def replaced(self, target: str) -> dict[str, dict[str, Any]]:
        """What stood in `target` before we wrote over it: {row_key: {column: value}}.

        A value somebody typed after our first writing, and that we wrote over again, counts as what stood there.
        """
        rows = self._rows(select(sent.c.row_key, sent.c.replaced).where(sent.c.target == target))
        return {str(row["row_key"]): dict(row["replaced"]) for row in rows}

    def save(self, target: str, values: Mapping[str, Row], run_id: str) -> None:
        """Remember what was sent; columns not named keep their earlier value."""
        with self._write() as connection:
            _merge_sent(connection, target, values, run_id, self.clock.now())


def _outcome_row(row: Row, now: datetime) -> Row:
    known = ("run_id", "plan_id", "target", "row_key", "outcome")
    optional = ("reason_code", "reason", "columns", "before", "request_id")
    return {name: row[name] for name in known} | {name: row.get(name) for name in optional} | {"at": now}


def _merge_sent(
    connection: Connection,
    target: str,
    values: Mapping[str, Row],
    run_id: str,
    now: datetime,
    stood: Mapping[str, Row] | None = None,
) -> None:
    keys = list(values)
    earlier: dict[str, tuple[Row, Row]] = {}
    for start in range(0, len(keys), 500):
        statement = select(sent.c.row_key, sent.c["values"], sent.c.replaced).where(
            sent.c.target == target, sent.c.row_key.in_(keys[start : start + 500])
        )
        earlier |= {key: (dict(stored), dict(replaced)) for key, stored, replaced in connection.execute(statement)}
    rows = []
    for key, row in values.items():
        known, replaced = earlier.get(key, ({}, {}))
        if stood is not None:
            theirs = {name: stood[key].get(name) for name in row}
            # Our own value that we replace by a newer one is not what people had there.
            replaced |= {name: value for name, value in theirs.items() if name not in known or known[name] != value}
        merged = {"values": known | dict(row), "replaced": replaced}
        rows.append({"target": target, "row_key": key, **merged, "run_id": run_id, "at": now})
    upsert(connection, sent, rows, key=["target", "row_key"], update=["values", "replaced", "run_id", "at"])
