"""The three sides of a plan: what the hub wants, what NEO has, what was sent; read from lake and ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from include.core.neo_schema import KEY_COLUMN, NeoSchema, load_neo_schema
from include.core.sheets import PROJECT_ROOT
from include.stages.protocol import StageContext
from include.stages.writing.models import compute_desired
from include.store.lake import Version
from transforms.writeback.plan import Plan, Sides, plan_writeback
from transforms.writeback.rows import DesiredRow, PresentTable

# Tables that the golden record reads; what it saw there is the base where the hub never sent anything.
_GOLDEN_TABLES = ("account", "contact")
_GOLDEN_STAGE = "customer_360"
# Native tables that lookups lead to and the hub only reads: table -> primary id.
_READ_ONLY = {"systemuser": "systemuserid", "transactioncurrency": "transactioncurrencyid"}


@dataclass(frozen=True)
class Planned:
    """A plan with what it was made from."""

    plan: Plan
    schema: NeoSchema
    desired: Mapping[str, list[DesiredRow]]
    sides: Sides
    notes: list[str]


def neo_dataset(table: str) -> str:
    """`account` -> `stg_neo__account`."""
    return f"stg_neo__{table}"


def schema_sheets(schema: NeoSchema) -> dict[str, Path]:
    """The sheets of NEO by the names they have in a run summary."""
    return {str(path.relative_to(PROJECT_ROOT)) if path.is_relative_to(PROJECT_ROOT) else path.name: path
            for path in schema.files}  # fmt: skip


def load_schema(ctx: StageContext) -> NeoSchema:
    """The sheets of this installation."""
    return load_neo_schema(ctx.settings.config_dir)


def make_plan(
    ctx: StageContext, schema: NeoSchema, versions: Mapping[str, Version], tables: Iterable[str] | None = None
) -> Planned:
    """Compute desired rows from the pinned `versions`, compare, and plan. Nothing is written anywhere.

    A table that NEO does not have yet is left out with a note: provisioning comes first.
    """
    with ctx.lake.query(versions) as con:
        desired, notes = compute_desired(con, schema, versions)
    present = {table: _present(ctx, schema, table, versions[neo_dataset(table)])
               for table in (*schema.tables, *_READ_ONLY) if neo_dataset(table) in versions}  # fmt: skip
    for table in sorted(desired.keys() - present.keys()):
        notes.append(f"{table}: left out, NEO does not have it yet; run `hub neo provision`")
    wanted = {table: rows for table, rows in desired.items() if table in present}
    base = {table: ctx.ledger.sent.get(table) for table in wanted}
    sides = Sides(present, base, _seen(ctx, schema))
    return Planned(plan_writeback(schema, wanted, sides, tables), schema, wanted, sides, notes)


def _present(ctx: StageContext, schema: NeoSchema, table: str, version: Version) -> PresentTable:
    id_column = schema.tables[table].primary_id if table in schema.tables else _READ_ONLY[table]
    rows = ctx.lake.read(version).to_pylist()
    return PresentTable(rows, id_column=id_column, key_column=KEY_COLUMN)


def _seen(ctx: StageContext, schema: NeoSchema) -> dict[str, PresentTable]:
    """NEO's rows in the versions the golden record was made from, where these are still kept."""
    consumed = ctx.ledger.runs.consumed(_GOLDEN_STAGE)
    seen: dict[str, PresentTable] = {}
    for table in _GOLDEN_TABLES:
        name = (consumed or {}).get("versions", {}).get(neo_dataset(table))
        if name is not None:
            seen[table] = _present(ctx, schema, table, ctx.lake.version(neo_dataset(table), name))
    return seen
