"""The rarity table in use: estimated from our own base, then kept until the base has become another one.

A table that followed every new customer would give the same two names another score every day; one that is
kept gives the same answer alone, in a batch, today and tomorrow.
"""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from include.core.fingerprint import fingerprint
from include.stages.protocol import StageContext
from include.stages.screening.lists import ListInUse
from transforms.screening.rarity import Rarity, estimate_shares
from transforms.screening.records import ListEntry, Subject
from transforms.screening.rules import RaritySheet, ScreeningRules
from transforms.screening.tokens import Kind, ParsedName, parse_name

DATASET = "int_name_rarity"
SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("word", pa.string()),
        ("share", pa.float64()),
        ("names", pa.int64()),  # size of the base when the share was estimated
        ("basis", pa.string()),  # sheet, prior and lists it was estimated with
    ]
)
KINDS: tuple[Kind, ...] = ("person", "company")


@dataclass(frozen=True)
class RarityInUse:
    """The table, and the mark by which results remember it."""

    rarity: Rarity
    mark: str


def rarity_in_use(
    ctx: StageContext,
    rules: ScreeningRules,
    subjects: Sequence[Subject],
    lists: Iterable[ListInUse],
    load_entries: Callable[[], list[ListEntry]],
    prior: Path,
) -> RarityInUse:
    """Return the kept table; estimate and keep a new one when the base grew, or sheet or lists are others."""
    names = sum(len(subject.names) for subject in subjects)
    codes = sorted(used.policy.code for used in lists if used.version is not None)
    basis = fingerprint(rules.rarity.model_dump(), rules.words.model_dump(mode="json"), prior.read_text("utf-8"), codes)
    kept = ctx.lake.read_or_empty(DATASET, SCHEMA)
    if not _still_holds(kept, basis, names, rules.rarity):
        kept = _estimate(rules, subjects, load_entries(), read_prior(prior), names, basis)
        ctx.lake.publish(DATASET, kept, key=("kind", "word"), run_id=ctx.run_id)
    return from_table(kept, rules)


def from_table(table: pa.Table, rules: ScreeningRules) -> RarityInUse:
    """Read a kept table."""
    shares: dict[Kind, dict[str, float]] = {kind: {} for kind in KINDS}
    for row in table.select(["kind", "word", "share"]).to_pylist():
        shares[row["kind"]][row["word"]] = row["share"]
    return RarityInUse(Rarity(shares, rules.rarity), fingerprint(shares))


def kept_rarity(ctx: StageContext, rules: ScreeningRules, prior: Path) -> RarityInUse:
    """Return the kept table, or one from the packaged shares alone when the base was never screened."""
    kept = ctx.lake.read_or_empty(DATASET, SCHEMA)
    return from_table(kept if kept.num_rows else _estimate(rules, [], [], read_prior(prior), 0, ""), rules)


def read_prior(path: Path) -> dict[Kind, dict[str, float]]:
    """Read the packaged shares (kind, word, share)."""
    shares: dict[Kind, dict[str, float]] = {kind: {} for kind in KINDS}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            shares["company" if row["kind"] == "company" else "person"][row["word"]] = float(row["share"])
    return shares


def _still_holds(kept: pa.Table, basis: str, names: int, sheet: RaritySheet) -> bool:
    if kept.num_rows == 0 or kept["basis"][0].as_py() != basis:
        return False
    # The packaged shares count as names too: a young base may double without moving a single share.
    growth = (names + sheet.prior_names) / (kept["names"][0].as_py() + sheet.prior_names)
    return bool(1 / (1 + sheet.refresh_growth) <= growth <= 1 + sheet.refresh_growth)


def _estimate(
    rules: ScreeningRules,
    subjects: Sequence[Subject],
    entries: Sequence[ListEntry],
    prior: dict[Kind, dict[str, float]],
    names: int,
    basis: str,
) -> pa.Table:
    rows = []
    for kind in KINDS:
        shares = estimate_shares(
            (_parse(name, kind, rules) for subject in subjects if subject.kind == kind for name in subject.names),
            (_parse(entry.names[0].text, kind, rules) for entry in entries if entry.kind == kind and entry.names),
            prior[kind],
            rules.rarity,
        )
        rows += [
            {"kind": kind, "word": word, "share": share, "names": names, "basis": basis}
            for word, share in sorted(shares.items())
        ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


def _parse(name: str, kind: Kind, rules: ScreeningRules) -> ParsedName:
    return parse_name(name, kind, rules.word_sets)
