"""The truth: each record belongs to one entity, grades follow products, planned list hits are where they should be."""

from collections import Counter
from typing import Any

import pytest

from include.sandbox.lists.names import name_key
from include.sandbox.world import World
from include.sandbox.world.packaged import planned_hits


def keys_of(world: World) -> dict[str, set[str]]:
    return {
        "neo": {row["accountid"] for row in world.neo["account"]},
        "portal": {row["id"] for row in world.portal["companies"]},
        "portal_registration": {row["id"] for row in world.portal["registrations"]},
        "rues": {f"{row['codigo_camara']}|{row['matricula']}" for row in world.rues},
    }


def test_every_record_belongs_to_exactly_one_entity(worlds: list[World]) -> None:
    for world in worlds:
        claimed = Counter(
            (source, key) for entity in world.truth["entities"].values() for source, key in entity["records"]
        )
        assert max(claimed.values()) == 1
        known = keys_of(world)
        assert all(key in known[source] for source, key in claimed)
        assert {key for source, key in claimed if source == "neo"} == known["neo"]
        assert {key for source, key in claimed if source == "portal"} == known["portal"]
        spoiled = {
            key
            for key, expected in world.truth["registrations"].items()
            if expected["decision"] in ("quarantine", "correct")
        }
        assert {key for source, key in claimed if source == "portal_registration"} == known[
            "portal_registration"
        ] - spoiled


def test_the_numbers_of_the_truth_are_those_of_the_registry(worlds: list[World]) -> None:
    for world in worlds:
        number = {f"{row['codigo_camara']}|{row['matricula']}": row["numero_identificacion"] for row in world.rues}
        for entity in world.truth["entities"].values():
            for source, key in entity["records"]:
                if source == "rues":
                    assert number[key] == entity["nit"]


def test_grades_follow_the_products(world: World) -> None:
    offers, needs = world.truth["codes"]["offers"], world.truth["codes"]["needs"]
    for need, graded in world.truth["need_relevance"].items():
        for offer, grade in graded.items():
            if grade == 3:
                assert offers[offer] == needs[need]
            assert offers[offer][:4] == needs[need][:4]
    assert set(world.truth["need_relevance"]) == set(needs)


def test_there_is_demand_without_supply_and_demand_with_it(worlds: list[World]) -> None:
    for world in worlds:
        supplied = [any(grade == 3 for grade in graded.values()) for graded in world.truth["need_relevance"].values()]
        assert 0.5 < sum(supplied) / len(supplied) < 0.95


@pytest.mark.parametrize(
    ("decision", "because"),
    [
        ("accept", "the company is in NEO"),
        ("accept", "buyers register freely"),
        ("refuse", "the company is not in NEO"),
        ("correct", "wrong check digit"),
        ("correct", "no NIT"),
        ("quarantine", "no company name"),
        ("quarantine", "impossible date"),
        ("quarantine", "unknown country"),
    ],
)
def test_every_case_of_the_registration_gate_waits_for_an_answer(
    worlds: list[World], decision: str, because: str
) -> None:
    for world in worlds:
        waiting = {row["id"]: row for row in world.portal["registrations"] if row["status"] in ("pending", "in_review")}
        assert waiting.keys() == world.truth["registrations"].keys()
        found = [
            e for e in world.truth["registrations"].values() if (e["decision"], e["because"]) == (decision, because)
        ]
        assert found


def test_refused_companies_are_not_in_neo_and_accepted_exporters_are(worlds: list[World]) -> None:
    for world in worlds:
        for expected in world.truth["registrations"].values():
            entity = world.truth["entities"][expected["entity"]]
            in_neo = any(source == "neo" for source, _ in entity["records"])
            if expected["because"] == "the company is not in NEO":
                assert not in_neo
            if expected["because"] == "the company is in NEO":
                assert in_neo


def subject_names(world: World, screening: dict[str, Any]) -> list[str]:
    """The names under which portal and NEO know the subject of a planned hit."""
    if screening["subject_kind"] == "person":
        people = [
            f"{row['first_name']} {row['last_name']}"
            for row in world.portal["contacts"]
            if row["id"] == screening["portal_contact_id"]
        ]
        return people + [
            f"{row['firstname']} {row['lastname']}"
            for row in world.neo["contact"]
            if row["contactid"] == screening["neo_contact_id"]
        ]
    records = {tuple(pair) for pair in world.truth["entities"][screening["entity"]]["records"]}
    names = [row["name"] for row in world.portal["companies"] if ("portal", row["id"]) in records]
    names += [
        row["company_name"] for row in world.portal["registrations"] if ("portal_registration", row["id"]) in records
    ]
    return names + [row["name"] for row in world.neo["account"] if ("neo", row["accountid"]) in records]


def test_planned_hits_and_near_misses_are_in_the_world(worlds: list[World]) -> None:
    for world in worlds:
        planned = {hit.case: hit for hit in planned_hits("quick")}
        assert {item["case"] for item in world.truth["screening"]} == planned.keys()
        assert len({item["entity"] for item in world.truth["screening"]}) == len(planned)
        for item in world.truth["screening"]:
            found = subject_names(world, item)
            assert found, item["case"]
            wanted = name_key(planned[item["case"]].name.replace("|", " "))
            shared = max(len(wanted & name_key(name)) for name in found)
            assert shared >= len(wanted) - 1, (item["case"], found)  # dirt may have touched a word, not the name


def test_an_exact_number_reaches_portal_or_registration_unharmed(worlds: list[World]) -> None:
    for world in worlds:
        typed = " ".join(
            str(row.get(column) or "")
            for stream, columns in {
                "companies": ("nit",),
                "registrations": ("nit",),
                "contacts": ("document_number",),
            }.items()
            for row in world.portal[stream]
            for column in columns
        ).replace(".", "")
        for hit in planned_hits("quick"):
            if "number" in hit.how and hit.verdict == "hit":
                assert hit.number in typed, hit.case


def test_near_misses_contradict_the_list_entry(world: World) -> None:
    """A homonym carries another document, was born another year, or sits in another country."""
    for hit in planned_hits("full"):
        if hit.verdict == "near":
            assert hit.number or hit.born_on or hit.country != "CO" or hit.how == "other_company_similar_name", hit.case
