"""What NEO says its own schema is, in the same words as the sheets of `neo_schema`. Values only: no reading here."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ColumnDefinition:
    """A column as NEO has it; facts that do not apply to its kind are None. `choice` names a global choice."""

    name: str
    kind: str
    max_length: int | None = None
    precision: int | None = None
    choice: str | None = None


@dataclass(frozen=True)
class KeyDefinition:
    """An alternate key. It can be used only while `status` is Active."""

    schema_name: str
    columns: tuple[str, ...]
    status: str


@dataclass(frozen=True)
class LookupDefinition:
    """A link from this table: its navigation property, its column, and where it leads."""

    nav: str
    column: str
    target: str


@dataclass(frozen=True)
class TableDefinition:
    """A table as NEO has it."""

    name: str
    tracks_changes: bool
    columns: Mapping[str, ColumnDefinition]
    keys: Mapping[str, KeyDefinition] = field(default_factory=dict)
    lookups: Mapping[str, LookupDefinition] = field(default_factory=dict)


@dataclass(frozen=True)
class ChoiceDefinition:
    """A global choice as NEO has it: number -> label in the first of our languages that it carries."""

    name: str
    options: Mapping[int, str]


@dataclass(frozen=True)
class NeoDefinitions:
    """Everything of NEO's schema that our sheets may ask for."""

    has_publisher: bool
    has_solution: bool
    choices: Mapping[str, ChoiceDefinition]
    tables: Mapping[str, TableDefinition]
