"""What a source sheet may say: where a source is, what its records look like, what a sane batch looks like.

A sheet is `include/config/sources/<source>.yml`. This module holds the vocabulary and derives the staged
schemas; fetching, validating and publishing by it live in `include.stages.ingesting`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT, Sheet, load_sheet

if TYPE_CHECKING:
    import pyarrow as pa

SOURCES_DIR = PROJECT_ROOT / "include" / "config" / "sources"

Kind = Literal["portal", "socrata", "list", "directory", "neo"]
Scalar = Literal["str", "int", "float", "bool", "date", "datetime"]
FieldType = Literal["str", "int", "float", "bool", "date", "datetime", "list[str]", "list[object]"]
Severity = Literal["critical", "warning"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FieldSheet(_Part):
    """One field of a record. In a sheet `name: str` is short for `name: {type: str}`.

    Attributes:
        type: type of the staged column.
        source: the source's own name (`from:` in the sheet); default: the same name.
        required: a record without it is refused.
        one_of, pattern, max_length: what a text may be.
        ge, le: what a number may be.
        check: country (any spelling, staged as iso2) or email.
        format: strptime format of a date or instant that is not ISO.
        nulls, null_pattern: spellings that mean "nothing", besides those of the sheet; matched after trimming.
        lookup: spelling of the source to value of ours, before any check.
        split: what parts the items of a `list[str]` that comes as one text.
        item: fields of each object of a `list[object]`.
        on_bad: `reject` quarantines the record; `blank` empties the field and reports how often.

    """

    type: FieldType
    source: str | None = Field(default=None, alias="from")
    required: bool = False
    one_of: tuple[str, ...] = ()
    pattern: str | None = None
    max_length: int | None = None
    ge: float | None = None
    le: float | None = None
    check: Literal["country", "email"] | None = None
    format: str | None = None
    nulls: tuple[str, ...] = ()
    null_pattern: str | None = None
    lookup: Mapping[str, str] = Field(default_factory=dict)
    split: str | None = None
    item: Mapping[str, Scalar] = Field(default_factory=dict)
    on_bad: Literal["reject", "blank"] = "reject"

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if bool(self.item) != (self.type == "list[object]"):
            raise ValueError("`item` goes with type list[object], and only with it")
        if self.format is not None and self.type not in ("date", "datetime"):
            raise ValueError("`format` goes with a date or datetime")
        if self.split is not None and self.type != "list[str]":
            raise ValueError("`split` goes with type list[str]")
        if self.required and self.on_bad == "blank":
            raise ValueError("a required field cannot be blanked")
        return self


def _long_form(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


Fields = Mapping[str, Annotated[FieldSheet, BeforeValidator(_long_form)]]


class RowRule(_Part):
    """A rule on a whole record, once its fields were read; applies when every `when` field has a value named.

    `nit_check_digit`: the number, where it can be read and has a check digit, has the right one.
    `required`: the field is filled.
    """

    field: str
    check: Literal["nit_check_digit", "required"]
    when: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)


class ColumnExpectation(_Part):
    """What a column of the whole batch must be like. `share` is the least share of rows that comply."""

    column: str
    not_null: bool = False
    in_set: tuple[str, ...] = ()
    between: tuple[float, float] | None = None
    share: float = Field(default=1.0, gt=0, le=1)
    severity: Severity = "critical"

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if sum((self.not_null, bool(self.in_set), self.between is not None)) != 1:
            raise ValueError("say exactly one of not_null, in_set, between")
        return self


class Expect(_Part):
    """Gates of a batch. Key columns are always expected to be filled and unique.

    `max_drop`: share of the rows of the version before that may be gone; `max_refused`: share of the rows of a fetch
    that may be quarantined before the source itself is doubted (a renamed field refuses every row).
    """

    min_rows: int = 0
    max_drop: float = Field(default=0.10, ge=0, le=1)
    max_refused: float = Field(default=0.20, ge=0, le=1)
    columns: tuple[ColumnExpectation, ...] = ()


class Cursor(_Part):
    """The source's own field that says when a record last changed, and how far back each fetch looks again.

    The overlap catches commits that arrive late; records met twice are found unchanged.
    """

    field: str
    overlap_minutes: int = Field(default=10, ge=0)


class StreamSheet(_Part):
    """One kind of record of a source; becomes the dataset `stg_<source>__<stream>`.

    `path` is what the connector asks for (address, dataset id, table). Without a cursor every fetch is the
    whole stream, and a record that is no longer in it is removed. `ignore` names fields left aside, each
    with its reason. `optional`: the source may not have this stream yet.
    """

    path: str
    key: tuple[str, ...] = Field(min_length=1)
    cursor: Cursor | None = None
    where: str | None = None
    page_size: int = Field(default=1000, gt=0)
    optional: bool = False
    fields: Fields
    ignore: Mapping[str, str] = Field(default_factory=dict)
    rules: tuple[RowRule, ...] = ()
    expect: Expect = Expect()

    @model_validator(mode="after")
    def _known_names(self) -> Self:
        named = {*self.key, *(rule.field for rule in self.rules), *(e.column for e in self.expect.columns)}
        named |= {name for rule in self.rules for name in rule.when}
        unknown = sorted(named - set(self.fields))
        if unknown:
            raise ValueError(f"key, rules or expect name fields that are not there: {', '.join(unknown)}")
        lax = [name for name in self.key if not self.fields[name].required]
        if lax:
            raise ValueError(f"key fields must be required: {', '.join(lax)}")
        return self


class ListSheet(_Part):
    """A screening list: its files, and when a new publication may replace the one in use.

    `files` maps the part a parser knows to a file name; it is fetched under `mirror` of the configured
    address of lists when there is one, else under `official`. `min_share`: least entries against the version
    in use; `max_changed`: largest share of entries that may differ from it; `accepted`: version ids a person
    looked at and accepts although they fail these two.
    """

    code: str
    format: Literal["ofac", "un"]
    files: Mapping[str, str] = Field(min_length=1)
    mirror: str
    official: str | None = None
    binding_programs: tuple[str, ...] = ()
    countries: Mapping[str, str] = Field(default_factory=dict)
    min_entries: int = Field(default=1, ge=1)
    min_share: float = Field(default=0.90, ge=0, le=1)
    max_changed: float = Field(default=0.10, ge=0, le=1)
    accepted: tuple[str, ...] = ()


class SourceSheet(Sheet):
    """One outside source.

    Attributes:
        system: the block of settings with its address and secret.
        schedule: a cron line in the hour of Bogotá.
        new_columns: what to do with a field the sheet does not name: evolve (report it and go on), freeze
            (stop the source) or discard (leave it aside in silence).
        utc_offset: the zone of instants that name none.
        nulls: spellings of "nothing" that hold for every field.

    """

    source: str = Field(pattern=r"^[a-z][a-z0-9]*$")
    title_es: str
    kind: Kind
    system: Literal["portal", "rues", "lists", "directory", "neo"]
    owner: str
    personal_data: Literal["none", "low", "high"]
    schedule: str
    new_columns: Literal["evolve", "freeze", "discard"] = "evolve"
    utc_offset: str = Field(default="+00:00", pattern=r"^[+-]\d{2}:\d{2}$")
    nulls: tuple[str, ...] = ()
    streams: Mapping[str, StreamSheet] = Field(default_factory=dict)
    watchlist: ListSheet | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        is_list = self.kind == "list"
        if is_list != (self.watchlist is not None) or is_list == bool(self.streams):
            raise ValueError("a list has a `watchlist` block and no streams; every other source has streams")
        return self

    @property
    def datasets(self) -> dict[str, str]:
        """Stream to dataset; a list has the one stream `entries`."""
        return {stream: f"stg_{self.source}__{stream}" for stream in (self.streams or ("entries",))}


def load_source(source: str, folder: Path = SOURCES_DIR) -> SourceSheet:
    """Read one sheet. Raises ConfigError for an unknown source, and file:line for a wrong key."""
    path = source_path(source, folder)
    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in folder.glob("*.yml")))
        raise ConfigError(path.name, "there is no such source", f"Known sources are: {known}")
    return _load(path, path.stat().st_mtime_ns)


@cache
def _load(path: Path, _written_at: int) -> SourceSheet:
    sheet = load_sheet(path, SourceSheet)
    if sheet.source != path.stem:
        raise ConfigError(path.name, f"`source` says {sheet.source}", "Name the file and the source alike")
    return sheet


def source_path(source: str, folder: Path = SOURCES_DIR) -> Path:
    """Where the sheet of `source` is."""
    return folder / f"{source}.yml"


def load_sources(folder: Path = SOURCES_DIR) -> dict[str, SourceSheet]:
    """Every sheet of the folder, by source, sorted by name."""
    return {path.stem: load_source(path.stem, folder) for path in sorted(folder.glob("*.yml"))}


def stream_schema(sheet: SourceSheet, stream: str) -> "pa.Schema":
    """Columns of the staged dataset of `stream`, in the order of the sheet."""
    import pyarrow as pa

    if sheet.watchlist is not None:
        return list_entry_schema()
    fields = sheet.streams[stream].fields
    return pa.schema([(name, _arrow_type(field.type, field.item)) for name, field in fields.items()])


def staged_schema(dataset: str, folder: Path = SOURCES_DIR) -> "pa.Schema":
    """Columns of a staged dataset by name, for readers of datasets that may not be published yet."""
    for sheet in load_sources(folder).values():
        for stream, name in sheet.datasets.items():
            if name == dataset:
                return stream_schema(sheet, stream)
    raise ConfigError(dataset, "no source sheet makes this dataset", "Mend the name, or add the stream to a sheet")


def list_entry_schema() -> "pa.Schema":
    """Columns of `stg_<list>__entries`, the same for every list."""
    import pyarrow as pa

    name = pa.struct([("name", pa.string()), ("kind", pa.string())])
    identifier = pa.struct([("kind", pa.string()), ("number", pa.string()), ("country", pa.string())])
    texts = pa.list_(pa.string())
    return pa.schema(
        [
            ("entry_id", pa.string()),
            ("list_code", pa.string()),
            ("entry_type", pa.string()),
            ("primary_name", pa.string()),
            ("names", pa.list_(name)),
            ("identifiers", pa.list_(identifier)),
            ("birth_dates", texts),
            ("countries", texts),
            ("programs", texts),
            ("is_binding", pa.bool_()),
            ("listed_on", pa.date32()),
            ("entry_fingerprint", pa.string()),
        ]
    )


def _arrow_type(kind: str, item: Mapping[str, str]) -> "pa.DataType":
    import pyarrow as pa

    scalars: dict[str, pa.DataType] = {
        "str": pa.string(),
        "int": pa.int64(),
        "float": pa.float64(),
        "bool": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", "UTC"),
    }
    if kind == "list[str]":
        return pa.list_(pa.string())
    if kind == "list[object]":
        return pa.list_(pa.struct([(name, scalars[part]) for name, part in item.items()]))
    return scalars[kind]
