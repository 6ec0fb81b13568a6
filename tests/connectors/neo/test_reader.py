"""Reading a table: in full, what changed, and in full again when the link is no good."""

import pytest
from responses import matchers

from connectors.neo.reader import fetch_table
from include.core.errors import ConfigError
from tests.connectors.neo.conftest import API, knows_table

LINK = API + "pc_offers?$select=pc_name,pc_offerid&$deltatoken=7"
FULL = {"$select": "pc_name,pc_offerid"}


def row(number):
    return {"@odata.etag": f'W/"{number}"', "pc_offerid": f"id-{number}", "pc_name": f"Oferta {number}", "extra": 1}


def read(client, link=None, columns=("pc_name",)):
    return list(fetch_table(client, "pc_offer", list(columns), link))


def test_a_full_read_pages_to_the_end_and_brings_the_link_for_next_time(neo, client):
    knows_table(neo)
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher(FULL)],
            json={"value": [row(1)], "@odata.nextLink": API + "pc_offers?$skiptoken=2"})  # fmt: skip
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher({"$skiptoken": "2"})],
            json={"value": [row(2)], "@odata.deltaLink": LINK})  # fmt: skip
    first, last = read(client)
    assert first.rows == [{"pc_offerid": "id-1", "pc_name": "Oferta 1"}]
    assert (first.is_full, first.delta_link) == (True, None)
    assert (last.is_full, last.delta_link) == (True, LINK)
    assert "odata.track-changes" in neo.calls[1].request.headers["Prefer"]


def test_the_link_brings_changes_and_deletions_only(neo, client):
    knows_table(neo)
    gone = {"@odata.context": API + "$metadata#pc_offers/$deletedEntity", "id": "id-9", "reason": "deleted"}
    neo.get(LINK, json={"value": [row(3), gone], "@odata.deltaLink": LINK + "8"})
    [page] = read(client, LINK)
    assert ([r["pc_offerid"] for r in page.rows], page.deleted_ids) == (["id-3"], ["id-9"])
    assert (page.is_full, page.delta_link) == (False, LINK + "8")


def test_a_link_that_neo_no_longer_honours_means_a_full_read(neo, client):
    knows_table(neo)
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher({**FULL, "$deltatoken": "7"})], status=400,
            json={"error": {"code": "0x80040203", "message": "too old"}})  # fmt: skip
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher(FULL)], json={"value": [], "@odata.deltaLink": LINK})
    [page] = read(client, LINK)
    assert page.is_full


@pytest.mark.parametrize("link", [LINK.replace("pc_name,", ""), LINK.replace("neo.example", "old.example")])
def test_a_link_for_other_columns_or_another_host_is_not_followed(neo, client, link):
    knows_table(neo)
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher(FULL)], json={"value": []})
    [page] = read(client, link)
    assert page.is_full
    assert all("old.example" not in call.request.url for call in neo.calls)


def test_a_table_without_change_tracking_is_always_read_in_full(neo, client):
    knows_table(neo, tracks_changes=False)
    neo.get(API + "pc_offers", match=[matchers.query_param_matcher(FULL)], json={"value": [row(1)]})
    [page] = read(client, LINK)
    assert (page.is_full, page.delta_link) == (True, None)
    assert "track-changes" not in neo.calls[1].request.headers["Prefer"]


def test_a_column_that_neo_lacks_points_to_provisioning(neo, client):
    knows_table(neo)
    neo.get(API + "pc_offers", status=400, json={"error": {"code": "0x0", "message": "Could not find a property"}})
    with pytest.raises(ConfigError, match="hub neo provision"):
        read(client)
