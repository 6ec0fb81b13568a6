"""The consolidated list of the United Nations. The people here are invented."""

from datetime import UTC, date, datetime

import pytest

from connectors.lists.entry import Identifier, MalformedListError, Name, ParsedList
from connectors.lists.un import parse_un, read_number, split_alias

COUNTRIES = {"Colombia": "CO", "Mali": "ML", "Yemen": "YE"}
INDIVIDUAL = """
<INDIVIDUAL>
  <DATAID>1</DATAID><VERSIONNUM>1</VERSIONNUM>
  <FIRST_NAME>NADIE</FIRST_NAME><SECOND_NAME>DE</SECOND_NAME><THIRD_NAME/><FOURTH_NAME>NINGUNA PARTE</FOURTH_NAME>
  <UN_LIST_TYPE>Al-Qaida</UN_LIST_TYPE><REFERENCE_NUMBER>QDi.900 </REFERENCE_NUMBER><LISTED_ON>2015-10-02</LISTED_ON>
  <NAME_ORIGINAL_SCRIPT>لا أحد</NAME_ORIGINAL_SCRIPT>
  <NATIONALITY><VALUE>Mali</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Nadie Uno; Nadie Dos</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>El  Nadie</ALIAS_NAME>
    <DATE_OF_BIRTH>born 1971</DATE_OF_BIRTH></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><COUNTRY>Yemen</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>EXACT</TYPE_OF_DATE><DATE>1970-05-06</DATE></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>APPROXIMATELY</TYPE_OF_DATE><YEAR>1969</YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1966</FROM_YEAR><TO_YEAR>1968</TO_YEAR>
  </INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_PLACE_OF_BIRTH><COUNTRY/></INDIVIDUAL_PLACE_OF_BIRTH>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Numéro de passeport</TYPE_OF_DOCUMENT><NUMBER>A12345</NUMBER>
    <ISSUING_COUNTRY>Mali</ISSUING_COUNTRY></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>National Identification
      Number</TYPE_OF_DOCUMENT><NUMBER>national identification number 55252</NUMBER></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NOTE>lost</NOTE></INDIVIDUAL_DOCUMENT>
  <INDIVIDUAL_DOCUMENT/>
</INDIVIDUAL>"""
ENTITY = """
<ENTITY>
  <FIRST_NAME>ORGANIZACION NINGUNA</FIRST_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
  <REFERENCE_NUMBER>CDe.900</REFERENCE_NUMBER><LISTED_ON>2014-06-30</LISTED_ON>
  <ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>ON</ALIAS_NAME></ENTITY_ALIAS>
  <ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>Organización Anterior</ALIAS_NAME></ENTITY_ALIAS>
  <ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>
  <ENTITY_ADDRESS><COUNTRY>Atlantis</COUNTRY></ENTITY_ADDRESS>
</ENTITY>"""


def document(individuals: str = INDIVIDUAL, entities: str = ENTITY) -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">'
        f"<INDIVIDUALS>{individuals}</INDIVIDUALS><ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def parse(payload: bytes) -> ParsedList:
    return parse_un({"consolidated": payload}, list_code="UN-SC", country_of=COUNTRIES.get)


def test_an_individual_with_everything() -> None:
    person = parse(document()).entries[0]
    assert (person.entry_id, person.entry_type, person.listed_on) == ("QDi.900", "person", date(2015, 10, 2))
    assert person.names == (
        Name("NADIE DE NINGUNA PARTE", "primary"),
        Name("Nadie Uno", "aka"),
        Name("Nadie Dos", "aka"),
        Name("El Nadie", "low"),
        Name("لا أحد", "original_script"),
    )
    assert person.birth_dates == ("1970-05-06", "1969", "1966", "1967", "1968", "1971")
    assert person.countries == ("ML", "YE")
    assert person.identifiers == (Identifier("passport", "A12345", "ML"), Identifier("other", "55252", None))
    assert (person.programs, person.is_binding) == (("Al-Qaida",), True)


def test_an_entity_and_what_the_publication_says_of_itself() -> None:
    parsed = parse(document())
    entity = parsed.entries[1]
    assert entity.entry_type == "company"
    assert entity.names == (
        Name("ORGANIZACION NINGUNA", "primary"),
        Name("ON", "aka"),
        Name("Organización Anterior", "fka"),
    )
    assert parsed.published_at == datetime(2026, 2, 27, 0, 0, 9, 554000, tzinfo=UTC)
    assert parsed.unknown_countries == {"Atlantis": 1}
    assert parsed.aliases == 6


@pytest.mark.parametrize(
    ("written", "spellings"),
    [
        ("", []),
        ("Nadie", [("Nadie", False)]),
        ("A Uno; A Dos", [("A Uno", False), ("A Dos", False)]),
        ("A Uno b) A Dos; A Tres", [("A Uno", False), ("A Dos", False), ("A Tres", False)]),
        ("Nadie (birth name)", [("Nadie", False)]),
        ("Jin Nadie (金铁三)", [("Jin Nadie", False), ("金铁三", True)]),
        ("نورزى (Nurzi; Nurzay)", [("نورزى", True), ("Nurzi", False), ("Nurzay", False)]),
        ("Amir (original script: Амир)", [("Amir", False), ("Амир", True)]),
        ("(Sheikh) Nadie", [("(Sheikh) Nadie", False)]),
    ],
)
def test_spellings_inside_one_alias(written: str, spellings: list[tuple[str, bool]]) -> None:
    assert split_alias(written) == spellings


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("A12345", "A12345"),
        ("Libyan passport No. 513519", "513519"),
        ("Afghan passport number SE 012820", "SE 012820"),
        ("Russian passport number 8208 No. 555627", "8208 555627"),
        ("381110042 (Expired 25 Jan. 2016)", "381110042"),
        ("R00012098, South Sudan", "R00012098"),
        ("Laissez-passer no. N°235/X", "235/X"),
        ("unknown", "unknown"),
    ],
)
def test_numbers_among_words(cell: str, number: str) -> None:
    assert read_number(cell) == number


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (document()[:900], "not well formed"),
        (b"", "not well formed"),
        (b"<html><body>maintenance</body></html>", "no CONSOLIDATED_LIST"),
        (document(individuals=INDIVIDUAL + INDIVIDUAL), "given twice"),
        (document(entities=ENTITY.replace("ORGANIZACION NINGUNA", "")), "no name"),
        (document(entities=ENTITY.replace("a.k.a.", "perhaps")), "quality was never seen"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + document().split(b"?>", 1)[1], "declares entities"),
    ],
)
def test_a_publication_that_is_not_whole_is_refused(payload: bytes, problem: str) -> None:
    with pytest.raises(MalformedListError, match=problem):
        parse(payload)
