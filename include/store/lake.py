"""The lake: datasets as Parquet, each version a folder that is never changed after it is published.

A version is written beside the others, checked, and becomes visible when the ledger moves its pointer.
A crash before that leaves a folder nobody reads. Every row carries its key and fingerprint, so that a
reader can ask which keys changed since the version it last consumed. The root is a folder or any address
fsspec knows (`s3://bucket/lake`): the pointer needs no rename, so object stores serve as well as disks.
"""

import gzip
import hashlib
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import duckdb
import fsspec
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq
from fsspec.implementations.local import LocalFileSystem

from include.core.errors import ConfigError, DriftDetected
from include.core.summary import Counts
from include.store.ledger import Ledger
from include.store.ledger.repository import Row

KEY, FINGERPRINT = "_key", "_fp"
KEY_SEPARATOR = "|"
ROW_GROUP = 50_000


@dataclass(frozen=True)
class Version:
    """One published version of a dataset; `path` is its Parquet file, relative to the root of the lake."""

    dataset: str
    version: str
    path: str
    rows: int
    key: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True)
class Published:
    """What `Lake.publish` did: the current version, counts against the one before, whether it is new."""

    version: Version
    counts: Counts
    is_new: bool


@dataclass(frozen=True)
class RawPage:
    """A page as it arrived, kept under the run that fetched it; `path` is relative to the root of the lake."""

    source: str
    stream: str
    run_id: str
    name: str
    path: str


class Check(Protocol):
    """A gate between writing and publishing: returns what is wrong, or None."""

    def __call__(self, table: pa.Table) -> str | None:
        """Return a problem in words, or None when the table may be published."""
        ...


class Lake:
    """A folder of datasets and the ledger that knows which version of each is current."""

    def __init__(self, root: str | Path, ledger: Ledger) -> None:
        self.root = str(root)
        self.ledger = ledger
        self._fs, self._base = fsspec.core.url_to_fs(self.root)

    # --- publishing

    def publish(
        self,
        dataset: str,
        table: pa.Table,
        *,
        key: Sequence[str],
        run_id: str,
        inputs: Mapping[str, str] | None = None,
        checks: Sequence[Check] = (),
    ) -> Published:
        """Make `table` the current version of `dataset`; one row per `key`.

        Identical content publishes nothing. Counts compare with the version before: rows in the table are
        created, changed or unchanged. Raises DriftDetected when a check fails or a key is null or doubled;
        the version before then stays current.
        """
        stamped = _stamp(table, key)
        _refuse_bad_keys(dataset, stamped, key)
        for check in checks:
            problem = check(table)
            if problem is not None:
                raise DriftDetected(dataset, problem, "The version before stays in use; mend the cause and run again")
        content_hash = _content_hash(stamped)
        before = self.current(dataset)
        if before is not None and self._row(before)["content_hash"] == content_hash:
            return Published(before, Counts(read=table.num_rows, unchanged=table.num_rows), is_new=False)
        counts = self._compare(before, stamped)
        version = self._write_version(dataset, stamped, key, content_hash, run_id, inputs or {})
        return Published(version, counts, is_new=True)

    def _write_version(
        self,
        dataset: str,
        stamped: pa.Table,
        key: Sequence[str],
        content_hash: str,
        run_id: str,
        inputs: Mapping[str, str],
    ) -> Version:
        # Time to find it by eye, content to recognise it, chance to keep two apart when old content comes back.
        name = f"v{self.ledger.clock.now():%Y%m%dT%H%M%S}-{content_hash[:8]}-{uuid.uuid4().hex[:6]}"
        path = f"datasets/{dataset}/{name}/data.parquet"
        self._make_folder_of(path)
        with self._fs.open(self._full(path), "wb") as file:
            pq.write_table(stamped, file, compression="zstd", row_group_size=ROW_GROUP)
        self.ledger.datasets.publish(
            dataset,
            name,
            path=path,
            rows=stamped.num_rows,
            key=key,
            content_hash=content_hash,
            inputs=inputs,
            run_id=run_id,
        )
        published = self.current(dataset)
        if published is None:
            raise ConfigError(dataset, "the version just published is not there", "Check HUB_LEDGER_URL")
        return published

    def _compare(self, before: Version | None, stamped: pa.Table) -> Counts:
        rows = stamped.num_rows
        if before is None:
            return Counts(read=rows, created=rows)
        old = self._parquet(before, [KEY, FINGERPRINT])
        with _memory() as con:
            con.register("old", old)
            con.register("new", stamped.select([KEY, FINGERPRINT]))
            created, unchanged = con.execute(
                f"select count(*) filter (old.{KEY} is null), count(*) filter (old.{FINGERPRINT} = new.{FINGERPRINT}) "
                f"from new left join old using ({KEY})"
            ).fetchone() or (0, 0)
        return Counts(read=rows, created=created, unchanged=unchanged, changed=rows - created - unchanged)

    # --- reading

    def current(self, dataset: str) -> Version | None:
        """The current version of `dataset`, or None when there is none yet."""
        row = self.ledger.datasets.current(dataset)
        return None if row is None else self._version(row)

    def version(self, dataset: str, version: str) -> Version:
        """One version by name. Raises ConfigError when it is unknown or retention removed it."""
        row = self.ledger.datasets.get(dataset, version)
        if row is None or row["retired_at"] is not None:
            raise ConfigError(f"{dataset} {version}", "there is no such version", "Read the current one")
        return self._version(row)

    def read(self, dataset: str | Version, columns: Sequence[str] | None = None) -> pa.Table:
        """Read a dataset (its current version) or a pinned version. Raises ConfigError when there is none."""
        version = dataset if isinstance(dataset, Version) else self.pin([dataset])[dataset]
        table = self._parquet(version, columns)
        return table.drop_columns([name for name in (KEY, FINGERPRINT) if name in table.column_names])

    def read_or_empty(self, dataset: str, schema: pa.Schema) -> pa.Table:
        """Read a dataset that may not exist yet; then an empty table of `schema`."""
        version = self.current(dataset)
        return schema.empty_table() if version is None else self.read(version)

    def pin(self, datasets: Sequence[str]) -> dict[str, Version]:
        """The current versions of `datasets`, to be read from for the rest of a run.

        Raises ConfigError naming every dataset that has no version yet.
        """
        found = {dataset: self.current(dataset) for dataset in datasets}
        missing = [dataset for dataset, version in found.items() if version is None]
        if missing:
            raise ConfigError(", ".join(missing), "no version was published yet", "Run the stage that makes it first")
        return {dataset: version for dataset, version in found.items() if version is not None}

    @contextmanager
    def query(self, pinned: Mapping[str, Version]) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open DuckDB in memory with one view per pinned dataset."""
        with _memory() as con:
            for dataset, version in pinned.items():
                self._mount(con, dataset, version)
            yield con

    def changed_keys(self, dataset: str, since: str | None, to: str | None = None) -> pa.Table:
        """Keys that differ between two versions: `_key`, `change` (added, changed, removed).

        `since` None means everything is new; `to` None means the current version.
        """
        schema = pa.schema([(KEY, pa.string()), ("change", pa.string())])
        target = self.version(dataset, to) if to is not None else self.current(dataset)
        if target is None:
            return schema.empty_table()
        new = self._parquet(target, [KEY, FINGERPRINT])
        if since is None:
            return pa.table([new[KEY], pa.array(["added"] * new.num_rows, pa.string())], schema=schema)
        if since == target.version:
            return schema.empty_table()
        old = self._parquet(self.version(dataset, since), [KEY, FINGERPRINT])
        with _memory() as con:
            con.register("old", old)
            con.register("new", new)
            return (
                con.sql(
                    f"select {KEY}, case when old.{FINGERPRINT} is null then 'added' "
                    f"when new.{FINGERPRINT} is null then 'removed' else 'changed' end as change "
                    f"from new full join old using ({KEY}) "
                    f"where old.{FINGERPRINT} is distinct from new.{FINGERPRINT} order by {KEY}"
                )
                .to_arrow_table()
                .cast(schema)
            )

    # --- raw pages

    def land_raw(self, source: str, stream: str, run_id: str, name: str, payload: bytes) -> RawPage:
        """Keep a page as it arrived, before anything is made of it. Landing it again replaces it."""
        path = f"raw/{source}/{stream}/{run_id}/{name}.gz"
        self._make_folder_of(path)
        scratch = f"{path}.part"  # a page half written by a crash is never taken for a page
        with self._fs.open(self._full(scratch), "wb") as file:
            file.write(gzip.compress(payload, compresslevel=3, mtime=0))
        self._fs.mv(self._full(scratch), self._full(path))
        return RawPage(source, stream, run_id, name, path)

    def raw_pages(self, source: str, stream: str, run_id: str) -> list[RawPage]:
        """Pages of one run in the order of their names."""
        folder = f"raw/{source}/{stream}/{run_id}"
        names = sorted(str(file).rsplit("/", 1)[-1] for file in self._fs.glob(f"{self._full(folder)}/*.gz"))
        return [RawPage(source, stream, run_id, name.removesuffix(".gz"), f"{folder}/{name}") for name in names]

    def read_raw(self, page: RawPage) -> bytes:
        """The page as it arrived."""
        return gzip.decompress(self._fs.cat_file(self._full(page.path)))

    def raw_runs(self) -> list[str]:
        """Folders of landed pages, one per run: raw/<source>/<stream>/<run id>, relative to the root."""
        folders = (str(folder).rstrip("/") for folder in self._fs.glob(self._full("raw/*/*/*")))
        return sorted("/".join(folder.split("/")[-4:]) for folder in folders)

    def drop_raw(self, folder: str) -> None:
        """Remove the landed pages of one run, as named by `raw_runs`."""
        self._fs.rm(self._full(folder), recursive=True)

    # --- retention

    def retain(self, dataset: str, *, keep: int, older_than: timedelta) -> int:
        """Remove files of versions beyond the newest `keep` that are older than `older_than`; return how many.

        Versions some stage last consumed are kept: it will ask what changed since.
        """
        consumed = {versions.get(dataset) for versions in self.ledger.runs.consumed_versions() if versions.get(dataset)}
        before = self.ledger.clock.now() - older_than
        removed = 0
        for row in self.ledger.datasets.old_versions(dataset, keep, before):
            if row["version"] not in consumed:
                self.ledger.datasets.retire(dataset, row["version"])
                self._remove(row["path"])
                removed += 1
        return removed

    # --- files

    def _full(self, path: str) -> str:
        return f"{self._base}/{path}"

    def _make_folder_of(self, path: str) -> None:
        self._fs.makedirs(self._full(path.rsplit("/", 1)[0]), exist_ok=True)

    def _remove(self, path: str) -> None:
        folder = self._full(path.rsplit("/", 1)[0])
        if self._fs.exists(folder):
            self._fs.rm(folder, recursive=True)

    def _parquet(self, version: Version, columns: Sequence[str] | None) -> pa.Table:
        names = list(columns) if columns is not None else None
        return pq.read_table(self._full(version.path), columns=names, filesystem=self._fs)

    def _mount(self, con: duckdb.DuckDBPyConnection, dataset: str, version: Version) -> None:
        """Make a version visible as a view; DuckDB reads local files itself, others through Arrow."""
        source = f"read_parquet('{self._full(version.path).replace(chr(39), chr(39) * 2)}')"
        if not isinstance(self._fs, LocalFileSystem):
            con.register(f"_{dataset}", ds.dataset(self._full(version.path), filesystem=self._fs, format="parquet"))
            source = f'"_{dataset}"'
        con.execute(f'create view "{dataset}" as select * exclude ({KEY}, {FINGERPRINT}) from {source}')

    def _row(self, version: Version) -> Row:
        row = self.ledger.datasets.get(version.dataset, version.version)
        return row or {"content_hash": None}

    def _version(self, row: Row) -> Version:
        return Version(
            dataset=row["dataset"],
            version=row["version"],
            path=row["path"],
            rows=row["rows"],
            key=tuple(row["key"]),
            created_at=row["created_at"],
        )


@contextmanager
def _memory() -> Iterator[duckdb.DuckDBPyConnection]:
    con = duckdb.connect(":memory:")
    try:
        con.execute("set timezone = 'UTC'")
        con.execute("set enable_progress_bar = false")
        con.execute("set autoinstall_known_extensions = false")
        con.execute("set autoload_known_extensions = false")
        yield con
    finally:
        con.close()


def _stamp(table: pa.Table, key: Sequence[str]) -> pa.Table:
    """Add key and fingerprint to every row and sort by key, so that equal content is equal byte by byte."""
    missing = [name for name in key if name not in table.column_names]
    if missing:
        raise ConfigError("key " + ", ".join(key), f"the table has no column {', '.join(missing)}", "Mend the model")
    plain = table.drop_columns([name for name in (KEY, FINGERPRINT) if name in table.column_names])
    with _memory() as con:
        con.register("plain", plain)
        columns = ", ".join(f'"{name}"' for name in sorted(plain.column_names))
        joined = f" || '{KEY_SEPARATOR}' || ".join(f'"{name}"::varchar' for name in key)
        return (
            con.sql(
                f"select *, {joined} as {KEY}, md5(row({columns})::varchar) as {FINGERPRINT} from plain order by {KEY}"
            )
            .to_arrow_table()
            .cast(pa.schema([*plain.schema, (KEY, pa.string()), (FINGERPRINT, pa.string())]))
        )


def _refuse_bad_keys(dataset: str, stamped: pa.Table, key: Sequence[str]) -> None:
    keys = stamped[KEY]
    if keys.null_count:
        raise DriftDetected(dataset, f"{keys.null_count} rows have no {', '.join(key)}", "Mend the source or the model")
    doubled = len(keys) - len(keys.unique())
    if doubled:
        raise DriftDetected(dataset, f"{doubled} rows repeat their {', '.join(key)}", "Mend the source or the model")


def _content_hash(stamped: pa.Table) -> str:
    digest = hashlib.sha256("\0".join(f"{f.name}:{f.type}" for f in stamped.schema).encode())
    for key, fp in zip(stamped[KEY].to_pylist(), stamped[FINGERPRINT].to_pylist(), strict=True):
        digest.update(f"{key}\0{fp}\n".encode())
    return digest.hexdigest()
