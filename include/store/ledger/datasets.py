"""Versions of lake datasets. A version becomes visible by one transaction that moves its pointer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import desc, func, insert, select, update

from include.store.ledger.repository import Repository, Row, upsert
from include.store.ledger.tables import dataset_pointer, dataset_version


class DatasetRepository(Repository):
    """The catalogue of the lake."""

    def publish(
        self,
        dataset: str,
        version: str,
        *,
        path: str,
        rows: int,
        key: Sequence[str],
        content_hash: str,
        inputs: Mapping[str, str],
        run_id: str,
    ) -> None:
        """Add a version and make it the current one, in one transaction."""
        now = self.clock.now()
        with self._write() as connection:
            last = connection.scalar(
                select(func.max(dataset_version.c.sequence)).where(dataset_version.c.dataset == dataset)
            )
            connection.execute(
                insert(dataset_version).values(
                    dataset=dataset,
                    version=version,
                    sequence=(last or 0) + 1,
                    path=path,
                    rows=rows,
                    key=list(key),
                    content_hash=content_hash,
                    inputs=dict(inputs),
                    run_id=run_id,
                    created_at=now,
                )
            )
            pointer = {"dataset": dataset, "version": version, "moved_at": now}
            upsert(connection, dataset_pointer, [pointer], key=["dataset"], update=["version", "moved_at"])

    def current(self, dataset: str) -> Row | None:
        """The version the pointer names, or None."""
        return self._first(
            select(dataset_version)
            .join(
                dataset_pointer,
                (dataset_pointer.c.dataset == dataset_version.c.dataset)
                & (dataset_pointer.c.version == dataset_version.c.version),
            )
            .where(dataset_version.c.dataset == dataset)
        )

    def get(self, dataset: str, version: str) -> Row | None:
        """One version, current or not."""
        return self._first(
            select(dataset_version).where(dataset_version.c.dataset == dataset, dataset_version.c.version == version)
        )

    def all_current(self) -> list[Row]:
        """Every dataset with its current version."""
        return self._rows(
            select(dataset_version)
            .join(
                dataset_pointer,
                (dataset_pointer.c.dataset == dataset_version.c.dataset)
                & (dataset_pointer.c.version == dataset_version.c.version),
            )
            .order_by(dataset_version.c.dataset)
        )

    def old_versions(self, dataset: str, keep: int, before: datetime) -> list[Row]:
        """Versions beyond the newest `keep` that were made before `before` and still have files."""
        rows = self._rows(
            select(dataset_version)
            .where(dataset_version.c.dataset == dataset)
            .order_by(desc(dataset_version.c.sequence))
        )
        return [row for row in rows[keep:] if row["retired_at"] is None and row["created_at"] < before]

    def retire(self, dataset: str, version: str) -> None:
        """Note that the files of a version are gone; the fact that it existed stays."""
        with self._write() as connection:
            connection.execute(
                update(dataset_version)
                .where(dataset_version.c.dataset == dataset, dataset_version.c.version == version)
                .values(retired_at=self.clock.now())
            )
