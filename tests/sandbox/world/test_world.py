"""The invented world: the same for the same seed, coherent in itself, and true to what its truth says."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime

import pytest

from include.core import reference
from include.sandbox.neo.store.neo_store import NeoStore
from include.sandbox.world import World, build_world
from include.sandbox.world.model import SCALES
from include.sandbox.world.packaged import requirements_of
from include.sandbox.world.view_neo import USD_CURRENCY


def as_text(world: World) -> str:
    return json.dumps([world.portal, world.rues, world.neo, world.truth], ensure_ascii=False, sort_keys=True)


def test_same_arguments_make_the_same_world_row_by_row(world: World) -> None:
    assert as_text(build_world("quick", 7)) == as_text(world)


def test_another_seed_makes_another_world(worlds: list[World]) -> None:
    assert len({as_text(world) for world in worlds}) == len(worlds)


def test_another_day_moves_the_world_and_keeps_its_size(world: World) -> None:
    later = build_world("quick", 7, today=date(2027, 3, 1))
    assert later.today.date() == date(2027, 3, 1)
    assert {s: len(r) for s, r in later.portal.items()}.keys() == world.portal.keys()
    assert len(later.rues) == len(world.rues)


def test_unknown_scale_is_refused() -> None:
    with pytest.raises(KeyError):
        build_world("huge", 7)


def test_sizes_are_those_of_the_scale(worlds: list[World]) -> None:
    for world in worlds:
        assert sum(e["audience"] == "exporter" for e in world.truth["entities"].values()) == 150
        assert sum(e["audience"] == "buyer" for e in world.truth["entities"].values()) == 60
        assert len(world.portal["offers"]) + len(world.portal["needs"]) == 260
        assert len(world.rues) == 1_500
    full = SCALES["full"]
    assert full.exporters >= 2_000
    assert full.buyers >= 600
    assert full.offers + full.needs >= 3_000
    assert full.rues_rows >= 20_000


def test_shares_of_the_sources_are_near_the_plan(worlds: list[World]) -> None:
    entities = [entity for world in worlds for entity in world.truth["entities"].values()]

    def share(audience: str, source: str) -> float:
        mine = [e for e in entities if e["audience"] == audience]
        return sum(any(pair[0] == source for pair in e["records"]) for e in mine) / len(mine)

    assert 0.78 < share("exporter", "neo") < 0.92
    assert 0.25 < share("buyer", "neo") < 0.47
    assert 0.90 < share("exporter", "rues") < 0.995


def test_nothing_happened_after_today(worlds: list[World]) -> None:
    for world in worlds:
        for moment in instants(world):
            assert moment <= world.today, moment


def instants(world: World) -> Iterator[datetime]:
    """Every instant something was recorded at; due dates and meetings lie in the future by nature."""
    names = {"created_at", "updated_at", "requested_at", "answered_at", "createdon", "modifiedon", "actualend"}
    for rows in (*world.portal.values(), *world.neo.values()):
        for row in rows:
            for name in names & row.keys():
                if row[name]:
                    yield datetime.fromisoformat(row[name])


def test_records_of_the_portal_point_at_records_of_the_portal(world: World) -> None:
    ids = {stream: [row["id"] for row in rows] for stream, rows in world.portal.items()}
    assert all(len(set(found)) == len(found) for found in ids.values())
    companies, offers, needs = set(ids["companies"]), set(ids["offers"]), set(ids["needs"])
    for stream in ("contacts", "offers", "needs"):
        assert {row["company_id"] for row in world.portal[stream]} <= companies
    for stream in ("opportunities", "contact-requests"):
        for row in world.portal[stream]:
            assert row["offer_id"] in offers
            assert row["need_id"] in needs
            assert {row["buyer_company_id"], row["exporter_company_id"]} <= companies


def test_buyers_need_and_exporters_offer(world: World) -> None:
    audience = {row["id"]: row["audience"] for row in world.portal["companies"]}
    assert {audience[row["company_id"]] for row in world.portal["offers"]} == {"exporter"}
    assert {audience[row["company_id"]] for row in world.portal["needs"]} == {"buyer"}
    offering = {row["company_id"] for row in world.portal["offers"]}
    assert offering == {key for key, side in audience.items() if side == "exporter"}


def test_codes_countries_and_certificates_are_known(world: World) -> None:
    headings = {code for code, entry in reference.hs().items() if entry.level in (4, 6)}
    for row in (*world.portal["offers"], *world.portal["needs"]):
        for code in row["hs_codes"]:
            assert code[1:] in reference.services() if code.startswith("S") else code[:6] in headings, code
    for row in world.portal["companies"]:
        markets = {row["country"], *row["target_markets"], *row["export_markets"]}
        assert markets <= reference.countries().keys()
        assert row["sector"] in reference.sectors()
        assert row["ciiu"] is None or row["ciiu"] in reference.ciiu()


def test_registry_rows_have_all_columns_and_text_only(world: World) -> None:
    for row in world.rues:
        assert len([name for name in row if not name.startswith(":")]) == 36
        assert all(isinstance(value, str) for value in row.values())
    keys = [(row["codigo_camara"], row["matricula"]) for row in world.rues]
    assert len(set(keys)) == len(keys)
    assert len({row[":id"] for row in world.rues}) == len(keys)


def test_neo_accepts_every_payload(world: World) -> None:
    store = NeoStore()
    for table, payloads in world.neo.items():
        before = store.count(table)  # the organisation has users of its own
        assert store.seed(table, payloads) == len(payloads)
        assert store.count(table) == before + len(payloads), table
    currency = store.database.row(
        "select isocurrencycode from transactioncurrency where transactioncurrencyid = ?", (USD_CURRENCY,)
    )
    assert currency is not None
    assert currency[0] == "USD"
    store.close()


def test_neo_rows_point_at_rows_that_exist(world: World) -> None:
    ids = {
        "systemusers": {row["systemuserid"] for row in world.neo["systemuser"]},
        "accounts": {row["accountid"] for row in world.neo["account"]},
        "contacts": {row["contactid"] for row in world.neo["contact"]},
    }
    for rows in world.neo.values():
        for row in rows:
            for name, value in row.items():
                if name.endswith("@odata.bind") and "currency" not in name:
                    table, _, key = value.strip("/)").partition("(")
                    assert key in ids[table], (name, value)


def test_every_office_has_an_active_advisor_and_some_have_left(worlds: list[World]) -> None:
    offices = reference.offices()
    for world in worlds:
        served = {advisor.office_slug for advisor in world.advisors if advisor.is_active}
        expected = {office.slug for office in (*offices.oficom.values(), *offices.ofireg.values(), offices.central)}
        assert served == expected
        assert len({advisor.email for advisor in world.advisors}) == len(world.advisors)
    assert any(not advisor.is_active for world in worlds for advisor in world.advisors)


def test_needs_are_written_in_three_ways(worlds: list[World]) -> None:
    languages = Counter(language for world in worlds for language in world.truth["need_language"].values())
    assert min(languages[kind] for kind in ("es", "en", "mixed")) >= 10


def test_supply_ranges_from_ready_to_one_paper_short(worlds: list[World]) -> None:
    """Some offers hold all mandatory papers of a market they aim at, many lack one, some several."""
    missing: Counter[int] = Counter()
    for world in worlds:
        companies = {row["id"]: row for row in world.portal["companies"]}
        for offer in world.portal["offers"]:
            company = companies[offer["company_id"]]
            held = {certificate["code"] for certificate in offer["certificates"]}
            code = world.truth["codes"]["offers"][offer["id"]]
            for market in company["target_markets"]:
                mandatory, _ = requirements_of(market, code, company["sector"])
                missing[min(3, len(set(mandatory) - held))] += 1
    total = missing.total()
    assert 0.2 < missing[0] / total < 0.7
    assert missing[1] / total > 0.15
    assert missing[2] / total > 0.05
