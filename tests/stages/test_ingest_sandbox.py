"""The ingest stage against every stand-in system, over real HTTPS with its own authority."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

from include.core.clock import SystemClock
from include.core.errors import DriftDetected, RetriableError
from include.core.settings import load_settings
from include.core.source_sheet import load_source, stream_schema
from include.core.summary import RunSummary
from include.sandbox.up import Sandbox, start_sandbox
from include.sandbox.world import ANCHOR
from include.stages.ingest import run_source
from include.stages.ingesting.replay import replay_source
from include.stages.protocol import StageContext
from include.store.lake import Lake
from include.store.ledger import Ledger

Control = Callable[..., requests.Response]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """A sandbox of this module's own: its users change what the portal and the register hold."""
    with start_sandbox(tmp_path_factory.mktemp("sandbox"), world="quick", seed=7, today=ANCHOR) as running:
        yield running


@pytest.fixture
def sandbox_control(sandbox: Sandbox) -> Control:
    """Calls a control route of this module's sandbox."""

    def call(service: str, method: str, path: str, **more: Any) -> requests.Response:
        url = f"{sandbox.urls[service]}/_sandbox/{path}"
        headers = {"X-Sandbox-Token": sandbox.control_token}
        answer = requests.request(method, url, headers=headers, verify=str(sandbox.ca_bundle), timeout=20, **more)
        answer.raise_for_status()
        return answer

    return call


@pytest.fixture(scope="module")
def hub(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StageContext]:
    """One hub for this module: stores of its own, pointed at the sandbox by the file the sandbox wrote."""
    settings = load_settings(home=sandbox.home)
    folder = tmp_path_factory.mktemp("hub")
    ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}", SystemClock())
    ledger.migrate()
    yield StageContext(settings, Lake(folder / "lake", ledger), ledger, SystemClock(), "run-1")
    ledger.close()


def run(hub: StageContext, source: str) -> RunSummary:
    return run_source(hub, source)


@pytest.fixture(scope="module")
def first(hub: StageContext) -> dict[str, RunSummary]:
    """The first run of every source."""
    return {source: run(hub, source) for source in ("portal", "rues", "listademo", "un", "directory")}


def test_everything_the_portal_holds_is_staged_or_in_quarantine(
    sandbox: Sandbox, hub: StageContext, first: dict[str, RunSummary]
) -> None:
    assert sandbox.world is not None
    for stream, counts in first["portal"].parts.items():
        records = sandbox.world.portal[stream.replace("_", "-")]
        assert (counts.read, counts.created + counts.quarantined) == (len(records), len(records)), stream
    waiting = Counter(entry["reason_code"] for entry in hub.ledger.quarantine.open("portal", "registrations"))
    assert waiting["missing_field"] == waiting["bad_date"] == waiting["unknown_country"] == 1
    assert waiting["nit_check_digit"] >= 2
    assert first["portal"].total.quarantined == waiting.total()


def test_the_whole_register_is_staged(sandbox: Sandbox, hub: StageContext, first: dict[str, RunSummary]) -> None:
    assert sandbox.world is not None
    assert first["rues"].parts["companies"].created == len(sandbox.world.rues)
    table = hub.lake.read("stg_rues__companies")
    assert table["registered_on"].null_count < table.num_rows * 0.02
    assert not any("does not name" in note for note in first["rues"].notes), "every heading is known"


def test_the_advisors_are_staged_with_what_they_serve(
    sandbox: Sandbox, hub: StageContext, first: dict[str, RunSummary]
) -> None:
    assert sandbox.world is not None
    rows = {row["advisor_id"]: row for row in hub.lake.read("stg_directory__advisors").to_pylist()}
    assert len(rows) == len(sandbox.world.advisors)
    for advisor in sandbox.world.advisors:
        row = rows[advisor.advisor_id]
        assert tuple(row["countries"] or ()) == advisor.countries
        assert tuple(row["languages"]) == advisor.languages
        assert (row["office_slug"], row["is_active"], row["email"]) == (
            advisor.office_slug,
            advisor.is_active,
            advisor.email,
        )


def test_staged_columns_are_those_of_the_sheets(hub: StageContext, first: dict[str, RunSummary]) -> None:
    for source in first:
        sheet = load_source(source)
        for stream, dataset in sheet.datasets.items():
            assert hub.lake.read(dataset).schema.equals(stream_schema(sheet, stream)), dataset


def test_a_second_run_of_every_source_publishes_nothing(hub: StageContext, first: dict[str, RunSummary]) -> None:
    for source, summary in first.items():
        again = run(hub, source)
        assert again.versions_out == summary.versions_out, source
        assert (again.total.created, again.total.changed) == (0, 0), source


def test_what_a_user_changes_on_the_portal_arrives(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control
) -> None:
    contact = hub.lake.read("stg_portal__contacts").to_pylist()[0]["contact_id"]
    sandbox_control("portal", "PATCH", f"contacts/{contact}", json={"position": "Directora de compras"})
    counts = run(hub, "portal").parts["contacts"]
    assert (counts.created, counts.changed) == (0, 1)
    rows = {row["contact_id"]: row for row in hub.lake.read("stg_portal__contacts").to_pylist()}
    assert rows[contact]["position"] == "Directora de compras"


def test_a_late_commit_and_a_deletion_arrive(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control
) -> None:
    sandbox_control("portal", "POST", "companies", json=_company("Primera"))
    run(hub, "portal")
    late = (hub.clock.now() - timedelta(minutes=4)).isoformat()
    made = sandbox_control("portal", "POST", "companies", json=_company("Tardía") | {"updated_at": late}).json()
    assert run(hub, "portal").parts["companies"].created == 1
    sandbox_control("portal", "DELETE", f"companies/{made['id']}")
    assert run(hub, "portal").parts["companies"].changed == 1
    assert made["id"] not in hub.lake.read("stg_portal__companies")["company_id"].to_pylist()


def test_a_mended_registration_leaves_quarantine(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control
) -> None:
    (entry,) = [e for e in hub.ledger.quarantine.open("portal") if e["reason_code"] == "unknown_country"]
    sandbox_control("portal", "PATCH", f"registrations/{entry['record_key']}", json={"country": "Perú"})
    run(hub, "portal")
    assert entry["id"] not in [e["id"] for e in hub.ledger.quarantine.open("portal")]
    assert replay_source(hub, "portal").total.created == 0


def test_a_portal_that_throttles_is_waited_for(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control
) -> None:
    sandbox_control("portal", "POST", "faults", json={"status": 429, "times": 2, "retry_after": 0.05})
    run(hub, "portal")
    sandbox_control("portal", "POST", "faults", json={"status": 503, "times": 1, "retry_after": 900})
    with pytest.raises(RetriableError):
        run(hub, "portal")


@pytest.mark.parametrize("damage", ["cut", "shrunk", "gone"])
def test_a_damaged_list_is_refused_and_the_good_one_stays(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control, damage: str
) -> None:
    version = first["un"].versions_out["stg_un__entries"]
    sandbox_control("lists", "POST", f"cut/un?how={damage}")
    try:
        with pytest.raises(RetriableError if damage == "gone" else DriftDetected):
            run(hub, "un")
    finally:
        sandbox_control("lists", "POST", "restore")
    assert run(hub, "un").versions_out["stg_un__entries"] == version
    active = hub.ledger.lists.active("UN-SC")
    assert active is not None
    assert (active["state"], active["entries"]) == ("active", 1003)


def test_new_rows_of_the_register_arrive_without_reading_it_again(
    hub: StageContext, first: dict[str, RunSummary], sandbox_control: Control
) -> None:
    row = {"codigo_camara": "04", "matricula": "99999999", "razon_social": "RECIEN INVENTADA S.A.S.", "nit": "0"}
    body = [row | {"codigo_estado_matricula": "01", "numero_identificacion": "900999999"}]
    sandbox_control("rues", "POST", "rows/c82u-588k", json=body)
    counts = run(hub, "rues").parts["companies"]
    assert counts.created == 1
    assert counts.read < 200
    staged = [r for r in hub.lake.read("stg_rues__companies").to_pylist() if r["registration_no"] == "99999999"]
    assert staged[0]["nit"] is None


def test_no_secret_reaches_the_stores(hub: StageContext, first: dict[str, RunSummary], sandbox: Sandbox) -> None:
    said = json.dumps([summary.to_dict() for summary in first.values()])
    secrets = [value for name, value in sandbox.env.items() if name.endswith(("TOKEN", "SECRET"))]
    assert secrets
    assert not any(secret in said for secret in secrets)


def _company(name: str) -> dict[str, Any]:
    return {
        "audience": "exporter",
        "name": f"{name} Inventada S.A.S.",
        "country": "CO",
        "status": "active",
        "profile_status": "pending",
    }
