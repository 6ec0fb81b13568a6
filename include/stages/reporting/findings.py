"""What the gap report finds, in sentences: every chart's title says the finding, not the name of the chart."""

from collections import defaultdict
from dataclasses import dataclass

from include.stages.reporting.figures import Crowd, Figures
from include.stages.reporting.formats import count_es, list_es, number_es, percent_es, usd_es

NAMED_SECTORS = 3


@dataclass(frozen=True)
class Findings:
    """Headline groups and the sentence above each chart."""

    total: Crowd
    unmet: Crowd
    one_away: Crowd
    waiting: Crowd
    exporters_one_away: int
    waterfall_es: str
    heat_es: str
    requirements_es: str
    plan_es: str
    quadrant_es: str
    months_es: str

    @property
    def unmet_share(self) -> float | None:
        """Share of the demand without any offer ready, by value where it may be said."""
        if self.total.value_usd and self.unmet.value_usd is not None:
            return self.unmet.value_usd / self.total.value_usd
        return None


def find(figures: Figures) -> Findings:
    """Return the findings of the figures."""
    total, unmet = figures.total, figures.unmet_total
    return Findings(
        total=total,
        unmet=unmet,
        one_away=figures.part("one_away"),
        waiting=figures.part("waiting_on_us"),
        exporters_one_away=len({row["customer_id"] for row in figures.exporters}),
        waterfall_es=_waterfall(total, unmet),
        heat_es=_heat(figures),
        requirements_es=_requirements(figures),
        plan_es=_plan(figures),
        quadrant_es=_quadrant(figures),
        months_es=_months(figures),
    )


def _waterfall(total: Crowd, unmet: Crowd) -> str:
    if not total.needs:
        return "Todavía no hay necesidades abiertas con producto confirmado"
    if total.value_usd and unmet.value_usd is not None:
        share = percent_es(unmet.value_usd / total.value_usd)
        asked, open_ = usd_es(total.value_usd), usd_es(unmet.value_usd)
        return f"De {asked} que se piden al año, {open_} ({share}) no tienen oferta lista"
    return f"{number_es(unmet.needs)} de {count_es(total.needs, 'necesidad', 'necesidades')} no tienen oferta lista"


def _heat(figures: Figures) -> str:
    if not figures.unmet:
        return "Toda la demanda confirmada tiene oferta"
    counts: dict[str, int] = defaultdict(int)
    for need in figures.unmet:
        counts[need.sector_es] += 1
    top = sorted(counts, key=lambda name: (-counts[name], name))[:NAMED_SECTORS]
    share = percent_es(sum(counts[name] for name in top) / len(figures.unmet))
    return f"El {share} de lo que no se atiende está en {list_es(top)}"


def _requirements(figures: Figures) -> str:
    known = [row for row in figures.requirements if row["sole_usd"]]
    if not known:
        return _most_needed(figures)
    best = max(known, key=lambda row: (row["sole_usd"], row["requirement_code"]))
    firms = count_es(best["exporters"], "exportador", "exportadores")
    return f"«{best['name_es']}» abre por sí solo {usd_es(best['sole_usd'])} al año con {firms}"


def _most_needed(figures: Figures) -> str:
    alone = [row for row in figures.requirements if row["sole_needs"]]
    if not alone:
        return "Ningún requisito abre demanda por sí solo: lo que falta viene de a dos o más"
    best = min(alone, key=lambda row: (-row["sole_needs"], row["requirement_code"]))
    return f"«{best['name_es']}» abre por sí solo {count_es(best['sole_needs'], 'necesidad', 'necesidades')}"


def _plan(figures: Figures) -> str:
    steps = [row for row in figures.requirements if row["plan_order"] is not None and row["cumulative_usd"]]
    if not steps:
        return "Aún no hay un plan que destrabe demanda de tres compradores o más"
    last = max(steps, key=lambda row: row["plan_order"])
    codes = sum(1 for row in figures.requirements if row["plan_order"] and row["plan_order"] <= last["plan_order"])
    what = count_es(codes, "requisito", "requisitos")
    cost, gain = usd_es(last["cumulative_cost_usd"]), usd_es(last["cumulative_usd"])
    return f"Acompañar {what} cuesta {cost} y destraba {gain} al año"


def _quadrant(figures: Figures) -> str:
    ready = [row for row in figures.cells if row["exporters_one_away"] and row["unmet_needs"]]
    if not ready:
        return "Sin exportadores a un requisito, lo que falta es desarrollar oferta"
    cells = count_es(len(ready), "producto y mercado tiene", "productos y mercados tienen")
    return f"{cells} exportadores a un solo requisito: ahí conviene certificar"


def _months(figures: Figures) -> str:
    age = figures.median_age_days
    if age is None:
        return "No hay necesidades sin atender"
    return f"La mitad de lo que no se atiende lleva más de {count_es(round(age), 'día', 'días')} abierta"
