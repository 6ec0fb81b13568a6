"""Where is my company, and why: what every stage decided about one customer, gathered from both stores.

Read-only. Sanction lists and cases are not shown here: only the neutral state is (see the silence rule of
`sarlaft`). The answer holds personal data; it goes to the person who asked and to no log.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

import pyarrow.compute as pc

from include.core.errors import ConfigError
from include.stages.protocol import StageContext
from include.store.lake import Version
from include.store.ledger.repository import Row
from include.store.sql import run_sql

OWNED = {  # dataset: (column that names the customer, column that names the row in NEO)
    "dim_person": ("customer_id", "person_id"),
    "fct_registration_decision": ("customer_id", "registration_id"),
    "fct_sarlaft_case": ("customer_id", "case_id"),
    "fct_stage": ("customer_id", "stage_id"),
}


def trace(ctx: StageContext, needle: str) -> dict[str, Any]:
    """Return {needle, found, customers, quarantine}; `needle` is a NIT, an e-mail, a name or an id.

    With exactly one customer found, `customer` holds its whole story. Raises ConfigError before the first run
    of customer_360.
    """
    needle = needle.strip()
    if ctx.lake.current("dim_customer") is None:
        raise ConfigError("hub trace", "there are no customers yet", "Run `hub run all` first")
    found = _find(ctx, needle)
    result: dict[str, Any] = {
        "needle": needle,
        "found": len(found),
        "customers": found,
        "quarantine": _quarantined(ctx, needle),
        "registrations": _registrations(ctx, needle),
    }
    if len(found) == 1:
        result["customer"] = _story(ctx, found[0]["customer_id"])
    return result


def _find(ctx: StageContext, needle: str) -> list[Row]:
    versions = _pin(ctx, ("dim_customer", "dim_person"))
    with ctx.lake.query(versions) as con:
        table = run_sql(
            con, "trace/find_company", needle=needle, digits=re.sub(r"\D", "", needle), folded=_fold(needle)
        )
    return list(table.to_pylist())


def _story(ctx: StageContext, customer_id: str) -> dict[str, Any]:
    story: dict[str, Any] = {
        "customer": _rows(ctx, "dim_customer", "customer_id", customer_id),
        "records": _rows(ctx, "int_customer_xref", "hub_id", customer_id),
        "fields": _rows(ctx, "fct_customer_field", "customer_id", customer_id),
        "people": _rows(ctx, "dim_person", "customer_id", customer_id),
        "sarlaft": _rows(ctx, "dim_sarlaft_state", "customer_id", customer_id),
        "registrations": _rows(ctx, "fct_registration_decision", "customer_id", customer_id),
        "journey": _rows(ctx, "fct_stage", "customer_id", customer_id),
        "matches_as_supplier": _rows(ctx, "fct_match", "offer_customer_id", customer_id, limit=20),
        "matches_as_buyer": _rows(ctx, "fct_match", "need_customer_id", customer_id, limit=20),
        "guide": _rows(ctx, "fct_exporter_guide", "customer_id", customer_id),
    }
    story["neo"] = ctx.ledger.outcomes.history(_row_keys(ctx, customer_id, story))
    story["messages"] = [
        {name: row[name] for name in ("channel", "kind", "state", "attempts", "note", "updated_at")}
        for registration in story["registrations"]
        for row in ctx.ledger.outbox.with_key_like(registration["registration_id"])
    ]
    return story


def _row_keys(ctx: StageContext, customer_id: str, story: Mapping[str, Any]) -> list[str]:
    keys = {customer_id}
    for dataset, (owner, row_key) in OWNED.items():
        keys |= {row[row_key] for row in _rows(ctx, dataset, owner, customer_id, limit=500)}
    for name in ("matches_as_supplier", "matches_as_buyer"):
        for match in story[name]:
            keys |= {match["match_id"], match["need_id"], match["offer_id"]}
    return sorted(keys)


def _registrations(ctx: StageContext, needle: str) -> list[Row]:
    """A refused company is no customer yet: its registration is found by NIT, mail or name."""
    if ctx.lake.current("fct_registration_decision") is None:
        return []
    table = ctx.lake.read("fct_registration_decision")
    digits, folded = re.sub(r"\D", "", needle), _fold(needle)
    return [
        row
        for row in table.to_pylist()
        if needle == row["registration_id"]
        or (len(digits) >= 6 and digits in re.sub(r"\D", "", row["nit"] or ""))
        or needle.lower() == (row["contact_email"] or "").lower()
        or (len(folded) >= 3 and folded in _fold(row["company_name"] or ""))
    ][:20]


def _quarantined(ctx: StageContext, needle: str) -> list[Row]:
    shown = ("id", "source", "stream", "record_key", "field", "reason_code", "reason", "remedy", "at")
    digits, folded = re.sub(r"\D", "", needle), _fold(needle)
    found = []
    for row in ctx.ledger.quarantine.open():
        text = _fold(" ".join(str(value) for value in row["raw"].values()))
        if (
            row["record_key"] == needle
            or (len(folded) >= 3 and folded in text)
            or (len(digits) >= 6 and digits in text)
        ):
            found.append({name: row[name] for name in shown})
    return found[:20]


def _rows(ctx: StageContext, dataset: str, column: str, value: str, limit: int = 100) -> list[Row]:
    version = ctx.lake.current(dataset)
    if version is None:
        return []
    table = ctx.lake.read(version)
    return list(table.filter(pc.equal(table[column], value)).slice(0, limit).to_pylist())


def _pin(ctx: StageContext, datasets: tuple[str, ...]) -> dict[str, Version]:
    return ctx.lake.pin(datasets)


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())
