"""What goes into a plan: desired rows as the sync models give them, and how rows of NEO are found by them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from include.core.errors import ConfigError

# Columns of a sync model that are about the row and not of it.
RESERVED = frozenset({"row_key", "neo_id", "hold_code", "hold_es", "observed", "from_neo"})


@dataclass(frozen=True)
class ModelRows:
    """Rows of one sync model. An `update` model touches rows that are there anyway and never makes one."""

    name: str
    table: str
    mode: Literal["upsert", "update"]
    rows: Sequence[Mapping[str, Any]]


@dataclass
class DesiredRow:
    """What one row of NEO should be: the columns of all models that speak of it.

    `observed` says when the value of a column was seen at its source; `from_neo` names columns whose value the golden
    record took from this very row.
    """

    row_key: str
    may_create: bool = False
    neo_id: str | None = None
    hold_code: str | None = None
    hold_es: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)
    from_neo: frozenset[str] = frozenset()
    models: tuple[str, ...] = ()


def merge_models(models: Iterable[ModelRows]) -> list[DesiredRow]:
    """Put the models of one table together, row by row, in order of row key.

    Raises ConfigError when two models give the same column of a row: nobody could say which one holds.
    """
    merged: dict[str, DesiredRow] = {}
    for model in models:
        for row in model.rows:
            key = str(row["row_key"])
            target = merged.setdefault(key, DesiredRow(key))
            _add(target, model, row)
    return [merged[key] for key in sorted(merged)]


def _add(target: DesiredRow, model: ModelRows, row: Mapping[str, Any]) -> None:
    if model.name in target.models:
        raise ConfigError(f"sql/writeback/{model.name}.sql", "two rows share a row_key", "Make row_key its grain")
    columns = {name: value for name, value in row.items() if name not in RESERVED}
    doubled = sorted(columns.keys() & target.values.keys())
    if doubled:
        others = ", ".join(target.models)
        raise ConfigError(
            f"sql/writeback/{model.name}.sql", f"{doubled[0]} is also given by {others}", "Leave it to one of them"
        )
    target.values |= columns
    target.models += (model.name,)
    target.may_create = target.may_create or model.mode == "upsert"
    target.neo_id = target.neo_id or _guid(row.get("neo_id"))
    target.hold_code = target.hold_code or row.get("hold_code")
    target.hold_es = target.hold_es or row.get("hold_es")
    if row.get("observed"):
        target.observed |= {name: at for name, at in json.loads(row["observed"]).items() if at}
    if row.get("from_neo"):
        target.from_neo |= frozenset(json.loads(row["from_neo"]))


def _guid(value: Any) -> str | None:
    return str(value).lower() if value else None


class PresentTable:
    """NEO's rows of one table, found by id or by the hub's id."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], *, id_column: str, key_column: str) -> None:
        self._by_id = {str(row[id_column]).lower(): row for row in rows}
        self._id_by_key = {str(row[key_column]): row_id for row_id, row in self._by_id.items() if row.get(key_column)}

    def __len__(self) -> int:
        return len(self._by_id)

    def row(self, row_id: str) -> Mapping[str, Any] | None:
        """The row with this primary id."""
        return self._by_id.get(row_id)

    def id_of(self, key: str) -> str | None:
        """Primary id of the row that carries this hub id."""
        return self._id_by_key.get(key)

    @property
    def ids_by_key(self) -> Mapping[str, str]:
        """Hub id -> primary id."""
        return self._id_by_key
