"""Market requirements (E7): the sheet's rows, and which of them hold for a market, a product and a day.

A row holds when its market is the buyer's country, a bloc holding it or `*`, one of its prefixes is `ALL`,
a prefix of a code, or `SVC:<sector>` for services; on its days; for the firms its condition names.
More specific rows add, never replace, unless a row names the requirement it supersedes.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from include.core.errors import ConfigError
from include.core.fingerprint import fingerprint
from transforms.matchmaking.codes import is_service

ANY_MARKET = "*"
EVERYTHING = "ALL"
SERVICE = "SVC:"

Level = Literal["mandatory", "recommended"]
_CONDITION = r"(goods|organic|payment_cards|per_shipment|by_importer|size:[a-z]+(\|[a-z]+)*)"


class Requirement(BaseModel):
    """One row of `market_requirements.csv`. Without `valid_from` it has always held, without `valid_to` it still does.

    `condition` narrows whom it concerns, several joined by `;`: `goods` (not services), `size:micro|pequena`,
    `organic` (sold as organic), `payment_cards`, `per_shipment` (proof is made with each cargo), `by_importer`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    market_iso2: str = Field(pattern=r"^(\*|[A-Z]{2})$")
    hs_prefix: str = Field(min_length=1)
    requirement_code: str = Field(pattern=r"^[A-Z0-9][A-Z0-9-]*$")
    name_es: str = Field(min_length=1)
    name_en: str = Field(min_length=1)
    level: Level
    authority: str = Field(min_length=1)
    valid_from: date | None
    valid_to: date | None
    condition: str = Field(pattern=rf"^({_CONDITION}(;{_CONDITION})*)?$")
    supersedes: str
    reviewed_on: date
    source: str

    @field_validator("valid_from", "valid_to", mode="before")
    @classmethod
    def _empty_is_open(cls, value: Any) -> Any:
        return value or None

    @field_validator("hs_prefix")
    @classmethod
    def _known_prefixes(cls, value: str) -> str:
        for prefix in value.split(";"):
            if prefix != EVERYTHING and not prefix.startswith(SERVICE) and not prefix.isdigit():
                raise ValueError(f"`{prefix}` is neither a code, ALL nor {SERVICE}<sector>")
        return value

    @cached_property
    def key(self) -> str:
        """Natural key of the row, short enough for an alternate key in NEO."""
        start = self.valid_from.isoformat() if self.valid_from else ""
        return f"{self.market_iso2}|{self.requirement_code}|{fingerprint(self.hs_prefix)[:6]}|{start}"

    def holds_on(self, day: date) -> bool:
        """Return whether the row is in force that day (both ends included)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The conditions, one by one."""
        return tuple(part for part in self.condition.split(";") if part)

    def concerns_size(self, size: str | None) -> bool:
        """Return whether the row concerns a firm of that size; a firm of unknown size is concerned."""
        sizes = [part.removeprefix("size:").split("|") for part in self.conditions if part.startswith("size:")]
        return size is None or all(size in allowed for allowed in sizes)

    def concerns_code(self, code: str, sector_of: Callable[[str], str | None]) -> bool:
        """Return whether one of the row's prefixes covers the code; `sector_of` tells a service's sector."""
        if "goods" in self.conditions and is_service(code):
            return False
        return any(_covers(prefix, code, sector_of) for prefix in self.hs_prefix.split(";"))


def _covers(prefix: str, code: str, sector_of: Callable[[str], str | None]) -> bool:
    if prefix == EVERYTHING:
        return True
    if prefix.startswith(SERVICE):
        return is_service(code) and prefix.removeprefix(SERVICE) in (ANY_MARKET, sector_of(code))
    return code.startswith(prefix)


def parse_requirements(text: str, where: str) -> tuple[Requirement, ...]:
    """Read the CSV text of the sheet strictly. Raises ConfigError naming file:line and column."""
    reader = csv.DictReader(io.StringIO(text))
    expected = list(Requirement.model_fields)
    if reader.fieldnames != expected:
        raise ConfigError(f"{where}:1", "the columns are not the sheet's", f"Use exactly: {','.join(expected)}")
    rows: list[Requirement] = []
    seen: dict[str, int] = {}
    for row in reader:
        line = reader.line_num
        if None in row or None in row.values():
            raise ConfigError(f"{where}:{line}", "the row has too many or too few cells", "Quote cells with commas")
        try:
            requirement = Requirement.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            column = ".".join(map(str, first["loc"]))
            raise ConfigError(f"{where}:{line}", f"column {column}: {first['msg']}", "Correct that cell") from error
        if requirement.key in seen:
            raise ConfigError(
                f"{where}:{line}", f"repeats line {seen[requirement.key]}", "Merge the rows or give another valid_from"
            )
        seen[requirement.key] = line
        rows.append(requirement)
    return tuple(rows)


@dataclass
class RequirementBook:
    """The rows in force, asked by market, codes, size of the firm and day. Answers are remembered.

    `sector_of` maps a service code to the sector its rows are written for; `blocs` maps a bloc to its countries.
    """

    rows: Sequence[Requirement]
    blocs: Mapping[str, frozenset[str]]
    sector_of: Callable[[str], str | None]
    _answers: dict[tuple[Any, ...], tuple[Requirement, ...]] = field(default_factory=dict, repr=False)
    _markets: dict[str, tuple[Requirement, ...]] = field(default_factory=dict, repr=False)
    _products: dict[tuple[str, tuple[str, ...]], tuple[Requirement, ...]] = field(default_factory=dict, repr=False)

    def applicable(
        self, market: str, codes: Iterable[str], day: date, size: str | None = None
    ) -> tuple[Requirement, ...]:
        """Return the requirements for goods or services with any of `codes` in `market` on `day`.

        One row per requirement code, mandatory before recommended, then by code.
        """
        asked = (market, tuple(sorted(set(codes))), day, size)
        if asked not in self._answers:
            self._answers[asked] = self._look_up(*asked)
        return self._answers[asked]

    def named(self, code: str) -> Requirement | None:
        """Return a row of that requirement code, for its name and authority."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Requirement]:
        by_code: dict[str, Requirement] = {}
        for row in self.rows:
            by_code.setdefault(row.requirement_code, row)
        return by_code

    def _look_up(self, market: str, codes: tuple[str, ...], day: date, size: str | None) -> tuple[Requirement, ...]:
        found = [row for row in self._of_product(market, codes) if row.holds_on(day) and row.concerns_size(size)]
        superseded = {row.supersedes for row in found if row.supersedes}
        kept: dict[str, Requirement] = {}
        for row in found:
            if row.requirement_code not in superseded:
                kept.setdefault(row.requirement_code, row)
        return tuple(kept.values())

    def _of_product(self, market: str, codes: tuple[str, ...]) -> tuple[Requirement, ...]:
        """Return the rows of a market and product whatever the day, mandatory first: days differ from need to need."""
        if (market, codes) not in self._products:
            self._products[market, codes] = tuple(
                row
                for row in self._of_market(market)
                if any(row.concerns_code(code, self.sector_of) for code in codes or ("",))
            )
        return self._products[market, codes]

    def _of_market(self, market: str) -> tuple[Requirement, ...]:
        if market not in self._markets:
            places = {ANY_MARKET, market} | {bloc for bloc, countries in self.blocs.items() if market in countries}
            rows = [row for row in self.rows if row.market_iso2 in places]
            rows.sort(key=lambda row: (row.level != "mandatory", row.requirement_code, row.key))
            self._markets[market] = tuple(rows)
        return self._markets[market]
