"""Sheets that say what NEO looks like: tables, columns, choices, lookups, and who owns which column.

The files are in `include/config/neo/`. Columns with the publisher's prefix are ours and are provisioned; the others
are NEO's own, named here because we write them, and are only checked. Nothing here speaks to NEO.
"""

from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.core.errors import ConfigError
from include.core.sheets import Sheet, load_sheet

KEY_COLUMN = "pc_hubid"

ColumnKind = Literal[
    "string", "memo", "integer", "decimal", "double", "money", "boolean", "choice", "state", "date", "datetime"
]
Owner = Literal["hub", "advisor", "newest", "ask"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Label(_Part):
    """A text in both languages of the people who use NEO."""

    es: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Option(Label):
    """One value of a choice."""

    value: int


class Choice(_Part):
    """A global choice: our slug -> number and labels."""

    label: Label
    options: dict[str, Option]


class Publisher(_Part):
    """Who our components belong to in NEO; the prefix starts every name, the option prefix every number."""

    unique_name: str
    friendly_name: str
    prefix: str
    option_prefix: int


class Solution(_Part):
    """The package our components are put into."""

    unique_name: str
    friendly_name: str
    version: str


class SolutionSheet(Sheet):
    """`solution.yml`."""

    publisher: Publisher
    solution: Solution
    languages: dict[str, int]


class ChoicesSheet(Sheet):
    """`choices.yml`."""

    choices: dict[str, Choice]


class Column(Label):
    """One column. `max_length` binds string and memo, `precision` decimal and money, `choice` choice columns.

    A text longer than `max_length` refuses its row, unless `shorten` says that an ellipsis may end it.
    """

    kind: ColumnKind
    max_length: int | None = Field(default=None, gt=0)
    format: Literal["Text", "Email", "Url", "Phone", "TextArea"] = "Text"
    shorten: bool = False
    minimum: float | None = None
    maximum: float | None = None
    precision: int | None = Field(default=None, ge=0, le=10)
    choice: str | None = None
    help_es: str | None = None

    @model_validator(mode="after")
    def _facts_of_kind(self) -> "Column":
        if (self.kind in ("string", "memo")) != (self.max_length is not None):
            raise ValueError("max_length belongs to string and memo columns, and they need it")
        if self.shorten and self.kind != "memo":
            raise ValueError("only memo columns may be shortened: a cut name or number is a wrong one")
        if (self.precision is not None) != (self.kind in ("decimal", "double", "money")):
            raise ValueError("precision belongs to decimal, double and money columns, and they need it")
        if self.choice is not None and self.kind != "choice":
            raise ValueError("choice belongs to choice columns")
        return self


class Lookup(Label):
    """A link to one row of `target`. `column` is the logical name of the lookup column, by default the navigation
    property in lower case; the native polymorphic ones differ. `missing` says what happens to a row whose target is
    not in NEO: the row waits, or it is written without the link until the target arrives.
    """

    target: str
    column: str | None = None
    on_delete: Literal["RemoveLink", "Cascade", "Restrict"] = "RemoveLink"
    missing: Literal["hold", "omit"] = "hold"


class TableSheet(Sheet):
    """One file of `tables/`. A native table is only extended; the others are created with all they have.

    `closed_is_final`: NEO refuses writes to a row of this table that is no longer active. `recreate`: whether a row
    that somebody deleted in NEO is written again; what people work with stays deleted, what the hub computed returns.
    """

    table: str
    schema_name: str
    native: bool = False
    id_column: str | None = None
    label: Label
    plural: Label
    help_es: str
    columns: dict[str, Column]
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    keyed: bool = True
    closed_is_final: bool = False
    recreate: bool = True

    @property
    def primary_id(self) -> str:
        """Logical name of the primary id column."""
        return self.id_column or f"{self.table}id"

    def lookup_column(self, nav: str) -> str:
        """`pc_AccountId` -> `_pc_accountid_value`: how the lookup is read."""
        return f"_{self.lookups[nav].column or nav.lower()}_value"

    @property
    def readable(self) -> list[str]:
        """Every column of the sheet as the Web API reads it, lookups included."""
        return sorted([*self.columns, *(self.lookup_column(nav) for nav in self.lookups)])


class OwnershipSheet(Sheet):
    """`ownership.yml`: who wins where the hub and NEO's people both write a column."""

    default: Owner
    everywhere: dict[str, Owner]
    tables: dict[str, dict[str, Owner]]

    def owner(self, table: str, column: str) -> Owner:
        """Owner of a column or navigation property; `"*"` in a table's list stands for every other column of it."""
        owners = self.tables.get(table, {})
        return owners.get(column) or owners.get("*") or self.everywhere.get(column) or self.default


class NeoSchema(BaseModel):
    """All sheets of NEO together, checked against each other."""

    model_config = ConfigDict(frozen=True)

    solution: SolutionSheet
    choices: dict[str, Choice]
    tables: dict[str, TableSheet]
    ownership: OwnershipSheet
    files: tuple[Path, ...] = ()

    def is_ours(self, name: str) -> bool:
        """True for a component that carries our prefix and is therefore provisioned by us."""
        return name.lower().startswith(f"{self.solution.publisher.prefix}_")

    def choice_value(self, choice: str, slug: str) -> int:
        """Number of an option; ConfigError when the sheet does not know it."""
        try:
            return self.choices[choice].options[slug].value
        except KeyError:
            raise ConfigError(
                "include/config/neo/choices.yml", f"choice {choice} has no option {slug}", "Add it, or correct the name"
            ) from None

    @cached_property
    def order(self) -> tuple[str, ...]:
        """Tables so that every one comes after the tables it points to; by name where that leaves a choice."""
        waiting = {
            name: {look.target for look in sheet.lookups.values() if look.target in self.tables and look.target != name}
            for name, sheet in self.tables.items()
        }
        ordered: list[str] = []
        while waiting:
            ready = sorted(name for name, targets in waiting.items() if targets <= set(ordered))
            if not ready:
                raise ConfigError("include/config/neo/tables", f"lookups in a circle: {sorted(waiting)}", "Cut it")
            ordered += ready
            waiting = {name: targets for name, targets in waiting.items() if name not in ready}
        return tuple(ordered)


def load_neo_schema(config_dir: Path) -> NeoSchema:
    """Read every sheet under `<config_dir>/neo`; read again only when a file changed.

    ConfigError names the file, and the key where it can.
    """
    root = config_dir / "neo"
    files = [*sorted(root.glob("*.yml")), *sorted((root / "tables").glob("*.yml"))]
    return _load(root, tuple((path, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _load(root: Path, _written: tuple[tuple[Path, int], ...]) -> NeoSchema:
    table_files = sorted((root / "tables").glob("*.yml"))
    tables = {path.stem: load_sheet(path, TableSheet) for path in table_files}
    schema = NeoSchema(
        solution=load_sheet(root / "solution.yml", SolutionSheet),
        choices=load_sheet(root / "choices.yml", ChoicesSheet).choices,
        tables=tables,
        ownership=load_sheet(root / "ownership.yml", OwnershipSheet),
        files=(root / "solution.yml", root / "choices.yml", root / "ownership.yml", *table_files),
    )
    for problem in _contradictions(schema):
        raise ConfigError("include/config/neo", problem, "Correct the sheet")
    return schema


def _contradictions(schema: NeoSchema) -> list[str]:
    first = schema.solution.publisher.option_prefix * 10_000
    problems = [
        f"option {name}.{slug} is outside the publisher's range"
        for name, choice in schema.choices.items()
        for slug, option in choice.options.items()
        if not first <= option.value < first + 10_000
    ]
    problems += [
        f"two options of {name} share a number"
        for name, choice in schema.choices.items()
        if len({option.value for option in choice.options.values()}) < len(choice.options)
    ]
    for name, sheet in schema.tables.items():
        problems += [f"tables/{name}.yml is about {sheet.table}"] if sheet.table != name else []
        problems += [f"{name} has no {KEY_COLUMN}"] if sheet.keyed and KEY_COLUMN not in sheet.columns else []
        problems += [
            f"{name}.{column} uses the unknown choice {spec.choice}"
            for column, spec in sheet.columns.items()
            if spec.choice is not None and spec.choice not in schema.choices
        ]
        problems += [
            f"{name}.{column} is ours and a choice without a list of options"
            for column, spec in sheet.columns.items()
            if spec.kind == "choice" and spec.choice is None and schema.is_ours(column)
        ]
    problems += _unknown_owned(schema.ownership.tables, schema.tables)
    return problems


def _unknown_owned(owned: Mapping[str, Mapping[str, Owner]], tables: Mapping[str, TableSheet]) -> list[str]:
    return [
        f"ownership names {table}.{column}, which no table sheet has"
        for table, columns in owned.items()
        for column in columns
        if table not in tables or column not in {"*", *tables[table].columns, *tables[table].lookups}
    ]
