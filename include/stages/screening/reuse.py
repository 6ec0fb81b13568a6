"""What has to be compared again: changed subjects against every entry, changed entries against every subject.

Results are reused only when they were made by the same engine against a list version that can still be read;
otherwise the subject is compared anew. The outcome is the same as comparing everything.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from include.core.errors import ConfigError
from include.stages.protocol import StageContext
from include.stages.screening.lists import ListInUse
from transforms.screening.engine import screen
from transforms.screening.index import ListIndex
from transforms.screening.rarity import Rarity
from transforms.screening.records import Hit, ListEntry, Subject
from transforms.screening.rules import ScreeningRules

EntryKey = tuple[str, str]


@dataclass(frozen=True)
class Work:
    """The comparisons of one run.

    `anew` subjects meet every entry, `kept` ones only the entries in `changed`; hits of kept subjects on entries
    in `gone` or `changed` are dropped before.
    """

    anew: Sequence[Subject]
    kept: Sequence[Subject]
    changed: Collection[EntryKey] = field(default_factory=frozenset)
    gone: Collection[EntryKey] = field(default_factory=frozenset)

    @property
    def needs_entries(self) -> bool:
        """True when something has to be compared at all."""
        return bool(self.anew) or bool(self.changed and self.kept)


def plan_work(
    ctx: StageContext,
    subjects: Iterable[tuple[Subject, str]],
    previous: Mapping[str, Mapping[str, Any]],
    lists: Sequence[ListInUse],
    engine: str,
) -> Work:
    """Sort subjects (with their hashes) into those compared anew and those kept.

    `previous` holds the rows of `fct_screening` by subject.
    """
    hashed = list(subjects)
    current = {
        subject.subject_id: _versions(row)
        for subject, subject_hash in hashed
        if (row := previous.get(subject.subject_id)) is not None
        and row["input_hash"] == subject_hash
        and row["engine_version"] == engine
    }
    # All results of a run share their list versions; whatever does not is compared anew.
    baseline = next(iter(current.values()), None)
    changes = None if baseline is None else _changes_since(ctx, lists, baseline)
    everyone = [subject for subject, _ in hashed]
    if changes is None:
        return Work(everyone, [])
    kept = [subject for subject in everyone if current.get(subject.subject_id) == baseline]
    kept_ids = {subject.subject_id for subject in kept}
    return Work([subject for subject in everyone if subject.subject_id not in kept_ids], kept, *changes)


def apply_work(
    work: Work, previous_hits: Iterable[Hit], entries: Sequence[ListEntry], rules: ScreeningRules, rarity: Rarity
) -> list[Hit]:
    """Return the hits of all subjects: kept ones carried over, the rest compared."""
    kept_ids = {subject.subject_id for subject in work.kept}
    touched = set(work.changed) | set(work.gone)
    hits = [hit for hit in previous_hits if hit.subject_id in kept_ids and (hit.list_code, hit.entry_id) not in touched]
    if work.anew:
        hits += screen(work.anew, ListIndex(entries, rules, rarity))
    if work.kept and work.changed:
        changed = [entry for entry in entries if entry.key in work.changed]
        hits += screen(work.kept, ListIndex(changed, rules, rarity))
    return sorted(hits, key=lambda hit: (hit.subject_id, -hit.score, hit.list_code, hit.entry_id))


def _versions(row: Mapping[str, Any]) -> dict[str, str]:
    return {used["list_code"]: used["dataset_version"] for used in row["lists"] or () if used["dataset_version"]}


def _changes_since(
    ctx: StageContext, lists: Sequence[ListInUse], since: Mapping[str, str]
) -> tuple[frozenset[EntryKey], frozenset[EntryKey]] | None:
    """Entries that came or changed, and those that went, since these versions; None when one can no longer be read."""
    changed: set[EntryKey] = set()
    gone: set[EntryKey] = set()
    for used in lists:
        code, now = used.policy.code, used.version.version if used.version else None
        if since.get(code) == now:
            continue
        try:
            before = _marks(ctx, used.policy.dataset, since.get(code))
        except ConfigError:
            return None
        after = _marks(ctx, used.policy.dataset, now)
        changed |= {(code, entry_id) for entry_id, mark in after.items() if before.get(entry_id) != mark}
        gone |= {(code, entry_id) for entry_id in before.keys() - after.keys()}
    return frozenset(changed), frozenset(gone)


def _marks(ctx: StageContext, dataset: str, version: str | None) -> dict[str, tuple[str, bool]]:
    """What of each entry counts for a comparison."""
    if version is None:
        return {}
    table = ctx.lake.read(ctx.lake.version(dataset, version), columns=["entry_id", "entry_fingerprint", "is_binding"])
    columns = (table[name].to_pylist() for name in table.column_names)
    return {entry_id: (mark, bool(binding)) for entry_id, mark, binding in zip(*columns, strict=True)}
