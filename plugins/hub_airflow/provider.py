"""What Airflow must know to offer "NEO" as a connection type: form fields, labels, placeholders.

Reached through the `apache_airflow_provider` entry point of this distribution. Airflow imports it in every process,
so nothing is imported here; the hook itself lives in `hub_airflow.hooks`.
"""

from typing import Any

CONNECTION_TYPE = "neo"


def get_provider_info() -> dict[str, Any]:
    """Provider metadata in Airflow's own schema: the `neo` connection type, its form and its hook class."""
    return {
        "package-name": "neo-hub",
        "name": "neo-hub",
        "description": "NEO, the agency's CRM (Dataverse Web API).",
        "connection-types": [
            {
                "connection-type": CONNECTION_TYPE,
                "hook-class-name": "hub_airflow.hooks.NeoHook",
                "hook-name": "NEO (Dataverse)",
                "ui-field-behaviour": {
                    "hidden-fields": ["port", "schema"],
                    "relabeling": {
                        "host": "Organisation URL",
                        "login": "Application (client) id",
                        "password": "Client secret",
                    },
                    "placeholders": {
                        "host": "https://<organisation>.crm.dynamics.com",
                        "login": "00000000-0000-0000-0000-000000000000",
                    },
                },
                "conn-fields": {
                    "tenant": {
                        "label": "Tenant id",
                        "schema": {"type": ["string", "null"]},
                    },
                    "authority": {
                        "label": "Login authority (with tenant)",
                        "schema": {"type": ["string", "null"]},
                    },
                },
            }
        ],
    }
