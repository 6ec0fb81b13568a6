"""Airflow on a temporary home, for every test of this folder."""

from tests.fixtures.airflow import use_temporary_airflow

use_temporary_airflow()
