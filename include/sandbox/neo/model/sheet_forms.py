"""The form of the sheets in `tables/`: what a table, a column, a lookup or a state may say about itself."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from include.sandbox.neo.model.kinds import Cascade, Ownership

Bilingual = tuple[str, str]


class _Sheet(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnSheet(_Sheet):
    """A column. `max` is the length of a text and the greatest value of a number."""

    type: Literal[
        "string", "memo", "integer", "bigint", "decimal", "double", "money", "boolean", "datetime", "picklist", "guid"
    ]
    es: str
    en: str
    max: float | None = None
    min: float | None = None
    precision: int | None = None
    format: str | None = None
    behavior: str | None = None
    options: str | dict[int, Bilingual] | None = None
    default: bool | int | None = None
    required: str = "None"
    readonly: bool = False
    true: Bilingual = Field(("Sí", "Yes"))
    false: Bilingual = Field(("No", "No"))


class LookupSheet(_Sheet):
    """A lookup. `to` maps each target to the name of its collection, or to null where there is no navigation."""

    to: dict[str, str | None]
    es: str
    en: str
    kind: Literal["lookup", "customer", "owner"] = "lookup"
    nav: str | None = None
    delete: Cascade = "RemoveLink"
    required: str = "None"
    readonly: bool = False


class BlockSheet(_Sheet):
    """Columns and lookups that belong together."""

    columns: dict[str, ColumnSheet] = {}
    lookups: dict[str, LookupSheet] = {}


class StateSheet(_Sheet):
    """A state with its status reasons; `default` is the reason a row gets with the state."""

    es: str
    en: str
    status: dict[int, Bilingual]
    default: int | None = None
    initial: bool = False


class ManySheet(_Sheet):
    """The other side of an N:N relationship."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    other: str = Field(alias="with")
    intersect: str


class TableSheet(BlockSheet):
    """A standard table."""

    version: Literal[1]
    table: str
    schema_name: str = Field(alias="schema")
    set: str
    otc: int
    es: Bilingual
    en: Bilingual
    primary_id: str
    primary_name: str | None = None
    plural: str = ""
    ownership: Ownership = "UserOwned"
    is_activity: bool = False
    notes: bool = False
    activities: bool = False
    change_tracking: bool = False
    blocks: tuple[str, ...] = ()
    state: dict[int, StateSheet] = {}
    many_to_many: dict[str, ManySheet] = {}
    unique: tuple[tuple[str, ...], ...] = ()
    view_of: str | tuple[str, ...] | None = None


class BlocksSheet(_Sheet):
    """`_blocks.yml`: what several tables share."""

    version: Literal[1]
    options: dict[str, dict[int, Bilingual]]
    blocks: dict[str, BlockSheet]
