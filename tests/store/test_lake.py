"""A version is published whole or not at all, and readers can ask what changed."""

from datetime import timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from include.core.errors import ConfigError, DriftDetected
from include.core.summary import Counts
from include.stages.protocol import StageContext
from include.store.lake import Lake
from include.store.ledger import Ledger

SCHEMA = pa.schema([("id", pa.string()), ("value", pa.int64()), ("tags", pa.list_(pa.string()))])


def table(**values: int | None) -> pa.Table:
    return pa.Table.from_pylist([{"id": key, "value": value, "tags": ["x"]} for key, value in values.items()], SCHEMA)


def publish(lake: Lake, rows: pa.Table, run_id: str = "r") -> Counts:
    return lake.publish("things", rows, key=["id"], run_id=run_id).counts


def test_the_first_version_is_all_new(lake: Lake) -> None:
    assert publish(lake, table(a=1, b=2)) == Counts(read=2, created=2)
    assert lake.read("things").to_pylist() == table(a=1, b=2).to_pylist()


def test_the_same_content_publishes_nothing(lake: Lake) -> None:
    publish(lake, table(a=1, b=2))
    before = lake.current("things")
    published = lake.publish("things", table(b=2, a=1), key=["id"], run_id="r2")
    assert not published.is_new
    assert published.version == before
    assert published.counts == Counts(read=2, unchanged=2)


def test_counts_tell_created_changed_and_unchanged(lake: Lake) -> None:
    publish(lake, table(a=1, b=2, c=3))
    assert publish(lake, table(a=1, b=9, d=4)) == Counts(read=3, created=1, changed=1, unchanged=1)


def test_an_old_content_may_come_back(lake: Lake) -> None:
    publish(lake, table(a=1))
    publish(lake, table(a=2))
    publish(lake, table(a=1))
    assert lake.read("things").to_pylist()[0]["value"] == 1


def test_a_pinned_version_does_not_move(lake: Lake) -> None:
    publish(lake, table(a=1))
    pinned = lake.pin(["things"])
    publish(lake, table(a=2))
    assert lake.read(pinned["things"]).to_pylist()[0]["value"] == 1
    with lake.query(pinned) as con:
        assert con.execute('select value from "things"').fetchall() == [(1,)]


def test_pinning_names_what_is_missing(lake: Lake) -> None:
    with pytest.raises(ConfigError, match="things, others"):
        lake.pin(["things", "others"])


@pytest.mark.parametrize("rows", [[{"id": None}], [{"id": "a"}, {"id": "a"}]], ids=["null key", "doubled key"])
def test_a_bad_key_keeps_the_version_before(lake: Lake, rows: list[dict[str, object]]) -> None:
    publish(lake, table(a=1))
    with pytest.raises(DriftDetected):
        publish(lake, pa.Table.from_pylist(rows, SCHEMA))
    assert lake.read("things").num_rows == 1


def test_a_failed_check_publishes_nothing(lake: Lake) -> None:
    with pytest.raises(DriftDetected, match="too small"):
        lake.publish("things", table(a=1), key=["id"], run_id="r", checks=[lambda rows: "too small"])
    assert lake.current("things") is None


def test_a_crash_before_the_pointer_moves_leaves_nothing_visible(
    lake: Lake, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(lake, table(a=1))

    def crash(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(ledger.datasets, "publish", crash)
        publish(lake, table(a=2))
    assert lake.read("things").to_pylist()[0]["value"] == 1
    assert publish(lake, table(a=2)) == Counts(read=1, changed=1)


def test_raw_pages_come_back_as_they_arrived(lake: Lake) -> None:
    lake.land_raw("portal", "companies", "r1", "0002", b"\xff\x00second")
    lake.land_raw("portal", "companies", "r1", "0001", b"first")
    pages = lake.raw_pages("portal", "companies", "r1")
    assert [lake.read_raw(page) for page in pages] == [b"first", b"\xff\x00second"]
    assert lake.raw_pages("portal", "companies", "r2") == []


ROWS = st.dictionaries(st.text("abcdef", min_size=1, max_size=2), st.one_of(st.none(), st.integers(0, 3)), max_size=8)


@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=ROWS, after=ROWS)
def test_changed_keys_are_exactly_the_difference(lake: Lake, before: dict[str, int], after: dict[str, int]) -> None:
    publish(lake, table(**before))
    since = lake.current("things")
    assert since is not None
    publish(lake, table(**after))
    found = {row["_key"]: row["change"] for row in lake.changed_keys("things", since.version).to_pylist()}
    expected = {key: "added" for key in after.keys() - before.keys()}
    expected |= {key: "removed" for key in before.keys() - after.keys()}
    expected |= {key: "changed" for key in after.keys() & before.keys() if before[key] != after[key]}
    assert found == expected


def test_an_address_of_an_object_store_serves_as_well(ledger: Ledger) -> None:
    """Nothing depends on a local disk: here the lake lives in memory behind an fsspec address."""
    lake = Lake(f"memory://lake-{id(ledger)}", ledger)
    publish(lake, table(a=1))
    publish(lake, table(a=2, b=1))
    with lake.query(lake.pin(["things"])) as con:
        assert con.execute('select id, value from "things" order by id').fetchall() == [("a", 2), ("b", 1)]
    page = lake.land_raw("portal", "companies", "r1", "0001", b"first")
    assert lake.raw_pages("portal", "companies", "r1") == [page]
    assert lake.raw_runs() == ["raw/portal/companies/r1"]
    lake.drop_raw(lake.raw_runs()[0])
    assert lake.raw_runs() == []


def test_retention_keeps_what_a_stage_will_ask_about(ctx: StageContext) -> None:
    names = []
    for value in range(4):
        publish(ctx.lake, table(a=value))
        current = ctx.lake.current("things")
        assert current is not None
        names.append(current.version)
    ctx.ledger.runs.consume("matchmaking", "r", {"things": names[0]}, {})
    assert ctx.lake.retain("things", keep=1, older_than=timedelta(seconds=-1)) == 2
    assert ctx.lake.read(ctx.lake.version("things", names[0])).num_rows == 1
    with pytest.raises(ConfigError, match="no such version"):
        ctx.lake.version("things", names[1])


def test_without_a_version_before_everything_is_added(lake: Lake) -> None:
    publish(lake, table(a=1, b=2))
    assert lake.changed_keys("things", None).to_pylist() == [
        {"_key": "a", "change": "added"},
        {"_key": "b", "change": "added"},
    ]
