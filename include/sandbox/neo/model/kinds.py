"""The nouns of the metadata model. All are frozen: a change of metadata replaces an object, never edits it."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from functools import cached_property
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from pydantic.dataclasses import dataclass

SPANISH = 3082
ENGLISH = 1033
LANGUAGES = (SPANISH, ENGLISH)  # the organisation's own language first

Ownership = Literal["UserOwned", "OrganizationOwned", "BusinessOwned", "None"]
Cascade = Literal["Cascade", "RemoveLink", "Restrict", "NoCascade"]


class Kind(StrEnum):
    """The type of a column. Values are the `AttributeType` words of the metadata API where one exists."""

    STRING = "String"
    MEMO = "Memo"
    INTEGER = "Integer"
    BIGINT = "BigInt"
    DECIMAL = "Decimal"
    DOUBLE = "Double"
    MONEY = "Money"
    BOOLEAN = "Boolean"
    DATETIME = "DateTime"
    PICKLIST = "Picklist"
    STATE = "State"
    STATUS = "Status"
    MULTISELECT = "MultiSelectPicklist"
    LOOKUP = "Lookup"
    CUSTOMER = "Customer"
    OWNER = "Owner"
    GUID = "Uniqueidentifier"

    @property
    def is_lookup(self) -> bool:
        """Whether the column points at a row."""
        return self in _LOOKUPS

    @property
    def is_choice(self) -> bool:
        """Whether the column holds options."""
        return self in _CHOICES

    @property
    def is_number(self) -> bool:
        """Whether the column holds a figure."""
        return self in _NUMBERS


_LOOKUPS = frozenset({Kind.LOOKUP, Kind.CUSTOMER, Kind.OWNER})
_CHOICES = frozenset({Kind.PICKLIST, Kind.STATE, Kind.STATUS, Kind.MULTISELECT})
_NUMBERS = frozenset({Kind.INTEGER, Kind.BIGINT, Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY})


@dataclass(frozen=True)
class Label:
    """A text per language code. The Spanish one is what people of the agency see."""

    texts: Mapping[int, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The text in the first language of the organisation that has one."""
        for language in LANGUAGES:
            if self.texts.get(language):
                return self.texts[language]
        return next(iter(self.texts.values()), "")

    @classmethod
    def of(cls, spanish: str, english: str | None = None) -> "Label":
        """A label in both languages."""
        return cls({SPANISH: spanish, ENGLISH: english or spanish})


@dataclass(frozen=True)
class Option:
    """One value of a choice; `state` only on status reasons, `default_status` only on states."""

    value: int
    label: Label
    state: int | None = None
    default_status: int | None = None
    description: Label = field(default_factory=Label)


@dataclass(frozen=True)
class OptionSet:
    """A global choice, shared by columns of several tables."""

    name: str
    label: Label
    options: tuple[Option, ...]
    metadata_id: str
    description: Label = field(default_factory=Label)
    is_custom: bool = True


@dataclass(frozen=True)
class Column:
    """A column. `option_set` names a global choice; local options stand in `options`."""

    logical: str
    schema: str
    kind: Kind
    label: Label
    metadata_id: str
    description: Label = field(default_factory=Label)
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    precision: int | None = None
    precision_source: int = 2
    format: str | None = None
    behavior: str | None = None
    options: tuple[Option, ...] = ()
    option_set: str | None = None
    default: int | bool | None = None
    targets: tuple[str, ...] = ()
    required: str = "None"
    is_custom: bool = False
    is_primary_id: bool = False
    is_primary_name: bool = False
    is_readonly: bool = False
    base_of: str | None = None

    @property
    def property_name(self) -> str:
        """The name of the column in Web API JSON."""
        return f"_{self.logical}_value" if self.kind.is_lookup else self.logical

    @property
    def is_polymorphic(self) -> bool:
        """Whether the lookup may point at several tables."""
        return len(self.targets) > 1

    @property
    def is_date_only(self) -> bool:
        """Whether the column holds days without a time."""
        return self.kind is Kind.DATETIME and self.behavior == "DateOnly"


@dataclass(frozen=True)
class Key:
    """An alternate key. Its index is built some moments after its creation; until then it cannot be used."""

    logical: str
    schema: str
    columns: tuple[str, ...]
    label: Label
    metadata_id: str
    created_at: float
    status: Literal["Pending", "InProgress", "Active", "Failed"] = "Pending"
    is_custom: bool = True


@dataclass(frozen=True)
class Table:
    """A table with its columns and alternate keys, by logical name."""

    logical: str
    schema: str
    set_name: str
    label: Label
    collection_label: Label
    primary_id: str
    primary_name: str | None
    object_type_code: int
    metadata_id: str
    columns: Mapping[str, Column]
    keys: Mapping[str, Key] = field(default_factory=dict)
    description: Label = field(default_factory=Label)
    ownership: Ownership = "UserOwned"
    is_activity: bool = False
    has_notes: bool = False
    has_activities: bool = False
    change_tracking: bool = False
    is_custom: bool = False
    is_intersect: bool = False
    is_view: bool = False

    @cached_property
    def has_state(self) -> bool:
        """Whether rows have a life cycle."""
        return "statecode" in self.columns

    @cached_property
    def money_columns(self) -> tuple[Column, ...]:
        """The money columns that people fill; their twins in base currency follow them."""
        return tuple(c for c in self.columns.values() if c.kind is Kind.MONEY and c.base_of is None)


@dataclass(frozen=True)
class Relationship:
    """A 1:N relationship: `referencing.attribute` points at `referenced`."""

    schema: str
    referenced: str
    referencing: str
    attribute: str
    single_name: str
    collection_name: str
    metadata_id: str
    on_delete: Cascade = "RemoveLink"
    is_custom: bool = False


@dataclass(frozen=True)
class ManyToMany:
    """An N:N relationship through an intersect table with one guid column per side."""

    schema: str
    first: str
    second: str
    intersect: str
    first_name: str
    second_name: str
    metadata_id: str
    is_custom: bool = False

    def column_of(self, table: str, *, is_second: bool = False) -> str:
        """The intersect column that holds the id of `table`'s side."""
        if self.first == self.second:
            return f"{table}id{'two' if is_second else 'one'}"
        return f"{table}id"


def stable_id(*parts: str) -> str:
    """The metadata id of a standard component: the same in every sandbox, as in every real organisation."""
    return str(uuid5(NAMESPACE_URL, "neo-sandbox/" + "/".join(parts)))
