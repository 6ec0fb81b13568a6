"""Airflow connections over the hub's settings: `neo_default`, `portal_default` and the like win where they exist.

An installation may keep its addresses and secrets in Airflow's own vault. Named fields are read one by one; nothing
else of a connection reaches a client.
"""

from collections.abc import Callable, Sequence
from typing import Any

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException
from pydantic import SecretStr

from include.core.errors import ConfigError
from include.core.settings import MailServer, OAuthEndpoint, PlainEndpoint, Settings, TokenEndpoint, load_settings

SYSTEMS = ("neo", "portal", "rues", "lists", "directory", "mail")


def settings_from_airflow(systems: Sequence[str] = SYSTEMS) -> Settings:
    """Return the settings of this process with the `<system>_default` connections of `systems` laid over them.

    A connection that is not defined changes nothing. Raises ConfigError when one is there but incomplete.
    """
    settings = load_settings()
    found = {system: _find(f"{system}_default") for system in systems}
    overlay = {system: _READERS[system](conn) for system, conn in found.items() if conn is not None}
    return settings.model_copy(update=overlay)


def settings_for_neo(conn_id: str) -> Settings:
    """Return the settings with NEO as the connection `conn_id` describes it; the rest is as usual."""
    conn = Connection.get(conn_id)
    return load_settings().model_copy(update={"neo": _oauth_endpoint(conn)})


def _find(conn_id: str) -> Connection | None:
    try:
        conn: Connection = Connection.get(conn_id)
    except AirflowNotFoundException:
        return None
    return conn


def _oauth_endpoint(conn: Connection) -> OAuthEndpoint:
    tenant = _extra(conn, "tenant")
    authority = _extra(conn, "authority") or f"https://login.microsoftonline.com/{tenant}"
    if not tenant and not _extra(conn, "authority"):
        raise ConfigError(f"connection {conn.conn_id}", "no tenant is given", "Fill in its tenant id")
    return OAuthEndpoint(
        url=_url(conn),
        authority=authority,
        tenant=tenant or authority.rstrip("/").rsplit("/", 1)[-1],
        client_id=conn.login or "",
        client_secret=SecretStr(conn.password or ""),
    )


def _token_endpoint(conn: Connection) -> TokenEndpoint:
    return TokenEndpoint(url=_url(conn), token=SecretStr(conn.password or ""))


def _plain_endpoint(conn: Connection) -> PlainEndpoint:
    return PlainEndpoint(url=_url(conn))


def _mail_server(conn: Connection) -> MailServer:
    given: dict[str, Any] = {"host": conn.host, "port": conn.port, "user": conn.login}
    given |= {"sender": _extra(conn, "sender"), "password": conn.password and SecretStr(conn.password)}
    given["starttls"] = _extra(conn, "starttls").lower() == "true"
    return MailServer(**{name: value for name, value in given.items() if value})


def _url(conn: Connection) -> str:
    """The address: `host` is a URL, or a bare host name that is reached by https."""
    host = (conn.host or "").rstrip("/")
    if not host:
        raise ConfigError(f"connection {conn.conn_id}", "no address is given", "Fill in its host")
    if "://" in host:
        return host
    return f"https://{host}" + (f":{conn.port}" if conn.port else "")


def _extra(conn: Connection, name: str) -> str:
    return str(conn.extra_dejson.get(name) or "")


_READERS: dict[str, Callable[[Connection], Any]] = {
    "neo": _oauth_endpoint,
    "portal": _token_endpoint,
    "rues": _token_endpoint,
    "lists": _plain_endpoint,
    "directory": _oauth_endpoint,
    "mail": _mail_server,
}
