"""The gap report: what the page and the workbook say, what they withhold, and that they are plain files."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner

from include.commands.report import app
from include.core.clock import FixedClock
from include.sandbox.world import build_world
from include.stages import matchmaking, report
from include.stages.protocol import StageContext
from include.stages.reporting.figures import Need, split_total
from include.stages.reporting.formats import count_es, date_es, month_es, number_es, percent_es, usd_es
from include.stages.reporting.shelf import Shelf
from include.stages.reporting.svg import Canvas, nice_ceiling
from include.stages.reporting.workbook import plain_text
from tests.stages.matchmaking_lake import buyer, exporter, need, offer, publish, publish_inputs, publish_world

HOSTILE = "=HYPERLINK(0) <script>alert(1)</script>"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A report of the quick world, made once: context, page text, workbook."""
    from include.core.settings import load_settings
    from include.stages.protocol import open_context

    clock = FixedClock(datetime(2026, 11, 21, 12, tzinfo=UTC))
    with open_context(load_settings(home=tmp_path_factory.mktemp("report")), clock=clock) as ctx:
        publish_world(ctx, build_world("quick", seed=7))
        matchmaking.run(ctx)
        report.run(ctx)
        page = report.latest_report(ctx)
        assert page is not None
        yield ctx, page.read_text(encoding="utf-8"), load_workbook(report.workbook_of(page))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if found.get("id"):
            self.ids.add(str(found["id"]))
        if tag == "a":
            self.targets.add(str(found["href"]))
        if tag in ("script", "link", "img", "iframe") or found.get("src"):
            self.loads.append(tag)


def read(page: str) -> _Links:
    links = _Links()
    links.feed(page)
    return links


def test_every_number_opens_a_list_that_is_there(made: Any) -> None:
    links = read(made[1])
    assert len(links.targets) > 20
    assert {target.removeprefix("#") for target in links.targets} <= links.ids


def test_the_page_loads_nothing_from_anywhere(made: Any) -> None:
    _, page, _ = made
    assert read(page).loads == []
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert "@import" not in page


def test_the_page_is_in_spanish_with_spanish_numbers(made: Any) -> None:
    _, page, _ = made
    assert '<html lang="es-CO">' in page
    assert "Datos al 21 de noviembre de 2026" in page
    assert re.search(r"US\$\xa0\d+(,\d)?\xa0(millones|millón|mil)", page)


def test_buyers_are_never_named(made: Any) -> None:
    ctx, page, book = made
    customers = ctx.lake.read("dim_customer", columns=["customer_id", "audience", "legal_name"]).to_pylist()
    text = page + " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    shown = [row["legal_name"] for row in customers if row["audience"] == "buyer" and row["legal_name"] in text]
    assert shown == []
    assert not any(row["customer_id"] in text for row in customers)


def test_the_workbook_has_its_sheets_frozen_filtered_and_charted(made: Any) -> None:
    _, _, book = made
    assert book.sheetnames == ["Resumen", "Brechas", "Requisitos", "Plan", "Guía", "Método"]
    for name in ("Brechas", "Requisitos", "Plan", "Guía"):
        sheet = book[name]
        assert sheet.freeze_panes == "C2"
        assert sheet.auto_filter.ref
        assert sheet.max_row > 1, name
    assert [len(book[name]._charts) for name in ("Resumen", "Requisitos", "Plan")] == [1, 1, 1]


def test_no_cell_is_a_formula(made: Any) -> None:
    _, _, book = made
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_equal_inputs_give_the_same_files(made: Any) -> None:
    ctx, page, _ = made
    first = report.latest_report(ctx)
    assert first is not None
    before = report.workbook_of(first).read_bytes()
    report.workbook_of(first).unlink()
    summary = report.run(replace(ctx, run_id="again"))
    assert summary.parts["files"].created == 2
    assert report.latest_report(ctx) == first
    assert first.read_text(encoding="utf-8") == page
    assert report.workbook_of(first).read_bytes() == before
    assert report.run(ctx).parts["files"].unchanged == 2


def test_nothing_is_written_before_there_are_matches(ctx: StageContext) -> None:
    assert report.run(ctx).skipped
    assert report.latest_report(ctx) is None


def small(ctx: StageContext, customers: list[dict[str, Any]], **states: str) -> str:
    asked = [need(str(n), f"B{n}", certificates_required=["SMETA"]) for n in range(4)]
    publish_inputs(ctx, [*customers, *(buyer(str(n)) for n in range(4))], [offer("1", "E1")], asked)
    matchmaking.run(ctx)
    for key, state in states.items():
        rows = [{"customer_id": key.replace("_", "-"), "state": state}]
        publish(ctx, "dim_sarlaft_state", rows)
    report.run(ctx)
    page = report.latest_report(ctx)
    assert page is not None
    book = load_workbook(io.BytesIO(report.workbook_of(page).read_bytes()))
    cells = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    return page.read_text(encoding="utf-8") + cells


def test_what_a_company_typed_is_shown_and_never_executed(ctx: StageContext) -> None:
    text = small(ctx, [exporter("1", legal_name=HOSTILE, target_markets=["US"])])
    assert "<script>alert" not in text.split("</html>")[0]
    assert "=HYPERLINK(0) &lt;script&gt;" in text
    assert f"'{HOSTILE}" in text.split("</html>")[1]


def test_an_exporter_is_named_only_while_it_is_clear(ctx: StageContext) -> None:
    """The matches may be a little older than the last screening: the name goes at once."""
    assert "Exportadora 1" in small(ctx, [exporter("1")])
    assert "Exportadora 1" not in small(ctx, [exporter("1")], CU_E1="en_verificacion")


def test_findings_say_the_figures(ctx: StageContext) -> None:
    text = small(ctx, [exporter("1")])
    assert "De US$\xa0400\xa0mil que se piden al año, US$\xa0400\xa0mil (100\xa0%) no tienen oferta lista" in text
    assert "«Auditoría social SMETA / SEDEX» abre por sí solo US$\xa0400\xa0mil al año con 1 exportador" in text


def test_empty_data_still_make_a_page(ctx: StageContext) -> None:
    publish_inputs(ctx, [exporter("1")], [offer("1", "E1")], [])
    matchmaking.run(ctx)
    report.run(ctx)
    page = report.latest_report(ctx)
    assert page is not None
    assert "Todavía no hay necesidades abiertas" in page.read_text(encoding="utf-8")


def wanted(number: int, group: str, buyer_id: str, value: float = 10.0) -> Need:
    return Need(
        f"N{number}", buyer_id, "4202", "Bolsos", "cuero", "Cuero", "CR", "Costa Rica", value, False, group, None, ""
    )


def test_parts_of_few_buyers_are_merged_until_none_can_be_told_apart() -> None:
    needs = [wanted(n, "covered", f"B{n}") for n in range(5)]
    needs += [wanted(n, "one_away", f"B{n}") for n in range(10, 14)]
    needs += [wanted(20, "capacity", "B20", 999.0), wanted(21, "two_away", "B21")]
    parts = {part.key: part for part in split_total(needs, 3)}
    assert set(parts) == {"covered", "others"}
    assert parts["others"].needs == 6
    assert all(part.buyers >= 3 and part.value_usd is not None for part in parts.values())


def test_a_side_with_too_few_buyers_keeps_its_value_to_itself() -> None:
    needs = [wanted(1, "covered", "B1"), *(wanted(n, "one_away", f"B{n}") for n in range(3, 8))]
    parts = {part.key: part.value_usd for part in split_total(needs, 3)}
    assert parts == {"covered": None, "one_away": 50.0}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "reservado"),
        (0, "US$\xa00"),
        (950, "US$\xa0950"),
        (12_345, "US$\xa012\xa0mil"),
        (1_000_000, "US$\xa01\xa0millón"),
        (1_260_000, "US$\xa01,3\xa0millones"),
        (1_234_567_890, "US$\xa01.235\xa0millones"),
    ],
)
def test_dollars(value: float | None, text: str) -> None:
    assert usd_es(value) == text


def test_other_formats() -> None:
    assert number_es(1234.5, 1) == "1.234,5"
    assert percent_es(0.256) == "26\xa0%"
    assert count_es(1, "necesidad", "necesidades") == "1 necesidad"
    assert date_es(date(2026, 11, 21)) == "21 de noviembre de 2026"
    assert month_es(2026, 1) == "ene 26"
    assert [nice_ceiling(value) for value in (0, 7, 61, 100, 1001)] == [1, 8, 80, 100, 1200]
    assert plain_text("=1+1") == "'=1+1"
    assert plain_text("1+1") == "1+1"


def test_reports_of_a_remote_lake_are_fetched_to_this_machine(tmp_path: Path) -> None:
    shelf = Shelf("memory://lake", "gaps", tmp_path)
    assert not shelf.has("a/brechas.html")
    shelf.write("a/brechas.html", b"page")
    assert shelf.has("a/brechas.html")
    assert shelf.read("a/brechas.html") == b"page"
    copy = shelf.fetch("a/brechas.html")
    assert copy.is_relative_to(tmp_path)
    assert copy.read_bytes() == b"page"


def test_the_canvas_escapes_what_it_is_given() -> None:
    canvas = Canvas(10, 10, "a <b>")
    canvas.text(1, 1, "<script>", href='x" onload="y')
    drawn = str(canvas.render())
    assert "<script>" not in drawn
    assert '" onload="' not in drawn


def test_the_command_writes_copies_and_tells_where(ctx: StageContext, tmp_path: Path, monkeypatch: Any) -> None:
    small(ctx, [exporter("1")])
    monkeypatch.setenv("HUB_HOME", str(ctx.settings.home))
    result = CliRunner().invoke(app, ["gaps", "--out", str(tmp_path / "out"), "--json"])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert Path(told["page"]).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert Path(told["workbook"]).parent == tmp_path / "out"


def test_the_command_says_when_there_is_nothing_to_report(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setenv("HUB_HOME", str(tmp_path))
    result = CliRunner().invoke(app, ["gaps", "--json"])
    assert result.exit_code == 1
    assert "waits for fct_match" in json.loads(result.stdout)["note"]
