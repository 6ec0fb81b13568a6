"""The record contract of a stream, built from its sheet: raw rows in, clean rows and reasoned refusals out.

Rows are checked a page at a time by one pydantic adapter, not one by one. What a field means to the
business is not decided here.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from typing_extensions import TypedDict

from include.core.errors import DriftDetected
from include.core.fingerprint import fingerprint
from include.core.source_sheet import FieldSheet, RowRule, SourceSheet, StreamSheet
from include.stages.ingesting.reasons import REASONS, Reason, reason_of
from include.stages.ingesting.values import field_type
from transforms.identifiers.nit import parse_nit

Row = dict[str, Any]
_UNREADABLE = frozenset({"scientific_notation", "not_a_number", "impossible_length"})


@dataclass(frozen=True)
class Refusal:
    """A record that may not pass: which, what is wrong, and the record as it came."""

    record_key: str
    field: str
    reason: Reason
    raw: Row


@dataclass
class Checked:
    """What became of a page. `leftovers` counts fields no sheet names, `blanked` values set aside."""

    rows: list[Row] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    leftovers: Counter[str] = field(default_factory=Counter)
    blanked: Counter[str] = field(default_factory=Counter)

    def absorb(self, other: "Checked") -> None:
        """Add what became of another page."""
        self.rows += other.rows
        self.refusals += other.refusals
        self.leftovers += other.leftovers
        self.blanked += other.blanked


@dataclass(frozen=True)
class _Taken:
    """How one field is taken from a raw row."""

    name: str
    source: str
    nulls: frozenset[str]
    null_pattern: re.Pattern[str] | None
    lookup: Mapping[str, str]
    split: str | None


class RecordContract:
    """Compiled once per stream and run."""

    def __init__(self, sheet: SourceSheet, stream: str) -> None:
        self._sheet = sheet
        self._name = stream
        self._stream: StreamSheet = sheet.streams[stream]
        self._taken = [_taken(name, field, sheet.nulls) for name, field in self._stream.fields.items()]
        self._known = frozenset(taken.source for taken in self._taken) | frozenset(self._stream.ignore)
        self._blankable = frozenset(n for n, f in self._stream.fields.items() if f.on_bad == "blank")
        shape = {
            name: _nullable(field_type(field, sheet.utc_offset), field) for name, field in self._stream.fields.items()
        }
        page: Any = list[TypedDict("Record", shape)]  # type: ignore[misc, operator]
        self._adapter: TypeAdapter[list[Row]] = TypeAdapter(page)

    def check(self, raws: Sequence[Row]) -> Checked:
        """Check a page of raw rows.

        Raises DriftDetected when a field is new and the sheet says `new_columns: freeze`.
        """
        checked = Checked(leftovers=self._leftovers(raws))
        pending = [(index, self._take(raw)) for index, raw in enumerate(raws)]
        while pending:
            try:
                rows = self._adapter.validate_python([row for _, row in pending])
            except ValidationError as error:
                pending = self._set_aside(error, pending, raws, checked)
                continue
            for (index, _), row in zip(pending, rows, strict=True):
                refusal = self._broken_rule(row, raws[index])
                if refusal is None:
                    checked.rows.append(row)
                else:
                    checked.refusals.append(refusal)
            break
        return checked

    def record_key(self, raw: Row) -> str:
        """The key of a raw row, as the quarantine names it; a row without one is named by its content."""
        sources = {taken.name: taken.source for taken in self._taken}
        values = [raw.get(sources[name]) for name in self._stream.key]
        if any(value is None or value == "" for value in values):
            return f"no-key-{fingerprint(raw)}"
        return "|".join(str(value).strip() for value in values)

    def staged_key(self, row: Row) -> str:
        """The key of an accepted row, spelt like `record_key`."""
        return "|".join(str(row[name]) for name in self._stream.key)

    def _take(self, raw: Row) -> Row:
        row: Row = {}
        for taken in self._taken:
            value = raw.get(taken.source)
            if value.__class__ is str:
                value = value.strip()
                if value in taken.nulls or (taken.null_pattern and taken.null_pattern.fullmatch(value)):
                    value = None
                elif taken.split:
                    value = [part.strip() for part in value.split(taken.split) if part.strip()]
                elif taken.lookup:
                    value = taken.lookup.get(value, value)
            row[taken.name] = value
        return row

    def _leftovers(self, raws: Sequence[Row]) -> Counter[str]:
        if self._sheet.new_columns == "discard":
            return Counter()
        found: Counter[str] = Counter()
        for raw in raws:
            found.update(raw.keys() - self._known)
        if found and self._sheet.new_columns == "freeze":
            raise DriftDetected(
                f"{self._sheet.source}/{self._name}",
                f"fields that the sheet does not name: {', '.join(sorted(found))}",
                "Name them under `fields` or `ignore`, or let the sheet say `new_columns: evolve`",
            )
        return found

    def _set_aside(
        self, error: ValidationError, pending: list[tuple[int, Row]], raws: Sequence[Row], checked: Checked
    ) -> list[tuple[int, Row]]:
        """Blank what may be blanked, refuse the other bad rows, hand back what is to be checked again."""
        refused: dict[int, tuple[str, str]] = {}
        for problem in error.errors(include_url=False, include_context=False, include_input=False):
            position, name = int(problem["loc"][0]), str(problem["loc"][1])
            row = pending[position][1]
            if name in self._blankable:
                if row[name] is not None:
                    row[name] = None
                    checked.blanked[name] += 1
            elif position not in refused:
                refused[position] = (name, "missing_field" if row[name] is None else problem["type"])
        for position, (name, kind) in sorted(refused.items()):
            checked.refusals.append(self._refusal(raws[pending[position][0]], name, reason_of(kind)))
        return [entry for position, entry in enumerate(pending) if position not in refused]

    def _broken_rule(self, row: Row, raw: Row) -> Refusal | None:
        for rule in self._stream.rules:
            if all(row[name] in values for name, values in rule.when.items()):
                reason = _RULES[rule.check](row, rule)
                if reason is not None:
                    return self._refusal(raw, rule.field, reason)
        return None

    def _refusal(self, raw: Row, name: str, reason: Reason) -> Refusal:
        return Refusal(self.record_key(raw), name, reason, raw)


def _taken(name: str, field: FieldSheet, nulls: Sequence[str]) -> _Taken:
    pattern = re.compile(field.null_pattern) if field.null_pattern else None
    return _Taken(name, field.source or name, frozenset({"", *nulls, *field.nulls}), pattern, field.lookup, field.split)


def _nullable(kind: Any, field: FieldSheet) -> Any:
    return kind if field.required else kind | None


def _wrong_nit(row: Row, rule: RowRule) -> Reason | None:
    reading = parse_nit(row[rule.field])
    is_wrong = reading.status == "dv_incorrecto" or reading.problem in _UNREADABLE
    return REASONS["nit_check_digit"] if is_wrong else None


def _empty(row: Row, rule: RowRule) -> Reason | None:
    return REASONS["missing_field"] if row[rule.field] in (None, "", []) else None


_RULES: dict[str, Callable[[Row, RowRule], Reason | None]] = {
    "nit_check_digit": _wrong_nit,
    "required": _empty,
}
