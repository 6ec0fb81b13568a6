"""The connector against a real server over HTTPS: tokens, provisioning, change tracking, bulk writes, throttling."""

from pathlib import Path

import pytest

from connectors.neo.client import open_neo
from connectors.neo.query import RowRef
from connectors.neo.reader import fetch_table
from connectors.neo.writer import NeoWriter, RowWrite
from include.core.errors import ConfigError
from include.sandbox.neo.limits import Limits
from include.stages.provision import apply_provisioning, plan
from tests.fixtures.live_neo import bare_neo, live_neo, neo_client, provisioned_neo, start_neo

__all__ = ["bare_neo", "live_neo", "neo_client", "provisioned_neo"]


def write(client, rows, table="account", **options):
    writer = NeoWriter(client, table, key_column="pc_hubid", **options)
    return {result.row_key: result for chunk in writer.write(rows) for result in chunk}


def read(client, link=None, columns=("name", "pc_hubid")):
    pages = list(fetch_table(client, "account", columns, link))
    return [row for page in pages for row in page.rows], [i for page in pages for i in page.deleted_ids], pages[-1]


def test_an_organisation_is_provisioned_once_and_the_second_time_lacks_nothing(bare_neo, tmp_path):
    with open_neo(bare_neo.settings(tmp_path)) as client:
        with pytest.raises(ConfigError, match="hub neo provision"):
            client.table("pc_match")
        made = apply_provisioning(client, bare_neo.schema)
        assert made.different == ()
        kinds = {step.kind for step in made.created}
        assert kinds >= {"publisher", "solution", "choice", "table", "column", "lookup", "key"}
        assert plan(client, bare_neo.schema) == []
        assert apply_provisioning(client, bare_neo.schema).created == ()
        # Everything the sheets promise can be asked for, the lookups by the names the reader uses.
        for name, sheet in bare_neo.schema.tables.items():
            [page] = fetch_table(client, name, sheet.readable)
            assert page.delta_link, name


def test_an_interrupted_provisioning_is_taken_up_again(tmp_path):
    neo, server = start_neo(tmp_path / "neo")
    try:
        with open_neo(neo.settings(tmp_path / "hub")) as client:
            neo.fail(status=400, path="EntityDefinitions(LogicalName='pc_need')/Attributes", method="POST")
            with pytest.raises(ConfigError):
                apply_provisioning(client, neo.schema)
            left = plan(client, neo.schema)
            assert left
            assert not {"publisher", "solution", "choice", "table"} & {step.kind for step in left}
            apply_provisioning(client, neo.schema)
            assert plan(client, neo.schema) == []
    finally:
        server.stop()
        neo.store.close()


def test_changes_since_the_last_read_and_nothing_else(neo_client):
    write(neo_client, [RowWrite(f"CU-{n}", {"name": f"Empresa {n}"}) for n in range(3)])
    rows, _, last = read(neo_client)
    assert {row["pc_hubid"] for row in rows} == {"CU-0", "CU-1", "CU-2"}
    neo_client.request("PATCH", "accounts(pc_hubid='CU-1')", json={"name": "Otra"})
    neo_client.request("DELETE", "accounts(pc_hubid='CU-2')")
    changed, deleted, following = read(neo_client, last.delta_link)
    assert [row["name"] for row in changed] == ["Otra"]
    assert deleted == [row["accountid"] for row in rows if row["pc_hubid"] == "CU-2"]
    assert read(neo_client, following.delta_link)[:2] == ([], [])


@pytest.mark.parametrize("columns", [("name",), ("name", "pc_hubid", "telephone1")])
def test_a_link_made_for_other_columns_means_a_full_read(neo_client, columns):
    write(neo_client, [RowWrite("CU-1", {"name": "Empresa"})])
    link = read(neo_client)[2].delta_link
    rows, _, last = read(neo_client, link, columns)
    assert last.is_full
    assert set(rows[0]) == {"accountid", *columns}


def test_a_poisoned_row_is_the_only_one_that_does_not_arrive(live_neo, neo_client):
    rows = [RowWrite(f"CU-{n}", {"name": "X" * 161 if n == 7 else f"Empresa {n}"}) for n in range(20)]
    results = write(neo_client, rows, chunk_rows=10)
    assert {key for key, result in results.items() if result.refusal} == {"CU-7"}
    assert (results["CU-7"].refusal.code, bool(results["CU-7"].request_id)) == ("0x80044331", True)
    assert live_neo.store.count("account") == 19


def test_writing_twice_changes_nothing_and_doubles_nothing(live_neo, neo_client):
    rows = [RowWrite(f"CU-{n}", {"name": f"Empresa {n}"}) for n in range(5)]
    write(neo_client, rows)
    write(neo_client, rows)
    assert live_neo.store.count("account") == 5


def test_links_to_rows_by_hub_id_and_to_rows_that_are_missing(live_neo, neo_client):
    write(neo_client, [RowWrite("CU-1", {"name": "Empresa"})])
    account = RowRef.by_key("account", "pc_hubid", "CU-1")
    missing = RowRef.by_key("account", "pc_hubid", "CU-2")
    offers = [
        RowWrite("O-1|a", {"pc_name": "Café"}, {"pc_AccountId": account}),
        RowWrite("O-2|b", {"pc_name": "Té"}, {"pc_AccountId": missing}),
    ]
    results = write(neo_client, offers, table="pc_offer")
    assert [results[key].refusal is None for key in ("O-1|a", "O-2|b")] == [True, False]
    answer = neo_client.get_json("pc_offers(pc_hubid='O-1%7Ca')", params={"$select": "_pc_accountid_value"})
    assert answer["_pc_accountid_value"]


def test_updates_by_id_do_not_bring_deleted_rows_back(live_neo, neo_client):
    write(neo_client, [RowWrite("CU-1", {"name": "Una"}), RowWrite("CU-2", {"name": "Dos"})])
    ids = {row["pc_hubid"]: row["accountid"] for row in read(neo_client)[0]}
    neo_client.request("DELETE", f"accounts({ids['CU-2']})")
    results = write(neo_client, [RowWrite(key, {"name": "Nueva"}, id=row_id) for key, row_id in ids.items()])
    assert [results[key].refusal is None for key in ("CU-1", "CU-2")] == [True, False]
    assert live_neo.store.count("account") == 1


def test_small_limits_slow_the_load_down_and_lose_nothing(tmp_path: Path):
    neo, server = start_neo(tmp_path / "neo", limits=Limits(requests=25, window_s=1.0, concurrency=2))
    try:
        with open_neo(neo.settings(tmp_path / "hub")) as client:
            for _ in range(60):
                client.whoami()
            assert client.governor.concurrency < 4
        statuses = [entry["status"] for entry in neo.requests()]
        assert 429 in statuses
        assert statuses.count(200) >= 60
    finally:
        server.stop()
        neo.store.close()
