"""What matchmaking publishes: judged pairs, coverage, gaps, unlocks and guides as tables of the lake."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from include.core import reference
from include.stages.matchmaking_inputs import MatchRules
from include.store.sql import run_sql
from transforms.gaps.coverage import NeedCoverage, cover_needs
from transforms.gaps.unlock import Unlock, is_obtainable, rank_requirements
from transforms.matchmaking.guide import GuideStep, guide_steps
from transforms.matchmaking.matching import Matching
from transforms.matchmaking.requirements import Requirement
from transforms.matchmaking.table import match_table

COVERAGE_SCHEMA = pa.schema(
    [
        ("need_id", pa.string()),
        ("customer_id", pa.string()),
        ("heading", pa.string()),
        ("sector", pa.string()),
        ("market", pa.string()),
        ("period", pa.string()),
        ("value_usd", pa.float64()),
        ("is_imputed", pa.bool_()),
        ("state", pa.string()),
        ("unmet_kind", pa.string()),
        ("missing_sets", pa.string()),
        ("eligible_exporters", pa.int32()),
        ("opened_on", pa.date32()),
    ]
)
UNLOCK_SCHEMA = pa.schema(
    [
        ("requirement_code", pa.string()),
        ("name_es", pa.string()),
        ("blocked_usd", pa.float64()),
        ("sole_usd", pa.float64()),
        ("exporters", pa.int32()),
        ("needs", pa.int32()),
        ("sole_needs", pa.int32()),
        ("plan_order", pa.int32()),
        ("cumulative_usd", pa.float64()),
        ("cumulative_cost_usd", pa.float64()),
    ]
)
GUIDE_SCHEMA = pa.schema(
    [
        ("customer_id", pa.string()),
        ("market", pa.string()),
        ("requirement_code", pa.string()),
        ("name_es", pa.string()),
        ("authority", pa.string()),
        ("level", pa.string()),
        ("order", pa.int32()),
        ("why_es", pa.string()),
    ]
)
REQUIREMENT_SCHEMA = pa.schema(
    [
        ("requirement_key", pa.string()),
        ("market_iso2", pa.string()),
        ("hs_prefix", pa.string()),
        ("requirement_code", pa.string()),
        ("name_es", pa.string()),
        ("name_en", pa.string()),
        ("level", pa.string()),
        ("authority", pa.string()),
        ("source", pa.string()),
        ("valid_from", pa.date32()),
        ("valid_to", pa.date32()),
        ("condition", pa.string()),
    ]
)


def build_tables(
    con: duckdb.DuckDBPyConnection, rules: MatchRules, matching: Matching, today: date
) -> dict[str, pa.Table]:
    """Return every output of the stage by dataset name. `con` is used for the SQL of the gap cells."""
    book = rules.book()
    coverage = cover_needs(
        matching.needs,
        matching.offers,
        matching.matches,
        covered_from=rules.gaps.covered_from,
        period=rules.gaps.period,
        sector_of=reference.sector_of_hs,
        suggestions=matching.suggestions,
    )

    def requirement_name(code: str) -> str:
        row = book.named(code)
        return row.name_es if row else code

    unlocks = rank_requirements(coverage, rules.gaps.plan, requirement_name, rules.gaps.min_buyers)
    guide = guide_steps(
        matching.offers, matching.matches, book, today, rules.sheet.requirements.equivalents, rules.names
    )
    return {
        "ref_requirement": requirement_table(rules.requirements),
        "fct_match": match_table(matching.matches),
        "fct_need_coverage": coverage_table(coverage),
        "fct_demand_gap": _gap_table(con, rules, matching, coverage, requirement_name),
        "fct_requirement_unlock": _rows(unlocks, UNLOCK_SCHEMA),
        "fct_exporter_guide": _rows(guide, GUIDE_SCHEMA),
    }


def requirement_table(rows: Sequence[Requirement]) -> pa.Table:
    """Return the rows of ref_requirement."""
    names = [name for name in REQUIREMENT_SCHEMA.names if name != "requirement_key"]
    return pa.Table.from_pylist(
        [{"requirement_key": row.key, **{name: getattr(row, name) for name in names}} for row in rows],
        schema=REQUIREMENT_SCHEMA,
    )


def coverage_table(rows: Sequence[NeedCoverage]) -> pa.Table:
    """Return the rows of fct_need_coverage."""
    return pa.Table.from_pylist(
        [{name: getattr(row, name) for name in COVERAGE_SCHEMA.names} for row in rows], schema=COVERAGE_SCHEMA
    )


def _gap_table(
    con: duckdb.DuckDBPyConnection,
    rules: MatchRules,
    matching: Matching,
    coverage: Sequence[NeedCoverage],
    requirement_name: Callable[[str], str],
) -> pa.Table:
    one_away = [
        {"need_id": row.need_id, "requirement_code": code, "exporter_id": exporter}
        for row in coverage
        for one in row.nearest
        if len(one.items) == 1 and all(map(is_obtainable, one.items))
        for code in one.items
        for exporter in sorted(one.exporters)
    ]
    named = {str(row["requirement_code"]) for row in one_away}
    views = {
        "need_coverage": coverage_table(coverage),
        "missing_set": _texts(one_away, ("need_id", "requirement_code", "exporter_id")),
        "requirement_name": _texts(
            [{"requirement_code": code, "name_es": requirement_name(code)} for code in sorted(named)],
            ("requirement_code", "name_es"),
        ),
        "heading_name": _texts(
            [{"heading": code, "name_es": name} for code, name in rules.names.headings.items()], ("heading", "name_es")
        ),
        "potential": pa.Table.from_pylist(
            [
                {"sector": sector, "market": market, "potential": value}
                for sector, markets in rules.gaps.potential.items()
                for market, value in markets.items()
            ],
            schema=pa.schema([("sector", pa.string()), ("market", pa.string()), ("potential", pa.float64())]),
        ),
    }
    for name, table in views.items():
        con.register(name, table)
    return run_sql(
        con, "marts/fct_demand_gap", min_buyers=rules.gaps.min_buyers, data_on=data_day(matching) or date(1970, 1, 1)
    )


def data_day(matching: Matching) -> date | None:
    """Return the day of the newest fact: ages are counted to it, so that they do not change overnight."""
    moments = [moment for need in matching.needs for moment in (need.created_at, need.updated_at) if moment]
    moments += [offer.updated_at for offer in matching.offers if offer.updated_at]
    return max(moments).date() if moments else None


def _texts(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=pa.schema([(name, pa.string()) for name in names]))


def _rows(rows: Sequence[Unlock] | Sequence[GuideStep], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([{name: getattr(row, name) for name in schema.names} for row in rows], schema=schema)
