"""The questions to Airflow's REST API, at the edge."""

import pytest
import requests
import responses
from responses import matchers

from include.core.errors import ConfigError, RetriableError
from include.demo.airflow_api import AirflowApi

URL = "http://127.0.0.1:8080"
API = f"{URL}/api/v2"


@pytest.fixture
def api() -> AirflowApi:
    return AirflowApi(URL, "admin", "a-password")


@responses.activate
def test_logging_in_carries_the_token_along(api: AirflowApi) -> None:
    login = {"username": "admin", "password": "a-password"}
    responses.post(
        f"{URL}/auth/token", json={"access_token": "T"}, status=201, match=[matchers.json_params_matcher(login)]
    )
    bearer = matchers.header_matcher({"Authorization": "Bearer T"})
    responses.get(f"{API}/dags", json={"dags": [{"dag_id": "a"}, {"dag_id": "b"}]}, match=[bearer])
    api.log_in()
    assert api.dag_ids() == {"a", "b"}


@responses.activate
def test_a_refused_login_says_what_to_do_and_not_the_password(api: AirflowApi) -> None:
    responses.post(f"{URL}/auth/token", status=401)
    with pytest.raises(ConfigError) as refused:
        api.log_in()
    assert "passwords.json" in str(refused.value)
    assert "a-password" not in str(refused.value)


@responses.activate
def test_healthy_means_every_component_asked_for(api: AirflowApi) -> None:
    assert not api.is_healthy(["scheduler"])  # nobody listens yet
    health = {"scheduler": {"status": "healthy"}, "triggerer": {"status": None}}
    responses.get(f"{API}/monitor/health", json=health)
    assert api.is_healthy(["scheduler"])
    assert not api.is_healthy(["scheduler", "triggerer"])


@responses.activate
def test_a_question_is_repeated_and_an_order_is_not(api: AirflowApi) -> None:
    responses.get(f"{API}/dags", body=requests.ConnectionError())
    responses.get(f"{API}/dags", json={"dags": []})
    assert api.dag_ids() == set()
    responses.post(f"{API}/dags/x/dagRuns", body=requests.ConnectionError())
    with pytest.raises(RetriableError):
        api.trigger("x")
    assert len([call for call in responses.calls if call.request.method == "POST"]) == 1


@responses.activate
@pytest.mark.parametrize(("there", "method"), [([], "POST"), ([{"name": "hub_flow"}], "PATCH")])
def test_a_pool_is_made_or_resized(api: AirflowApi, there: list[dict[str, str]], method: str) -> None:
    responses.get(f"{API}/pools", json={"pools": there})
    responses.post(f"{API}/pools", json={})
    responses.patch(f"{API}/pools/hub_flow", json={})
    api.set_pool("hub_flow", 0)
    assert [call.request.method for call in responses.calls] == ["GET", method]


@responses.activate
def test_waiting_events_are_found_in_any_dag(api: AirflowApi) -> None:
    responses.get(f"{API}/dags/a/assets/queuedEvents", status=404)
    responses.get(f"{API}/dags/b/assets/queuedEvents", json={"total_entries": 2})
    assert not api.has_queued_events(["a"])
    assert api.has_queued_events(["a", "b"])


@responses.activate
def test_a_failure_comes_with_the_readable_end_of_its_log(api: AirflowApi) -> None:
    task = {
        "dag_id": "d",
        "dag_run_id": "asset__2026-11-03T12:00:00+00:00",
        "task_id": "t",
        "try_number": 2,
        "state": "failed",
    }
    upstream = task | {"state": "upstream_failed"}
    responses.get(f"{API}/dags/~/dagRuns/~/taskInstances", json={"task_instances": [task, upstream]})
    log = [
        {"event": "::group::Pre Execute"},
        {
            "event": "Task failed with exception",
            "error_detail": [{"exc_type": "ConfigError", "exc_value": "no address"}],
        },
    ]
    path = "dags/d/dagRuns/asset__2026-11-03T12%3A00%3A00%2B00%3A00/taskInstances/t/logs/2"
    responses.get(f"{API}/{path}", json={"content": log})
    (failure,) = api.failures("2026-11-03T00:00:00+00:00")
    assert failure.log_tail == "Task failed with exception\nConfigError: no address"


@responses.activate
def test_files_airflow_could_not_read_are_named_with_the_last_line(api: AirflowApi) -> None:
    error = {"filename": "ingest.py", "stack_trace": "Traceback ...\n  line\nKeyError: 'x'\n"}
    responses.get(f"{API}/importErrors", json={"import_errors": [error]})
    assert api.import_errors() == ["ingest.py: KeyError: 'x'"]
