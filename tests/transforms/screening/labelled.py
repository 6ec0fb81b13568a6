"""The cases of the screening tests, the real sheet, and a short way to compare two names."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

from include.core.settings import load_settings
from include.core.sheets import load_sheet
from transforms.screening.engine import screen
from transforms.screening.index import ListIndex
from transforms.screening.rarity import Rarity, estimate_shares
from transforms.screening.records import Hit, ListEntry, ListName, Subject
from transforms.screening.rules import ScreeningRules
from transforms.screening.tokens import Kind

RULES = load_settings().config_dir / "rules"
CASES = Path(__file__).resolve().parents[2] / "cases"
Compare = Callable[..., Hit | None]


def case_rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a cases file; lines that begin with # are for its readers."""
    with (CASES / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))


def sheet() -> ScreeningRules:
    """The sheet in use."""
    return load_sheet(RULES / "screening.yml", ScreeningRules)


def packaged_rarity(rules: ScreeningRules) -> Rarity:
    """Rarity from the packaged shares alone, as in an empty hub."""
    shares: dict[Kind, dict[str, float]] = {"person": {}, "company": {}}
    with (RULES / "name_shares.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shares["company" if row["kind"] == "company" else "person"][row["word"]] = float(row["share"])
    return Rarity({kind: estimate_shares([], [], prior, rules.rarity) for kind, prior in shares.items()}, rules.rarity)


def name_comparison(rules: ScreeningRules, rarity: Rarity) -> Compare:
    """Return a function that compares one client with one listed name: the hit, or None."""

    def compare_names(client: str, listed: str, kind: Kind = "person") -> Hit | None:
        entry = ListEntry("L", "1", kind, (ListName(listed, "primary"),))
        hits = screen([Subject("s", kind, (client,))], ListIndex([entry], rules, rarity))
        return hits[0] if hits else None

    return compare_names
