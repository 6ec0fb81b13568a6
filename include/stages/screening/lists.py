"""The lists in use: which version each one has, how old it is, and its entries as records.

A list without a version, or one that nobody could refresh in time, is not usable; what that means for a result
is decided by the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.stages.protocol import Inputs, StageContext
from include.store.lake import Version
from transforms.screening.policy import ListPolicy, SarlaftPolicy
from transforms.screening.records import ListEntry
from transforms.screening.subjects import list_entry

COLUMNS = (
    "entry_id", "list_code", "entry_type", "names", "identifiers", "birth_dates", "countries", "is_binding",
    "entry_fingerprint",
)  # fmt: skip


@dataclass(frozen=True)
class ListInUse:
    """One list of the policy as it stands now. `version_id` identifies the published file, for the record."""

    policy: ListPolicy
    version: Version | None
    version_id: str | None
    published_at: datetime | None
    is_stale: bool

    @property
    def is_usable(self) -> bool:
        """True when a comparison with it counts."""
        return self.version is not None and not self.is_stale

    def as_record(self) -> dict[str, str | None]:
        """What a result keeps of it: nothing that changes by the mere passing of time."""
        return {
            "list_code": self.policy.code,
            "version": self.version_id,
            "dataset_version": self.version.version if self.version else None,
            "published_at": self.published_at.date().isoformat() if self.published_at else None,
        }


def lists_in_use(ctx: StageContext, inputs: Inputs, policy: SarlaftPolicy) -> list[ListInUse]:
    """Return every list of the policy with the version pinned for this run."""
    limit = timedelta(days=policy.stale_after_days)
    found = []
    for wanted in policy.lists:
        version = inputs.versions.get(wanted.dataset)
        known = ctx.ledger.lists.active(wanted.code) if version else None
        # The ledger notes a version again whenever the publisher is found to have nothing newer.
        confirmed_at = known["fetched_at"] if known else version.created_at if version else None
        found.append(
            ListInUse(
                policy=wanted,
                version=version,
                version_id=known["version_id"] if known else version.version if version else None,
                published_at=known["published_at"] if known else None,
                is_stale=confirmed_at is not None and ctx.clock.now() - confirmed_at > limit,
            )
        )
    return found


def read_entries(ctx: StageContext, lists: Iterable[ListInUse]) -> list[ListEntry]:
    """Read the entries of every list that has a version, stale ones too: a finding on an old list is a finding."""
    return [
        list_entry(row)
        for used in lists
        if used.version is not None
        for row in ctx.lake.read(used.version, columns=COLUMNS).to_pylist()
    ]


def all_usable(lists: Iterable[ListInUse]) -> bool:
    """True when every required list can be counted on."""
    return all(used.is_usable for used in lists if used.policy.required)
