"""The hook of the connection type `neo`: from an Airflow connection to the connector that speaks to NEO."""

from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook

from hub_airflow.connections import settings_for_neo
from hub_airflow.provider import CONNECTION_TYPE
from include.core.errors import HubError

if TYPE_CHECKING:
    from connectors.neo.client import NeoClient


class NeoHook(BaseHook):
    """Opens NEO through an Airflow connection. All protocol is in `connectors.neo`."""

    conn_name_attr = "neo_conn_id"
    default_conn_name = "neo_default"
    conn_type = CONNECTION_TYPE
    hook_name = "NEO (Dataverse)"

    def __init__(self, neo_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.neo_conn_id = neo_conn_id

    def get_conn(self) -> "NeoClient":
        """Return a client; nothing is sent yet. Raises ConfigError when the connection is incomplete."""
        from connectors.neo.client import open_neo

        return open_neo(settings_for_neo(self.neo_conn_id))

    def test_connection(self) -> tuple[bool, str]:
        """Ask NEO who we are. Returns (works, sentence); the sentence carries no secret."""
        try:
            with self.get_conn() as client:
                identity = client.whoami()
        except HubError as error:
            return False, str(error)
        return True, f"NEO answers; we are its application user {identity.user_id}"
