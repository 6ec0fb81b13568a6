"""Change tracking: everything once, then only what changed, deletions included, and nothing lost in between."""

import pytest

TRACK = "odata.track-changes"


def read_all(neo, url, size=None):
    """Follow the pages of one reading; gives rows and the link for the next one."""
    rows, prefer = [], TRACK if size is None else f"{TRACK},odata.maxpagesize={size}"
    while True:
        page = neo.row(url, Prefer=prefer)
        rows += page["value"]
        if "@odata.deltaLink" in page:
            assert "@odata.nextLink" not in page
            return rows, page["@odata.deltaLink"]
        url = page["@odata.nextLink"]


@pytest.mark.parametrize("size", [1, 2, None])
def test_a_change_shows_once_and_only_once(neo, size) -> None:
    ids = [neo.create("accounts", {"name": name}) for name in ("Uno", "Dos", "Tres")]
    rows, link = read_all(neo, "accounts?$select=name", size)
    assert {row["name"] for row in rows} == {"Uno", "Dos", "Tres"}
    assert read_all(neo, link, size)[0] == []
    neo.patch(f"accounts({ids[0]})", {"name": "Uno bis"})
    neo.delete(f"accounts({ids[1]})")
    ids.append(neo.create("accounts", {"name": "Cuatro"}))
    changes, link = read_all(neo, link, size)
    assert [row.get("name") for row in changes] == ["Uno bis", "Cuatro", None]
    assert (changes[2]["id"], changes[2]["reason"]) == (ids[1], "deleted")
    assert changes[2]["@odata.context"].endswith("$metadata#accounts/$deletedEntity")
    assert read_all(neo, link, size)[0] == []


def test_what_changes_while_the_pages_are_read_comes_with_the_next_delta(neo) -> None:
    for name in ("Uno", "Dos", "Tres"):
        neo.create("accounts", {"name": name})
    page = neo.row("accounts?$select=name", Prefer=f"{TRACK},odata.maxpagesize=2")
    first = page["value"][0]
    neo.patch(f"accounts({first['accountid']})", {"name": "Cambió"})
    _, link = read_all(neo, page["@odata.nextLink"], 2)
    assert [row["name"] for row in read_all(neo, link)[0]] == ["Cambió"]


def test_a_row_that_came_and_went_is_reported_as_deleted(neo) -> None:
    _, link = read_all(neo, "accounts?$select=name")
    account = neo.create("accounts", {"name": "Uno"})
    neo.delete(f"accounts({account})")
    assert [row["id"] for row in read_all(neo, link)[0]] == [account]


def test_a_link_that_loses_its_target_is_a_change(neo) -> None:
    parent = neo.create("accounts", {"name": "Uno"})
    child = neo.create("accounts", {"name": "Dos", "parentaccountid@odata.bind": f"/accounts({parent})"})
    _, link = read_all(neo, "accounts?$select=name")
    neo.delete(f"accounts({parent})")
    assert [row.get("accountid") or row["id"] for row in read_all(neo, link)[0]] == [child, parent]


def test_the_answer_says_that_it_tracks_and_counts_changes(neo) -> None:
    neo.create("accounts", {"name": "Uno"})
    answer = neo.get("accounts?$select=name", Prefer=TRACK)
    assert answer.headers["Preference-Applied"] == TRACK
    link = answer.json()["@odata.deltaLink"]
    assert "$deltatoken=" in link
    assert "%21" in link
    neo.create("accounts", {"name": "Dos"})
    assert neo.get(link.replace("accounts?", "accounts/$count?")).content == b"\xef\xbb\xbf1"
    assert neo.row(link)["@odata.context"].endswith("$metadata#accounts(name)/$delta")


@pytest.mark.parametrize("option", ["$filter=name eq 'x'", "$orderby=name", "$expand=primarycontactid", "$top=1"])
def test_options_that_do_not_go_with_tracking(neo, option) -> None:
    answer = neo.get(f"accounts?{option}", Prefer=TRACK)
    name = option.split("=")[0]
    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == (
        f'The "{name}" query parameter isn\'t supported when Change Tracking is enabled.'
    )


def test_a_table_without_tracking_and_a_token_grown_old(neo) -> None:
    assert neo.get("roles", Prefer=TRACK).status_code == 400
    _, link = read_all(neo, "accounts")
    neo.clock.advance(7 * 24 * 3600)
    neo.act_as("hub")
    answer = neo.get(link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "0x80044352")
    assert neo.get("accounts?$deltatoken=x").status_code == 400
