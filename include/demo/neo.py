"""What the demo asks of NEO: how many rows are ours, one record worth showing, and the sandbox's request log."""

import json
from typing import TYPE_CHECKING, Any

import requests

from include.core.neo_schema import KEY_COLUMN
from include.core.settings import Settings

if TYPE_CHECKING:
    from connectors.neo.client import NeoClient


def count_rows(client: "NeoClient", table: str) -> int:
    """Rows of `table` that carry the hub's key, counted by NEO."""
    params = {"$filter": f"{KEY_COLUMN} ne null", "$count": "true", "$select": KEY_COLUMN, "$top": "1"}
    return int(client.get_json(client.table(table).set_name, params=params)["@odata.count"])


def fetch_example_page(client: "NeoClient", url: str) -> str | None:
    """Address of the 360° page of one customer the hub knows; None while there is none."""
    account = client.table("account")
    params = {"$filter": f"{KEY_COLUMN} ne null", "$select": account.id_column, "$top": "1"}
    rows = client.get_json(account.set_name, params=params)["value"]
    return f"{url.rstrip('/')}/360/cuentas/{rows[0][account.id_column]}" if rows else None


def fetch_request_log(settings: Settings, since: int) -> list[dict[str, Any]]:
    """What the sandbox's NEO was asked after the entry number `since`, oldest first."""
    identity = json.loads((settings.home / "sandbox" / "identity.json").read_text(encoding="utf-8"))
    answer = requests.get(
        f"{settings.neo.url.rstrip('/')}/_sandbox/requests",
        params={"since": since},
        headers={"x-sandbox-token": identity["control_token"]},
        verify=str(settings.ca_bundle),
        timeout=30,
    )
    answer.raise_for_status()
    log: list[dict[str, Any]] = answer.json()["requests"]
    return log
