"""OFAC's flat files joined into entries, and what makes a publication unusable. The people here are invented."""

import pytest

from connectors.lists.entry import Identifier, MalformedListError, Name, ParsedList
from connectors.lists.ofac import parse_ofac

COUNTRIES = {"Colombia": "CO", "Panama": "PA"}
SDN = (
    '101,"INVENTADO PEREZ, Juan","individual","SDNTK] [SDGT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    "\"DOB 05 Mar 1970; Cedula No. 999001 (Colombia); a.k.a. 'EL NADIE'.\"\r\n"
    '102,"COMERCIALIZADORA NINGUNA S.A.",-0- ,"SDNT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,'
    '"NIT # 900000001-0 (Colombia)."\r\n'
    '103,"BUQUE FANTASMA","vessel","CUBA",-0- ,"ABCD","Bulk","100","90","Panama","NADIE",-0- \r\n'
    '104,"HK-0000","aircraft","SDNT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
)
ALT = '101,1,"aka","INVENTADO, Juan",-0- \r\n102,2,"fka","NINGUNA LTDA.",-0- \r\n102,3,"aka","Ninguna  Ltda.",-0- \r\n'
ADD = '102,7,"Calle 0","Bogota","Colombia",-0- \r\n102,8,-0- ,-0- ,"Panama",-0- \r\n'
MARK = "\x1a"


def files(sdn: str = SDN, alt: str = ALT, add: str = ADD, comments: str = "") -> dict[str, bytes]:
    parts = {"sdn": sdn, "alt": alt, "add": add, "comments": comments}
    return {part: (text + MARK).encode() for part, text in parts.items()}


def parse(parts: dict[str, bytes]) -> ParsedList:
    return parse_ofac(parts, list_code="L", country_of=COUNTRIES.get, binding_programs={"SDGT"})


def test_the_three_files_join_into_entries() -> None:
    parsed = parse(files())
    person, company, vessel, aircraft = parsed.entries
    assert [entry.entry_type for entry in parsed.entries] == ["person", "company", "vessel", "aircraft"]
    assert person.names == (
        Name("INVENTADO PEREZ, Juan", "primary"),
        Name("INVENTADO, Juan", "aka"),
        Name("EL NADIE", "low"),
    )
    assert (person.programs, person.is_binding, company.is_binding) == (("SDNTK", "SDGT"), True, False)
    assert person.birth_dates == ("1970-03-05",)
    assert company.identifiers == (Identifier("nit", "900000001-0", "CO"),)
    assert company.countries == ("CO", "PA")
    assert company.names[1:] == (Name("Ninguna Ltda.", "aka"),), "one name twice keeps its stronger kind"
    assert (vessel.names[0].name, aircraft.names[0].name) == ("BUQUE FANTASMA", "HK-0000")
    assert (parsed.aliases, parsed.notes, parsed.published_at) == (3, (), None)


def test_a_remark_cut_in_the_middle_goes_on_in_the_comments() -> None:
    start = ("Additional Information - " + "x" * 1000)[:978] + "; Cedula No. 9990"
    remark = start + "y" * (1000 - len(start))
    remark = remark[:-2] + "; "
    sdn = f'101,"A, B","individual","SDNT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{remark}"\r\n'
    assert len(remark) == 1000
    parsed = parse(files(sdn=sdn, alt="", add="", comments='101,"DOB 1970; Passport 55 (Panama)."\r\n'))
    assert parsed.entries[0].birth_dates == ("1970",)
    assert Identifier("passport", "55", "PA") in parsed.entries[0].identifiers


def test_a_word_cut_at_the_limit_is_whole_again() -> None:
    remark = "Z" * 980 + "; Passport 4455667"
    remark = remark[:1000].ljust(1000, "8")
    sdn = f'101,"A, B","individual","SDNT",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"{remark}"\r\n'
    parsed = parse(files(sdn=sdn, alt="", add="", comments='101,"99 (Panama)."\r\n'))
    assert parsed.entries[0].identifiers == (Identifier("passport", f"{remark[991:]}99", "PA"),)


def test_rows_of_no_entry_are_told_in_counts() -> None:
    parsed = parse(files(alt=ALT + '999,9,"aka","HUERFANO",-0- \r\n'))
    assert len(parsed.notes) == 1
    assert parsed.notes[0].startswith("1 aliases belong to no entry")
    assert "HUERFANO" not in parsed.notes[0]


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        (files() | {"sdn": SDN.encode()}, "sdn file does not end in its end mark"),
        (files() | {"alt": (ALT[:40] + "\r\n").encode()}, "alt file does not end"),
        (files(sdn=SDN + "105,too,short\r\n"), "line 5 of the sdn file"),
        (files(sdn="<html>sorry</html>\r\n"), "line 1 of the sdn file"),
        (files(sdn=SDN.replace('"vessel"', '"submarine"')), "entry 103"),
        (files(sdn=SDN.replace('"BUQUE FANTASMA"', "-0- ")), "entry 103 has no name"),
        (files(sdn=SDN + SDN), "given twice"),
        (files(alt=ALT.replace('"fka"', '"xka"')), "alias of entry 102"),
        ({"sdn": (SDN + MARK).encode()}, "no alt file"),
    ],
)
def test_a_publication_that_is_not_whole_is_refused(parts: dict[str, bytes], problem: str) -> None:
    with pytest.raises(MalformedListError, match=problem):
        parse(parts)


def test_an_empty_end_of_file_after_the_mark_is_accepted() -> None:
    parts = files()
    parts["sdn"] += b"\r\n"
    assert len(parse(parts).entries) == 4


def test_the_fingerprint_changes_with_identity_and_not_with_programmes_or_addresses() -> None:
    base = [entry.entry_fingerprint for entry in parse(files()).entries]
    programme = [entry.entry_fingerprint for entry in parse(files(sdn=SDN.replace("SDNTK", "OTHER"))).entries]
    alias = [
        entry.entry_fingerprint for entry in parse(files(alt=ALT.replace("INVENTADO, Juan", "OTRO, Juan"))).entries
    ]
    assert programme == base
    assert [a == b for a, b in zip(alias, base, strict=True)] == [False, True, True, True]


def test_the_order_of_aliases_does_not_matter_to_the_fingerprint() -> None:
    lines = ALT.splitlines(keepends=True)
    turned = parse(files(alt="".join(reversed(lines))))
    assert [e.entry_fingerprint for e in turned.entries] == [e.entry_fingerprint for e in parse(files()).entries]
