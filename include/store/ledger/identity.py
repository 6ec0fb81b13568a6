"""Identifiers we minted, which source record belongs to which, and what people judged.

An identifier is minted once and never recomputed; a merged one is marked as transferred.
"""

from collections.abc import Sequence

import pyarrow as pa
from sqlalchemy import func, insert, select, update

from include.store.ledger.repository import Repository, Row
from include.store.ledger.tables import identity_link, judgement, minted

PREFIX = {"customer": "CU", "person": "PE"}
LINK_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("source_key", pa.string()),
        ("hub_id", pa.string()),
        ("rule", pa.string()),
        ("confidence", pa.float64()),
    ]
)


class IdentityRepository(Repository):
    """Minting and links."""

    def mint(self, kind: str, n: int, run_id: str) -> list[str]:
        """Return `n` new identifiers of `kind` (customer, person), in order, in one transaction."""
        if n <= 0:
            return []
        now = self.clock.now()
        with self._write() as connection:
            last = connection.scalar(select(func.max(minted.c.number)).where(minted.c.kind == kind)) or 0
            rows = [
                {
                    "kind": kind,
                    "number": last + i,
                    "hub_id": f"{PREFIX[kind]}-{last + i:08d}",
                    "minted_at": now,
                    "run_id": run_id,
                }
                for i in range(1, n + 1)
            ]
            connection.execute(insert(minted), rows)
        return [str(row["hub_id"]) for row in rows]

    def mint_with_links(self, kind: str, groups: Sequence[Sequence[Row]], run_id: str) -> list[str]:
        """Mint one identifier per group and link its records, all in one transaction.

        A crash leaves neither identifiers without records nor records without identifiers. Each record is
        {source, source_key, rule, confidence}.
        """
        if not groups:
            return []
        now = self.clock.now()
        with self._write() as connection:
            last = connection.scalar(select(func.max(minted.c.number)).where(minted.c.kind == kind)) or 0
            hub_ids = [f"{PREFIX[kind]}-{last + i:08d}" for i in range(1, len(groups) + 1)]
            connection.execute(
                insert(minted),
                [
                    {"kind": kind, "number": last + i, "hub_id": hub_id, "minted_at": now, "run_id": run_id}
                    for i, hub_id in enumerate(hub_ids, start=1)
                ],
            )
            links = [
                {**record, "kind": kind, "hub_id": hub_id, "run_id": run_id, "at": now}
                for hub_id, group in zip(hub_ids, groups, strict=True)
                for record in group
            ]
            if links:
                connection.execute(insert(identity_link), links)
        return hub_ids

    def links(self, kind: str) -> pa.Table:
        """The newest link of every source record: source, source_key, hub_id, rule, confidence."""
        newest = (
            select(func.max(identity_link.c.id).label("id"))
            .where(identity_link.c.kind == kind)
            .group_by(identity_link.c.source, identity_link.c.source_key)
            .subquery()
        )
        columns = [identity_link.c[name] for name in LINK_SCHEMA.names]
        statement = (
            select(*columns)
            .join(newest, identity_link.c.id == newest.c.id)
            .order_by(identity_link.c.source, identity_link.c.source_key)
        )
        return pa.Table.from_pylist(self._rows(statement), schema=LINK_SCHEMA)

    def save_links(self, kind: str, rows: Sequence[Row], run_id: str) -> None:
        """Append links: {source, source_key, hub_id, rule, confidence}. Pass only those that changed."""
        now = self.clock.now()
        self._insert_many(identity_link, [{**row, "kind": kind, "run_id": run_id, "at": now} for row in rows])

    def transfer(self, old: str, new: str, run_id: str) -> None:
        """Mark `old` as merged into `new`; it is never used again."""
        with self._write() as connection:
            connection.execute(update(minted).where(minted.c.hub_id == old).values(transferred_to=new))

    def transfers(self) -> dict[str, str]:
        """Merged identifiers and where they went."""
        statement = select(minted.c.hub_id, minted.c.transferred_to).where(minted.c.transferred_to.is_not(None))
        return {str(row["hub_id"]): str(row["transferred_to"]) for row in self._rows(statement)}


class JudgementRepository(Repository):
    """Append-only verdicts on pairs of records; the newest of a pair counts and beats any score."""

    def add(
        self,
        kind: str,
        left_record: str,
        right_record: str,
        verdict: str,
        decided_by: str,
        *,
        score: float | None = None,
        evidence: str | None = None,
        rule_version: str | None = None,
    ) -> None:
        """Record `same`, `different` or `unsure` for a pair (order of the two does not matter)."""
        left, right = sorted((left_record, right_record))
        row = {
            "kind": kind,
            "left_record": left,
            "right_record": right,
            "verdict": verdict,
            "decided_by": decided_by,
            "score": score,
            "evidence": evidence,
            "rule_version": rule_version,
            "at": self.clock.now(),
        }
        self._insert_many(judgement, [row])

    def current(self, kind: str) -> dict[tuple[str, str], str]:
        """The newest verdict of every pair."""
        rows = self._rows(select(judgement).where(judgement.c.kind == kind).order_by(judgement.c.id))
        return {(row["left_record"], row["right_record"]): row["verdict"] for row in rows}
