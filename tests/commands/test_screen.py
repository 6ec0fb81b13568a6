"""`hub screen`: what the compliance team reads and what a program reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import typer
from typer.testing import CliRunner

from include.commands.screen import screen
from include.core.errors import ConfigError
from include.stages import protocol
from include.stages.protocol import StageContext
from include.stages.screening.lookup import look_up
from tests.stages.sarlaft_lake import entry, publish_list, publish_lists

LISTED = entry(
    "17",
    ["VARGAS ZULETA, Evaristo Leonidas", "[EL TUNO]"],
    identifiers=[{"kind": "cedula", "number": "79123456", "country": "CO"}],
    countries=["CO"],
    birth_dates=["1968-03-14"],
)
runner = CliRunner()


@pytest.fixture
def command(ctx: StageContext, monkeypatch: pytest.MonkeyPatch) -> typer.Typer:
    """The command on a hub with one invented entry."""

    @contextmanager
    def open_here() -> Iterator[StageContext]:
        yield ctx

    monkeypatch.setattr(protocol, "open_context", open_here)
    monkeypatch.setenv("COLUMNS", "200")
    app = typer.Typer()
    app.command()(screen)
    publish_lists(ctx, demo=[LISTED])
    return app


def test_a_finding_is_told_in_spanish_with_its_reason(command: typer.Typer) -> None:
    result = runner.invoke(command, ["Evaristo Vargas Zuleta"])
    assert result.exit_code == 0
    assert "coinciden" in result.output
    assert "LISTA-DEMO" in result.output
    assert "high" in result.output


def test_nothing_found_is_said_with_lists_and_versions(command: typer.Typer) -> None:
    result = runner.invoke(command, ["Marta Lucía Cifuentes"])
    assert "Sin coincidencias en OFAC-SDN, versión sha-1 a 2026-11-01" in " ".join(result.output.split())
    assert "limpio" not in result.output


def test_programs_read_json(command: typer.Typer) -> None:
    result = runner.invoke(command, ["Otro Nombre", "--document", "79.123.456", "--json"])
    answer = json.loads(result.output)
    assert answer["state"] == "hits"
    assert [found["match_level"] for found in answer["findings"]] == ["exact"]
    assert {used["list_code"] for used in answer["lists"]} == {"OFAC-SDN", "UN-SC", "LISTA-DEMO"}


@pytest.mark.parametrize(
    ("arguments", "level"),
    [
        (["Evaristo Leonidas Vargas Zuleta", "--birth-year", "1968"], "exact"),
        (["Evaristo Leonidas Vargas Zuleta", "--birth-year", "1990"], "medium"),
        (["Evaristo Leonidas Vargas Zuleta", "--country", "Colombia", "--kind", "person"], "high"),
        (["Nadie", "--document", "79123456", "--document-type", "CC"], "exact"),
        (["Nadie", "--document", "79123456", "--document-type", "pasaporte", "--country", "CO"], None),
    ],
)
def test_second_evidence(command: typer.Typer, arguments: list[str], level: str | None) -> None:
    answer = json.loads(runner.invoke(command, [*arguments, "--json"]).output)
    assert (answer["findings"][0]["match_level"] if answer["findings"] else None) == level


def test_names_with_brackets_are_printed_as_they_are(command: typer.Typer) -> None:
    assert "[EL TUNO]" in runner.invoke(command, ["El Tuno"]).output


def test_nothing_is_kept(command: typer.Typer, ctx: StageContext) -> None:
    before = ctx.ledger.datasets.all_current()
    runner.invoke(command, ["Evaristo Leonidas Vargas Zuleta"])
    assert ctx.ledger.datasets.all_current() == before
    assert ctx.ledger.cases.all() == []


@pytest.mark.parametrize("arguments", [["X", "--country", "Atlántida"], ["X", "--kind", "vessel"]])
def test_wrong_options_are_refused(command: typer.Typer, arguments: list[str]) -> None:
    assert runner.invoke(command, arguments).exit_code == 2


def test_a_missing_list_is_said(ctx: StageContext) -> None:
    publish_list(ctx, "LISTA-DEMO", [LISTED])
    assert look_up(ctx, "Marta Lucía Cifuentes")["state"] == "incomplete"


def test_no_list_at_all_is_no_answer(ctx: StageContext) -> None:
    with pytest.raises(ConfigError, match="no list was loaded yet"):
        look_up(ctx, "Marta Lucía Cifuentes")
