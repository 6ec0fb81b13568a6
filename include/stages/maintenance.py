"""The nightly upkeep: copy the ledger away, let old lake files go, drop dead leases, name what waits too long.

How much is kept is in `rules/maintenance.yml`. Nothing a stage still has to compare with is removed.
"""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import make_url

from include.core.errors import ConfigError
from include.core.sheets import Sheet, load_sheet, sheet_fingerprint
from include.core.summary import Counts, RunSummary
from include.stages.protocol import StageContext

STAGE = "maintenance"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class LakeRetention(_Part):
    """How many versions and how old."""

    keep_versions: int = Field(ge=1)
    older_than_days: int = Field(ge=0)
    raw_days: int = Field(ge=1)


class LedgerCopies(_Part):
    """How many copies of the ledger stay."""

    copies: int = Field(ge=1)


class QuarantineDigest(_Part):
    """When an entry counts as forgotten."""

    overdue_days: int = Field(ge=0)


class MaintenanceSheet(Sheet):
    """The sheet `rules/maintenance.yml`."""

    lake: LakeRetention
    ledger: LedgerCopies
    quarantine: QuarantineDigest


def run(ctx: StageContext) -> RunSummary:
    """Do the upkeep. The copy comes first: nothing is removed while the ledger is not safe.

    Counts: `changed` is what was removed or copied, `unchanged` what was looked at and stays.
    Raises ConfigError when the copy cannot be written.
    """
    path = ctx.settings.config_dir / "rules" / "maintenance.yml"
    sheet = load_sheet(path, MaintenanceSheet)
    summary = RunSummary(STAGE, ctx.run_id, sheets={"maintenance": sheet_fingerprint(path)})
    summary.parts["ledger copy"] = _write_ledger_copy(ctx, sheet.ledger, summary.notes)
    summary.parts["lake versions"] = _apply_retention(ctx, sheet.lake)
    summary.parts["raw pages"] = _apply_raw_retention(ctx, sheet.lake)
    summary.parts["leases"] = _apply_lease_expiry(ctx)
    summary.parts["quarantine"] = _digest_quarantine(ctx, sheet.quarantine, summary.notes)
    return summary


def _write_ledger_copy(ctx: StageContext, keep: LedgerCopies, notes: list[str]) -> Counts:
    url = make_url(ctx.settings.ledger_url)
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        notes.append("the ledger is on a database server; its copies are made there")
        return Counts()
    folder = ctx.settings.home / "backups"
    target = folder / f"ledger-{ctx.clock.now():%Y%m%d}.db"
    fresh = not target.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if fresh:
            _copy_sqlite(Path(url.database), target)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(str(folder), f"the ledger could not be copied ({type(error).__name__})",
                          "Make room or give the right to write there; nothing was removed") from error  # fmt: skip
    copies = sorted(folder.glob("ledger-*.db"))
    for old in copies[: -keep.copies]:
        old.unlink()
    removed = max(0, len(copies) - keep.copies)
    return Counts(read=len(copies), created=int(fresh), changed=removed, unchanged=len(copies) - removed - int(fresh))


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online copy: consistent while others write. Appears under its name only when complete."""
    scratch = target.with_suffix(".part")
    scratch.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(scratch)) as copy:
        live.backup(copy)
    scratch.chmod(0o600)
    scratch.rename(target)


def _apply_retention(ctx: StageContext, keep: LakeRetention) -> Counts:
    removed = 0
    current = ctx.ledger.datasets.all_current()
    for done, row in enumerate(current, start=1):
        ctx.progress("lake versions", done, len(current))
        age = timedelta(days=keep.older_than_days)
        removed += ctx.lake.retain(row["dataset"], keep=keep.keep_versions, older_than=age)
    return Counts(read=len(current) + removed, changed=removed, unchanged=len(current))


def _apply_raw_retention(ctx: StageContext, keep: LakeRetention) -> Counts:
    """Remove the pages of runs that began before the limit; a run id starts with the moment it began."""
    limit = f"{ctx.clock.now() - timedelta(days=keep.raw_days):%Y%m%dT%H%M%S}"
    runs = ctx.lake.raw_runs()
    old = [folder for folder in runs if folder.rsplit("/", 1)[-1] < limit]
    for folder in old:
        ctx.lake.drop_raw(folder)
    return Counts(read=len(runs), changed=len(old), unchanged=len(runs) - len(old))


def _apply_lease_expiry(ctx: StageContext) -> Counts:
    dropped = ctx.ledger.locks.drop_expired()
    held = len(ctx.ledger.locks.held())
    return Counts(read=dropped + held, changed=dropped, unchanged=held)


def _digest_quarantine(ctx: StageContext, digest: QuarantineDigest, notes: list[str]) -> Counts:
    limit = ctx.clock.now() - timedelta(days=digest.overdue_days)
    groups = ctx.ledger.quarantine.counts()
    for group in groups:
        if group["oldest_at"] < limit:
            notes.append(
                f"{group['rows']} rows of {group['source']}/{group['stream']} wait since "
                f"{group['oldest_at']:%Y-%m-%d} ({group['field']}: {group['reason_code']})"
            )
    waiting = sum(group["rows"] for group in groups)
    return Counts(read=waiting, unchanged=waiting)
