"""SQL lives in files under `sql/`; this is the one loader.

A model is named by its path (`marts/dim_customer`), rendered by jinja2 with strict parameters and run by
DuckDB. Values go through the `literal` filter, names through `name`: nothing is pasted raw.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pyarrow as pa

from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT

SQL_ROOT = PROJECT_ROOT / "sql"


def sql_names(prefix: str) -> list[str]:
    """Return the names of the models that begin with `prefix` (say, writeback/sync_), sorted."""
    names = (path.relative_to(SQL_ROOT).with_suffix("").as_posix() for path in SQL_ROOT.rglob("*.sql"))
    return sorted(name for name in names if name.startswith(prefix))


def render_sql(name: str, **params: Any) -> str:
    """Return the text of a model with its parameters filled in. Raises ConfigError for a missing one."""
    try:
        return _environment().get_template(f"{name}.sql").render(**params)
    except jinja2.TemplateNotFound as error:
        raise ConfigError(f"sql/{name}.sql", "there is no such model", "Check the name") from error
    except jinja2.UndefinedError as error:
        raise ConfigError(f"sql/{name}.sql", str(error), "Pass that parameter") from error


def run_sql(con: duckdb.DuckDBPyConnection, name: str, **params: Any) -> pa.Table:
    """Run a model on `con` and return its rows. Raises ConfigError naming the model when DuckDB refuses it."""
    text = render_sql(name, **params)
    try:
        return con.sql(text).to_arrow_table()
    except duckdb.Error as error:
        raise ConfigError(f"sql/{name}.sql", str(error).split("\n")[0], "Mend the model or its inputs") from error


def literal(value: Any) -> str:
    """Write a Python value as a DuckDB literal."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return f"timestamptz '{value.isoformat()}'"
    if isinstance(value, date):
        return f"date '{value.isoformat()}'"
    if isinstance(value, str | Path):
        return "'" + str(value).replace("'", "''") + "'"
    if isinstance(value, Iterable):
        return "[" + ", ".join(literal(item) for item in value) + "]"
    raise TypeError(f"no SQL literal for a {type(value).__name__}")


def name(value: str) -> str:
    """Write an identifier; anything but a plain name is refused."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", value):
        raise ConfigError(value, "this is not a plain SQL name", "Use letters, digits and underscores")
    return f'"{value}"'


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(SQL_ROOT),
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - this is SQL; values pass `literal`
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"literal": literal, "name": name}
    return environment
