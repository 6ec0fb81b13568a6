"""The requirement sheet: read strictly, looked up by market, code, day and size of the firm."""

from datetime import date

import pytest

from include.core.errors import ConfigError
from include.core.reference import sector_of_hs
from tests.transforms.matchmaking.cases import rules
from transforms.matchmaking.requirements import RequirementBook, parse_requirements

HEADER = (
    "market_iso2,hs_prefix,requirement_code,name_es,name_en,level,authority,valid_from,valid_to,condition,supersedes,"
    "reviewed_on,source\n"
)
ROWS = (
    "*,ALL,BASE,Base,Base,mandatory,DIAN,,,,,2026-11-01,law\n"
    "*,ALL,BOX,Caja,Box,mandatory,ICA,,,goods,,2026-11-01,law\n"
    "EU,0901;18,EUDR,Bosques,Forest,mandatory,EU,2026-12-30,,size:mediana|grande,,2026-11-01,law\n"
    "EU,0901;18,EUDR,Bosques,Forest,mandatory,EU,2027-06-30,,size:micro|pequena,,2026-11-01,law\n"
    "DE,0901,DE-ROAST,Tostado,Roast,recommended,DE,,2026-12-31,,,2026-11-01,law\n"
    "DE,090121,DE-NEW,Nuevo,New,mandatory,DE,,,,BASE,2026-11-01,law\n"
    "US,SVC:bpo,TCPA,Telemercadeo,Telemarketing,mandatory,FCC,,,,,2026-11-01,law\n"
    "US,SVC:*,W8,Formulario,Form,mandatory,IRS,,,,,2026-11-01,law\n"
)


def book() -> RequirementBook:
    blocs = {"EU": frozenset({"DE", "ES"})}
    return RequirementBook(parse_requirements(HEADER + ROWS, "sheet.csv"), blocs, sector_of_hs)


def codes(market: str, product: str, day: str = "2026-11-03", size: str | None = "grande") -> list[str]:
    return [row.requirement_code for row in book().applicable(market, [product], date.fromisoformat(day), size)]


@pytest.mark.parametrize(
    ("market", "product", "day", "size", "expected"),
    [
        ("US", "0901", "2026-11-03", "grande", ["BASE", "BOX"]),
        ("DE", "0901", "2026-11-03", "grande", ["BASE", "BOX", "DE-ROAST"]),
        ("DE", "0901", "2026-12-30", "grande", ["BASE", "BOX", "EUDR", "DE-ROAST"]),
        ("DE", "0901", "2026-12-31", "pequena", ["BASE", "BOX", "DE-ROAST"]),
        ("DE", "0901", "2027-06-30", "pequena", ["BASE", "BOX", "EUDR"]),
        ("ES", "1801", "2027-07-01", None, ["BASE", "BOX", "EUDR"]),
        ("DE", "090121", "2026-11-03", "grande", ["BOX", "DE-NEW", "DE-ROAST"]),
        ("US", "S8220", "2026-11-03", "grande", ["BASE", "TCPA", "W8"]),
        ("US", "S6201", "2026-11-03", "grande", ["BASE", "W8"]),
        ("DE", "S8220", "2026-11-03", "grande", ["BASE"]),
    ],
)
def test_which_rows_hold(market: str, product: str, day: str, size: str | None, expected: list[str]) -> None:
    """Own country, bloc and everywhere; prefixes; both ends of the dates; size; a row that supersedes another."""
    assert codes(market, product, day, size) == expected


def test_a_product_without_any_code_meets_what_concerns_everything() -> None:
    found = book().applicable("DE", [], date(2026, 11, 3))
    assert [row.requirement_code for row in found] == ["BASE", "BOX"]


@pytest.mark.parametrize(
    ("broken", "where", "says"),
    [
        ("market,hs\n", "sheet.csv:1", "columns"),
        (HEADER + "XX1,ALL,A,a,a,mandatory,x,,,,,2026-11-01,y\n", "sheet.csv:2", "market_iso2"),
        (HEADER + ROWS + "US,01,A,a,a,obligatory,x,,,,,2026-11-01,y\n", "sheet.csv:10", "level"),
        (HEADER + "US,01x,A,a,a,mandatory,x,,,,,2026-11-01,y\n", "sheet.csv:2", "hs_prefix"),
        (HEADER + "US,01,A,a,a,mandatory,x,31/12/2026,,,,2026-11-01,y\n", "sheet.csv:2", "valid_from"),
        (HEADER + "US,01,A,a,a,mandatory,x,,,sometimes,,2026-11-01,y\n", "sheet.csv:2", "condition"),
        (HEADER + "US,01,A,a,a,mandatory,x,,,,2026-11-01,y\n", "sheet.csv:2", "cells"),
        (HEADER + "US,01,A,a,a,mandatory,x,,,,,2026-11-01,y\n" * 2, "sheet.csv:3", "repeats line 2"),
    ],
)
def test_a_wrong_cell_is_named(broken: str, where: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_requirements(broken, "sheet.csv")
    assert caught.value.where == where
    assert says in caught.value.problem


def test_the_real_sheet_is_whole() -> None:
    rows = rules().requirements
    assert len(rows) >= 170
    assert len({row.key for row in rows}) == len(rows)
    assert {row.market_iso2 for row in rows} >= {"*", "EU", "US", "CA", "MX", "CN", "JP"}
    assert all(row.reviewed_on for row in rows)
    assert max(len(row.key) for row in rows) <= 100
    superseding = {row.supersedes for row in rows if row.supersedes}
    assert superseding <= {row.requirement_code for row in rows}


def test_the_deforestation_rule_begins_when_it_does() -> None:
    real = rules().book()
    before = {row.requirement_code for row in real.applicable("DE", ["0901"], date(2026, 12, 29), "grande")}
    after = {row.requirement_code for row in real.applicable("DE", ["0901"], date(2026, 12, 30), "grande")}
    assert after - before == {"EUDR"}
    small = {row.requirement_code for row in real.applicable("DE", ["0901"], date(2026, 12, 30), "micro")}
    assert "EUDR" not in small
