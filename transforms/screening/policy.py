"""What follows from a hit: which lists must be there, which levels open a case, whom a case stops.

The sheet is `sarlaft_policy.yml`. What the rules give to people (closing a case, reporting) is decided by nobody here.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from include.core.sheets import Sheet
from transforms.screening.rules import LEVELS, Level

Effect = Literal["blocks", "restricts", "clears"]


class ListPolicy(BaseModel):
    """One list: its code, the dataset that holds it, and whether nobody is cleared without it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    dataset: str
    required: bool


class SarlaftPolicy(Sheet):
    """The whole sheet. Levels name the weakest one that counts."""

    lists: tuple[ListPolicy, ...]
    open_registrations: tuple[str, ...]
    stale_after_days: Annotated[int, Field(ge=1)]
    case_from_level: Mapping[Literal["binding", "other"], Level]
    due_working_days: Mapping[Literal["binding", "other"], Annotated[int, Field(ge=0)]]
    blocks_company_from_level: Mapping[str, Level]
    whitelist_months: Annotated[int, Field(ge=1)]
    case_effects: Mapping[str, Effect]

    def opens_case(self, level: Level, *, is_binding: bool) -> bool:
        """True when a hit of this level is put before the officer."""
        return reaches(level, self.case_from_level["binding" if is_binding else "other"])

    def blocks_company(self, level: Level, role: str | None) -> bool:
        """True when a case of a person in `role` stops the company as well. An unknown role counts as `other`."""
        lowest = self.blocks_company_from_level.get(role or "other", self.blocks_company_from_level["other"])
        return reaches(level, lowest)

    def effect(self, case_state: str) -> Effect:
        """What a case in this state does to its subject; a state nobody foresaw blocks."""
        return self.case_effects.get(case_state, "blocks")


def reaches(level: Level, lowest: Level) -> bool:
    """True when `level` is `lowest` or stronger."""
    return LEVELS.index(level) <= LEVELS.index(lowest)
