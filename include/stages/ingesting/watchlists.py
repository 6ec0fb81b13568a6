"""Screening lists: fetch what changed, parse all of it, and replace the version in use only by a believable one.

A list is all or nothing. A publication that is cut, has shrunk, changed too much or is older than the one in use is
recorded as rejected with its reason and stops this source loudly; the good version stays, nobody is cleared by it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import pyarrow as pa

from connectors.lists.download import FetchedFile, Validator, fetch_files, open_lists
from connectors.lists.entry import CountryOf, MalformedListError, ParsedList
from connectors.lists.ofac import parse_ofac
from connectors.lists.un import parse_un
from include.core.code_version import code_version
from include.core.errors import DriftDetected
from include.core.fingerprint import fingerprint
from include.core.reference import country_code
from include.core.source_sheet import ListSheet, SourceSheet, list_entry_schema
from include.core.summary import Counts, RunSummary
from include.stages.protocol import StageContext
from include.store.lake import Version
from include.store.ledger.repository import Row

ENTRIES = "entries"
# A version found unchanged is noted again after this long, so that its age says when it was last confirmed.
_CONFIRM_AFTER = timedelta(hours=1)
_SPELLINGS_TOLD = 8


@dataclass(frozen=True)
class _Publication:
    """The files of a list as fetched, and the id of their content."""

    version_id: str
    files: Mapping[str, bytes]
    validators: Mapping[str, Validator]
    last_modified: datetime | None


def ingest_watchlist(ctx: StageContext, sheet: SourceSheet, summary: RunSummary) -> None:
    """Bring a list up to date and tell the summary. Raises DriftDetected when the publication is rejected."""
    watch = _watchlist(sheet)
    dataset = sheet.datasets[ENTRIES]
    reading = fingerprint(watch.model_dump(mode="json"), code_version())
    known = _known_validators(ctx, sheet.source, reading)
    fetched = _fetch(ctx, watch, known)
    active, current = ctx.ledger.lists.active(watch.code), ctx.lake.current(dataset)
    publication = _publication(fetched)
    is_new = publication is not None and (active is None or active["version_id"] != publication.version_id)
    if current is not None and active is not None and not is_new and known:
        _confirm(ctx, active)
        if publication is not None:
            _remember(ctx, sheet.source, reading, publication)
        summary.parts[ENTRIES] = Counts(read=current.rows, unchanged=current.rows)
        summary.versions_out[dataset] = current.version
        return
    publication = publication or _publication(_fetch(ctx, watch, {}))
    if publication is None:
        raise DriftDetected(sheet.source, "the server keeps saying that nothing changed", "Look at the address")
    _accept(ctx, sheet, publication, current, active if is_new else None, summary)
    _remember(ctx, sheet.source, reading, publication)


def _accept(
    ctx: StageContext,
    sheet: SourceSheet,
    publication: _Publication,
    current: Version | None,
    active: Row | None,
    summary: RunSummary,
) -> None:
    """Parse, judge against the version in use (`active`, when it is another one) and publish."""
    watch = _watchlist(sheet)
    for part, payload in publication.files.items():
        ctx.lake.land_raw(sheet.source, ENTRIES, ctx.run_id, part, payload)
    try:
        parsed = parse_list(watch, publication.files)
    except MalformedListError as error:
        raise _reject(ctx, sheet, publication, None, str(error)) from None
    table = pa.Table.from_pylist([entry.to_row() for entry in parsed.entries], schema=list_entry_schema())
    before = None if active is None or current is None else ctx.lake.read(current, ["entry_id", "entry_fingerprint"])
    dated = active["published_at"] if active else None
    problem = judge_version(watch, publication.version_id, parsed, before, dated)
    if problem is not None:
        raise _reject(ctx, sheet, publication, parsed, problem)
    published = ctx.lake.publish(sheet.datasets[ENTRIES], table, key=["entry_id"], run_id=ctx.run_id)
    ctx.ledger.lists.add(
        watch.code,
        publication.version_id,
        run_id=ctx.run_id,
        entries=len(parsed.entries),
        aliases=parsed.aliases,
        state="active",
        published_at=parsed.published_at or publication.last_modified,
        dataset_version=published.version.version,
    )
    summary.parts[ENTRIES] = published.counts
    summary.versions_out[sheet.datasets[ENTRIES]] = published.version.version
    summary.notes += [*parsed.notes, *_unknown_countries(parsed)]


def parse_list(watch: ListSheet, files: Mapping[str, bytes]) -> ParsedList:
    """Parse the files of a publication by the format of its sheet. Raises MalformedListError."""
    if watch.format == "ofac":
        return parse_ofac(
            files, list_code=watch.code, country_of=_country_of(watch), binding_programs=watch.binding_programs
        )
    return parse_un(files, list_code=watch.code, country_of=_country_of(watch))


def judge_version(
    watch: ListSheet, version_id: str, parsed: ParsedList, before: pa.Table | None, published_before: datetime | None
) -> str | None:
    """Why a publication may not replace the version in use (`before`: its ids and fingerprints), or None."""
    entries = len(parsed.entries)
    if entries < watch.min_entries:
        return f"it has {entries} entries, at least {watch.min_entries} are expected of this list"
    if before is None or version_id in watch.accepted:
        return None
    if parsed.published_at and published_before and parsed.published_at < published_before:
        return f"it is of {parsed.published_at:%Y-%m-%d}, older than the version in use ({published_before:%Y-%m-%d})"
    least = watch.min_share * before.num_rows
    if entries < least:
        return f"it has {entries} entries, the version in use {before.num_rows}: fewer than {watch.min_share:.0%}"
    old = dict(zip(before["entry_id"].to_pylist(), before["entry_fingerprint"].to_pylist(), strict=True))
    new = {entry.entry_id: entry.entry_fingerprint for entry in parsed.entries}
    changed = sum(1 for key in old.keys() | new.keys() if old.get(key) != new.get(key))
    if changed > watch.max_changed * before.num_rows:
        return f"{changed} entries came, went or changed, of {before.num_rows}: more than {watch.max_changed:.0%}"
    return None


def _reject(
    ctx: StageContext, sheet: SourceSheet, publication: _Publication, parsed: ParsedList | None, reason: str
) -> DriftDetected:
    watch = _watchlist(sheet)
    newest = next((row for row in ctx.ledger.lists.all() if row["list_code"] == watch.code), None)
    if newest is None or (newest["state"], newest["version_id"]) != ("rejected", publication.version_id):
        ctx.ledger.lists.add(
            watch.code,
            publication.version_id,
            run_id=ctx.run_id,
            entries=len(parsed.entries) if parsed else 0,
            aliases=parsed.aliases if parsed else 0,
            state="rejected",
            published_at=(parsed and parsed.published_at) or publication.last_modified,
            reason=reason,
        )
    remedy = (
        "The last good version stays in use and grows old. If it was a bad download the next run mends it; if the "
        f"publisher really changed that much, add {publication.version_id} under `accepted` in "
        f"include/config/sources/{sheet.source}.yml and run again"
    )
    return DriftDetected(watch.code, reason, remedy)


def _fetch(ctx: StageContext, watch: ListSheet, known: Mapping[str, Validator]) -> dict[str, FetchedFile]:
    mirror = ctx.settings.lists.url
    if not mirror and watch.official is None:
        ctx.settings.require("lists")
    base_url = f"{mirror.rstrip('/')}/{watch.mirror}" if mirror else str(watch.official)
    with open_lists(base_url, ctx.settings.ca_bundle) as session:
        return fetch_files(session, watch.files, known)


def _publication(fetched: Mapping[str, FetchedFile]) -> _Publication | None:
    """What was fetched as one publication; None when no file changed."""
    files = {part: file.payload for part, file in fetched.items() if file.payload is not None}
    if len(files) < len(fetched):
        return None
    digest = hashlib.sha256()
    for part in sorted(files):
        digest.update(part.encode() + b"\0" + hashlib.sha256(files[part]).digest())
    # The first file of the sheet is the list itself; the others add to it.
    last_modified = next(iter(fetched.values())).published_at
    return _Publication(digest.hexdigest(), files, {p: f.validator for p, f in fetched.items()}, last_modified)


def _known_validators(ctx: StageContext, source: str, reading: str) -> dict[str, Validator]:
    """Validators of the last read, unless the sheet or the code reads the files differently now."""
    text = ctx.ledger.watermarks.get(source, ENTRIES)
    kept = json.loads(text) if text else {}
    if kept.get("reading") != reading:
        return {}
    return {part: Validator(**facts) for part, facts in kept["validators"].items()}


def _remember(ctx: StageContext, source: str, reading: str, publication: _Publication) -> None:
    validators = {part: asdict(validator) for part, validator in publication.validators.items()}
    value = json.dumps({"reading": reading, "validators": validators}, sort_keys=True)
    ctx.ledger.watermarks.set(source, ENTRIES, value, ctx.run_id)


def _confirm(ctx: StageContext, active: Row) -> None:
    if ctx.clock.now() - active["fetched_at"] < _CONFIRM_AFTER:
        return
    kept = ("list_code", "version_id", "entries", "aliases", "state", "published_at", "dataset_version")
    ctx.ledger.lists.add(**{name: active[name] for name in kept}, run_id=ctx.run_id)


def _watchlist(sheet: SourceSheet) -> ListSheet:
    assert sheet.watchlist is not None
    return sheet.watchlist


def _country_of(watch: ListSheet) -> CountryOf:
    return lambda spelling: watch.countries.get(spelling) or country_code(spelling)


def _unknown_countries(parsed: ParsedList) -> list[str]:
    if not parsed.unknown_countries:
        return []
    often = sorted(parsed.unknown_countries.items(), key=lambda item: (-item[1], item[0]))[:_SPELLINGS_TOLD]
    told = ", ".join(f"{spelling} ({n})" for spelling, n in often)
    more = len(parsed.unknown_countries) - len(often)
    return [f"spellings of countries nobody knows: {told}" + (f" and {more} more" if more > 0 else "")]
