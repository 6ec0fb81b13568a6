"""A NEO of two tables for the tests of the plan: one column of every owner, one link, one row state."""

from collections.abc import Mapping
from typing import Any

from include.core.neo_schema import NeoSchema
from transforms.writeback.plan import Plan, Sides, plan_writeback
from transforms.writeback.row_plan import ColumnChange
from transforms.writeback.rows import DesiredRow, ModelRows, PresentTable, merge_models

ACCOUNT_1 = "00000000-0000-0000-0000-000000000001"
ACCOUNT_2 = "00000000-0000-0000-0000-000000000002"
OFFER_1 = "00000000-0000-0000-0000-0000000000a1"
_TEXT = {"kind": "string", "max_length": 20, "es": "Texto", "en": "Text"}


def small_schema() -> NeoSchema:
    """account (column of every owner, native, not recreated) and pc_offer (recreated, points to account)."""
    label = {"es": "x", "en": "x"}
    return NeoSchema.model_validate(
        {
            "solution": {
                "version": 1,
                "publisher": {"unique_name": "p", "friendly_name": "P", "prefix": "pc", "option_prefix": 72700},
                "solution": {"unique_name": "s", "friendly_name": "S", "version": "1"},
                "languages": {"es": 3082, "en": 1033},
            },
            "choices": {"pc_size": {"label": label, "options": {"micro": {**label, "value": 727000000}}}},
            "tables": {
                "account": {
                    "version": 1,
                    "table": "account",
                    "schema_name": "Account",
                    "native": True,
                    "recreate": False,
                    "label": label,
                    "plural": label,
                    "help_es": "x",
                    "columns": {
                        "pc_hubid": _TEXT,
                        "name": _TEXT,
                        "accountnumber": _TEXT,
                        "pc_score": {"kind": "decimal", "precision": 2, **label},
                        "pc_nit": _TEXT,
                        "pc_size": {"kind": "choice", "choice": "pc_size", **label},
                        "statecode": {"kind": "state", **label},
                    },
                },
                "pc_offer": {
                    "version": 1,
                    "table": "pc_offer",
                    "schema_name": "pc_Offer",
                    "label": label,
                    "plural": label,
                    "help_es": "x",
                    "columns": {"pc_hubid": _TEXT, "pc_name": _TEXT, "statecode": {"kind": "state", **label}},
                    "lookups": {
                        "pc_AccountId": {"target": "account", **label},
                        "pc_BuyerId": {"target": "account", "missing": "omit", **label},
                    },
                },
            },
            "ownership": {
                "version": 1,
                "default": "hub",
                "everywhere": {"statecode": "newest"},
                "tables": {"account": {"name": "newest", "accountnumber": "advisor", "pc_nit": "ask"}},
            },
        }
    )


SCHEMA = small_schema()


def wanted(table: str, *rows: Mapping[str, Any], mode: str = "upsert") -> dict[str, list[DesiredRow]]:
    """Desired rows of one table from one model."""
    return {table: merge_models([ModelRows(f"sync_{table}__test", table, mode, rows)])}  # type: ignore[arg-type]


def plan(
    desired: Mapping[str, list[DesiredRow]],
    *,
    accounts: list[dict[str, Any]] | None = None,
    offers: list[dict[str, Any]] | None = None,
    base: Mapping[str, Mapping[str, Mapping[str, Any]]] | None = None,
    seen: list[dict[str, Any]] | None = None,
) -> Plan:
    """Plan against NEO's rows given as Web API rows."""
    present = {
        "account": PresentTable(accounts or [], id_column="accountid", key_column="pc_hubid"),
        "pc_offer": PresentTable(offers or [], id_column="pc_offerid", key_column="pc_hubid"),
    }
    golden = {"account": PresentTable(seen, id_column="accountid", key_column="pc_hubid")} if seen is not None else {}
    return plan_writeback(SCHEMA, desired, Sides(present, base or {}, golden))


def account(**columns: Any) -> dict[str, Any]:
    """A row of NEO."""
    return {"accountid": ACCOUNT_1, "pc_hubid": "CU-1", "statecode": 0, "modifiedon": "2026-11-01T00:00:00Z"} | columns


def verdicts(made: Plan) -> dict[str, str]:
    """Column -> verdict over all rows of a plan."""
    return {change.column: change.verdict for row in made.rows for change in row.changes}


def applied(made: Plan, accounts: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]:
    """(NEO's accounts, base) after `made` was applied to accounts: what a faithful NEO and ledger would hold."""
    rows = {row["accountid"]: dict(row) for row in accounts}
    base: dict[str, dict[str, Any]] = {}
    for planned in made.rows:
        if planned.table != "account" or planned.action not in ("create", "update"):
            continue
        row_id = planned.neo_id or f"10000000-0000-0000-0000-{len(rows):012d}"
        target = rows.setdefault(row_id, {"accountid": row_id, "pc_hubid": planned.row_key, "statecode": 0})
        target |= {change.column: change.desired for change in planned.writes}
        target["modifiedon"] = "2026-11-09T00:00:00Z"
        base[planned.row_key] = {**planned.settled, **_values(planned.writes)}
    return list(rows.values()), base


def _values(changes: tuple[ColumnChange, ...]) -> dict[str, Any]:
    return {change.column: change.desired for change in changes}
