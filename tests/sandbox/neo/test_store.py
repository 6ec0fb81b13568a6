"""NeoStore without HTTP: seeding, audit, versions, files."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from include.sandbox.neo.errors import ServiceError
from include.sandbox.neo.store.neo_store import NeoStore

ACCOUNT = "11111111-1111-1111-1111-111111111111"
CONTACT = "22222222-2222-2222-2222-222222222222"
USER = "33333333-3333-3333-3333-333333333333"


@pytest.fixture
def store() -> NeoStore:
    return NeoStore(now=lambda: datetime(2026, 11, 3, tzinfo=UTC))


def test_seeding_takes_what_only_the_server_sets_and_links_in_any_order(store) -> None:
    store.seed("systemuser", [{"systemuserid": USER, "firstname": "Laura", "lastname": "Restrepo"}])
    account = {
        "accountid": ACCOUNT,
        "name": "Café",
        "createdon": "2024-01-02T03:04:05Z",
        "modifiedon": "2025-01-02T03:04:05Z",
        "createdby@odata.bind": f"/systemusers({USER})",
        "ownerid@odata.bind": f"/systemusers({USER})",
        "primarycontactid@odata.bind": f"/contacts({CONTACT})",
    }
    assert store.seed("account", [account]) == 1
    store.seed("contact", [{"contactid": CONTACT, "lastname": "Rojas"}])
    row = store.database.row("select createdon, modifiedon, createdby, owninguser, primarycontactid from account")
    assert row == ("2024-01-02T03:04:05Z", "2025-01-02T03:04:05Z", USER, USER, CONTACT)


def test_a_seed_that_is_wrong_leaves_nothing(store) -> None:
    rows = [{"name": "Uno"}, {"name": "x" * 161}]
    with pytest.raises(ServiceError, match="exceeded the maximum allowed length"):
        store.seed("account", rows)
    assert store.count("account") == 0
    with pytest.raises(KeyError):
        store.seed("nada", [])


def test_versions_grow_over_the_whole_organisation(store) -> None:
    store.seed("account", [{"name": "Uno"}, {"name": "Dos"}])
    store.seed("contact", [{"lastname": "Rojas"}])
    versions = [row[0] for row in store.database.rows("select versionnumber from account order by rowid")]
    versions.append(store.database.row("select versionnumber from contact")[0])
    assert versions == sorted(set(versions))


def test_a_part_that_fails_inside_a_transaction_leaves_the_rest(store) -> None:
    with store.transaction():
        store.seed("account", [{"name": "Uno"}])
        with pytest.raises(ServiceError):
            store.seed("account", [{"name": "Dos"}, {"name": "x" * 161}])
        store.seed("account", [{"name": "Tres"}])
    assert [row[0] for row in store.database.rows("select name from account order by versionnumber")] == ["Uno", "Tres"]


def test_a_file_keeps_rows_and_is_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "neo.sqlite"
    first = NeoStore(path)
    first.seed("account", [{"name": "Café"}])
    version = first.database.version
    first.close()
    second = NeoStore(path)
    assert (second.count("account"), second.database.version) == (1, version)
    second.close()


def test_reset_returns_to_the_baseline_or_to_nothing(store) -> None:
    store.seed("account", [{"name": "Uno"}])
    store.mark_baseline()
    store.seed("account", [{"name": "Dos"}])
    store.reset()
    assert store.count("account") == 1
    empty = NeoStore()
    empty.seed("account", [{"name": "Uno"}])
    empty.reset()
    assert (empty.count("account"), empty.count("transactioncurrency")) == (0, 2)


def test_a_file_remembers_its_baseline_over_a_restart(tmp_path: Path) -> None:
    first = NeoStore(tmp_path / "neo.sqlite")
    first.seed("account", [{"name": "Uno"}])
    first.mark_baseline()
    first.seed("account", [{"name": "Dos"}])
    first.close()
    second = NeoStore(tmp_path / "neo.sqlite")
    second.reset()
    assert second.count("account") == 1
    second.close()


def test_who_changed_what_is_kept(neo) -> None:
    account = neo.create("accounts", {"name": "Café", "telephone1": "1"})
    neo.patch(f"accounts({account})", {"name": "Café", "telephone1": "2"})
    rows = neo.store.database.rows("select action, actor, changes from _audit where row = ? order by id", (account,))
    me = neo.row("WhoAmI")["UserId"]
    assert [(r[0], r[1]) for r in rows] == [("create", me), ("update", me)]
    assert rows[1][2] == '{"telephone1": ["1", "2"]}'


def test_thousands_of_rows_are_seeded_in_seconds(store) -> None:
    rows = ({"name": f"Empresa {n}", "accountnumber": str(n), "address1_city": "Bogotá"} for n in range(5000))
    started = datetime.now(UTC)
    assert store.seed("account", rows) == 5000
    assert (datetime.now(UTC) - started).total_seconds() < 5
