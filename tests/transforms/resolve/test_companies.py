"""Customers out of records: transitivity, attachment, doubts, verdicts, and the published ground truth."""

import csv
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.resolve.parties import SHEET, party
from transforms.resolve.companies import Judgements, Resolution, resolve_companies, vouch_for_nits
from transforms.resolve.facts import Population
from transforms.resolve.record import Party

CAFE = party("n1", "CAFE ALTO SAS", "860003563-9", city="Manizales")
CAFE_PORTAL = party("p1", "Café Alto", "8600035639", source="portal")
TURPIAL = party("n2", "TURPIAL DORADO LTDA", "901431536-3", city="Cali")
REGISTER = party("r1", "CAFE ALTO S.A.S.", "860003563-9", source="rues", is_nit_confirmed=True)


def resolve(
    core: Sequence[Party],
    newcomers: Sequence[Party] = (),
    register: Sequence[Party] = (),
    judgements: Judgements | None = None,
    previous: Mapping[str, str] | None = None,
) -> Resolution:
    """Resolve with the real sheet."""
    population = Population.of([*core, *newcomers], register, SHEET, frozenset())
    return resolve_companies(core, newcomers, register, population, SHEET, judgements or {}, previous or {})


def keys(resolution: Resolution) -> set[frozenset[str]]:
    """The groups as sets of keys."""
    return {frozenset(member.key for member in group) for group in resolution.groups}


def test_records_of_one_company_make_one_group() -> None:
    assert keys(resolve([CAFE, CAFE_PORTAL, TURPIAL])) == {frozenset({"n1", "p1"}), frozenset({"n2"})}


def test_everybody_is_in_exactly_one_group_and_has_evidence() -> None:
    resolution = resolve([CAFE, CAFE_PORTAL, TURPIAL])
    assert sorted(member.key for group in resolution.groups for member in group) == ["n1", "n2", "p1"]
    assert resolution.evidence["neo:n1"].rule == "same_nit"
    assert resolution.evidence["neo:n2"].rule == "sole_record"


def test_a_chain_never_joins_two_valid_nits() -> None:
    """COMERCIAL ANDINA (no NIT) resembles both holders of a NIT; it joins one of them, never both."""
    one = party("a", "COMERCIAL TURPIAL SAS", "860003563-9", city="Cali", phone="3001234567")
    between = party("b", "COMERCIAL TURPIAL", city="Cali", phone="3001234567")
    other = party("c", "COMERCIAL TURPIAL SAS", "901431536-3", city="Cali", phone="3001234567")
    resolution = resolve([one, between, other])
    assert not any({"a", "c"} <= group for group in keys(resolution))
    assert resolution.reviews  # and a person is asked


def test_a_registration_attaches_to_its_customer_only() -> None:
    mine = party("R1", "CAFE ALTO", "860003563", source="portal_registration")
    stranger = party("R2", "PANELAS DEL RIO", "890318278-6", source="portal_registration")
    resolution = resolve([CAFE, TURPIAL], [mine, stranger])
    assert [(one.party.key, one.to.key) for one in resolution.attached] == [("R1", "n1")]


def test_a_registration_never_bridges_two_customers() -> None:
    one = party("a", "TURPIAL UNO SAS", email="info@turpial.co")
    other = party("b", "PANELAS DEL RIO SAS", email="info@panelas.co")
    bridge = replace(
        party("R1", "TURPIAL UNO SAS", source="portal_registration", email="info@turpial.co info@panelas.co"),
    )
    resolution = resolve([one, other], [bridge])
    assert len(resolution.groups) == 2


def test_a_record_that_fits_two_customers_equally_is_held() -> None:
    one = party("a", "TURPIAL DORADO SAS", city="Cali", email="ana@turpial.co")
    other = party("b", "TURPIAL DORADO SAS", city="Cali", email="luis@turpial.co")
    resolution = resolve(
        [one, other],
        [party("R1", "TURPIAL DORADO", source="portal_registration", city="Cali", email="sol@turpial.co")],
        judgements={("neo:a", "neo:b"): "different"},
    )
    assert resolution.attached == ()
    assert [pair.left.key for pair in resolution.reviews] == ["R1"]


def test_a_register_row_gives_its_nit_to_the_one_company_of_that_name() -> None:
    nameless = party("n9", "ARTESANIAS LA CEIBA DEL SUR", city="Cali")
    row = party("r9", "ARTESANIAS LA CEIBA DEL SUR S.A.S.", "890318278-6", source="rues", is_nit_confirmed=True)
    (attached,) = resolve([nameless], register=[row]).attached
    assert (attached.evidence.rule, attached.to.key) == ("same_name_in_register", "n9")


def test_a_name_that_two_nits_bear_in_the_register_is_not_enough() -> None:
    nameless = party("n9", "ARTESANIAS LA CEIBA DEL SUR", city="Cali")
    rows = [
        party(f"r{i}", "ARTESANIAS LA CEIBA DEL SUR S.A.S.", nit, source="rues", is_nit_confirmed=True)
        for i, nit in enumerate(("890318278-6", "901431536-3"))
    ]
    assert resolve([nameless], register=rows).attached == ()


def test_the_register_confirms_a_nit_or_finds_it_to_be_anothers() -> None:
    thief = party("n3", "TRANSPORTES VELOZ SAS", "860003563-9")
    population = Population.of([CAFE, thief], [REGISTER], SHEET, frozenset())
    confirmed, disputed = vouch_for_nits([CAFE, thief], {"860003563": REGISTER}, population, SHEET)
    assert confirmed.is_nit_confirmed
    assert confirmed.is_nit_sure
    assert disputed.is_nit_disputed
    assert not disputed.is_nit_sure


def test_a_company_with_a_stolen_nit_still_finds_its_own_records() -> None:
    """Its NIT is somebody else's by the register, so it does not keep the account from the company it belongs to."""
    account = replace(party("n3", "TURPIAL EXPORT SAS", "860003563-9", email="a@turpial.co"), is_nit_disputed=True)
    company = party("p3", "Turpial Export", "901431536-3", source="portal", email="b@turpial.co")
    assert frozenset({"n3", "p3"}) in keys(resolve([account, company]))


def test_what_was_one_customer_stays_one_until_a_nit_speaks_against_it() -> None:
    before = {"neo:n1": "CU-1", "portal:p5": "CU-1"}
    renamed = party("p5", "Nueva Marca", source="portal")
    assert frozenset({"n1", "p5"}) in keys(resolve([CAFE, renamed], previous=before))
    other_nit = party("p5", "Nueva Marca", "901431536-3", source="portal")
    assert frozenset({"n1"}) in keys(resolve([CAFE, other_nit], previous=before))


@pytest.mark.parametrize("verdict", ["same", "different", "unsure"])
def test_verdicts(verdict: str) -> None:
    resolution = resolve([CAFE, CAFE_PORTAL], judgements={("neo:n1", "portal:p1"): verdict})
    assert (len(resolution.groups) == 1) == (verdict == "same")
    assert bool(resolution.reviews) == (verdict == "unsure")


def test_one_question_per_pair_of_customers() -> None:
    twins = [
        CAFE,
        CAFE_PORTAL,
        party("x1", "VELOZ SAS", "860003563-9"),
        party("x2", "VELOZ S.A.S.", "860003563-9", source="portal"),
    ]
    resolution = resolve(twins)
    assert len(resolution.groups) == 2
    assert len(resolution.reviews) == 1


@settings(max_examples=25)
@given(st.randoms(use_true_random=False))
def test_the_order_of_records_is_of_no_matter(rng: random.Random) -> None:
    names = ["CAFE ALTO SAS", "Cafe Alto", "TURPIAL DORADO", "TURPIAL DORADO LTDA", "CAFE ALTO DEL SUR"]
    nits = ["860003563-9", "901431536-3", "", "860003563"]
    records = [party(f"k{i}", rng.choice(names), rng.choice(nits), city=rng.choice(["Cali", ""])) for i in range(8)]
    shuffled = list(records)
    rng.shuffle(shuffled)
    assert keys(resolve(records)) == keys(resolve(shuffled))


# --- a ground truth published by others: see shared data, folder linkage-ground-truth


def read_labelled(path: Path, key: str, source: str) -> list[Party]:
    """Records of the set. Its ten-digit NITs end in an invented digit, so only the nine before are read."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        digits = re.sub(r"\D", "", row["NIT"])
        one = party(
            row[key].zfill(3),
            row["RAZON_SOCIAL"],
            digits[:9] if len(digits) == 10 else digits,
            source=source,
            city=row["CIUDAD"],
            email=row["EMAIL"],
            phone=row["TELEFONO"],
            is_nit_confirmed=row.get("ES_TRUSTED") == "True",
        )
        found.append(one)
    return found


def test_linking_two_bases_finds_every_true_pair_and_no_other(shared_data: Path) -> None:
    folder = shared_data / "linkage-ground-truth"
    left = read_labelled(folder / "linkage_base_a.csv", "REG_ID_A", "neo")
    right = [
        replace(one, is_nit_confirmed=True)
        for one in read_labelled(folder / "linkage_base_b.csv", "REG_ID_B", "portal")
    ]
    with (folder / "linkage_ground_truth.csv").open(encoding="utf-8") as file:
        wanted = {(row["REG_ID_A"].zfill(3), row["REG_ID_B"].zfill(3)) for row in csv.DictReader(file)}
    found = {
        (one.key, other.key)
        for group in resolve([*left, *right]).groups
        for one in group
        for other in group
        if (one.source, other.source) == ("neo", "portal")
    }
    assert len(wanted) == 15
    assert found == wanted


def test_deduplicating_joins_nothing_wrongly_and_holds_what_it_cannot_know(shared_data: Path) -> None:
    """Two cases of the 59 records are left to a person: a firm with two NITs, and half a name without NIT."""
    path = shared_data / "linkage-ground-truth" / "dedup_casos.csv"
    records = read_labelled(path, "REG_ID", "neo")
    with path.open(encoding="utf-8") as file:
        true_group = {row["REG_ID"].zfill(3): row["ID_GRUPO_ESPERADO"] for row in csv.DictReader(file)}
    resolution = resolve(records)
    group_of = {one.key: number for number, group in enumerate(resolution.groups) for one in group}
    pairs = list(combinations(sorted(true_group), 2))
    wrong = [
        pair for pair in pairs if group_of[pair[0]] == group_of[pair[1]] and true_group[pair[0]] != true_group[pair[1]]
    ]
    missed = [
        pair for pair in pairs if group_of[pair[0]] != group_of[pair[1]] and true_group[pair[0]] == true_group[pair[1]]
    ]
    assert wrong == []
    assert missed == [("031", "032"), ("058", "059")]
    asked = {tuple(sorted((pair.left.key, pair.right.key))) for pair in resolution.reviews}
    assert set(missed) <= asked


def test_real_names_alone_join_only_spellings_of_one_name(shared_data: Path) -> None:
    """Eleven thousand real names, all put into one city: only those with the same words in the same order join."""
    with (shared_data / "companies" / "razones_sociales_aen.csv").open(encoding="utf-8") as file:
        names = sorted({row["razon_social"].strip() for row in csv.DictReader(file)})[:4000]
    resolution = resolve([party(f"{i:05d}", name, city="Bogotá") for i, name in enumerate(names)])
    joined = [group for group in resolution.groups if len(group) > 1]
    assert joined
    for group in joined:
        assert len({name.joined for one in group for name in one.names}) == 1, [one.name for one in group]
