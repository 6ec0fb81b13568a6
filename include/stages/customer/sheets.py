"""The four rule sheets of the customer stage, loaded together."""

from dataclasses import dataclass
from pathlib import Path

from include.core.sheets import PROJECT_ROOT, load_sheet
from transforms.golden.sheet import SurvivorshipSheet
from transforms.quality.sheet import ProgrammeSheet, QualitySheet
from transforms.resolve.sheet import IdentitySheet

RULES = PROJECT_ROOT / "include" / "config" / "rules"
SHEETS: dict[str, Path] = {
    name: RULES / f"{name}.yml" for name in ("identity", "survivorship", "quality", "programmes")
}


@dataclass(frozen=True)
class CustomerSheets:
    """What decides who is who, whose value wins, and how good a profile is."""

    identity: IdentitySheet
    survivorship: SurvivorshipSheet
    quality: QualitySheet
    programmes: ProgrammeSheet


def load_customer_sheets() -> CustomerSheets:
    """Load all four. Raises ConfigError with file and line for whatever does not fit."""
    return CustomerSheets(
        identity=load_sheet(SHEETS["identity"], IdentitySheet),
        survivorship=load_sheet(SHEETS["survivorship"], SurvivorshipSheet),
        quality=load_sheet(SHEETS["quality"], QualitySheet),
        programmes=load_sheet(SHEETS["programmes"], ProgrammeSheet),
    )
