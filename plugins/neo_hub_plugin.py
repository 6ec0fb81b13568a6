"""The door through which Airflow finds the plugin; what it offers is in `hub_airflow.plugin`."""

from hub_airflow.plugin import NeoHubPlugin

__all__ = ["NeoHubPlugin"]
