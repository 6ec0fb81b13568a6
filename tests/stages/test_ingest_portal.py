"""The ingest stage on a portal of a few records: what is published, what is held, what a crash leaves behind."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import responses

from include.core.clock import FixedClock
from include.core.errors import ConfigError, DriftDetected, RetriableError
from include.core.source_sheet import load_source, stream_schema
from include.stages.ingest import run_source
from include.stages.ingesting.replay import replay_source
from include.stages.protocol import StageContext
from tests.conftest import PROJECT_ROOT
from tests.stages.ingest_portal import Portal, company, connected, gone, mend, own_sheets, registration, staged

COMPANIES, REGISTRATIONS = "stg_portal__companies", "stg_portal__registrations"


@pytest.fixture
def full_ctx(ctx: StageContext) -> StageContext:
    """A context on the sheets as they are."""
    return replace(ctx, settings=ctx.settings.model_copy(update={"config_dir": PROJECT_ROOT / "include" / "config"}))


@pytest.fixture
def ctx(ctx: StageContext, tmp_path: Path) -> StageContext:
    """The portal's sheet with two of its streams, which a test may change."""
    return own_sheets(ctx, tmp_path, ("companies", "registrations"))


@pytest.fixture
def portal() -> Iterator[Portal]:
    made = Portal({"companies": [company(n) for n in range(1, 31)], "registrations": [registration(1)]})
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        made.install(mock)
        yield made


def run(ctx: StageContext, number: int = 1) -> Any:
    return run_source(connected(ctx, f"run-{number}"), "portal")


def test_the_first_run_publishes_every_stream(full_ctx: StageContext, portal: Portal) -> None:
    ctx = full_ctx
    summary = run(ctx)
    sheet = load_source("portal")
    assert set(summary.parts) == set(sheet.streams)
    assert summary.parts["companies"].created == 30
    assert all("updated_since" not in query for _, query in portal.asked)
    for stream, dataset in sheet.datasets.items():
        version = ctx.lake.current(dataset)
        assert version is not None, "an empty stream is published too: readers know it was looked at"
        assert summary.versions_out[dataset] == version.version
        assert ctx.lake.read(version).schema.equals(stream_schema(sheet, stream))
    assert staged(ctx, REGISTRATIONS, "registration_id")["R000001"]["country"] == "CO"


def test_raw_pages_land_before_anything_is_made_of_them(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    (page,) = ctx.lake.raw_pages("portal", "companies", "run-1")
    assert b"Exportadora Inventada 7" in ctx.lake.read_raw(page)


def test_a_second_run_with_nothing_new_publishes_nothing(ctx: StageContext, portal: Portal) -> None:
    before = run(ctx).versions_out
    summary = run(ctx, 2)
    assert summary.versions_out == before
    assert (summary.total.created, summary.total.changed) == (0, 0)
    assert summary.total.read == summary.total.unchanged > 0, "the overlap is read again and found unchanged"
    asked = dict(portal.asked[2:])
    assert asked["companies"]["updated_since"] == "2026-10-01T00:20:00Z", "newest less ten minutes"


def test_only_what_changed_is_counted(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    portal.put("companies", company(3, city="Cali", updated_at="2026-10-02T00:00:00Z"))
    portal.put("companies", company(31, updated_at="2026-10-02T00:00:01Z"))
    portal.put("companies", gone("E000004", "2026-10-02T00:00:02Z"), gone("E999999", "2026-10-02T00:00:02Z"))
    counts = run(ctx, 2).parts["companies"]
    assert (counts.created, counts.changed) == (1, 2)
    rows = staged(ctx, COMPANIES, "company_id")
    assert rows["E000003"]["city"] == "Cali"
    assert "E000031" in rows
    assert "E000004" not in rows


def test_a_commit_that_arrives_late_is_not_lost(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    portal.put("companies", company(32, updated_at="2026-10-01T00:25:30Z"))
    assert run(ctx, 2).parts["companies"].created == 1


def test_a_record_from_the_future_does_not_hide_what_comes(ctx: StageContext, portal: Portal) -> None:
    portal.put("companies", company(40, updated_at="2199-01-01T00:00:00Z"))
    run(ctx)
    portal.put("companies", company(41, updated_at="2026-11-03T12:00:00Z"))
    assert run(ctx, 2).parts["companies"].created == 1


def test_a_bad_record_waits_in_quarantine_and_the_others_pass(ctx: StageContext, portal: Portal) -> None:
    portal.put(
        "registrations",
        registration(2, nit="800197268-5"),
        registration(3, company_name=" "),
        registration(4, submitted_at="2026-02-31T00:00:00Z"),
        registration(5, country="Atlántida"),
        registration(6, nit="800197268-5", status="accepted"),
    )
    summary = run(ctx)
    counts = summary.parts["registrations"]
    assert (counts.read, counts.created, counts.quarantined) == (6, 2, 4)
    entries = {e["record_key"]: (e["field"], e["reason_code"]) for e in ctx.ledger.quarantine.open("portal")}
    assert entries == {
        "R000002": ("nit", "nit_check_digit"),
        "R000003": ("company_name", "missing_field"),
        "R000004": ("submitted_at", "bad_date"),
        "R000005": ("country", "unknown_country"),
    }
    assert any("4 records in quarantine" in note and "hub quarantine list" in note for note in summary.notes)
    assert not any("800197268" in note for note in summary.notes)


def test_a_bad_record_seen_again_is_one_entry(ctx: StageContext, portal: Portal) -> None:
    portal.put("registrations", registration(2, country="Atlántida"))
    run(ctx)
    run(ctx, 2)
    assert len(ctx.ledger.quarantine.open("portal")) == 1


@pytest.mark.parametrize(
    ("newer", "waits"),
    [
        (registration(2, country="CO", updated_at="2026-10-03T00:00:00Z"), []),
        (gone("R000002", "2026-10-03T00:00:00Z"), []),
        (registration(2, country="Lemuria", updated_at="2026-10-03T00:00:00Z"), ["Lemuria"]),
    ],
    ids=["mended", "deleted", "still bad"],
)
def test_a_newer_record_settles_the_old_entry(
    ctx: StageContext, portal: Portal, newer: dict[str, Any], waits: list[str]
) -> None:
    portal.put("registrations", registration(2, country="Atlántida"))
    run(ctx)
    portal.put("registrations", newer)
    run(ctx, 2)
    assert [entry["raw"]["country"] for entry in ctx.ledger.quarantine.open("portal")] == waits


def test_a_record_that_goes_bad_keeps_its_last_good_version(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    portal.put("companies", company(3, country="Atlántida", updated_at="2026-10-02T00:00:00Z"))
    assert run(ctx, 2).parts["companies"].quarantined == 1
    assert staged(ctx, COMPANIES, "company_id")["E000003"]["country"] == "CO"


def test_a_source_that_shrinks_oddly_is_stopped_and_nothing_is_published(ctx: StageContext, portal: Portal) -> None:
    before = run(ctx).versions_out
    mark = ctx.ledger.watermarks.get("portal", "companies")
    portal.put("companies", *(gone(f"E{n:06d}", "2026-10-02T00:00:00Z") for n in range(1, 10)))
    portal.put("registrations", registration(9, updated_at="2026-10-02T00:00:00Z"))
    with pytest.raises(DriftDetected, match="21 rows \\(30 before\\), at least 29 expected"):
        run(ctx, 2)
    assert {dataset: ctx.lake.pin([dataset])[dataset].version for dataset in before} == before
    assert ctx.ledger.watermarks.get("portal", "companies") == mark
    assert ctx.ledger.locks.held() == []


def test_a_renamed_field_is_a_drift_and_not_a_full_quarantine(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    renamed = [company(n, updated_at="2026-10-02T00:00:00Z") for n in range(1, 31)]
    portal.put("companies", *({"razon": record.pop("name"), **record} for record in renamed))
    with pytest.raises(DriftDetected, match="30 of 30 records would be refused, 30 of them for name: missing_field"):
        run(ctx, 2)
    assert ctx.ledger.quarantine.open() == []


def test_a_new_field_is_told_and_breaks_nothing(ctx: StageContext, portal: Portal) -> None:
    portal.put("companies", company(1, tiktok="@inventada"))
    notes = run(ctx).notes
    assert [note for note in notes if "does not name" in note] == [
        "companies: fields the sheet does not name: tiktok (1)"
    ]


def test_a_sheet_that_gains_a_field_reads_everything_again(ctx: StageContext, portal: Portal) -> None:
    portal.put("companies", company(1, tiktok="@inventada"))
    run(ctx)
    mend(ctx, "      sector: str\n", "      sector: str\n      tiktok: str\n")
    summary = run(ctx, 2)
    assert staged(ctx, COMPANIES, "company_id")["E000001"]["tiktok"] == "@inventada"
    assert summary.parts["companies"].changed == 1
    assert summary.parts["registrations"].created == 0, "the other stream goes on from its mark"
    assert "updated_since" in dict(portal.asked[2:])["registrations"]


def test_a_new_column_is_there_for_readers_even_while_it_is_empty(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    mend(ctx, "      sector: str\n", "      sector: str\n      tiktok: str\n")
    summary = run(ctx, 2)
    assert (summary.total.created, summary.total.changed) == (0, 0)
    assert ctx.lake.read(COMPANIES)["tiktok"].null_count == 30


def test_records_missing_from_a_full_read_are_removed_and_told(ctx: StageContext, portal: Portal) -> None:
    run(ctx)
    del portal.streams["companies"][0]
    mend(ctx, "size: {type: str, ", "size: {type: str, max_length: 20, ")
    notes = run(ctx, 2).notes
    assert "companies: 1 records are no longer in the source and were removed" in notes
    assert "E000001" not in staged(ctx, COMPANIES, "company_id")


def test_pages_are_put_together(ctx: StageContext, portal: Portal) -> None:
    mend(ctx, "api/v1/companies\n    page_size: 500", "api/v1/companies\n    page_size: 7")
    assert run(ctx).parts["companies"].created == 30
    assert len(ctx.lake.raw_pages("portal", "companies", "run-1")) == 5


CRASHES = [
    ("quarantine", "add_many"),
    ("datasets", "publish"),
    ("quarantine", "resolve"),
    ("watermarks", "set"),
]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("repository", "method"), CRASHES)
def test_a_crash_anywhere_and_a_second_run_end_in_the_same_state(
    ctx: StageContext, portal: Portal, monkeypatch: pytest.MonkeyPatch, repository: str, method: str, after: bool
) -> None:
    portal.put("registrations", registration(2, country="Atlántida"))
    run(ctx)
    # Hours apart, so that no overlap brings back what a mark moved too early would have passed over.
    portal.put("registrations", registration(2, updated_at="2026-10-03T00:00:00Z"))
    portal.put("registrations", registration(3, country="Lemuria", updated_at="2026-10-03T05:00:00Z"))
    portal.put("registrations", gone("R000001", "2026-10-03T10:00:00Z"))
    portal.put("companies", company(3, city="Cali", updated_at="2026-10-03T00:00:00Z"))
    portal.put("companies", company(31, updated_at="2026-10-03T05:00:00Z"))
    target = getattr(ctx.ledger, repository)
    real = getattr(target, method)

    def crash(*args: Any, **kwargs: Any) -> Any:
        if after:
            real(*args, **kwargs)
        raise OSError("the machine went away")

    with monkeypatch.context() as broken:
        broken.setattr(target, method, crash)
        with pytest.raises(OSError, match="went away"):
            run(ctx, 2)
    run(ctx, 3)
    assert staged(ctx, COMPANIES, "company_id")["E000003"]["city"] == "Cali"
    assert set(staged(ctx, REGISTRATIONS, "registration_id")) == {"R000002"}
    assert [entry["record_key"] for entry in ctx.ledger.quarantine.open()] == ["R000003"]
    assert '"newest": "2026-10-03T10:00:00+00:00"' in str(ctx.ledger.watermarks.get("portal", "registrations"))
    summary = run(ctx, 4)
    assert (summary.total.created, summary.total.changed) == (0, 0)


def test_two_runs_do_not_work_on_one_source(ctx: StageContext, portal: Portal) -> None:
    ctx.ledger.locks.acquire("ingest:portal", "another-run", 60)
    with pytest.raises(RetriableError, match="another run"):
        run(ctx)
    assert portal.asked == []


def test_a_portal_without_address_is_a_config_error(ctx: StageContext) -> None:
    with pytest.raises(ConfigError, match="HUB_PORTAL__URL"):
        run_source(ctx, "portal")


def test_an_unknown_source_is_a_config_error_that_names_the_known_ones(ctx: StageContext) -> None:
    with pytest.raises(ConfigError, match="listademo"):
        run_source(ctx, "sharepoint")


def test_replay_after_a_mended_sheet_lets_the_record_pass(ctx: StageContext, portal: Portal) -> None:
    portal.put("registrations", registration(2, country="Tierra Firme"), registration(3, country="Atlántida"))
    run(ctx)
    assert replay_source(connected(ctx, "replay-1"), "portal").total.quarantined == 2
    mend(
        ctx,
        "country: {type: str, required: true, check: country}",
        "country: {type: str, required: true, check: country, lookup: {Tierra Firme: PA}}",
    )
    asked = len(portal.asked)
    counts = replay_source(connected(ctx, "replay-2"), "portal").parts["registrations"]
    assert (counts.read, counts.created, counts.quarantined) == (2, 1, 1)
    assert staged(ctx, REGISTRATIONS, "registration_id")["R000002"]["country"] == "PA"
    assert [entry["record_key"] for entry in ctx.ledger.quarantine.open()] == ["R000003"]
    assert len(portal.asked) == asked, "a replay asks the source nothing"


def test_replay_of_chosen_entries_leaves_the_others(ctx: StageContext, portal: Portal) -> None:
    portal.put("registrations", registration(2, country="Atlántida"), registration(3, country="Atlántida"))
    run(ctx)
    first, _ = ctx.ledger.quarantine.open()
    assert replay_source(connected(ctx, "replay-1"), "portal", [first["id"]]).total.read == 1


def test_replaying_many_bad_records_does_not_doubt_the_source(ctx: StageContext, portal: Portal) -> None:
    portal.put("companies", *(company(n) for n in range(100, 300)))
    portal.put("companies", *(company(n, country="Atlántida") for n in range(50, 75)))
    run(ctx)
    assert replay_source(connected(ctx, "replay-1"), "portal").total.quarantined == 25


def test_the_clock_of_the_run_bounds_the_mark(ctx: StageContext, portal: Portal) -> None:
    portal.put("companies", company(40, updated_at="2199-01-01T00:00:00Z"))
    early = replace(ctx, clock=FixedClock(datetime(2026, 9, 1, tzinfo=UTC)))
    run(early)
    assert '"newest": "2026-09-01T00:00:00+00:00"' in str(ctx.ledger.watermarks.get("portal", "companies"))
