"""Rows and metadata in SQLite. `neo_store.NeoStore` is the door; nothing else here is used from outside the sandbox."""
