"""The open data service: SoQL as far as it goes, blank keys left out, quotas, and pages that lie without an order."""

import csv
import io
from typing import Any

import pytest
from fastapi.testclient import TestClient

from include.sandbox.soda import Dataset, create_soda_app
from include.sandbox.soda.soql import SoqlError, parse_where

PATH = "/resource/c82u-588k"


def rows(call: Any, **params: Any) -> list[dict[str, str]]:
    answer = call("rues")("GET", f"{PATH}.json", params={f"${name}": value for name, value in params.items()})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, str]] = answer.json()
    return found


def test_default_page_has_a_thousand_rows_without_blank_keys(call: Any) -> None:
    found = rows(call)
    assert len(found) == 1_000
    assert all(value for row in found for value in row.values())
    assert not any(name.startswith(":") for row in found for name in row)


def test_paging_by_key_reads_the_dataset_whole(call: Any, sandbox: Any) -> None:
    seen: list[str] = []
    last = ""
    while True:
        page = rows(call, select=":*,*", order=":id", limit=400, where=f"(:id > '{last}')")
        seen += [row[":id"] for row in page]
        if len(page) < 400:
            break
        last = seen[-1]
    assert len(set(seen)) == len(seen) == len(sandbox.world.rues)


def test_pages_by_offset_agree_only_with_an_order(call: Any) -> None:
    def read(**order: str) -> list[str]:
        return [row["matricula"] for offset in (0, 750) for row in rows(call, limit=750, offset=offset, **order)]

    assert len(set(read(order=":id"))) == 1_500
    assert len(set(read())) < 1_500


@pytest.mark.parametrize(
    ("where", "fits"),
    [
        ("codigo_estado_matricula = '01'", lambda r: r["codigo_estado_matricula"] == "01"),
        ("codigo_estado_matricula != '01'", lambda r: r["codigo_estado_matricula"] != "01"),
        ("ultimo_ano_renovado >= '2026'", lambda r: r["ultimo_ano_renovado"] >= "2026"),
        ("nit in ('{a}', '{b}')", lambda r: r["nit"] in r["_ab"]),
        ("razon_social like '%FLORES%'", lambda r: "flores" in r["razon_social"].lower()),
        ("starts_with(cod_ciiu_act_econ_pri, '01')", lambda r: r["cod_ciiu_act_econ_pri"].startswith("01")),
        ("nit is null", lambda r: not r["nit"]),
        ("sigla is not null", lambda r: bool(r["sigla"])),
        ("codigo_camara = '04' and nit is not null", lambda r: r["codigo_camara"] == "04" and bool(r["nit"])),
        ("not (codigo_camara = '04' or codigo_camara = '21')", lambda r: r["codigo_camara"] not in ("04", "21")),
        ("upper(camara_comercio) = 'BOGOTA'", lambda r: r["camara_comercio"] == "BOGOTA"),
        ("fecha_matricula between '2020' and '2021'", lambda r: "2020" <= r["fecha_matricula"] <= "2021"),
    ],
)  # fmt: skip
def test_conditions_select_what_they_say(call: Any, sandbox: Any, where: str, fits: Any) -> None:
    pair = [row["nit"] for row in sandbox.world.rues if row["nit"].startswith("98")][:2]
    condition = where.format(a=pair[0], b=pair[1])
    found = {row["matricula"] for row in rows(call, where=condition, limit=2_000, select="matricula")}
    expected = {row["matricula"] for row in sandbox.world.rues if fits(row | {"_ab": pair})}
    assert found == expected
    assert expected


def test_selecting_counting_and_ordering(call: Any, sandbox: Any) -> None:
    assert rows(call, select="count(*) as n", where="codigo_estado_matricula='01'") == [
        {"n": str(sum(row["codigo_estado_matricula"] == "01" for row in sandbox.world.rues))}
    ]
    found = rows(call, select="matricula as numero", order="matricula desc", limit=3)
    assert [row["numero"] for row in found] == sorted((r["matricula"] for r in sandbox.world.rues), reverse=True)[:3]


def test_csv_has_every_column(call: Any) -> None:
    answer = call("rues")("GET", f"{PATH}.csv", params={"$limit": 5, "$order": ":id"})
    table = list(csv.reader(io.StringIO(answer.text)))
    assert (len(table), {len(row) for row in table}) == (6, {36})
    assert table[0][:3] == ["codigo_camara", "camara_comercio", "matricula"]


@pytest.mark.parametrize(
    ("path", "params", "status", "code"),
    [
        ("/resource/nb3d-v7n7.json", {}, 404, "dataset.missing"),
        (f"{PATH}.json", {"$select": "municipio"}, 400, "query.soql.no-such-column"),
        (f"{PATH}.json", {"$where": "municipio = 'x'"}, 400, "query.soql.no-such-column"),
        (f"{PATH}.json", {"$where": "nit = "}, 400, "query.compiler.malformed"),
        (f"{PATH}.json", {"$where": "nit ; drop"}, 400, "query.compiler.malformed"),
        (f"{PATH}.json", {"$limit": "many"}, 400, "query.compiler.malformed"),
        (f"{PATH}.json", {"$group": "nit"}, 400, "query.compiler.malformed"),
        (f"{PATH}.json", {"$$app_token": "guess"}, 403, "permission_denied"),
    ],
)
def test_refusals_are_socratas(call: Any, path: str, params: dict[str, str], status: int, code: str) -> None:
    token = None if "$$app_token" in params else "own"
    answer = call("rues", token=token)("GET", path, params=params)
    assert (answer.status_code, answer.json()["code"], answer.json()["error"]) == (status, code, True)


def test_values_are_bound_and_never_become_sql(call: Any) -> None:
    assert rows(call, where="razon_social = 'x'' or 1=1 --'") == []


def test_strangers_share_a_quota_and_token_holders_do_not() -> None:
    dataset = Dataset(":memory:", ["nit"])
    dataset.load([{":id": "row-1", ":updated_at": "2026-01-01T00:00:00.000Z", "nit": "980000000"}])
    client = TestClient(create_soda_app({"c82u-588k": dataset}, frozenset({"t"}), "c", free_calls=2))
    anonymous = [client.get("/resource/c82u-588k.json").status_code for _ in range(3)]
    known = [client.get("/resource/c82u-588k.json", headers={"X-App-Token": "t"}).status_code for _ in range(3)]
    assert (anonymous, known) == ([200, 200, 429], [200, 200, 200])
    assert client.get("/resource/c82u-588k.json").json()["error"] is True


def test_a_changed_row_comes_back_to_who_asks_since(call: Any, sandbox: Any, sandbox_control: Any) -> None:
    row = dict(sandbox.world.rues[10])
    moment = "2030-01-01T00:00:00.000Z"
    try:
        sandbox_control(
            "rues", "POST", "rows/c82u-588k", json=[row | {"codigo_estado_matricula": "03", ":updated_at": moment}]
        )
        changed = rows(call, select=":*,*", where=":updated_at > '2029-01-01T00:00:00.000Z'")
        assert [(r[":id"], r["codigo_estado_matricula"]) for r in changed] == [(row[":id"], "03")]
    finally:
        sandbox_control("rues", "POST", "rows/c82u-588k", json=[row])


@pytest.mark.parametrize(
    "text", ["", "and", "a = 'x", "a in ()", "a in ('x'", "a like", "a not = 'x'", "a is 'x'", "(a = 'x'", "a = 'x' a"]
)
def test_malformed_conditions_are_refused(text: str) -> None:
    with pytest.raises(SoqlError):
        parse_where(text, ["a"])
