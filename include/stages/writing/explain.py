"""Answers about a plan for people: the plan as it would be now, and one record field by field."""

from dataclasses import asdict, dataclass
from typing import Any

from include.stages.protocol import StageContext
from include.stages.writing.models import needed_datasets, prepared_views, sync_models
from include.stages.writing.sides import Planned, load_schema, make_plan, neo_dataset
from transforms.writeback.links import Links
from transforms.writeback.row_plan import ColumnChange, TablePlanner


@dataclass(frozen=True)
class RowView:
    """One row of NEO as the plan sees it, with the columns that are at peace too."""

    table: str
    row_key: str
    action: str
    neo_id: str | None
    reason_code: str | None
    reason_es: str | None
    models: tuple[str, ...]
    changes: tuple[ColumnChange, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def current_plan(ctx: StageContext) -> Planned:
    """The plan over the current version of every dataset; nothing is published or sent."""
    schema = load_schema(ctx)
    named = {neo_dataset(table) for table in (*schema.tables, "systemuser", "transactioncurrency")}
    named |= set(needed_datasets(sync_models(), prepared_views()))
    found = {dataset: ctx.lake.current(dataset) for dataset in sorted(named)}
    return make_plan(ctx, schema, {name: version for name, version in found.items() if version is not None})


def explain_row(planned: Planned, key: str) -> list[RowView]:
    """Every row whose hub id or NEO id is `key`, column by column, those that are equal included."""
    links = Links(planned.sides.present)
    for row in planned.plan.rows:
        links.learn(row.table, row.row_key, row.neo_id, is_coming=row.action == "create")
    views = []
    for table, rows in planned.desired.items():
        present = planned.sides.present[table]
        mine = [row for row in rows if key in (row.row_key, row.neo_id, present.id_of(row.row_key))]
        planner = TablePlanner(
            planned.schema,
            planned.schema.tables[table],
            present,
            planned.sides.base.get(table, {}),
            planned.sides.seen.get(table),
            links,
            keep_same=True,
        )
        views += [
            RowView(p.table, p.row_key, p.action, p.neo_id, p.reason_code, p.reason_es, p.models, p.changes)
            for p in planner.plan(mine)
        ]
    return views
