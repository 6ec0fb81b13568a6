"""`hub neo` and `hub plan` against a real sandbox NEO, as a person types them."""

import json

import pytest
import typer
from typer.testing import CliRunner

from include.commands import neo as neo_command
from include.commands import plan as plan_command
from tests.fixtures.live_neo import LiveNeo, bare_neo
from tests.stages.writeback_hub import open_hub
from tests.stages.writeback_world import customer, small_world

__all__ = ["bare_neo"]


@pytest.fixture
def hub_of(tmp_path, monkeypatch):
    """Point the environment of this process to a NEO and to a hub in a temporary folder."""

    def point(neo: LiveNeo):
        endpoint = neo.endpoint
        for name, value in {
            "HUB_HOME": tmp_path,
            "HUB_CA_BUNDLE": neo.ca_bundle,
            "HUB_NEO__URL": endpoint.url,
            "HUB_NEO__AUTHORITY": endpoint.authority,
            "HUB_NEO__TENANT": endpoint.tenant,
            "HUB_NEO__CLIENT_ID": endpoint.client_id,
            "HUB_NEO__CLIENT_SECRET": endpoint.client_secret.get_secret_value(),
        }.items():
            monkeypatch.setenv(name, str(value))
        return tmp_path

    return point


@pytest.fixture
def plan_app() -> typer.Typer:
    app = typer.Typer()
    app.command("plan")(plan_command.plan)
    return app


def test_from_an_empty_organisation_to_a_plan_of_one_record(bare_neo, hub_of, plan_app, monkeypatch):
    """One story, because each step needs the one before: who am I, check, provision, check, plan, one record."""
    monkeypatch.setattr("include.stages.ingesting.publishing.judge_batches", lambda batches: [])
    home = hub_of(bare_neo)
    runner = CliRunner()
    me = runner.invoke(neo_command.app, ["whoami", "--json"])
    assert json.loads(me.stdout)["url"] == bare_neo.url
    assert runner.invoke(neo_command.app, ["check"]).exit_code == 1

    planned = json.loads(runner.invoke(neo_command.app, ["provision", "--plan", "--json"]).stdout)
    assert {step["action"] for step in planned} == {"create"}
    done = runner.invoke(neo_command.app, ["provision"])
    assert done.exit_code == 0, done.output
    assert "created" in done.stdout
    checked = runner.invoke(neo_command.app, ["check"])
    assert (checked.exit_code, checked.stdout.strip()) == (0, "NEO has everything the sheets ask for.")

    world = small_world()
    world.rows["dim_customer"].append(customer(7, portal_company_id="C-7", size="gigante"))
    with open_hub(bare_neo, home) as hub:
        world.publish(hub.context())
    facts = json.loads(runner.invoke(plan_app, ["--json"]).stdout)
    assert facts["tables"]["account"] == {
        "create": 4, "update": 0, "unchanged": 0, "conflict": 0, "held": 0, "rejected": 1,
    }  # fmt: skip
    assert facts["requests"] == 10
    assert [(reason["action"], reason["code"]) for reason in facts["reasons"]] == [("rejected", "unknown_option")]

    shown = runner.invoke(plan_app, ["--no-refresh"])
    assert "10 bulk requests" in shown.stdout
    assert "CU-00000001" in shown.stdout
    [view] = json.loads(runner.invoke(plan_app, ["--no-refresh", "--diff", "CU-00000001", "--json"]).stdout)
    assert view["action"] == "create"
    assert {c["column"]: c["desired"] for c in view["changes"]}["name"] == "Cafés del Sur 1 S.A.S."
    table = runner.invoke(plan_app, ["--no-refresh", "--diff", "CU-00000001"], env={"COLUMNS": "200"})
    assert "Cafés del Sur 1 S.A.S." in table.stdout
    assert runner.invoke(plan_app, ["--no-refresh", "--diff", "CU-99999999"]).exit_code == 1
    assert bare_neo.store.count("account") == 0  # looking writes nothing
