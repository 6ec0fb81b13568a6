"""`hub eval resolution`: how well records were put together, against a file that says which belong together.

The file is JSON: {"entities": {id: {"records": [[source, source_key], …]}}}. Nothing here writes anything.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from include.core.errors import ConfigError

Record = tuple[str, str]
CORE_SOURCES = frozenset({"neo", "portal"})


class _Entity(BaseModel):
    model_config = ConfigDict(extra="ignore")

    records: list[tuple[str, str]]


class _Truth(BaseModel):
    model_config = ConfigDict(extra="ignore")

    entities: dict[str, _Entity]


@dataclass(frozen=True)
class ResolutionScore:
    """Pairs: of two records that were joined (or should be). Clusters: of whole customers.

    Only entities with a record that makes a customer count; what is known from a registration or the register alone
    must stay unlinked, and `strangers_linked` counts where it was not.
    """

    records: int
    entities: int
    customers: int
    pairs_true: int
    pairs_found: int
    pairs_right: int
    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    entities_exact: float
    customers_mixed: int
    entities_split: int
    strangers_linked: int
    recall_by_sources: dict[str, float]


@dataclass(frozen=True)
class Mistakes:
    """Pairs joined wrongly and pairs missed, by keys only."""

    wrong: list[tuple[Record, Record]]
    missed: list[tuple[Record, Record]]


def score_resolution(
    entities: Mapping[str, Iterable[Record]], found: Mapping[Record, str]
) -> tuple[ResolutionScore, Mistakes]:
    """Compare true entities with found customer ids; a record without an id counts as alone."""
    records = {name: [(source, key) for source, key in group] for name, group in entities.items()}
    ours = {name: group for name, group in records.items() if any(source in CORE_SOURCES for source, _ in group)}
    true_of = {record: name for name, group in ours.items() for record in group}
    found_of = {record: found.get(record, f"alone {record}") for record in true_of}
    true_pairs, found_pairs = _pairs(true_of), _pairs(found_of)
    right = true_pairs & found_pairs
    precision = len(right) / len(found_pairs) if found_pairs else 1.0
    recall = len(right) / len(true_pairs) if true_pairs else 1.0
    groups, customers = _groups(true_of), _groups(found_of)
    bcubed = [_bcubed(record, true_of, found_of, groups, customers) for record in true_of]
    score = ResolutionScore(
        records=len(true_of),
        entities=len(groups),
        customers=len(set(found.values())),
        pairs_true=len(true_pairs),
        pairs_found=len(found_pairs),
        pairs_right=len(right),
        precision=round(precision, 4),
        recall=round(recall, 4),
        f1=round(2 * precision * recall / (precision + recall), 4) if precision + recall else 0.0,
        bcubed_precision=round(sum(one for one, _ in bcubed) / len(bcubed), 4) if bcubed else 1.0,
        bcubed_recall=round(sum(one for _, one in bcubed) / len(bcubed), 4) if bcubed else 1.0,
        entities_exact=round(len(_sets(groups) & _sets(customers)) / len(groups), 4) if groups else 1.0,
        customers_mixed=sum(len({true_of[record] for record in group}) > 1 for group in customers.values()),
        entities_split=sum(len({found_of[record] for record in group}) > 1 for group in groups.values()),
        strangers_linked=sum(
            record in found for name, group in records.items() if name not in ours for record in group
        ),
        recall_by_sources=_recall_by_sources(true_pairs, right),
    )
    return score, Mistakes(sorted(found_pairs - right), sorted(true_pairs - right))


def resolution(
    truth: Annotated[Path, typer.Option("--truth", help="JSON file of who truly belongs together.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    show: Annotated[int, typer.Option("--show", help="Also list so many wrong and missed pairs, by key.")] = 0,
) -> None:
    """Score the current customers against a truth file: pairs, whole clusters, and what was missed where."""
    from include.stages.protocol import open_context

    entities = {name: entity.records for name, entity in read_truth(truth).items()}
    with open_context() as ctx:
        rows = ctx.lake.read("int_customer_xref", columns=["source", "source_key", "hub_id"]).to_pylist()
    score, mistakes = score_resolution(entities, {(row["source"], row["source_key"]): row["hub_id"] for row in rows})
    if as_json:
        shown = {"wrong": mistakes.wrong[:show], "missed": mistakes.missed[:show]} if show else {}
        typer.echo(json.dumps(asdict(score) | shown, indent=2, ensure_ascii=False))
        return
    _print(score, mistakes, show)


def read_truth(path: Path) -> dict[str, Any]:
    """The entities of a truth file. Raises ConfigError when it is not one."""
    try:
        return dict(_Truth.model_validate_json(path.read_bytes()).entities)
    except OSError as error:
        raise ConfigError(path.name, "the truth file cannot be read", "Give the path of an existing file") from error
    except ValidationError as error:
        raise ConfigError(path.name, "this is no truth file", "It must hold entities with records") from error


def _groups(group_of: Mapping[Record, str]) -> dict[str, list[Record]]:
    groups: dict[str, list[Record]] = defaultdict(list)
    for record, group in group_of.items():
        groups[group].append(record)
    return groups


def _pairs(group_of: Mapping[Record, str]) -> set[tuple[Record, Record]]:
    return {pair for group in _groups(group_of).values() for pair in combinations(sorted(group), 2)}


def _sets(groups: Mapping[str, list[Record]]) -> set[frozenset[Record]]:
    return {frozenset(group) for group in groups.values()}


def _bcubed(
    record: Record,
    true_of: Mapping[Record, str],
    found_of: Mapping[Record, str],
    groups: Mapping[str, list[Record]],
    customers: Mapping[str, list[Record]],
) -> tuple[float, float]:
    true_group, found_group = set(groups[true_of[record]]), set(customers[found_of[record]])
    both = len(true_group & found_group)
    return both / len(found_group), both / len(true_group)


def _recall_by_sources(
    true_pairs: Iterable[tuple[Record, Record]], right: set[tuple[Record, Record]]
) -> dict[str, float]:
    totals, hits = Counter[str](), Counter[str]()
    for pair in true_pairs:
        name = " - ".join(sorted(record[0] for record in pair))
        totals[name] += 1
        hits[name] += pair in right
    return {name: round(hits[name] / totals[name], 4) for name in sorted(totals)}


def _print(score: ResolutionScore, mistakes: Mistakes, show: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title="Resolution", box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("measure")
    table.add_column("value", justify="right")
    facts = asdict(score)
    recall = facts.pop("recall_by_sources")
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    for name, value in recall.items():
        table.add_row(f"recall {name}", f"{value:,}")
    console.print(table)
    for title, pairs in (("Joined wrongly", mistakes.wrong), ("Missed", mistakes.missed)):
        for left, right in pairs[:show]:
            console.print(f"{title}: {left[0]} {left[1]} - {right[0]} {right[1]}", markup=False)
