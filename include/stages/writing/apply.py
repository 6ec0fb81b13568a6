"""Applying a plan: table after table, chunk after chunk, each chunk's outcomes committed before the next is awaited.

A crash anywhere leaves rows written without a receipt at worst; the next run finds them equal in NEO and goes on.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.neo.client import NeoClient
from connectors.neo.errors import reason_of
from connectors.neo.query import RowRef
from connectors.neo.writer import NeoWriter, RowResult, RowWrite
from include.core.neo_schema import KEY_COLUMN
from include.stages.protocol import StageContext
from transforms.writeback.links import Link, parse_link
from transforms.writeback.plan import Plan
from transforms.writeback.row_plan import PlannedRow

# Small enough that a poisoned chunk costs little, large enough that a request's own cost does not show.
CHUNK_ROWS = 250
WORKERS = 3


@dataclass
class Applied:
    """What became of the planned rows: counts per table, the reasons of refusals, and whether it was stopped."""

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    refusals: Counter[tuple[str, str]] = field(default_factory=Counter)
    was_stopped: bool = False

    def add(self, table: str, outcome: str, rows: int = 1) -> None:
        """Count rows of a table by outcome."""
        self.counts.setdefault(table, Counter())[outcome] += rows


@dataclass(frozen=True)
class Applier:
    """Writes the rows of one plan. `may_go_on` is asked between chunks: the kill switch and the lease."""

    ctx: StageContext
    client: NeoClient
    plan: Plan
    may_go_on: Callable[[], bool]

    def apply(self) -> Applied:
        """Write every row the plan creates or updates; raises what the connector raises, with all answers saved."""
        applied = Applied()
        lost: set[tuple[str, str]] = set()
        by_table: dict[str, list[PlannedRow]] = {}
        for row in self.plan.rows:
            if row.action in ("create", "update"):
                by_table.setdefault(row.table, []).append(row)
        total = sum(len(rows) for rows in by_table.values())
        done = 0
        for table, rows in by_table.items():
            for finished in self._write_table(table, rows, lost, applied):
                done += finished
                self.ctx.progress(f"{table}: {done:,} of {total:,} rows", done, total)
        return applied

    def _write_table(
        self, table: str, rows: Sequence[PlannedRow], lost: set[tuple[str, str]], applied: Applied
    ) -> Iterator[int]:
        orphans = [row for row in rows if _targets(row) & lost]
        if orphans:
            self._save(table, [_orphan_outcome(row) for row in orphans], {})
            lost |= {(table, row.row_key) for row in orphans if row.action == "create"}
            applied.add(table, "held", len(orphans))
            yield len(orphans)
        ready = [row for row in rows if not _targets(row) & lost]
        left = {row.row_key: row for row in ready}
        writer = NeoWriter(self.client, table, key_column=KEY_COLUMN, chunk_rows=CHUNK_ROWS, workers=WORKERS)
        if not applied.was_stopped and self.may_go_on():
            for results in writer.write(_writes(ready)):
                self._record(table, [(left.pop(result.row_key), result) for result in results], lost, applied)
                yield len(results)
                if not self.may_go_on():
                    break
        if left:
            applied.was_stopped = True
            applied.add(table, "held", len(left))
            yield len(left)

    def _record(
        self,
        table: str,
        answered: Sequence[tuple[PlannedRow, RowResult]],
        lost: set[tuple[str, str]],
        applied: Applied,
    ) -> None:
        outcomes: list[dict[str, Any]] = []
        sent: dict[str, dict[str, Any]] = {}
        for row, result in answered:
            if result.refusal is None:
                outcome = "created" if row.action == "create" else "updated"
                sent[row.row_key] = {**row.settled, **{change.column: change.desired for change in row.writes}}
                outcomes.append(_written_outcome(row, outcome, result.request_id))
            else:
                outcome = "rejected"
                code, reason = reason_of(result.refusal, [change.column for change in row.writes])
                applied.refusals[code, reason] += 1
                outcomes.append(_outcome(row, outcome, code, reason, result.request_id))
                if row.action == "create":
                    lost.add((table, row.row_key))
            applied.add(table, outcome)
        self._save(table, outcomes, sent)

    def _save(self, table: str, outcomes: Iterable[dict[str, Any]], sent: Mapping[str, dict[str, Any]]) -> None:
        run = {"run_id": self.ctx.run_id, "plan_id": self.plan.hash, "target": table}
        rows = [{**run, **outcome} for outcome in outcomes]
        self.ctx.ledger.outcomes.add_with_sent(rows, {table: sent} if sent else {}, self.ctx.run_id)


def save_stops(ctx: StageContext, plan: Plan, is_news: Callable[[PlannedRow], bool]) -> None:
    """Record rows held back, refused or left to a person, once for each time what is said of them changes."""
    told = [row for row in plan.rows if row.action in ("held", "rejected", "conflict") and is_news(row)]
    run = {"run_id": ctx.run_id, "plan_id": plan.hash}
    ctx.ledger.outcomes.add_many(
        [{**run, "target": r.table, **_outcome(r, r.action, r.reason_code, r.reason_es, None)} for r in told]
    )


def _writes(rows: Iterable[PlannedRow]) -> Iterator[RowWrite]:
    for row in rows:
        yield RowWrite(
            row_key=row.row_key,
            values={change.column: change.desired for change in row.writes if not change.is_link},
            links={change.column: _ref(change.desired) for change in row.writes if change.is_link},
            id=row.neo_id,
        )


def _ref(text: Any) -> RowRef | None:
    if text is None:
        return None
    link = parse_link(str(text))
    return RowRef.by_id(link.table, link.id) if link.id else RowRef.by_key(link.table, KEY_COLUMN, link.key or "")


def _targets(row: PlannedRow) -> set[tuple[str, str]]:
    """Rows of this plan that `row` points to and that have to be written first."""
    links: list[Link] = [parse_link(str(c.desired)) for c in row.writes if c.is_link and c.desired is not None]
    return {(link.table, link.key) for link in links if link.key is not None}


def _written_outcome(row: PlannedRow, outcome: str, request_id: str | None) -> dict[str, Any]:
    over = [change.column for change in row.writes if change.is_over]
    reason = "el hub manda sobre lo que una persona cambió en NEO: " + ", ".join(over) if over else None
    return {
        **_outcome(row, outcome, "over_person" if over else None, reason, request_id),
        "before": {change.column: change.present for change in row.writes} if row.action == "update" else None,
    }


def _orphan_outcome(row: PlannedRow) -> dict[str, Any]:
    return _outcome(row, "held", "link_not_written", "NEO no aceptó la fila a la que apunta", None)


def _outcome(
    row: PlannedRow, outcome: str, code: str | None, reason: str | None, request_id: str | None
) -> dict[str, Any]:
    return {
        "row_key": row.row_key,
        "outcome": outcome,
        "reason_code": code,
        "reason": reason,
        "columns": [change.column for change in row.changes] or None,
        "request_id": request_id,
    }
