"""Packaged reference tables: countries, municipalities, CIIU, HS, sectors, offices. Read once, read-only.

The files and their origins are described in `include/config/reference/README.md`. Codes are text with
their leading zeros.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from include.core.sheets import PROJECT_ROOT, Sheet, load_sheet

FOLDER = PROJECT_ROOT / "include" / "config" / "reference"
Code = Annotated[str, Field(pattern=r"^\d+$")]


@dataclass(frozen=True)
class Country:
    """A country: ISO codes, the number DIAN and older DANE files use, names, dial code, other spellings."""

    iso2: str
    iso3: str
    iso_num: str
    dian_code: str
    name_es: str
    name_en: str
    dial: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Municipality:
    """A municipality of DIVIPOLA; `code` has five digits, `department_code` two."""

    code: str
    name: str
    department_code: str
    department_name: str


@dataclass(frozen=True)
class HsCode:
    """A chapter (level 2), heading (4) or subheading (6) of the Harmonized System 2022."""

    code: str
    level: int
    parent: str
    en: str
    es: str


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sector(_Entry):
    """A sector of the agency and the codes that lead to it; the longest prefix wins."""

    slug: str
    name_es: str
    chain_es: str
    is_service: bool
    hs_prefixes: tuple[Code, ...] = ()
    ciiu_prefixes: tuple[Code, ...] = ()
    subsectors: tuple[str, ...] = ()


class Office(_Entry):
    """An office: abroad it serves countries (oficom), at home departments (ofireg)."""

    slug: str
    name_es: str
    hub_es: str = ""
    city: str = ""
    status: str = "seed"
    countries: tuple[str, ...] = ()
    departments: tuple[Code, ...] = ()


class _SectorSheet(Sheet):
    sectors: tuple[Sector, ...]


class _OfficeSheet(Sheet):
    status: str
    central: Office
    oficom: tuple[Office, ...]
    ofireg: tuple[Office, ...]


@dataclass(frozen=True)
class Offices:
    """Which office serves a place: `oficom` by country (ISO 2), `ofireg` by department code."""

    central: Office
    oficom: Mapping[str, Office]
    ofireg: Mapping[str, Office]


@cache
def countries() -> Mapping[str, Country]:
    """Countries by ISO 2."""
    return MappingProxyType(
        {
            row["iso2"]: Country(
                **{name: row[name] for name in ("iso2", "iso3", "iso_num", "dian_code", "name_es", "name_en", "dial")},
                aliases=tuple(alias.strip() for alias in row["aliases"].split(";") if alias.strip()),
            )
            for row in _rows("countries.csv")
        }
    )


@cache
def municipalities() -> Mapping[str, Municipality]:
    """Municipalities by five-digit code."""
    return MappingProxyType(
        {
            row["code5"]: Municipality(row["code5"], row["name"], row["department_code"], row["department_name"])
            for row in _rows("municipalities.csv")
        }
    )


@cache
def departments() -> Mapping[str, str]:
    """Department names by two-digit code."""
    return MappingProxyType({m.department_code: m.department_name for m in municipalities().values()})


@cache
def ciiu() -> Mapping[str, str]:
    """Descriptions of CIIU Rev. 4 A.C. classes by four-digit code, both editions RUES uses."""
    return MappingProxyType({row["code4"]: row["description"] for row in _rows("ciiu.csv")})


@cache
def hs() -> Mapping[str, HsCode]:
    """Harmonized System codes by code."""
    return MappingProxyType(
        {
            row["code"]: HsCode(row["code"], int(row["level"]), row["parent"], row["en"], row["es"])
            for row in _rows("hs.csv")
        }
    )


@cache
def services() -> Mapping[str, tuple[str, str]]:
    """Service classes that are exported: CIIU code to its Spanish and English wording."""
    return MappingProxyType({row["code"]: (row["es"], row["en"]) for row in _rows("services_ciiu.csv")})


@cache
def sectors() -> Mapping[str, Sector]:
    """Sectors by slug."""
    sheet = load_sheet(FOLDER / "sectors.yml", _SectorSheet)
    return MappingProxyType({sector.slug: sector for sector in sheet.sectors})


@cache
def offices() -> Offices:
    """Offices by the places they serve."""
    sheet = load_sheet(FOLDER / "offices.yml", _OfficeSheet)
    return Offices(
        central=sheet.central,
        oficom=MappingProxyType({country: office for office in sheet.oficom for country in office.countries}),
        ofireg=MappingProxyType({code: office for office in sheet.ofireg for code in office.departments}),
    )


def country_code(text: str | None) -> str | None:
    """Return the ISO 2 code of a country written as ISO 2, ISO 3, Spanish, English or a known spelling."""
    return None if not text else _country_spellings().get(_plain(text))


def sector_of_ciiu(code: str | None) -> str | None:
    """Return the slug of the sector whose CIIU prefix fits best, or None."""
    return _longest_prefix(code, _ciiu_prefixes())


def sector_of_hs(code: str | None) -> str | None:
    """Return the slug of the sector whose HS prefix fits best, or None. `S` + class means a service."""
    if code and code.startswith("S"):
        return sector_of_ciiu(code[1:])
    return _longest_prefix(code, _hs_prefixes())


@cache
def _country_spellings() -> Mapping[str, str]:
    spellings: dict[str, str] = {}
    for country in countries().values():
        for text in (country.iso2, country.iso3, country.name_es, country.name_en, *country.aliases):
            spellings.setdefault(_plain(text), country.iso2)
    return spellings


@cache
def _ciiu_prefixes() -> Mapping[str, str]:
    return {prefix: sector.slug for sector in sectors().values() for prefix in sector.ciiu_prefixes}


@cache
def _hs_prefixes() -> Mapping[str, str]:
    return {prefix: sector.slug for sector in sectors().values() for prefix in sector.hs_prefixes}


def _longest_prefix(code: str | None, prefixes: Mapping[str, str]) -> str | None:
    if not code:
        return None
    return next((prefixes[code[:n]] for n in range(len(code), 0, -1) if code[:n] in prefixes), None)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(c if c.isalnum() else " " for c in decomposed if not unicodedata.combining(c))
    return " ".join(kept.split())


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
