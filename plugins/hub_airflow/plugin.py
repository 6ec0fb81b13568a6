"""What the plugin offers: the page "neo-hub" in Airflow's menu, and the small application that serves it.

Airflow imports this in every one of its processes, so the application itself is loaded at its first request.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

PREFIX = "/neo-hub"

Message = MutableMapping[str, Any]


class LazyPages:
    """An ASGI application that becomes the real one when somebody looks at it."""

    def __init__(self) -> None:
        self._app: Any = None

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[Message], Awaitable[None]],
    ) -> None:
        """Serve one request, after loading the application if it is the first."""
        if self._app is None:
            from hub_airflow.pages.app import create_app

            self._app = create_app()
        await self._app(scope, receive, send)


class NeoHubPlugin(AirflowPlugin):
    """Registered with Airflow by `plugins/neo_hub_plugin.py`."""

    name = "neo_hub"
    # Lists on the class, because that is how Airflow declares and reads them.
    fastapi_apps: list[Any] = [  # noqa: RUF012
        {"app": LazyPages(), "url_prefix": PREFIX, "name": "neo-hub"},
    ]
    external_views: list[Any] = [  # noqa: RUF012
        {
            "name": "neo-hub",
            "href": f"{PREFIX}/page",
            "destination": "nav",
            "url_route": "neo-hub",
            "nav_top_level": True,
        }
    ]
