"""The gap report as one self-contained HTML page in Spanish: findings, charts, tables, lists, method."""

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from include.core.sheets import PROJECT_ROOT
from include.stages.reporting import formats
from include.stages.reporting.charts import (
    Bar,
    PlanPoint,
    Spot,
    draw_months,
    draw_plan,
    draw_quadrant,
    draw_requirements,
    draw_waterfall,
)
from include.stages.reporting.figures import Crowd, Figures, Need, anchor_of
from include.stages.reporting.findings import Findings, find
from include.stages.reporting.svg import cut
from include.store.ledger.repository import Row

TEMPLATES = PROJECT_ROOT / "include" / "config" / "templates" / "report"
HEAT_ROWS, HEAT_COLUMNS = 14, 12
BARS, CELLS = 12, 20
PRODUCT_LETTERS = 46
SHADES = 5


@dataclass(frozen=True)
class HeatCell:
    """A square of the heat map: text, shade 0..5, where its list is, what it says on hover."""

    text: str
    shade: int
    href: str
    tip_es: str


@dataclass(frozen=True)
class NeedList:
    """A list of needs that some number of the page opens."""

    anchor: str
    title_es: str
    needs: tuple[Need, ...]


def render_page(figures: Figures, templates: Path = TEMPLATES) -> str:
    """Return the page. It loads nothing from anywhere and reads well on paper."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(templates), undefined=jinja2.StrictUndefined, autoescape=True, trim_blocks=True
    )
    environment.filters |= _FILTERS
    findings = find(figures)
    markets, sectors, heat = _heat(figures)
    return environment.get_template("gaps.html.j2").render(
        style=Markup((templates / "gaps.css").read_text(encoding="utf-8")),
        figures=figures,
        findings=findings,
        charts=_charts(figures, findings),
        markets=markets,
        sectors=sectors,
        heat=heat,
        heat_by_value=heat_by_value(figures),
        cells=[_cell(figures, row) for row in figures.cells if row["unmet_needs"]][:CELLS],
        requirement_lists=_requirement_lists(figures),
        lists=_lists(figures),
        unconfirmed=figures.unconfirmed,
    )


_FILTERS: dict[str, Callable[..., Any]] = {
    "number": formats.number_es,
    "percent": formats.percent_es,
    "usd": formats.usd_es,
    "date": formats.date_es,
    "day": lambda day: day.strftime("%d/%m/%Y") if day else "",
    "needs": lambda count: formats.count_es(count, "necesidad", "necesidades"),
    "buyers": lambda count: formats.count_es(count, "comprador", "compradores"),
    "state": lambda group: formats.STATES[group],
}


def _charts(figures: Figures, findings: Findings) -> dict[str, Markup]:
    return {
        "waterfall": draw_waterfall(figures.parts, findings.total),
        "requirements": draw_requirements(_bars(figures)),
        "plan": draw_plan(_plan_points(figures)),
        "quadrant": draw_quadrant(_spots(figures)),
        "months": draw_months(figures.opened_by_month()),
    }


def _by_value(shown: int, total: int) -> bool:
    """Return whether enough of a picture may be shown as value; otherwise it is drawn in needs."""
    return 3 * shown >= total


def _bars(figures: Figures) -> list[Bar]:
    """Return the requirements that open or block most: by value where enough of it may be told, else by needs."""
    rows = figures.requirements
    if _by_value(sum(row["blocked_usd"] is not None for row in rows), len(rows)):
        known = sorted(
            (row for row in rows if row["sole_usd"] or row["blocked_usd"]),
            key=lambda row: (-(row["sole_usd"] or 0), -(row["blocked_usd"] or 0), row["requirement_code"]),
        )
        return [_value_bar(row) for row in known[:BARS]]
    ordered = sorted(rows, key=lambda row: (-row["sole_needs"], -row["needs"], row["requirement_code"]))
    return [
        Bar(row["name_es"], row["needs"], row["sole_needs"], f"{row['sole_needs']} de {row['needs']} nec.", _href(row))
        for row in ordered[:BARS]
    ]


def _value_bar(row: Row) -> Bar:
    blocked, sole = row["blocked_usd"], row["sole_usd"]
    words = f"{formats.millions_es(sole)} de {formats.millions_es(blocked)}"
    if sole is None:
        words = f"bloquea {formats.millions_es(blocked)}"
    return Bar(row["name_es"], blocked, sole, words, _href(row))


def _href(row: Row) -> str:
    return f"requisito-{row['requirement_code']}"


def _plan_points(figures: Figures) -> list[PlanPoint]:
    steps: dict[int, list[Row]] = defaultdict(list)
    for row in figures.requirements:
        if row["plan_order"] is not None:
            steps[row["plan_order"]].append(row)
    return [
        PlanPoint(
            " + ".join(sorted(row["name_es"] if len(rows) == 1 else row["requirement_code"] for row in rows)),
            rows[0]["cumulative_usd"],
            rows[0]["cumulative_cost_usd"],
        )
        for _, rows in sorted(steps.items())
    ]


def _spots(figures: Figures) -> list[Spot]:
    needs: dict[str, list[Need]] = defaultdict(list)
    near: dict[str, set[str]] = defaultdict(set)
    for need in figures.unmet:
        needs[need.sector].append(need)
    for row in figures.exporters:
        near[row["sector"]].add(row["customer_id"])
    spots = []
    for sector, own in sorted(needs.items()):
        wanted = formats.count_es(len(own), "necesidad sin atender", "necesidades sin atender")
        firms = formats.count_es(len(near[sector]), "exportador a un paso", "exportadores a un paso")
        spots.append(Spot(own[0].sector_es, len(near[sector]), len(own), f"{own[0].sector_es}: {wanted}, {firms}"))
    return spots


def _heat(figures: Figures) -> tuple[list[str], list[str], dict[tuple[str, str], HeatCell]]:
    """Return markets, sectors and their cells, the busiest first and cut to what a page holds."""
    by_sector: dict[str, float] = defaultdict(float)
    by_market: dict[str, float] = defaultdict(float)
    for (sector, market), crowd in figures.heat.items():
        by_sector[sector] += crowd.needs
        by_market[market] += crowd.needs
    sectors = sorted(by_sector, key=lambda sector: (-by_sector[sector], sector))[:HEAT_ROWS]
    markets = sorted(by_market, key=lambda market: (-by_market[market], market))[:HEAT_COLUMNS]
    by_value = heat_by_value(figures)
    most = max((_warmth(crowd, by_value=by_value) for crowd in figures.heat.values()), default=0.0)
    cells = {
        key: _heat_cell(key, crowd, most, by_value=by_value)
        for key, crowd in figures.heat.items()
        if key[0] in sectors and key[1] in markets
    }
    return markets, sectors, cells


def heat_by_value(figures: Figures) -> bool:
    """Return whether the heat map shows value, or needs because too little value may be told."""
    return _by_value(sum(crowd.value_usd is not None for crowd in figures.heat.values()), len(figures.heat))


def _warmth(crowd: Crowd, *, by_value: bool) -> float:
    return (crowd.value_usd or 0.0) if by_value else float(crowd.needs)


def _heat_cell(key: tuple[str, str], crowd: Crowd, most: float, *, by_value: bool) -> HeatCell:
    who = f"{formats.count_es(crowd.needs, 'necesidad', 'necesidades')} de "
    who += formats.count_es(crowd.buyers, "comprador", "compradores")
    href, tip = f"celda-{key[0]}-{key[1]}", f"{who}; {formats.usd_es(crowd.value_usd)} al año"
    if by_value and crowd.value_usd is None:
        return HeatCell(f"{crowd.needs} nec.", 0, href, f"{who}; valor reservado")
    share = _warmth(crowd, by_value=by_value) / most if most else 0.0
    if by_value:
        # one very large cell must not make all the others look alike
        share = math.sqrt(share)
    text = formats.millions_es(crowd.value_usd) if by_value else formats.number_es(crowd.needs)
    return HeatCell(text, 1 + min(SHADES - 1, int(SHADES * share)), href, tip)


def _cell(figures: Figures, row: Row) -> dict[str, Any]:
    """Return a row of the action table with the exporters behind its best requirement."""
    near = [
        one
        for one in figures.exporters
        if (one["heading"], one["market"]) == (row["heading"], row["market"])
        and one["requirement_code"] == row["top_requirement"]
    ]
    return {
        **row,
        "product_es": cut(row["heading_name_es"] or row["heading"], PRODUCT_LETTERS),
        "market_es": figures.market_names.get(row["market"], row["market"]),
        "near": near,
        "anchor": f"celda-{row['sector']}-{row['market']}",
    }


def _requirement_lists(figures: Figures) -> list[dict[str, Any]]:
    """Return, for every requirement that keeps somebody one step away, its exporters."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in figures.exporters:
        groups[row["requirement_code"]].append(row)
    shown = {bar.href.removeprefix("requisito-") for bar in _bars(figures)} | set(groups)
    names = {row["requirement_code"]: row["name_es"] for row in figures.requirements}
    return [
        {"code": code, "name_es": names.get(code, code), "exporters": groups.get(code, [])}
        for code in sorted(shown, key=lambda code: (-len(groups.get(code, [])), code))
    ]


def _lists(figures: Figures) -> list[NeedList]:
    lists = [NeedList("lista-todas", "Todas las necesidades abiertas contadas", figures.confirmed)]
    lists += [_of_part(figures, part) for part in figures.parts]
    alone = {part.key for part in figures.parts}
    for key in ("one_away", "waiting_on_us"):
        if key not in alone:
            own = tuple(need for need in figures.unmet if need.group == key)
            lists.append(NeedList(f"lista-{key}", formats.STATES[key], own))
    lists.append(NeedList("lista-sin-atender", "Necesidades sin oferta lista", figures.unmet))
    by_cell: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in figures.unmet:
        by_cell[need.sector, need.market].append(need)
    for (sector, market), needs in sorted(by_cell.items()):
        title = f"{needs[0].sector_es} · {needs[0].market_es}"
        lists.append(NeedList(f"celda-{sector}-{market}", title, tuple(needs)))
    return lists


def _of_part(figures: Figures, part: Crowd) -> NeedList:
    needs = tuple(need for need in figures.confirmed if need.group in part.groups)
    return NeedList(anchor_of(part), part.label_es, needs)
