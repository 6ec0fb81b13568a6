"""Alembic's entrance: migrates the connection it is handed; the schema is declared in include.store.ledger.tables."""

from alembic import context

from include.store.ledger.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, version_table="ledger_version")
with context.begin_transaction():
    context.run_migrations()
