"""The plan: desired rows against NEO's rows and against what was sent, over all tables.

Pure and deterministic: the same sides give the same plan with the same hash, in whatever order rows arrive. Applying
a plan makes the next plan of the same desired rows empty. How one row is planned is in `row_plan`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from include.core.fingerprint import fingerprint
from include.core.neo_schema import NeoSchema
from transforms.writeback.links import Links
from transforms.writeback.row_plan import PlannedRow, TablePlanner
from transforms.writeback.rows import DesiredRow, PresentTable
from transforms.writeback.values import Canonical

Settled = Mapping[str, Mapping[str, Mapping[str, Canonical]]]


@dataclass(frozen=True)
class Plan:
    """All planned rows in the order in which they can be written; unchanged rows are counted and not listed.

    `settled` are values to remember as sent for rows that are not written: table -> row key -> column -> value.
    """

    rows: tuple[PlannedRow, ...]
    unchanged: Mapping[str, int]
    settled: Settled

    @cached_property
    def hash(self) -> str:
        """Changes whenever anything that would be done, or is held back, changes."""
        return fingerprint([(row.table, row.row_key, row.action, row.reason_code, row.facts) for row in self.rows])

    def counts(self) -> dict[str, Counter[str]]:
        """Rows per table and action."""
        counted: dict[str, Counter[str]] = {table: Counter({"unchanged": n}) for table, n in self.unchanged.items()}
        for row in self.rows:
            counted.setdefault(row.table, Counter())[row.action] += 1
        return counted

    def requests(self, chunk_rows: int) -> int:
        """Bulk requests that applying the plan costs, when NEO refuses nothing."""
        written = [row for row in self.rows if row.action in ("create", "update")]
        per_message = Counter((row.table, row.action) for row in written)
        return sum(-(-rows // chunk_rows) for rows in per_message.values())


@dataclass(frozen=True)
class Sides:
    """What desired rows are compared with, table by table.

    Attributes:
        present: NEO's rows now; lookups are resolved through it, so it holds every table that is pointed to.
        base: row key -> column -> canonical value last sent.
        seen: NEO's rows as the golden record knew them; where nothing was ever sent they are the base.

    """

    present: Mapping[str, PresentTable]
    base: Mapping[str, Mapping[str, Mapping[str, Any]]]
    seen: Mapping[str, PresentTable]


def plan_writeback(
    schema: NeoSchema, desired: Mapping[str, Sequence[DesiredRow]], sides: Sides, tables: Iterable[str] | None = None
) -> Plan:
    """Plan every table of `desired` (rows as merged from the sync models), tables that others point to first.

    `tables`, when given, plans only these; rows of theirs that point to a row not in NEO yet are then held.
    """
    wanted = None if tables is None else set(tables)
    links = Links(sides.present)
    rows: list[PlannedRow] = []
    unchanged: dict[str, int] = {}
    settled: dict[str, dict[str, Mapping[str, Canonical]]] = {}
    for table in schema.order:
        if table not in desired or (wanted is not None and table not in wanted):
            continue
        planner = TablePlanner(
            schema, schema.tables[table], sides.present[table], sides.base.get(table, {}), sides.seen.get(table), links
        )
        unchanged[table] = 0
        for planned in planner.plan(desired[table]):
            links.learn(table, planned.row_key, planned.neo_id, is_coming=planned.action == "create")
            if planned.settled and planned.action in ("unchanged", "conflict"):
                settled.setdefault(table, {})[planned.row_key] = planned.settled
            if planned.action == "unchanged":
                unchanged[table] += 1
            else:
                rows.append(planned)
    return Plan(tuple(rows), unchanged, settled)
