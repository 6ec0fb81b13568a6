"""What obtaining a requirement would unlock: blocked, sole, and the plan that adds up.

`blocked` overlaps and is shown only for contrast; `sole` is what the requirement opens alone and may not be
added up; the plan's cumulative unlock may. It looks two ahead: most needs miss in pairs, and one at a time
it would stall.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from transforms.gaps.coverage import UNMET, NeedCoverage
from transforms.gaps.sheet import PlanRules
from transforms.matchmaking.case import VALIDATE

# everything else in a missing set is a requirement code, which is what a plan can work on
NOT_OBTAINABLE = frozenset(
    {"capacity", "language", "approval", "will", "embargo", "dates", "consent", "offer_paused", "product"}
)


@dataclass(frozen=True)
class Unlock:
    """One requirement, a row of fct_requirement_unlock. Values are None where too few buyers stand behind them."""

    requirement_code: str
    name_es: str
    blocked_usd: float | None
    sole_usd: float | None
    exporters: int
    needs: int
    sole_needs: int
    plan_order: int | None = None
    cumulative_usd: float | None = None
    cumulative_cost_usd: float | None = None


@dataclass(frozen=True)
class Step:
    """One step of the plan: one or two requirements taken together, what all steps so far unlock and cost."""

    codes: tuple[str, ...]
    cumulative_usd: float
    cumulative_cost_usd: float
    unlocked: frozenset[str]


def is_obtainable(item: str) -> bool:
    """Return whether an item is a requirement a firm can obtain, rather than something to grow or to validate."""
    return item not in NOT_OBTAINABLE and not item.startswith(VALIDATE)


def unlocked_needs(coverage: Iterable[NeedCoverage], codes: frozenset[str]) -> frozenset[str]:
    """Return the unmet needs that would have supply if exporters obtained `codes`."""
    return frozenset(
        row.need_id
        for row in coverage
        if row.state == UNMET and any(one.items and one.items <= codes for one in row.nearest)
    )


def unlock_usd(coverage: Sequence[NeedCoverage], codes: frozenset[str]) -> float:
    """Return the value of the unmet needs that `codes` together would unlock."""
    needs = unlocked_needs(coverage, codes)
    return round(sum(row.value_usd for row in coverage if row.need_id in needs), 2)


def plan_unlock(coverage: Sequence[NeedCoverage], rules: PlanRules) -> list[Step]:
    """Return the greedy plan: at each step the one or two requirements with the most demand per dollar.

    Ends when nothing more is unlocked, at the number of steps, or when nothing fits the budget any more.
    """
    open_rows = [row for row in coverage if row.state == UNMET]
    exporters = _exporters_needed(open_rows)
    chosen: frozenset[str] = frozenset()
    steps: list[Step] = []
    spent = 0.0
    while len(steps) < rules.max_steps:
        done = unlocked_needs(open_rows, chosen)
        left = [row for row in open_rows if row.need_id not in done]
        best = _best_move(left, chosen, lambda code: rules.cost_of(code, exporters[code]), rules.budget_usd - spent)
        if best is None:
            break
        chosen |= set(best)
        spent += sum(rules.cost_of(code, exporters[code]) for code in best)
        unlocked = unlocked_needs(open_rows, chosen)
        steps.append(Step(best, unlock_usd(open_rows, chosen), round(spent, 2), unlocked))
    return steps


def _best_move(
    rows: Sequence[NeedCoverage], chosen: frozenset[str], cost: Callable[[str], float], budget: float
) -> tuple[str, ...] | None:
    alone: dict[str, float] = defaultdict(float)
    together: dict[tuple[str, ...], float] = defaultdict(float)
    for row in rows:
        rests = {one.items - chosen for one in row.nearest if all(is_obtainable(item) for item in one.items)}
        singles = {item for rest in rests if len(rest) == 1 for item in rest}
        for item in singles:
            alone[item] += row.value_usd
        # a pair of codes earns a need once, whether through either single or only through both
        for pair in {tuple(sorted(rest)) for rest in rests if len(rest) == 2}:
            if not singles & set(pair):
                together[pair] += row.value_usd
        for pair in combinations(sorted(singles), 2):
            together[pair] -= row.value_usd
    moves: dict[tuple[str, ...], float] = {(code,): gain for code, gain in alone.items()}
    moves |= {pair: alone[pair[0]] + alone[pair[1]] + extra for pair, extra in list(together.items()) if extra > 0}
    affordable = {codes: gain for codes, gain in moves.items() if gain > 0 and sum(map(cost, codes)) <= budget}
    if not affordable:
        return None
    return min(affordable, key=lambda codes: (-affordable[codes] / max(1.0, sum(map(cost, codes))), len(codes), codes))


def rank_requirements(
    coverage: Sequence[NeedCoverage], rules: PlanRules, name_of: Callable[[str], str], min_buyers: int
) -> list[Unlock]:
    """Return every obtainable requirement that some unmet need lacks, with its sums and its place in the plan.

    Values resting on fewer than `min_buyers` buyers are withheld; a plan step whose new demand does is folded
    into the next step's figure.
    """
    rows = [row for row in coverage if row.state == UNMET]
    blocked: dict[str, list[NeedCoverage]] = defaultdict(list)
    sole: dict[str, list[NeedCoverage]] = defaultdict(list)
    exporters: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for code in {item for one in row.nearest for item in one.items if is_obtainable(item)}:
            blocked[code].append(row)
        for one in row.nearest:
            if len(one.items) == 1 and all(is_obtainable(item) for item in one.items):
                (code,) = one.items
                sole[code].append(row)
                exporters[code] |= one.exporters
    unlocks = {
        code: Unlock(
            requirement_code=code,
            name_es=name_of(code),
            blocked_usd=_sum_if_crowd(blocked[code], min_buyers),
            sole_usd=_sum_if_crowd(sole[code], min_buyers),
            exporters=len(exporters[code]),
            needs=len(blocked[code]),
            sole_needs=len(sole[code]),
        )
        for code in sorted(blocked)
    }
    for order, (step, shown) in enumerate(_crowded(plan_unlock(coverage, rules), rows, min_buyers), start=1):
        for code in step.codes:
            unlocks[code] = replace(
                unlocks[code], plan_order=order, cumulative_usd=shown, cumulative_cost_usd=step.cumulative_cost_usd
            )
    return list(unlocks.values())


def _crowded(
    steps: Sequence[Step], rows: Sequence[NeedCoverage], min_buyers: int
) -> Iterable[tuple[Step, float | None]]:
    """Yield each step with its cumulative value, or None while too few new buyers stand behind the difference."""
    buyer = {row.need_id: row.customer_id for row in rows}
    told: frozenset[str] = frozenset()
    for step in steps:
        if len({buyer[need_id] for need_id in step.unlocked - told}) >= min_buyers:
            told = step.unlocked
            yield step, step.cumulative_usd
        else:
            yield step, None


def _sum_if_crowd(rows: Sequence[NeedCoverage], min_buyers: int) -> float | None:
    if rows and len({row.customer_id for row in rows}) < min_buyers:
        return None
    return round(sum(row.value_usd for row in rows), 2)


def _exporters_needed(rows: Sequence[NeedCoverage]) -> dict[str, int]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        for one in row.nearest:
            for item in one.items:
                found[item] |= one.exporters
    return {item: len(exporters) for item, exporters in found.items()}
