"""Rows read with the real survivorship sheet, for tests of the golden record."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from include.core.reference import country_code, departments, municipalities, sector_of_ciiu
from include.core.sheets import PROJECT_ROOT, load_sheet
from transforms.clean.place import Gazetteer
from transforms.golden.customer import CustomerRules
from transforms.golden.reading import Places, SourceRecord, read_row
from transforms.golden.sheet import SurvivorshipSheet
from transforms.golden.survive import Member, Survival

SHEET_PATH = PROJECT_ROOT / "include" / "config" / "rules" / "survivorship.yml"
SHEET = load_sheet(SHEET_PATH, SurvivorshipSheet)
PLACES = Places(Gazetteer.build(municipalities(), departments()), country_code)
SURVIVAL = Survival(SHEET.fields, SHEET.confidence, PLACES, SHEET.disputed_nit_confidence)
RULES = CustomerRules(SURVIVAL, sector_of_ciiu)
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def read(source: str, row: Mapping[str, Any]) -> SourceRecord:
    """One row of a source."""
    default = "CO" if source == "rues" else None
    return read_row(source, SHEET.sources[source], row, SHEET.fields, PLACES, default)


def member(source: str, row: Mapping[str, Any], *, sent: Mapping[str, Any] | None = None, link: float = 1.0) -> Member:
    """One row as a record of a customer; `sent` is what the hub last wrote to it."""
    return Member(read(source, row), SHEET.sources[source], link, sent)


def account(**columns: Any) -> dict[str, Any]:
    """A NEO account with some columns."""
    return {"accountid": "a1", "createdon": DAY, "modifiedon": DAY} | columns


def company(**columns: Any) -> dict[str, Any]:
    """A portal company with some columns."""
    return {"company_id": "E1", "audience": "exporter", "country": "CO", "created_at": DAY, "updated_at": DAY} | columns


def registered(**columns: Any) -> dict[str, Any]:
    """A register row with some columns."""
    return {"chamber_code": "20", "registration_no": "1", "status_code": "01", "source_updated_at": DAY} | columns
