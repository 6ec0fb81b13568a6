"""OFAC's remarks: every kind of item that says who somebody is, and those that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.lists.entry import CountryReader, Identifier, Name
from connectors.lists.remarks import Remarks, parse_birth, parse_remarks

COUNTRIES = {"Colombia": "CO", "Guatemala": "GT", "Iran": "IR", "United States": "US", "Venezuela": "VE"}


def read(text: str) -> Remarks:
    return parse_remarks(text, CountryReader(COUNTRIES.get))


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        ("28 Jul 1963", ["1963-07-28"]),
        ("Jul 1963", ["1963-07"]),
        ("1963", ["1963"]),
        ("circa 1963", ["1963"]),
        ("1963 to 1965", ["1963", "1964", "1965"]),
        ("1919-1920", ["1919", "1920"]),
        ("01 Jan 1960 to 31 Dec 1961", ["1960", "1961"]),
        ("01 Jan 1960 to 31 Dec 1960", ["1960"]),
        ("31 Feb 1960", ["1960-02"]),
        ("1900 to 1999", []),
        ("unknown", []),
    ],
)
def test_birth_dates(written: str, dates: list[str]) -> None:
    assert parse_birth(written) == dates


@pytest.mark.parametrize(
    ("item", "identifier"),
    [
        ("NIT # 800018928-0 (Colombia)", Identifier("nit", "800018928-0", "CO")),
        ("NIT # 5440998 (Guatemala)", Identifier("tax", "5440998", "GT")),
        ("Cedula No. 16215230 (Colombia)", Identifier("cedula", "16215230", "CO")),
        ("alt. Cedula No. 6067015 (Colombia)", Identifier("cedula", "6067015", "CO")),
        ("Cedula No. V-10096662 (Venezuela)", Identifier("cedula", "V-10096662", "VE")),
        ("Passport AD 059541 (Colombia)", Identifier("passport", "AD 059541", "CO")),
        (
            "Diplomatic Passport 00000017 (Iran) issued 27 Oct 2008 expires 26 Oct 2014",
            Identifier("passport", "00000017", "IR"),
        ),
        ("RIF # J-29812490-3 (Venezuela)", Identifier("tax", "J-29812490-3", "VE")),
        ("Tax ID No. 52-2083095 (United States)", Identifier("tax", "52-2083095", "US")),
        ("Matricula Mercantil No 398330 (Colombia)", Identifier("other", "398330", "CO")),
        ("File Number 7136946 (Delaware) (United States)", None),
        ("Registration ID 7136946 (Delaware) (United States)", Identifier("other", "7136946", "US")),
        ("UK Company Number 03632365", Identifier("other", "03632365", None)),
        ("Vessel Registration Identification IMO 9486910", Identifier("other", "9486910", None)),
        ("Phone Number 79315403678", None),
        ("Aircraft Manufacture Date 1974", None),
        ("Digital Currency Address - XBT 12udabs2TkX7NXCSj6", None),
        ("Commander of the 4th Division of the Army", None),
        ("Linked To: COMPANY 21 LTD", None),
    ],
)
def test_numbers(item: str, identifier: Identifier | None) -> None:
    assert read(f"{item}.").identifiers == ([identifier] if identifier else [])


def test_a_whole_remark() -> None:
    found = read(
        "DOB 23 Nov 1943; alt. DOB 1944; POB Cali, Colombia; nationality Colombia; citizen Venezuela; Gender Male; "
        "Cedula No. 16215230 (Colombia); a.k.a. 'EL INVENTADO'; f.k.a. 'NADIE S.A.'; n.k.a. 'NADIE S.A.S.'; "
        "Linked To: OTRO."
    )
    assert found.birth_dates == ["1943-11-23", "1944"]
    assert found.countries == ["CO", "CO", "VE", "CO"]
    assert found.names == [Name("EL INVENTADO", "low"), Name("NADIE S.A.", "fka"), Name("NADIE S.A.S.", "nka")]
    assert found.identifiers == [Identifier("cedula", "16215230", "CO")]


def test_an_alias_keeps_the_apostrophes_inside() -> None:
    assert read("a.k.a. 'D'ARTAGNAN'.").names == [Name("D'ARTAGNAN", "low")]


def test_unknown_countries_are_counted_and_unknown_birth_places_are_not() -> None:
    countries = CountryReader(COUNTRIES.get)
    parse_remarks("nationality Atlantis; POB Atlantis; Passport 123 (Atlantis).", countries)
    assert countries.unknown == {"Atlantis": 2}


@given(st.text(max_size=300))
def test_no_remark_breaks_the_reader(text: str) -> None:
    read(text)
