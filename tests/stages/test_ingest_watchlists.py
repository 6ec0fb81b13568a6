"""Screening lists: only believable publications replace the one in use. The entries here are invented."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import responses
from requests import PreparedRequest

from include.core.clock import FixedClock
from include.core.errors import ConfigError, DriftDetected, RetriableError
from include.core.settings import PlainEndpoint
from include.core.source_sheet import list_entry_schema
from include.stages.ingest import run_source
from include.stages.ingesting import watchlists
from include.stages.protocol import StageContext
from tests.stages.ingest_portal import own_sheets

ADDRESS = "https://lists.example"
DATASET = "stg_listademo__entries"
MARK = "\x1a"


@dataclass
class Publisher:
    """Serves LISTA-DEMO with ETags; `asked` keeps the path and whether a body was sent."""

    names: dict[int, str] = field(default_factory=lambda: {n: f"NADIE {n}, Inventado" for n in range(1, 41)})
    aliases: dict[int, str] = field(default_factory=lambda: {1: "EL PRIMERO"})
    cut: bool = False
    down: bool = False
    asked: list[tuple[str, bool]] = field(default_factory=list)

    def files(self) -> dict[str, bytes]:
        blank = ",".join(["-0- "] * 7)
        sdn = "".join(f'{n},"{name}","individual","SDGT",{blank},"DOB 1970."\r\n' for n, name in self.names.items())
        alt = "".join(f'{n},{n},"aka","{name}",-0- \r\n' for n, name in self.aliases.items())
        whole = {"SDN.CSV": (sdn + MARK).encode(), "ALT.CSV": (alt + MARK).encode()}
        return {name: body[: len(body) // 2] for name, body in whole.items()} if self.cut else whole

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], bytes]:
        name = str(request.url).rsplit("/", 1)[-1]
        body = self.files()[name]
        etag = f'"{hash(body)}"'
        if self.down:
            return 503, {"Retry-After": "999"}, b""
        fresh = request.headers.get("If-None-Match") != etag
        self.asked.append((name, fresh))
        headers = {"ETag": etag, "Last-Modified": "Mon, 02 Nov 2026 14:00:00 GMT"}
        return (200, headers, body) if fresh else (304, headers, b"")


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    made = Publisher()
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback("GET", re.compile(f"{ADDRESS}/listademo/.*"), callback=made.answer)
        yield made


def run(ctx: StageContext, number: int = 1, **later: float) -> Any:
    settings = ctx.settings.model_copy(update={"lists": PlainEndpoint(url=ADDRESS)})
    clock = FixedClock(ctx.clock.now() + timedelta(**later))
    ctx.ledger.lists.clock = clock
    return run_source(replace(ctx, settings=settings, run_id=f"run-{number}", clock=clock), "listademo")


def active(ctx: StageContext) -> dict[str, Any]:
    row = ctx.ledger.lists.active("LISTA-DEMO")
    assert row is not None
    return row


def test_the_first_publication_becomes_active(ctx: StageContext, publisher: Publisher) -> None:
    summary = run(ctx)
    assert summary.parts["entries"].created == 40
    table = ctx.lake.read(DATASET)
    assert table.schema.equals(list_entry_schema())
    assert set(table["list_code"].to_pylist()) == {"LISTA-DEMO"}
    row = active(ctx)
    assert (row["entries"], row["aliases"], row["state"]) == (40, 1, "active")
    assert len(row["version_id"]) == 64
    assert row["published_at"].isoformat() == "2026-11-02T14:00:00+00:00"
    assert row["dataset_version"] == summary.versions_out[DATASET]
    assert {page.name for page in ctx.lake.raw_pages("listademo", "entries", "run-1")} == {"sdn", "alt"}


def test_an_unchanged_list_sends_no_body_and_publishes_nothing(ctx: StageContext, publisher: Publisher) -> None:
    before = run(ctx).versions_out
    publisher.asked.clear()
    summary = run(ctx, 2)
    assert publisher.asked == [("SDN.CSV", False), ("ALT.CSV", False)]
    assert summary.versions_out == before
    assert (summary.total.read, summary.total.unchanged) == (40, 40)
    assert len(ctx.ledger.lists.all()) == 1


def test_a_list_confirmed_later_is_as_old_as_its_confirmation(ctx: StageContext, publisher: Publisher) -> None:
    run(ctx)
    first = active(ctx)
    run(ctx, 2, hours=6)
    again = active(ctx)
    assert again["fetched_at"] - first["fetched_at"] == timedelta(hours=6)
    assert (again["version_id"], again["dataset_version"]) == (first["version_id"], first["dataset_version"])


def test_a_believable_change_replaces_the_version(ctx: StageContext, publisher: Publisher) -> None:
    run(ctx)
    publisher.names |= {2: "NADIE DOS, Otro", 41: "NADIE NUEVO"}
    del publisher.names[3]
    counts = run(ctx, 2).parts["entries"]
    assert (counts.created, counts.changed, counts.unchanged) == (1, 1, 38)
    assert ctx.lake.pin([DATASET])[DATASET].rows == 40
    assert [row["state"] for row in ctx.ledger.lists.all()] == ["active", "active"]


def test_an_alias_alone_is_a_change(ctx: StageContext, publisher: Publisher) -> None:
    run(ctx)
    publisher.aliases[2] = "EL SEGUNDO"
    assert run(ctx, 2).parts["entries"].changed == 1


def spoil_cut(publisher: Publisher) -> None:
    publisher.cut = True


def spoil_shrunk(publisher: Publisher) -> None:
    for number in range(1, 6):
        del publisher.names[number]


def spoil_rewritten(publisher: Publisher) -> None:
    for number in range(1, 6):
        publisher.names[number] += " X"


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_cut, "end mark"),
        (spoil_shrunk, "35 entries, the version in use 40: fewer than 90%"),
        (spoil_rewritten, "5 entries came, went or changed, of 40: more than 10%"),
    ],
    ids=["cut", "shrunk", "rewritten"],
)
def test_an_unbelievable_publication_is_rejected_loudly_and_the_good_one_stays(
    ctx: StageContext, publisher: Publisher, spoil: Any, reason: str
) -> None:
    before = run(ctx).versions_out[DATASET]
    spoil(publisher)
    for number in (2, 3):
        with pytest.raises(DriftDetected, match=reason) as caught:
            run(ctx, number)
        assert "NADIE" not in str(caught.value)
    assert ctx.lake.pin([DATASET])[DATASET].version == before
    newest, first = ctx.ledger.lists.all()
    assert (newest["state"], first["state"]) == ("rejected", "active")
    assert reason.split(":")[0] in newest["reason"]
    assert active(ctx)["version_id"] == first["version_id"]


def test_a_person_may_accept_a_rejected_version_by_its_hash(
    ctx: StageContext, publisher: Publisher, tmp_path: Path
) -> None:
    ctx = own_sheets(ctx, tmp_path)
    run(ctx)
    spoil_shrunk(publisher)
    with pytest.raises(DriftDetected, match="accepted") as caught:
        run(ctx, 2)
    rejected = ctx.ledger.lists.all()[0]["version_id"]
    assert rejected in str(caught.value)
    with (ctx.settings.config_dir / "sources" / "listademo.yml").open("a") as sheet:
        sheet.write(f"  accepted: [{rejected}]\n")
    assert run(ctx, 3).parts["entries"].unchanged == 35
    assert active(ctx)["version_id"] == rejected


def test_the_good_version_returning_heals_the_source(ctx: StageContext, publisher: Publisher) -> None:
    run(ctx)
    publisher.cut = True
    with pytest.raises(DriftDetected):
        run(ctx, 2)
    publisher.cut = False
    assert run(ctx, 3).parts["entries"].unchanged == 40


def test_another_reading_of_the_same_files_reads_them_again_and_is_not_doubted(
    ctx: StageContext, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(ctx)
    monkeypatch.setattr(watchlists, "code_version", lambda: "next-release")
    monkeypatch.setattr(watchlists, "_country_of", lambda _: lambda _: "CO")
    publisher.asked.clear()
    assert run(ctx, 2).total.read == 40
    assert [fresh for _, fresh in publisher.asked] == [True, True]


def test_an_older_publication_is_rejected(ctx: StageContext) -> None:
    body = (
        '<CONSOLIDATED_LIST dateGenerated="{day}T00:00:00Z"><INDIVIDUALS>{people}</INDIVIDUALS><ENTITIES/>'
        "</CONSOLIDATED_LIST>"
    )
    person = (
        "<INDIVIDUAL><REFERENCE_NUMBER>QDi.{n}</REFERENCE_NUMBER><FIRST_NAME>NADIE {n}</FIRST_NAME>"
        "<UN_LIST_TYPE>X</UN_LIST_TYPE></INDIVIDUAL>"
    )
    people = "".join(person.format(n=n) for n in range(600))
    settings = ctx.settings.model_copy(update={"lists": PlainEndpoint(url=ADDRESS)})
    with responses.RequestsMock() as mock:
        for day, extra in (("2026-02-27", ""), ("2026-02-20", person.format(n=999))):
            mock.get(f"{ADDRESS}/un/consolidated.xml", body=body.format(day=day, people=people + extra))
        run_source(replace(ctx, settings=settings), "un")
        with pytest.raises(DriftDetected, match="it is of 2026-02-20, older than the version in use"):
            run_source(replace(ctx, settings=settings, run_id="run-2"), "un")


def test_a_publisher_that_is_away_changes_nothing(ctx: StageContext, publisher: Publisher) -> None:
    run(ctx)
    publisher.down = True
    with pytest.raises(RetriableError):
        run(ctx, 2)
    assert len(ctx.ledger.lists.all()) == 1


def test_a_list_with_too_few_entries_is_never_a_first_version(ctx: StageContext, publisher: Publisher) -> None:
    publisher.names = {}
    publisher.aliases = {}
    with pytest.raises(DriftDetected, match="0 entries, at least 1"):
        run(ctx)
    assert ctx.lake.current(DATASET) is None


def test_a_list_without_any_address_is_a_config_error(ctx: StageContext) -> None:
    with pytest.raises(ConfigError, match="HUB_LISTS__URL"):
        run_source(ctx, "listademo")


@pytest.mark.parametrize("step", ["lists", "watermarks"])
def test_a_crash_and_a_second_run_end_in_the_same_state(
    ctx: StageContext, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    target, method = (ctx.ledger.lists, "add") if step == "lists" else (ctx.ledger.watermarks, "set")

    def crash(*_: Any, **__: Any) -> None:
        raise OSError("the machine went away")

    with monkeypatch.context() as broken:
        broken.setattr(target, method, crash)
        with pytest.raises(OSError, match="went away"):
            run(ctx)
    assert run(ctx, 2).total.read == 40
    assert active(ctx)["entries"] == 40
    publisher.asked.clear()
    run(ctx, 3)
    assert [fresh for _, fresh in publisher.asked] == [False, False]
