"""`hub quarantine`: what waits, why, and judging it again; content stays hidden unless asked for."""

import json
import re
from pathlib import Path

import pytest
import responses
from typer.testing import CliRunner, Result

from include.commands.quarantine import app
from include.core.errors import ConfigError
from include.core.settings import load_settings
from include.stages.ingest import run_source
from include.stages.protocol import open_context
from tests.stages.ingest_portal import ADDRESS, Portal, registration

PERSON = "Inventada Secreta"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub with two registrations in quarantine."""
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    monkeypatch.setenv("HUB_PORTAL__URL", ADDRESS)
    monkeypatch.setenv("COLUMNS", "200")
    portal = Portal()
    portal.put("registrations", registration(1), registration(2, country="Atlántida", contact_first_name=PERSON))
    portal.put("registrations", registration(3, nit="800197268-5"))
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock, open_context(load_settings()) as ctx:
        portal.install(mock)
        run_source(ctx, "portal")
    return tmp_path


def hub(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def entry_of(record: str) -> int:
    listed = json.loads(hub("list", "--json").stdout)
    return next(int(entry["id"]) for entry in listed if entry["record_key"] == record)


def test_the_list_names_records_and_reasons_and_nobody() -> None:
    text = hub("list").stdout
    assert re.search(r"R000002\s+country\s+unknown_country", text)
    assert re.search(r"R000003\s+nit\s+nit_check_digit", text)
    assert PERSON not in text
    assert PERSON not in hub("list", "--json").stdout


def test_the_list_can_be_narrowed() -> None:
    assert "Nothing waits" in hub("list", "--source", "rues").stdout
    assert "and 1 more" in hub("list", "--source", "portal", "--stream", "registrations", "--limit", "1").stdout


def test_show_says_what_to_do_and_masks_values() -> None:
    text = hub("show", str(entry_of("R000002"))).stdout
    assert "no country is known by this name" in text
    assert "hub quarantine replay" in text
    assert re.search(rf"contact_first_name\s+text of {len(PERSON)} characters", text)
    assert PERSON not in text
    assert PERSON in hub("show", str(entry_of("R000002")), "--reveal").stdout


def test_a_number_nobody_has_is_a_config_error() -> None:
    for arguments in (["show", "999"], ["replay", "999"]):
        with pytest.raises(ConfigError, match="no open entry"):
            hub(*arguments)


def test_replay_tells_how_many_passed_and_how_many_wait() -> None:
    assert "0 records passed, 2 still wait" in hub("replay").stdout


def test_replay_of_one_entry_as_json() -> None:
    (summary,) = json.loads(hub("replay", str(entry_of("R000003")), "--json").stdout)
    assert (summary["stage"], summary["total"]["read"]) == ("replay__portal", 1)


def test_replay_with_nothing_waiting_says_so() -> None:
    assert "Nothing waits" in hub("replay", "--source", "rues").stdout
