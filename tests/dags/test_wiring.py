"""What starts what, read from the DAGs as Airflow sees them and compared with the registry of stages."""

from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import AssetAny

from include.stages.registry import STAGES


def starters(dag_bag: DagBag) -> dict[str, set[str]]:
    """DAG id to the names of the assets whose events start it; DAGs that follow the clock have none."""
    return {
        dag_id: {asset.name for asset in dag.schedule.objects} if isinstance(dag.schedule, AssetAny) else set()
        for dag_id, dag in dag_bag.dags.items()
    }


def stages_of(dag_bag: DagBag) -> dict[str, set[str]]:
    """DAG id to the stages it runs."""
    return {
        dag_id: {outlet.name for task in dag.tasks for outlet in task.outlets} for dag_id, dag in dag_bag.dags.items()
    }


def test_each_dag_is_started_by_every_maker_of_its_inputs_and_by_nothing_else(dag_bag: DagBag) -> None:
    makers: dict[str, set[str]] = {}
    for spec in STAGES.values():
        for dataset in spec.outputs:
            makers.setdefault(dataset, set()).add(spec.name)
    found, stages = starters(dag_bag), stages_of(dag_bag)
    for dag_id, run_here in stages.items():
        inputs = {dataset for stage in run_here for dataset in STAGES[stage].inputs}
        expected = {maker for dataset in inputs for maker in makers[dataset]} - run_here
        assert found[dag_id] == expected, dag_id


def test_every_dataset_has_one_maker_and_every_input_is_made() -> None:
    made = [dataset for spec in STAGES.values() for dataset in spec.outputs]
    read = {dataset for spec in STAGES.values() for dataset in spec.inputs}
    assert len(made) == len(set(made)) > 40
    assert read <= set(made)


def test_no_dag_can_start_itself_through_the_others(dag_bag: DagBag) -> None:
    """A loop of events would run for ever."""
    found, stages = starters(dag_bag), stages_of(dag_bag)
    dag_of = {stage: dag_id for dag_id, names in stages.items() for stage in names}
    before = {dag_id: {dag_of[name] for name in names} for dag_id, names in found.items()}
    for dag_id in before:
        seen: set[str] = set()
        waiting = set(before[dag_id])
        while waiting:
            current = waiting.pop()
            seen.add(current)
            waiting |= before[current] - seen
        assert dag_id not in seen, dag_id


def test_only_sources_and_upkeep_follow_the_clock(dag_bag: DagBag) -> None:
    by_clock = {dag_id for dag_id, names in starters(dag_bag).items() if not names}
    assert by_clock == {name for name, spec in STAGES.items() if spec.is_source} | {"maintenance"}


def test_an_asset_has_one_name_and_one_address_with_a_path(dag_bag: DagBag) -> None:
    """Airflow switches an asset off when its address is known under two names."""
    assets = {
        (asset.name, asset.uri)
        for dag in dag_bag.dags.values()
        for task in dag.tasks
        for asset in (*task.inlets, *task.outlets)
    }
    assert len(assets) == len({name for name, _ in assets}) == len({uri for _, uri in assets}) == len(STAGES)
    assert all(uri == f"neo-hub://stages/{name}" for name, uri in assets)


def test_decisions_on_registrations_follow_a_screening_that_had_nothing_to_do(dag_bag: DagBag) -> None:
    decide = dag_bag.dags["sarlaft"].get_task("decide_registrations")
    assert decide.upstream_task_ids == {"screen"}
    assert decide.trigger_rule == "none_failed"
