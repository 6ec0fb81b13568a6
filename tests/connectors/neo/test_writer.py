"""Writing rows: bulk when all is well, one by one for a poisoned chunk, nothing lost when NEO goes away."""

import json
import re

import pytest

from connectors.neo.query import RowRef
from connectors.neo.writer import NeoWriter, RowWrite
from include.core.errors import RetriableError
from tests.connectors.neo.conftest import API, knows_table

GUID = "00000000-0000-0000-0000-00000000000{}"
UPSERT = API + "pc_offers/Microsoft.Dynamics.CRM.UpsertMultiple"
UPDATE = API + "pc_offers/Microsoft.Dynamics.CRM.UpdateMultiple"


@pytest.fixture
def ready(neo):
    """NEO knows the tables and offers the bulk messages."""
    knows_table(neo)
    neo.get(API + "sdkmessagefilters", json={"value": [{"sdkmessagefilterid": "f"}]})
    return neo


def write(client, rows, **options):
    writer = NeoWriter(client, "pc_offer", key_column="pc_hubid", workers=1, **options)
    return [result for chunk in writer.write(rows) for result in chunk]


def new(number, **columns):
    return RowWrite(f"O-{number}", {"pc_name": f"Oferta {number}", **columns})


def sent(call):
    return json.loads(call.request.body)["Targets"]


def calls(neo, ending):
    return [call for call in neo.calls if call.request.url.endswith(ending)]


def batch_answer(*statuses, retry_after=None):
    """A multipart answer with one part per status."""
    parts = []
    for number, status in enumerate(statuses, start=1):
        lines = ["Content-Type: application/http", "Content-Transfer-Encoding: binary", "", f"HTTP/1.1 {status} Word",
                 f"x-ms-service-request-id: part-{number}"]  # fmt: skip
        if retry_after is not None and status == 429:
            lines.append(f"Retry-After: {retry_after}")
        body = (
            '{"error":{"code":"0x80044331","message":"The length of the \'pc_name\' attribute"}}'
            if status >= 400
            else ""
        )
        parts.append("--batchresponse_1\r\n" + "\r\n".join([*lines, "", body, ""]))
    return "".join(parts) + "--batchresponse_1--\r\n"


def answers_batch(neo, *statuses, **options):
    neo.post(API + "$batch", body=batch_answer(*statuses, **options),
             content_type="multipart/mixed; boundary=batchresponse_1")  # fmt: skip


def test_new_rows_are_upserted_by_their_hub_id(ready, client):
    ready.post(UPSERT, status=204, headers={"x-ms-service-request-id": "r-1"})
    results = write(client, [new(1), new(2)])
    assert [(r.row_key, r.request_id, r.refusal) for r in results] == [("O-1", "r-1", None), ("O-2", "r-1", None)]
    first, _ = sent(calls(ready, "UpsertMultiple")[0])
    assert first == {
        "@odata.type": "Microsoft.Dynamics.CRM.pc_offer",
        "@odata.id": "pc_offers(pc_hubid='O-1')",
        "pc_name": "Oferta 1",
    }


def test_known_rows_are_updated_by_their_id(ready, client):
    ready.post(UPDATE, status=204)
    write(client, [RowWrite("O-1", {"pc_name": "x"}, id=GUID.format(1))])
    assert sent(calls(ready, "UpdateMultiple")[0]) == [
        {"@odata.type": "Microsoft.Dynamics.CRM.pc_offer", "pc_name": "x", "pc_offerid": GUID.format(1)}
    ]


def test_links_are_bound_by_hub_id_by_id_or_cleared(ready, client):
    ready.post(UPSERT, status=204)
    links = {
        "pc_AccountId": RowRef.by_key("account", "pc_hubid", "CU-1"),
        "pc_BuyerId": RowRef.by_id("account", GUID.format(7)),
        "pc_OtherId": None,
    }
    write(client, [RowWrite("O-1", {}, links)])
    [target] = sent(calls(ready, "UpsertMultiple")[0])
    assert target["pc_AccountId@odata.bind"] == "/accounts(pc_hubid='CU-1')"
    assert target["pc_BuyerId@odata.bind"] == f"/accounts({GUID.format(7)})"
    assert target["pc_OtherId@odata.bind"] is None


def test_rows_go_out_in_chunks_of_one_kind(ready, client):
    ready.post(UPSERT, status=204)
    ready.post(UPDATE, status=204)
    known = [RowWrite(f"K-{n}", {"pc_name": "x"}, id=GUID.format(n)) for n in range(3)]
    results = write(client, [new(1), known[0], new(2), known[1], new(3), known[2]], chunk_rows=2)
    assert len(results) == 6
    assert [len(sent(call)) for call in calls(ready, "UpsertMultiple")] == [2, 1]
    assert [len(sent(call)) for call in calls(ready, "UpdateMultiple")] == [2, 1]


def test_one_poisoned_row_does_not_cost_the_others(ready, client):
    """NEO rolls the whole chunk back and does not say which row it was: only that chunk goes out row by row."""
    ready.post(UPSERT, status=400, json={"error": {"code": "0x80044331", "message": "too long"}})
    ready.post(UPSERT, status=204)
    answers_batch(ready, 204, 400, 204)
    results = {r.row_key: r for r in write(client, [new(n) for n in range(1, 6)], chunk_rows=3)}
    assert [key for key, result in results.items() if result.refusal is not None] == ["O-2"]
    assert (results["O-2"].refusal.code, results["O-2"].request_id) == ("0x80044331", "part-2")
    [batch] = calls(ready, "$batch")
    assert batch.request.headers["Prefer"] == "odata.continue-on-error"
    assert re.findall(r"PATCH (\S+)", batch.request.body.decode()) == [
        f"/api/data/v9.2/pc_offers(pc_hubid='O-{n}')" for n in (1, 2, 3)
    ]


def test_an_update_in_a_batch_never_brings_a_deleted_row_back(ready, client):
    ready.post(UPDATE, status=400, json={"error": {"code": "0x80040217", "message": "Does Not Exist"}})
    answers_batch(ready, 204, 404)
    rows = [RowWrite(f"K-{n}", {"pc_name": "x"}, id=GUID.format(n)) for n in (1, 2)]
    results = write(client, rows)
    assert [r.refusal.status if r.refusal else None for r in results] == [None, 404]
    assert calls(ready, "$batch")[0].request.body.decode().count("If-Match: *") == 2


def test_a_single_refused_row_needs_no_batch(ready, client):
    ready.post(UPSERT, status=412, json={"error": {"code": "0x80060892", "message": "Entity Key violated"}})
    [result] = write(client, [new(1)])
    assert result.refusal.code == "0x80060892"
    assert calls(ready, "$batch") == []


def test_parts_that_found_neo_busy_are_sent_again(ready, client, time):
    ready.post(UPSERT, status=400, json={"error": {"code": "0x80040203", "message": ""}})
    answers_batch(ready, 204, 429, retry_after=9)
    answers_batch(ready, 204)
    results = write(client, [new(1), new(2)])
    assert [r.refusal for r in results] == [None, None]
    assert 9 in time.slept


def test_a_table_without_bulk_messages_is_written_in_batches(neo, client):
    knows_table(neo)
    neo.get(API + "sdkmessagefilters", json={"value": []})
    answers_batch(neo, 204, 204)
    assert [r.refusal for r in write(client, [new(1), new(2)])] == [None, None]
    assert calls(neo, "UpsertMultiple") == []


def test_when_neo_goes_away_the_answers_that_came_are_handed_over_first(ready, client):
    ready.post(UPSERT, status=204)
    ready.post(UPSERT, status=429, headers={"Retry-After": "3600"})
    arrived = []
    with pytest.raises(RetriableError):
        for chunk in NeoWriter(client, "pc_offer", key_column="pc_hubid", chunk_rows=1, workers=1).write(
            [new(1), new(2), new(3)]
        ):
            arrived += [r.row_key for r in chunk]
    assert arrived == ["O-1"]
    assert len(calls(ready, "UpsertMultiple")) == 2  # the third was never started


def test_whoever_stops_listening_stops_the_writing(ready, client):
    ready.post(UPSERT, status=204)
    writer = NeoWriter(client, "pc_offer", key_column="pc_hubid", chunk_rows=1, workers=1)
    for chunk in writer.write([new(n) for n in range(1, 10)]):
        assert [r.row_key for r in chunk] == ["O-1"]
        break
    assert len(calls(ready, "UpsertMultiple")) < 9
