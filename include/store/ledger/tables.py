"""Tables of the ledger: facts that cannot be computed again.

Append-only where a row records a fact; the few rows that change (pointers, states, locks, switches)
say so. The same definitions serve SQLite and PostgreSQL; migrations live in `sql/ledger/`.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Identity = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows only in INTEGER keys


class Instant(TypeDecorator):  # type: ignore[type-arg]
    """An aware UTC instant; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value, dialect):  # type: ignore[no-untyped-def]
        """Return the stored instant with its UTC zone."""
        from datetime import UTC

        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


run = Table(
    "run",
    metadata,
    Column("run_id", String(64), primary_key=True),
    Column("stage", String(64), primary_key=True),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("state", String(16), nullable=False),  # running | success | failed | skipped
    Column("summary", JSON),
    Column("error", Text),
    Column("error_type", String(64)),
)
Index("ix_run_stage_started_at", run.c.stage, run.c.started_at)

dataset_version = Table(
    "dataset_version",
    metadata,
    Column("dataset", String(96), primary_key=True),
    Column("version", String(64), primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("path", Text, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("key", JSON, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("inputs", JSON, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),  # set when retention removed its files
    UniqueConstraint("dataset", "sequence"),
)

dataset_pointer = Table(  # changes: one row per dataset, moved in one transaction
    "dataset_pointer",
    metadata,
    Column("dataset", String(96), primary_key=True),
    Column("version", String(64), nullable=False),
    Column("moved_at", Instant, nullable=False),
)

consumption = Table(
    "consumption",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("stage", String(64), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("versions", JSON, nullable=False),
    Column("sheets", JSON, nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_consumption_stage_id", consumption.c.stage, consumption.c.id)

watermark = Table(
    "watermark",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("stream", String(96), nullable=False),
    Column("value", Text, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_watermark_source_stream_id", watermark.c.source, watermark.c.stream, watermark.c.id)

quarantine = Table(  # changes: state only
    "quarantine",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("stream", String(96), nullable=False),
    Column("record_key", String(256), nullable=False),
    Column("raw_hash", String(16), nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("field", String(96), nullable=False),
    Column("reason_code", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("remedy", Text, nullable=False),
    Column("raw", JSON, nullable=False),
    Column("state", String(16), nullable=False),  # open | resolved
    Column("at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_run_id", String(64)),
    UniqueConstraint("source", "stream", "record_key", "raw_hash"),
)

list_version = Table(
    "list_version",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("list_code", String(32), nullable=False),
    Column("version_id", String(64), nullable=False),
    Column("published_at", Instant),
    Column("fetched_at", Instant, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("aliases", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # active | rejected
    Column("reason", Text),
    Column("dataset_version", String(64)),
    Column("run_id", String(64), nullable=False),
)

minted = Table(  # changes: transferred_to, once
    "minted",
    metadata,
    Column("kind", String(16), primary_key=True),  # customer | person
    Column("number", Integer, primary_key=True),
    Column("hub_id", String(16), nullable=False, unique=True),
    Column("minted_at", Instant, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("transferred_to", String(16)),
)

identity_link = Table(  # append-only: the newest row of a source record counts
    "identity_link",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("source", String(64), nullable=False),
    Column("source_key", String(256), nullable=False),
    Column("hub_id", String(16), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_identity_link_record", identity_link.c.kind, identity_link.c.source, identity_link.c.source_key)

judgement = Table(
    "judgement",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("left_record", String(256), nullable=False),
    Column("right_record", String(256), nullable=False),
    Column("verdict", String(16), nullable=False),  # same | different | unsure
    Column("decided_by", String(128), nullable=False),
    Column("score", Float),
    Column("evidence", Text),
    Column("rule_version", String(64)),
    Column("at", Instant, nullable=False),
)

case_event = Table(  # append-only: a case is the sum of its events
    "case_event",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("case_id", String(64), nullable=False),
    Column("event", String(32), nullable=False),  # opened | state | note
    Column("state", String(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)
Index("ix_case_event_case_id", case_event.c.case_id)

outcome = Table(
    "outcome",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("run_id", String(64), nullable=False),
    Column("plan_id", String(64), nullable=False),
    Column("target", String(64), nullable=False),
    Column("row_key", String(256), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason_code", String(64)),
    Column("reason", Text),
    Column("columns", JSON),
    Column("before", JSON),
    Column("request_id", String(64)),
    Column("at", Instant, nullable=False),
)
Index("ix_outcome_row_key_id", outcome.c.row_key, outcome.c.id)
Index("ix_outcome_run_id", outcome.c.run_id)

sent = Table(  # changes: the newest values we sent, per row and column, and what stood there before we wrote
    "sent",
    metadata,
    Column("target", String(64), primary_key=True),
    Column("row_key", String(256), primary_key=True),
    Column("values", JSON, nullable=False),
    Column("replaced", JSON, nullable=False),
    Column("run_id", String(64), nullable=False),
    Column("at", Instant, nullable=False),
)

outbox = Table(  # changes: state, attempts, note
    "outbox",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("dedupe_key", String(128), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),  # portal | mail
    Column("kind", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("state", String(16), nullable=False),  # pending | sent | held | cancelled
    Column("attempts", Integer, nullable=False),
    Column("note", Text),
    Column("run_id", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
Index("ix_outbox_channel_state", outbox.c.channel, outbox.c.state)

lock = Table(  # changes: a lease
    "lock",
    metadata,
    Column("name", String(96), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("process", String(128), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

switch = Table(  # changes: newest row of a name counts
    "switch",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=True),
    Column("name", String(96), nullable=False),
    Column("is_on", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("at", Instant, nullable=False),
)
