"""Airflow on a temporary home, for every test of this folder, and the project's DAGs read once."""

from typing import TYPE_CHECKING

import pytest

from tests.fixtures.airflow import PROJECT_ROOT, use_temporary_airflow

if TYPE_CHECKING:
    from airflow.dag_processing.dagbag import DagBag

use_temporary_airflow()


@pytest.fixture(scope="session")
def dag_bag() -> "DagBag":
    """Every DAG of the project."""
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(str(PROJECT_ROOT / "dags"))


@pytest.fixture(scope="session")
def airflow_database() -> None:
    """Airflow's tables in the temporary home."""
    from airflow.utils.db import initdb

    initdb()
