"""`hub eval matching`: how well needs find their offers, against a file that grades them.

The file is JSON: {"need_relevance": {need id: {offer id: grade}}, "need_language": {need id: language}}; grade 3 is
the same product, 1 the same heading. Gates are judged apart from search: an exporter without papers is found, and
discarded with a reason. Nothing here writes anything.
"""

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import fmean
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from include.core.errors import ConfigError
from include.evaluation.safety import Inputs, read_requirement_rows, unsafe_pairs

DEPTH = 10
SAME_PRODUCT = 3
BANDS = {"A": 0, "B": 1, "C": 2}
Row = Mapping[str, Any]


class _Truth(BaseModel):
    model_config = ConfigDict(extra="ignore")

    need_relevance: dict[str, dict[str, int]]
    need_language: dict[str, str] = {}


@dataclass(frozen=True)
class SearchScore:
    """Search with the gates aside: every pair of the need's product, best band and product first."""

    needs: int
    ndcg_at_10: float
    first_right: float
    supply_found: float
    same_product_recall: float
    same_heading_precision: float


@dataclass(frozen=True)
class GapSignal:
    """Needs for which nobody offers the heading: called so, and truly so."""

    called: int
    true: int
    right: int
    precision: float
    recall: float


@dataclass(frozen=True)
class MatchingScore:
    """The whole evaluation. `ineligible_shown` must be 0; `shown_ndcg_at_10` judges the order of eligible pairs."""

    search: SearchScore
    by_language: dict[str, SearchScore]
    shown_needs: int
    shown_ndcg_at_10: float
    gap_signal: GapSignal
    ineligible_shown: int
    unsafe: dict[str, list[str]] = field(default_factory=dict)


def ndcg(gains: Sequence[int], ideal: Iterable[int], depth: int = DEPTH) -> float:
    """Return the discounted gain of a list over that of the best list; 1.0 when there was nothing to find."""
    best = _discounted(sorted(ideal, reverse=True)[:depth])
    return _discounted(gains[:depth]) / best if best else 1.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def score_search(pairs: Mapping[str, Sequence[Row]], truth: Mapping[str, Mapping[str, int]]) -> SearchScore:
    """Score the pairs found per need against the grades; needs without any graded offer are left out."""
    scores, first, found, recalls = [], [], [], []
    right_pairs = all_pairs = 0
    for need_id, grades in truth.items():
        same = {offer_id for offer_id, grade in grades.items() if grade == SAME_PRODUCT}
        listed = [pair["offer_id"] for pair in pairs.get(need_id, ())]
        all_pairs += len(listed)
        right_pairs += sum(offer_id in grades for offer_id in listed)
        if not same:
            continue
        scores.append(ndcg([grades.get(offer_id, 0) for offer_id in listed], grades.values()))
        first.append(bool(listed) and listed[0] in same)
        found.append(bool(same & set(listed)))
        recalls.append(len(same & set(listed)) / len(same))
    return SearchScore(
        needs=len(scores),
        ndcg_at_10=_mean(scores),
        first_right=_mean(first),
        supply_found=_mean(found),
        same_product_recall=_mean(recalls),
        same_heading_precision=round(right_pairs / all_pairs, 4) if all_pairs else 1.0,
    )


def score_matching(
    matches: Iterable[Row],
    coverage: Iterable[Row],
    truth: Mapping[str, Mapping[str, int]],
    languages: Mapping[str, str],
    present_offers: Iterable[str],
    unsafe: Mapping[str, list[str]],
) -> MatchingScore:
    """Return the evaluation of judged pairs. Grades of offers that are not present do not count."""
    present = set(present_offers)
    open_needs = {row["need_id"] for row in coverage}
    graded = {
        need_id: {offer_id: grade for offer_id, grade in truth.get(need_id, {}).items() if offer_id in present}
        for need_id in open_needs
    }
    pairs: dict[str, list[Row]] = defaultdict(list)
    for match in matches:
        pairs[match["need_id"]].append(match)
    for own in pairs.values():
        own.sort(key=_by_product)
    tongues: dict[str, dict[str, Mapping[str, int]]] = defaultdict(dict)
    for need_id, grades in graded.items():
        tongues[languages.get(need_id, "unknown")][need_id] = grades
    shown = _shown_order(pairs, graded)
    return MatchingScore(
        search=score_search(pairs, graded),
        by_language={name: score_search(pairs, group) for name, group in sorted(tongues.items())},
        shown_needs=len(shown),
        shown_ndcg_at_10=_mean(shown),
        gap_signal=_gap_signal(open_needs, pairs, graded),
        ineligible_shown=len(unsafe),
        unsafe=dict(unsafe),
    )


def _by_product(match: Row) -> tuple[int, float, str]:
    product = json.loads(match["factors"])["product"]["x"]
    return BANDS[match["band"]], -product, match["offer_id"]


def _shown_order(pairs: Mapping[str, Sequence[Row]], graded: Mapping[str, Mapping[str, int]]) -> list[float]:
    """Return, per need that is shown something right, how well the eligible pairs are ordered."""
    scores = []
    for need_id, own in pairs.items():
        eligible = sorted((pair for pair in own if pair["state"] == "eligible"), key=lambda pair: pair["rank"])
        gains = [graded.get(need_id, {}).get(pair["offer_id"], 0) for pair in eligible]
        if any(gains):
            scores.append(ndcg(gains, gains))
    return scores


def _gap_signal(
    open_needs: Iterable[str], pairs: Mapping[str, Sequence[Row]], graded: Mapping[str, Mapping[str, int]]
) -> GapSignal:
    called = {need_id for need_id in open_needs if not pairs.get(need_id)}
    true = {need_id for need_id, grades in graded.items() if not grades}
    right = len(called & true)
    return GapSignal(
        called=len(called),
        true=len(true),
        right=right,
        precision=round(right / len(called), 4) if called else 1.0,
        recall=round(right / len(true), 4) if true else 1.0,
    )


def _mean(values: Sequence[float]) -> float:
    return round(fmean(values), 4) if values else 1.0


def matching(
    truth: Annotated[Path, typer.Option("--truth", help="JSON file that grades offers per need.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Score the current matches: ranking, supply found, gap signal, and pairs shown that must not be."""
    from include.stages.protocol import open_context

    graded = read_truth(truth)
    with open_context() as ctx:
        matches = ctx.lake.read("fct_match").to_pylist()
        inputs = read_safety_inputs(ctx)
        admitted = {
            offer_id
            for offer_id, offer in inputs.offers.items()
            if inputs.states.get(offer["customer_id"]) == "habilitado"
        }
        coverage = ctx.lake.read("fct_need_coverage", columns=["need_id"]).to_pylist()
    shown = [match for match in matches if match["state"] == "eligible"]
    score = score_matching(
        matches, coverage, graded.need_relevance, graded.need_language, admitted, unsafe_pairs(shown, inputs)
    )
    if as_json:
        typer.echo(json.dumps(asdict(score), indent=2, ensure_ascii=False))
    else:
        _print(score)
    if score.ineligible_shown:
        raise typer.Exit(1)


def read_truth(path: Path) -> _Truth:
    """Read the grades. Raises ConfigError when the file is missing or not of that shape."""
    try:
        return _Truth.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(str(path), "the file cannot be read", "Give the path of a truth file") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ConfigError(path.name, f"`{where}`: {first['msg']}", "See `hub eval matching --help`") from error


def read_safety_inputs(ctx: Any) -> Inputs:
    """Read what shown pairs are checked against, on the day the matches were judged."""
    from include.core.sheets import load_sheet
    from include.stages.matchmaking_inputs import sheet_paths
    from transforms.matchmaking.sheet import MatchmakingSheet

    paths = sheet_paths(ctx.settings.config_dir)
    rules = load_sheet(paths["matchmaking"], MatchmakingSheet).requirements
    links = {
        row["source_key"]: row["hub_id"]
        for row in ctx.lake.read("int_customer_xref", columns=["source", "source_key", "hub_id"]).to_pylist()
        if row["source"] == "portal"
    }
    judged_on = ctx.ledger.watermarks.get("matchmaking", "judged_on")
    customers = ctx.lake.read("dim_customer", columns=["customer_id", "profile_status"]).to_pylist()
    states = ctx.lake.read("dim_sarlaft_state", columns=["customer_id", "state"]).to_pylist()
    return Inputs(
        needs={row["need_id"]: row for row in ctx.lake.read("stg_portal__needs").to_pylist()},
        offers={
            row["offer_id"]: row | {"customer_id": links.get(row["company_id"])}
            for row in ctx.lake.read("stg_portal__offers").to_pylist()
        },
        states={row["customer_id"]: row["state"] for row in states},
        profiles={row["customer_id"]: row["profile_status"] for row in customers},
        rules=read_requirement_rows(paths["market_requirements"]),
        blocs=rules.blocs,
        equivalents=rules.equivalents,
        today=date.fromisoformat(judged_on) if judged_on else ctx.clock.now().date(),
    )


def _print(score: MatchingScore) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, title="Search, gates aside", title_justify="left")
    columns = ("needs", "ndcg_at_10", "first_right", "supply_found", "same_product_recall", "same_heading_precision")
    table.add_column("language")
    for column in columns:
        table.add_column(column, justify="right")
    for name, part in (("all", score.search), *score.by_language.items()):
        table.add_row(name, *(f"{getattr(part, column):g}" for column in columns))
    console = Console()
    console.print(table)
    gap = score.gap_signal
    console.print(f"order of what is shown: nDCG@10 {score.shown_ndcg_at_10:g} over {score.shown_needs} needs")
    console.print(
        f"no known supply: {gap.called} called, {gap.true} true; precision {gap.precision:g}, recall {gap.recall:g}"
    )
    style = "bold red" if score.ineligible_shown else "green"
    console.print(f"[{style}]ineligible pairs shown: {score.ineligible_shown}[/]")
