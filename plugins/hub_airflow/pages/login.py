"""Airflow's own login check, in one place because it is an internal part of Airflow.

Applications that a plugin mounts are open to everybody unless they ask for this themselves.
"""

from airflow.api_fastapi.core_api.security import get_user

require_login = get_user

__all__ = ["require_login"]
