"""The law of the house, asserted for every DAG there is: nobody has to remember it when adding one."""

import json
import re
import subprocess
import sys
from datetime import timedelta

from airflow.dag_processing.dagbag import DagBag
from hub_airflow.order import FLOW_POOL, FLOW_SLOTS
from hub_airflow.retry import HubRetryPolicy
from hub_airflow.tags import PLACES, Tag

from include.core.source_sheet import SOURCES_DIR
from include.demo import airflow_setup
from include.stages.registry import STAGES
from tests.fixtures.airflow import PROJECT_ROOT

SECTIONS = ("Purpose", "Inputs", "Outputs", "Triage", "Rerun")
BUDGET = 120


def test_every_file_is_read_and_makes_the_dags_it_should(dag_bag: DagBag) -> None:
    sources = {f"ingest__{path.stem}" for path in SOURCES_DIR.glob("*.yml")}
    flows = {path.stem for path in (PROJECT_ROOT / "dags").glob("*.py")} - {"ingest"}
    assert dag_bag.import_errors == {}
    assert set(dag_bag.dags) == sources | flows
    assert len(dag_bag.dags) > 10


def test_every_dag_tells_a_stranger_what_to_do(dag_bag: DagBag) -> None:
    for dag in dag_bag.dags.values():
        told = [section for section in SECTIONS if f"**{section}.**" in (dag.doc_md or "")]
        assert told == list(SECTIONS), f"{dag.dag_id} does not tell all of {SECTIONS}"
        assert dag.doc_md.startswith("# "), dag.dag_id


def test_commands_named_in_the_docs_exist(dag_bag: DagBag) -> None:
    import typer

    from include.cli import app

    root = typer.main.get_command(app)
    named = {
        match
        for dag in dag_bag.dags.values()
        for match in re.findall(r"`hub ([a-z_]+(?: [a-z]+)?)[^`]*`", dag.doc_md or "")
    }
    assert len(named) >= 3
    for words in named:
        first, _, second = words.partition(" ")
        assert first in root.commands, f"`hub {words}`"
        if second and hasattr(root.commands[first], "commands"):
            assert second in root.commands[first].commands, f"`hub {words}`"


def test_every_dag_runs_alone_and_catches_nothing_up(dag_bag: DagBag) -> None:
    for dag in dag_bag.dags.values():
        assert (dag.max_active_runs, dag.catchup) == (1, False), dag.dag_id
        assert dag.schedule is not None, f"{dag.dag_id} would never start"


def test_every_dag_has_its_place_and_only_known_tags(dag_bag: DagBag) -> None:
    known = {str(tag) for tag in Tag}
    for dag in dag_bag.dags.values():
        assert dag.tags <= known, dag.dag_id
        assert len(dag.tags & PLACES) == 1, f"{dag.dag_id} needs exactly one of {sorted(PLACES)}"


def test_every_task_has_an_owner_a_limit_and_the_rules_for_retries(dag_bag: DagBag) -> None:
    tasks = [task for dag in dag_bag.dags.values() for task in dag.tasks]
    assert len(tasks) > 10
    for task in tasks:
        assert task.owner == "datos", task
        assert timedelta() < task.execution_timeout <= timedelta(hours=3), task
        assert task.retries >= 3, task
        assert isinstance(task.retry_policy, HubRetryPolicy), task


def test_every_stage_of_the_flow_is_a_task_exactly_once(dag_bag: DagBag) -> None:
    stages = sorted(outlet.name for dag in dag_bag.dags.values() for task in dag.tasks for outlet in task.outlets)
    assert stages == sorted(STAGES)


def test_sources_run_side_by_side_and_the_flow_one_stage_at_a_time_the_earlier_first(dag_bag: DagBag) -> None:
    tasks = {task.outlets[0].name: task for dag in dag_bag.dags.values() for task in dag.tasks}
    pools = {name: task.pool for name, task in tasks.items()}
    assert {name for name, pool in pools.items() if pool == FLOW_POOL} == {
        name for name, spec in STAGES.items() if not spec.is_source or name == "ingest__neo"
    }
    assert len(set(pools.values())) == 2
    in_order = [tasks[name] for name in STAGES if name in tasks]
    weights = [task.priority_weight for task in in_order]
    assert weights == sorted(weights, reverse=True)
    assert all(task.weight_rule == "absolute" or "Absolute" in type(task.weight_rule).__name__ for task in in_order)


def test_whoever_sets_airflow_up_makes_the_pool() -> None:
    assert (airflow_setup.FLOW_POOL, airflow_setup.FLOW_SLOTS) == (FLOW_POOL, FLOW_SLOTS)
    init = (PROJECT_ROOT / "docker" / "init.sh").read_text(encoding="utf-8")
    assert f"airflow pools set {FLOW_POOL} {FLOW_SLOTS} " in init


def test_dag_files_stay_wiring() -> None:
    files = list((PROJECT_ROOT / "dags").glob("*.py"))
    assert len(files) >= 8
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= BUDGET, file.name
        assert not re.search(r"^\s*(from|import) dags\b", text, re.MULTILINE), f"{file.name} imports another DAG"
        assert "plugins.hub_airflow" not in text, file.name


def test_reading_the_dags_imports_nothing_heavy() -> None:
    """Airflow reads them again and again, in a fresh process each; a second here is a second for every task."""
    heavy = ["great_expectations", "pandas", "pyarrow", "duckdb", "altair", "msal", "rapidfuzz"]
    probe = (
        "import json, runpy, sys; import airflow.sdk;"
        f"[runpy.run_path(path) for path in {[str(path) for path in (PROJECT_ROOT / 'dags').glob('*.py')]!r}];"
        f"print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", probe], check=True, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert json.loads(done.stdout.splitlines()[-1]) == []
