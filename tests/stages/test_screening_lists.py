"""The real lists in their real formats, and the resemblances planted in the sandbox's world."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.lists.ofac import parse_ofac
from connectors.lists.un import parse_un
from include.core.reference import country_code
from include.core.settings import load_settings
from include.core.sheets import load_sheet
from include.sandbox.world.packaged import PlannedHit, planned_hits
from include.stages.screening.rarity import read_prior
from transforms.screening.engine import screen
from transforms.screening.index import ListIndex
from transforms.screening.rarity import Rarity, estimate_shares
from transforms.screening.records import Hit, ListEntry, Number, Subject
from transforms.screening.rules import ScreeningRules
from transforms.screening.subjects import document_number, list_entry
from transforms.screening.tokens import parse_name

ROOT = Path(__file__).resolve().parents[2]
LISTS = ROOT / "include" / "sandbox" / "data" / "lists"
PLANNED = planned_hits("full")


def read(name: str) -> bytes:
    path = LISTS / name
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


@pytest.fixture(scope="module")
def entries() -> list[ListEntry]:
    """OFAC, the UN and the invented list, whole."""
    demo = {"sdn": read("listademo_sdn.csv"), "alt": read("listademo_alt.csv")}
    ofac = {
        "sdn": read("ofac_sdn.csv.gz"),
        "alt": read("ofac_alt.csv.gz"),
        "add": read("ofac_add.csv.gz"),
        "comments": read("ofac_sdn_comments.csv.gz"),
    }
    parsed = [
        parse_ofac(demo, list_code="LISTA-DEMO", country_of=country_code),
        parse_ofac(ofac, list_code="OFAC-SDN", country_of=country_code),
        parse_un({"consolidated": read("un_consolidated.xml.gz")}, list_code="UN-SC", country_of=country_code),
    ]
    return [list_entry(entry.to_row()) for publication in parsed for entry in publication.entries]


@pytest.fixture(scope="module")
def index(entries: list[ListEntry]) -> ListIndex:
    folder = load_settings().config_dir / "rules"
    rules = load_sheet(folder / "screening.yml", ScreeningRules)
    shares = {}
    for kind, prior in read_prior(folder / "name_shares.csv").items():
        listed = [parse_name(e.names[0].text, kind, rules.word_sets) for e in entries if e.kind == kind and e.names]
        shares[kind] = estimate_shares([], listed, prior, rules.rarity)
    return ListIndex(entries, rules, Rarity(shares, rules.rarity))


def subject_of(planned: PlannedHit) -> Subject:
    if planned.subject.endswith("company"):
        kind = "nit" if planned.country == "CO" else "tax"
        numbers = (Number(kind, planned.number, planned.country),) if planned.number else ()  # type: ignore[arg-type]
        return Subject(planned.case, "company", (f"{planned.name} {planned.form}",), numbers, (planned.country,))
    number = document_number("CC" if planned.country == "CO" else "PASSPORT", planned.number, planned.country)
    name = planned.name.replace("|", " ")
    return Subject(planned.case, "person", (name,), (number,) if number else (), (planned.country,))


def hits_of(planned: PlannedHit, index: ListIndex) -> list[Hit]:
    return screen([subject_of(planned)], index)


def planned_with(verdict: str) -> Iterator[PlannedHit]:
    found = [planned for planned in PLANNED if planned.verdict == verdict]
    assert len(found) >= 8, "the world holds resemblances of both sorts"
    yield from found


def test_whoever_is_on_the_list_is_put_before_the_officer(index: ListIndex) -> None:
    lost = [
        planned.case
        for planned in planned_with("hit")
        if not any(
            hit.entry_id == planned.entry and hit.list_code == "LISTA-DEMO" and hit.level != "low"
            for hit in hits_of(planned, index)
        )
    ]
    assert not lost


def test_an_equal_number_is_exact_whatever_the_name(index: ListIndex) -> None:
    with_number = [planned for planned in planned_with("hit") if planned.how.startswith("number")]
    assert len(with_number) >= 8
    for planned in with_number:
        assert hits_of(planned, index)[0].level == "exact", planned.case


@pytest.mark.parametrize("how", ["same_digits_other_country", "similar_surname_other_number"])
def test_whoever_only_looks_alike_is_left_in_peace(index: ListIndex, how: str) -> None:
    alike = [planned for planned in planned_with("near") if planned.how == how]
    assert alike
    for planned in alike:
        assert not [hit for hit in hits_of(planned, index) if hit.level != "low"], planned.case


def test_a_homonym_is_for_the_officer_to_tell_apart(index: ListIndex) -> None:
    """Same full name, another number: the machine says so and does not decide."""
    homonyms = [planned for planned in planned_with("near") if planned.how.startswith("homonym_other_number")]
    for planned in homonyms:
        (hit, *_) = hits_of(planned, index)
        assert hit.level in ("high", "medium")
        assert "con otro número" in hit.why_es


def test_a_primary_name_finds_its_own_entry(index: ListIndex, entries: list[ListEntry]) -> None:
    people = [entry for entry in entries if entry.kind == "person" and len(entry.names[0].text.split()) > 2][::97]
    companies = [entry for entry in entries if entry.kind == "company" and len(entry.names[0].text.split()) > 1][::97]
    subjects = [Subject(f"{e.list_code}|{e.entry_id}", e.kind, (e.names[0].text,)) for e in (*people, *companies)]  # type: ignore[arg-type]
    high = [hit for hit in screen(subjects, index) if hit.level == "high"]
    found = {(hit.subject_id, f"{hit.list_code}|{hit.entry_id}") for hit in high}
    missed = [subject.subject_id for subject in subjects if (subject.subject_id, subject.subject_id) not in found]
    assert len(subjects) > 120
    assert len(missed) <= len(subjects) // 100, missed


def test_clean_colombian_names_seldom_trouble_the_officer(index: ListIndex) -> None:
    """False alarms at the level that opens a case, on four-part names drawn by their frequency in Colombia."""
    from faker import Faker

    fake = Faker("es_CO")
    fake.seed_instance(5)
    people = [
        Subject(f"P{n}", "person", (f"{fake.first_name()} {fake.first_name()} {fake.last_name()} {fake.last_name()}",))
        for n in range(1500)
    ]
    alarms = {hit.subject_id for hit in screen(people, index) if hit.level in ("exact", "high", "medium")}
    assert len(alarms) <= 4


def test_the_file_of_planned_resemblances_is_read_whole() -> None:
    with (ROOT / "include" / "sandbox" / "data" / "world" / "hits.csv").open(encoding="utf-8", newline="") as file:
        assert len(PLANNED) == sum(1 for _ in csv.DictReader(file))
