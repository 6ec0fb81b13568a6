"""The screening stage: every company and person of ours against the lists in use, and what follows from it.

Findings open cases for the compliance officer; a customer's neutral state follows from the cases. A list that
is not there clears nobody. Nothing this stage logs or notes tells who was found, or where.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from include.core.fingerprint import fingerprint
from include.core.sheets import PROJECT_ROOT, load_sheet, sheet_fingerprint
from include.core.summary import RunSummary
from include.stages.protocol import StageContext, begin, finish, waiting
from include.stages.screening.casework import Base, write_cases
from include.stages.screening.lists import ListInUse, all_usable, lists_in_use, read_entries
from include.stages.screening.people import AT_THE_DOOR, People, read_people
from include.stages.screening.rarity import RarityInUse, rarity_in_use
from include.stages.screening.reuse import apply_work, plan_work
from include.stages.screening.states import state_tables
from include.stages.screening.tables import CASE, HIT, SCREENING, hit_of, hit_row, to_table
from transforms.screening.policy import SarlaftPolicy
from transforms.screening.records import Hit, ListEntry
from transforms.screening.rules import ScreeningRules

STAGE = "sarlaft"
HITS = "int_screening_hit"
# Whatever decides a score: a change in one of these files makes every result a thing of the past.
ENGINE_FILES = ("transforms/screening/*.py", "transforms/clean/text.py", "transforms/identifiers/nit.py")


@dataclass(frozen=True)
class Sheets:
    """The sheets of the stage and where they are."""

    folder: Path

    @property
    def paths(self) -> dict[str, Path]:
        """Files that decide the result, by name."""
        names = {"screening": "screening.yml", "sarlaft_policy": "sarlaft_policy.yml", "name_shares": "name_shares.csv"}
        return {name: self.folder / "rules" / file for name, file in names.items()}

    @cached_property
    def rules(self) -> ScreeningRules:
        """How names and numbers are compared."""
        return load_sheet(self.paths["screening"], ScreeningRules)

    @cached_property
    def policy(self) -> SarlaftPolicy:
        """What follows from a finding."""
        return load_sheet(self.paths["sarlaft_policy"], SarlaftPolicy)

    def engine_version(self, rarity: RarityInUse) -> str:
        """The mark of everything that decides a score: code, sheet, rarity."""
        code = sheet_fingerprint(*(path for pattern in ENGINE_FILES for path in PROJECT_ROOT.glob(pattern)))
        return f"v{self.rules.version}-{fingerprint(code, sheet_fingerprint(self.paths['screening']), rarity.mark)}"


def run(ctx: StageContext) -> RunSummary:
    """Screen what changed against what changed, open cases, publish results and states."""
    sheets = Sheets(ctx.settings.config_dir)
    policy = sheets.policy
    inputs = begin(
        ctx,
        STAGE,
        required=("dim_customer", "dim_person"),
        optional=[*(wanted.dataset for wanted in policy.lists), *AT_THE_DOOR],
        sheets=sheets.paths,
    )
    if inputs.missing:
        return waiting(ctx, inputs)
    people = read_people(ctx, inputs, policy)
    lists = lists_in_use(ctx, inputs, policy)
    found = _screen(ctx, sheets, people, lists)
    base = Base(found.hashes, people.kinds, people.customers, ctx.ledger.identity.transfers())
    cases = write_cases(ctx, found.hits, base, lists, policy)
    tables = {
        HITS: (to_table(map(hit_row, found.hits), HIT), ("subject_id", "list_code", "list_entry_id")),
        "fct_screening": (to_table(found.rows, SCREENING), ("subject_id",)),
        "fct_sarlaft_case": (to_table(cases, CASE), ("case_id",)),
        **state_tables(ctx, people, cases, lists, policy),
    }
    summary = RunSummary(STAGE, ctx.run_id, notes=_notes(found, lists))
    for dataset, (table, key) in tables.items():
        published = ctx.lake.publish(dataset, table, key=key, run_id=ctx.run_id, inputs=inputs.version_names)
        summary.versions_out[dataset] = published.version.version
        summary.parts[dataset] = published.counts
    return finish(ctx, inputs, summary)


@dataclass(frozen=True)
class _Found:
    hashes: dict[str, str]
    rows: list[dict[str, Any]]
    hits: list[Hit]
    compared: int


def _screen(ctx: StageContext, sheets: Sheets, people: People, lists: list[ListInUse]) -> _Found:
    """Compare what has to be compared and lay the results out as rows of `fct_screening`."""
    entries: list[ListEntry] = []

    def load_entries() -> list[ListEntry]:
        if not entries:
            entries.extend(read_entries(ctx, lists))
        return entries

    hashed = people.hashed
    subjects = [subject for subject, _ in hashed]
    rarity = rarity_in_use(ctx, sheets.rules, subjects, lists, load_entries, sheets.paths["name_shares"])
    engine = sheets.engine_version(rarity)
    previous = {row["subject_id"]: row for row in ctx.lake.read_or_empty("fct_screening", SCREENING).to_pylist()}
    work = plan_work(ctx, hashed, previous, lists, engine)
    ctx.progress("comparing", 0, len(work.anew))
    known = (hit_of(row) for row in ctx.lake.read_or_empty(HITS, HIT).to_pylist())
    hits = apply_work(work, known, load_entries() if work.needs_entries else [], sheets.rules, rarity.rarity)
    ctx.progress("comparing", len(work.anew), len(work.anew))
    hashes = {subject.subject_id: mark for subject, mark in hashed}
    rows = _result_rows(ctx, people, hashes, lists, engine, previous, _by_subject(hits))
    return _Found(hashes, rows, hits, len(work.anew))


def _result_rows(
    ctx: StageContext,
    people: People,
    hashes: Mapping[str, str],
    lists: list[ListInUse],
    engine: str,
    previous: Mapping[str, Mapping[str, Any]],
    hits: Mapping[str, list[Hit]],
) -> list[dict[str, Any]]:
    records = [used.as_record() for used in lists]
    is_complete = all_usable(lists)
    rows = []
    for subject_id, mark in hashes.items():
        own = hits.get(subject_id, [])
        row = {
            "subject_id": subject_id,
            "subject_kind": people.kinds[subject_id],
            "customer_id": people.customers[subject_id],
            "state": "hits" if own else "clear" if is_complete else "incomplete",
            "best_score": max((hit.score for hit in own), default=0.0),
            "hits": len(own),
            "lists": records,
            "input_hash": mark,
            "engine_version": engine,
        }
        before = previous.get(subject_id)
        is_same = before is not None and all(before[name] == value for name, value in row.items())
        rows.append(row | {"screened_at": before["screened_at"] if before and is_same else ctx.clock.now()})
    return rows


def _notes(found: _Found, lists: list[ListInUse]) -> list[str]:
    """What an operator needs; no name, no finding, and no number that tells how many were found."""
    missing = [used for used in lists if used.policy.required and not used.is_usable]
    notes = [f"{len(found.rows)} records up to date, {found.compared} of them compared anew"]
    if missing:
        notes.insert(
            0,
            f"{len(missing)} of {len(lists)} required sources cannot be counted on: results stay incomplete and nobody "
            "is enabled until `hub status` shows them fresh",
        )
    return notes


def _by_subject(hits: Iterable[Hit]) -> dict[str, list[Hit]]:
    grouped: dict[str, list[Hit]] = {}
    for hit in hits:
        grouped.setdefault(hit.subject_id, []).append(hit)
    return grouped
