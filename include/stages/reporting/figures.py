"""The figures of the gap report, read once and grouped so that no number gives a single buyer away.

A value that rests on fewer buyers than the sheet allows is withheld, and parts of a total are merged until
every part may be shown: a withheld part could be had by subtraction.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median

import duckdb

from include.stages.reporting.formats import ITEMS, STATES
from include.store.ledger.repository import Row
from include.store.sql import run_sql
from transforms.matchmaking.case import VALIDATE

UNMET_ORDER = ("one_away", "two_away", "waiting_on_us", "capacity", "will", "no_supply")
ORDER = ("covered", "thin", *UNMET_ORDER)
UNCONFIRMED = "unconfirmed"
OTHERS = "others"


@dataclass(frozen=True)
class Need:
    """A need as the report lists it: never its buyer, never its own value."""

    need_id: str
    buyer_id: str = field(repr=False)
    heading: str
    product_es: str
    sector: str
    sector_es: str
    market: str
    market_es: str
    value_usd: float = field(repr=False)
    is_imputed: bool
    group: str
    opened_on: date | None
    missing_es: str

    @property
    def is_unmet(self) -> bool:
        """Return whether the need has no offer ready and its product is certain."""
        return self.group in UNMET_ORDER


@dataclass(frozen=True)
class Crowd:
    """A group of needs: how many, of how many buyers, worth how much (None: too few buyers to say)."""

    key: str
    label_es: str
    needs: int
    buyers: int
    value_usd: float | None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Everything page and workbook show."""

    data_on: date
    min_buyers: int
    needs: tuple[Need, ...]
    parts: tuple[Crowd, ...]
    heat: Mapping[tuple[str, str], Crowd]
    cells: tuple[Row, ...]
    requirements: tuple[Row, ...]
    exporters: tuple[Row, ...]
    guide: tuple[Row, ...]
    market_names: Mapping[str, str]
    sector_names: Mapping[str, str]

    @property
    def confirmed(self) -> tuple[Need, ...]:
        """Needs whose product is certain: the ones that are counted."""
        return tuple(need for need in self.needs if need.group != UNCONFIRMED)

    @property
    def unmet(self) -> tuple[Need, ...]:
        """Needs without any offer ready."""
        return tuple(need for need in self.needs if need.is_unmet)

    @property
    def unconfirmed(self) -> tuple[Need, ...]:
        """Needs that an advisor should look at before they count."""
        return tuple(need for need in self.needs if need.group == UNCONFIRMED)

    @property
    def imputed_share(self) -> float:
        """Share of the counted value that rests on medians instead of what a buyer said."""
        total = sum(need.value_usd for need in self.confirmed)
        return sum(need.value_usd for need in self.confirmed if need.is_imputed) / total if total else 0.0

    @property
    def total(self) -> Crowd:
        """All counted demand; its value is withheld when that of one side is, for the other would tell."""
        return self._whole(self.confirmed, "total", "Demanda total", self.parts)

    @property
    def unmet_total(self) -> Crowd:
        """All demand without an offer ready."""
        parts = [part for part in self.parts if set(part.groups) <= set(UNMET_ORDER)]
        return self._whole(self.unmet, "unmet", "Sin oferta lista", parts)

    def part(self, key: str) -> Crowd:
        """Return one state's needs; its value only where the split shows that state by itself."""
        group = crowd_of([need for need in self.needs if need.group == key], self.min_buyers, key, STATES[key])
        is_shown = any(part.key == key for part in self.parts) or not group.needs
        return group if is_shown else replace(group, value_usd=None)

    def _whole(self, needs: Sequence[Need], key: str, label_es: str, parts: Sequence[Crowd]) -> Crowd:
        whole = crowd_of(needs, self.min_buyers, key, label_es)
        return replace(whole, value_usd=None) if any(part.value_usd is None for part in parts) else whole

    @property
    def median_age_days(self) -> float | None:
        """Median age of the unmet needs on the day of the data."""
        ages = [(self.data_on - need.opened_on).days for need in self.unmet if need.opened_on]
        return float(median(ages)) if ages else None

    def opened_by_month(self, months: int = 12) -> list[tuple[int, int, int]]:
        """Return (year, month, unmet needs opened) for the last so many months, oldest first."""
        last = self.data_on.year * 12 + self.data_on.month - 1
        counts: dict[int, int] = defaultdict(int)
        for need in self.unmet:
            if need.opened_on:
                counts[need.opened_on.year * 12 + need.opened_on.month - 1] += 1
        return [(place // 12, place % 12 + 1, counts[place]) for place in range(last - months + 1, last + 1)]


def crowd_of(needs: Iterable[Need], min_buyers: int, key: str = "", label_es: str = "") -> Crowd:
    """Return needs, buyers and value of a group; the value is None with too few buyers."""
    own = list(needs)
    buyers = len({need.buyer_id for need in own})
    value = sum(need.value_usd for need in own) if buyers >= min_buyers or not own else None
    groups = tuple(name for name in (*ORDER, UNCONFIRMED) if any(need.group == name for need in own))
    return Crowd(key, label_es, len(own), buyers, value, groups)


def anchor_of(part: Crowd) -> str:
    """Return where a part's list is found on the page; a merged part is named by what it holds."""
    return "lista-" + (part.key if part.key != OTHERS else "-".join(part.groups))


def split_total(needs: Sequence[Need], min_buyers: int) -> tuple[Crowd, ...]:
    """Split counted needs by where they stand; parts with too few buyers are merged until all may be shown.

    Supplied and unmet demand are merged apart, because the page also tells the total of each.
    """
    supplied = {name: [need for need in needs if need.group == name] for name in ORDER if name not in UNMET_ORDER}
    unmet = {name: [need for need in needs if need.group == name] for name in UNMET_ORDER}
    return (*_merge_small(supplied, min_buyers), *_merge_small(unmet, min_buyers))


def _merge_small(groups: Mapping[str, Sequence[Need]], min_buyers: int) -> list[Crowd]:
    parts = {name: list(group) for name, group in groups.items() if group}
    while True:
        small = [name for name, group in parts.items() if len({need.buyer_id for need in group}) < min_buyers]
        if not small or len(parts) == 1:
            break
        if len(small) == 1:
            # alone it could be had by subtraction: take in the smallest part that could be shown
            small.append(min((name for name in parts if name not in small), key=lambda name: len(parts[name])))
        merged = [need for name in small for need in parts.pop(name)]
        parts[OTHERS] = parts.get(OTHERS, []) + merged
    return [crowd_of(group, min_buyers, name, _label(name, group)) for name, group in parts.items()]


def _label(name: str, group: Sequence[Need]) -> str:
    if name != OTHERS:
        return STATES[name]
    kinds = {need.group for need in group}
    if kinds.isdisjoint(UNMET_ORDER):
        return "Con alguna oferta"
    return STATES[kinds.pop()] if len(kinds) == 1 else "Otros casos"


def read_figures(
    con: duckdb.DuckDBPyConnection,
    *,
    data_on: date,
    min_buyers: int,
    market_names: Mapping[str, str],
    sector_names: Mapping[str, str],
    requirement_name: Callable[[str], str],
) -> Figures:
    """Read the report's tables. `con` has one view per input dataset, and `heading_name`, `requirement_name`."""
    needs = tuple(
        _need(row, market_names, sector_names, requirement_name)
        for row in run_sql(con, "reports/rpt_gap_needs").to_pylist()
    )
    counted = [need for need in needs if need.group != UNCONFIRMED]
    heat: dict[tuple[str, str], list[Need]] = defaultdict(list)
    for need in counted:
        if need.is_unmet:
            heat[need.sector, need.market].append(need)
    return Figures(
        data_on=data_on,
        min_buyers=min_buyers,
        needs=needs,
        parts=split_total(counted, min_buyers),
        heat=_heat(heat, min_buyers),
        cells=tuple(run_sql(con, "reports/rpt_gap_cells").to_pylist()),
        requirements=tuple(run_sql(con, "reports/rpt_gap_requirements").to_pylist()),
        exporters=tuple(run_sql(con, "reports/rpt_gap_exporters").to_pylist()),
        guide=tuple(run_sql(con, "reports/rpt_gap_guide").to_pylist()),
        market_names=market_names,
        sector_names=sector_names,
    )


def _heat(cells: Mapping[tuple[str, str], Sequence[Need]], min_buyers: int) -> dict[tuple[str, str], Crowd]:
    """Return the cells of the heat map. The withheld ones together must be a crowd, or the total would tell."""
    shown = {key: crowd_of(group, min_buyers) for key, group in cells.items()}
    hidden = {key for key, crowd in shown.items() if crowd.value_usd is None}
    while hidden and len({need.buyer_id for key in hidden for need in cells[key]}) < min_buyers:
        left = sorted((shown[key].value_usd or 0.0, key) for key in shown.keys() - hidden)
        if not left:
            break
        hidden.add(left[0][1])
    return {key: replace(crowd, value_usd=None) if key in hidden else crowd for key, crowd in shown.items()}


def _need(
    row: Row,
    market_names: Mapping[str, str],
    sector_names: Mapping[str, str],
    requirement_name: Callable[[str], str],
) -> Need:
    return Need(
        need_id=row["need_id"],
        buyer_id=row["buyer_id"],
        heading=row["heading"],
        product_es=row["heading_name_es"] or row["heading"],
        sector=row["sector"],
        sector_es=sector_names.get(row["sector"], row["sector"] or "Sin sector"),
        market=row["market"],
        market_es=market_names.get(row["market"], row["market"]),
        value_usd=row["value_usd"],
        is_imputed=row["is_imputed"],
        group=row["unmet_kind"] or row["state"],
        opened_on=row["opened_on"],
        missing_es=_missing_es(json.loads(row["missing_sets"]), requirement_name),
    )


def _missing_es(sets: Sequence[Sequence[str]], requirement_name: Callable[[str], str]) -> str:
    """Name what the nearest supply lacks; nothing when some offer fits or none is known."""
    if not sets or not sets[0]:
        return ""
    names = []
    for item in sets[0]:
        code = item.removeprefix(VALIDATE)
        label = ITEMS.get(code) or requirement_name(code)
        names.append(f"validar {label}" if item != code else label)
    return "; ".join(names)
