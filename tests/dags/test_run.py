"""DAGs run for real, by Airflow's own runner, on a hub in a temporary folder."""

import sqlite3
from pathlib import Path

import pytest
from airflow.dag_processing.dagbag import DagBag

pytestmark = pytest.mark.usefixtures("airflow_database")


@pytest.fixture
def hub_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub that knows no outside system."""
    home = tmp_path / "hub"
    monkeypatch.setenv("HUB_HOME", str(home))
    return home


def test_upkeep_copies_the_ledger_announces_it_and_has_nothing_to_do_the_second_time(
    dag_bag: DagBag, hub_home: Path
) -> None:
    dag = dag_bag.dags["maintenance"]

    first = dag.test()
    (task,) = first.get_task_instances()
    assert (first.state, task.state) == ("success", "success")
    summary = task.xcom_pull(task_ids="maintenance")
    assert summary["stage"] == "maintenance"
    assert summary["parts"]["ledger copy"]["created"] == 1
    (copy,) = (hub_home / "backups").glob("ledger-*.db")
    with sqlite3.connect(copy) as ledger:
        assert ledger.execute("select count(*) from run").fetchone() is not None

    second = dag.test()
    (task,) = second.get_task_instances()
    assert (second.state, task.state) == ("success", "skipped")
    assert task.xcom_pull(task_ids="maintenance")["parts"]["ledger copy"]["created"] == 0


def test_a_stage_that_waits_for_its_inputs_is_skipped_says_so_and_starts_nobody(
    dag_bag: DagBag, hub_home: Path
) -> None:
    from airflow.models.asset import AssetEvent, AssetModel
    from airflow.utils.session import create_session
    from sqlalchemy import func, select

    run = dag_bag.dags["customer_360"].test()
    (task,) = run.get_task_instances()
    assert (run.state, task.state) == ("success", "skipped")
    summary = task.xcom_pull(task_ids="customer_360")
    assert summary["skipped"] is True
    assert "waits for" in summary["notes"][0]
    with create_session() as session:
        events = select(func.count()).select_from(AssetEvent).join(AssetModel, AssetModel.id == AssetEvent.asset_id)
        assert session.scalar(events.where(AssetModel.name == "customer_360")) == 0
