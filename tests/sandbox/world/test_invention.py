"""Nobody here is real: numbers nobody was issued, names on no list, addresses that lead nowhere."""

import random
import re
from collections.abc import Iterator

import phonenumbers
from hypothesis import given
from hypothesis import strategies as st
from stdnum.co import nit as stdnum_nit

from include.sandbox.lists.files import FILES
from include.sandbox.lists.names import listed_name_keys, listed_numbers, name_key
from include.sandbox.world import World
from include.sandbox.world.chance import stream
from include.sandbox.world.minting import (
    CEDULA_FIRST,
    CEDULA_LAST,
    NIT_FIRST,
    NIT_LAST,
    Mint,
    check_digit,
    foreign_phone,
    landline,
    mobile,
)
from include.sandbox.world.naming import Namer
from include.sandbox.world.packaged import names


def full_names(world: World) -> Iterator[str]:
    for row in world.portal["contacts"]:
        yield f"{row['first_name']} {row['last_name']}"
    for row in world.portal["registrations"]:
        yield f"{row['contact_first_name']} {row['contact_last_name']}"
        yield row["company_name"]
    for row in world.neo["contact"]:
        yield f"{row['firstname']} {row['lastname']}"
    for row in world.rues:
        yield row["representante_legal"]
        yield row["razon_social"]
    for advisor in world.advisors:
        yield advisor.full_name
    for row in (*world.portal["companies"], *world.neo["account"]):
        yield row["name"]


def test_no_person_or_company_has_a_name_of_a_real_list(worlds: list[World]) -> None:
    real = listed_name_keys()
    assert len(real) > 30_000
    for world in worlds:
        # a single word left of a name by a lazy typist identifies nobody
        shared = {name for name in full_names(world) if len(name_key(name)) > 1 and name_key(name) in real}
        assert not shared


def test_the_names_of_the_demonstration_list_are_on_no_real_list() -> None:
    invented = listed_name_keys(with_demo=True) - listed_name_keys()
    demo = [file.content().decode("ascii") for file in FILES if file.list_code == "listademo"]
    quoted = {
        name_key(name) for text in demo for name in re.findall(r'^\d+,(?:\d+,"\w+",)?"([^"]+)"', text, flags=re.M)
    }
    assert len(quoted) >= 60
    assert quoted <= invented


def test_numbers_are_valid_unissued_and_on_no_list(worlds: list[World]) -> None:
    planned = listed_numbers()
    for world in worlds:
        for row in world.rues:
            number = row["numero_identificacion"]
            if row["codigo_clase_identificacion"] == "02":
                assert NIT_FIRST <= int(number) <= NIT_LAST
                assert stdnum_nit.is_valid(number + row["digito_verificacion"])
            else:
                assert CEDULA_FIRST <= int(number) <= CEDULA_LAST
        hits = {item["entity"] for item in world.truth["screening"]}
        for key, entity in world.truth["entities"].items():
            if entity["nit"] and key not in hits:
                assert entity["nit"] not in planned


def test_real_lists_do_not_reach_into_our_ranges() -> None:
    real = [file for file in FILES if file.path == "/ofac/SDN.CSV"]
    numbers = {n for file in real for n in re.findall(r"(?:Cedula No\.|NIT #) (\d+)", file.content().decode("latin-1"))}
    assert len(numbers) > 500
    assert not [n for n in numbers if NIT_FIRST <= int(n) <= NIT_LAST or CEDULA_FIRST <= int(n) <= CEDULA_LAST]


def test_addresses_lead_nowhere(worlds: list[World]) -> None:
    """Reserved domains only; at the one real provider, mailboxes it does not allow."""
    for world in worlds:
        rows = [
            *world.portal["companies"],
            *world.portal["contacts"],
            *world.portal["registrations"],
            *world.neo["account"],
        ]
        cells = {str(row.get(column) or "") for row in rows for column in ("email", "emailaddress1")}
        for address in (part for cell in cells for part in re.split(r"[;/, ]+", cell.lower()) if "@" in part):
            local, domain = address.rsplit("@", 1)
            known_nulls = address in ("notiene@notiene.com", "na@na.com", "notiene@")
            assert known_nulls or domain.endswith(".example") or (domain == "gmail.com" and "_" in local), address


@given(st.integers(min_value=0, max_value=2**32))
def test_phones_fit_their_numbering_plan(seed: int) -> None:
    rng = random.Random(seed)
    country = rng.choice(sorted(names().buyers.forms))
    for number in (mobile(rng), landline(rng, rng.choice(("11", "05", "08", "17", "68"))), foreign_phone(rng, country)):
        assert phonenumbers.is_possible_number(phonenumbers.parse(number)), number


def test_colombian_phones_are_of_the_fictitious_block() -> None:
    rng = stream(3, "phones")
    for _ in range(200):
        assert re.fullmatch(r"\+573\d\d555\d{4}", mobile(rng))
        assert re.fullmatch(r"\+5760\d555\d{4}", landline(rng, "76"))


@given(st.integers(min_value=NIT_FIRST, max_value=NIT_LAST))
def test_check_digit_is_the_one_of_the_tax_office(base: int) -> None:
    assert stdnum_nit.is_valid(f"{base}{check_digit(str(base))}")


def test_a_mint_never_repeats_itself_and_avoids_what_is_taken() -> None:
    mint = Mint(stream(1, "mint"), frozenset({"980000001"}))
    numbers = [mint.nit() for _ in range(2_000)]
    assert len(set(numbers)) == len(numbers)
    assert "980000001" not in numbers


@given(st.lists(st.sampled_from(["Ana", "MARÍA", "Peña", "o'hara", "S.A.S.", "de", "Núñez"]), min_size=1), st.randoms())
def test_name_keys_know_no_order_case_or_accents(words: list[str], shuffler: random.Random) -> None:
    shuffled = words[:]
    shuffler.shuffle(shuffled)
    assert name_key(" ".join(words)) == name_key(" ".join(shuffled).upper())


def test_a_listed_name_is_never_given_in_any_order() -> None:
    listed = min(sorted(key) for key in listed_name_keys() if len(key) >= 3)
    namer = Namer(stream(1, "names"), Mint(stream(1, "mint")))
    assert not namer.take(" ".join(reversed(listed)).lower())
    assert namer.take("Frutícola Nunca Vista")
    assert not namer.take("vista, FRUTICOLA nunca S.A.S.")
