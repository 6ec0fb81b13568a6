"""How the rows of one table are planned: found or new, column by column, with the reason of whatever is not written."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from include.core.errors import ConfigError
from include.core.neo_schema import KEY_COLUMN, Column, Lookup, NeoSchema, Owner, TableSheet
from transforms.writeback.links import Links, parse_link
from transforms.writeback.rows import DesiredRow, PresentTable
from transforms.writeback.three_way import SAME, Decision, Verdict, decide_column
from transforms.writeback.values import (
    Canonical,
    Canonicaliser,
    UnfitValueError,
    canonicaliser,
    present_canonicaliser,
)

Action = Literal["create", "update", "conflict", "held", "rejected", "unchanged"]
# NEO finds no row by a key that holds one of / < > * % & : \ ? + and neither do we then.
_SAFE_KEY = re.compile(r"[A-Za-z0-9._|~@=,;#!-]{1,200}")
_MODIFIED = "modifiedon"
_MODIFIED_COLUMN = Column(kind="datetime", es="Modificado", en="Modified")


@dataclass(frozen=True)
class ColumnChange:
    """A column whose three values are not at peace. Lookups go by their navigation property, their values as text."""

    column: str
    desired: Canonical
    present: Canonical
    base: Canonical
    verdict: Verdict
    owner: Owner
    is_over: bool = False
    is_link: bool = False


@dataclass(frozen=True)
class PlannedRow:
    """What shall happen to one row. `settled` are values to remember as sent, because NEO has them already."""

    table: str
    row_key: str
    action: Action
    neo_id: str | None = None
    changes: tuple[ColumnChange, ...] = ()
    reason_code: str | None = None
    reason_es: str | None = None
    models: tuple[str, ...] = ()
    settled: Mapping[str, Canonical] = field(default_factory=dict)

    @cached_property
    def writes(self) -> tuple[ColumnChange, ...]:
        """The columns that would be sent."""
        return tuple(change for change in self.changes if change.verdict == "write")

    @property
    def facts(self) -> list[tuple[str, Canonical, Canonical, Verdict]]:
        """What makes this row of a plan differ from another plan's."""
        return [(change.column, change.desired, change.present, change.verdict) for change in self.changes]


@dataclass(frozen=True)
class _Base:
    """What was last sent for one row, or, where nothing was, what the golden record saw in NEO."""

    sent: Mapping[str, Any]
    seen: Mapping[str, Any] | None
    knows_golden: bool

    def may_settle(self, column: str, seen: Canonical, present: Canonical) -> bool:
        """True when an equal value came into NEO after the golden record was made: a write of ours that lost its
        receipt. Without the receipt the golden record would take our own value for somebody's word.
        """
        return self.knows_golden and column not in self.sent and (self.seen is None or seen != present)


class TablePlanner:
    """Plans the rows of one table. `seen` is None for tables that no golden record is made from.

    `keep_same` lists columns that are at peace too, for people who look at one record.
    """

    def __init__(
        self,
        schema: NeoSchema,
        sheet: TableSheet,
        present: PresentTable,
        base: Mapping[str, Mapping[str, Any]],
        seen: PresentTable | None,
        links: Links,
        *,
        keep_same: bool = False,
    ) -> None:
        self._sheet, self._present, self._sent, self._seen, self._links = sheet, present, base, seen, links
        self._keep_same = keep_same
        self._owner = {name: schema.ownership.owner(sheet.table, name) for name in (*sheet.columns, *sheet.lookups)}
        self._wanted: dict[str, Canonicaliser] = {}
        self._found: dict[str, Canonicaliser] = {}
        for name, column in sheet.columns.items():
            options = schema.choices[column.choice].options.values() if column.choice else None
            numbers = frozenset(option.value for option in options) if options is not None else None
            self._wanted[name] = canonicaliser(column, numbers)
            self._found[name] = present_canonicaliser(column)
        self._states = frozenset(name for name, column in sheet.columns.items() if column.kind == "state")
        # A state always has a value, and NEO fills an empty yes-or-no with its default: null says nothing about them.
        self._never_empty = self._states | {name for name, column in sheet.columns.items() if column.kind == "boolean"}
        self._modified = present_canonicaliser(_MODIFIED_COLUMN)

    def plan(self, desired: Sequence[DesiredRow]) -> Iterator[PlannedRow]:
        """Plan each row; rows that no model may create and that are not in NEO are nobody's concern."""
        ordered = sorted(desired, key=lambda row: row.row_key)
        claimed = {row_id for row in ordered if (row_id := self._present.id_of(row.row_key)) is not None}
        for row in ordered:
            row_id = self._present.id_of(row.row_key)
            if row_id is None and row.neo_id is not None:
                if row.neo_id in claimed:
                    yield self._stop(row, "held", "neo_row_taken", "otro cliente del hub ya ocupa esa fila de NEO")
                    continue
                claimed.add(row.neo_id)
                row_id = row.neo_id
            if row_id is None:
                if row.may_create:
                    yield self._plan_create(row)
                continue
            found = self._present.row(row_id)
            if found is None:
                yield self._stop(row, "held", "neo_row_gone", "la fila que se iba a actualizar ya no está en NEO")
            else:
                yield self._plan_update(row, row_id, found)

    def _plan_create(self, row: DesiredRow) -> PlannedRow:
        if not _SAFE_KEY.fullmatch(row.row_key):
            reason = "el código del hub tiene signos que NEO no admite en una clave"
            return self._stop(row, "rejected", "unsafe_key", reason)
        if row.hold_code:
            return self._stop(row, "held", row.hold_code, row.hold_es or "espera una decisión")
        if row.row_key in self._sent and not self._sheet.recreate:
            return self._stop(row, "held", "deleted_in_neo", "alguien la borró en NEO; el hub no la vuelve a crear")
        if any(row.values.get(state) for state in self._states):
            return PlannedRow(
                self._sheet.table, row.row_key, "unchanged", models=row.models
            )  # closed before it was open
        try:
            changes = tuple(self._create_changes(row))
        except UnfitValueError as problem:
            return self._stop(row, "rejected", problem.code, problem.reason_es)
        except _LinkMissingError as missing:
            return self._stop(row, "held", "link_missing", missing.reason_es)
        return PlannedRow(self._sheet.table, row.row_key, "create", None, changes, models=row.models)

    def _create_changes(self, row: DesiredRow) -> Iterator[ColumnChange]:
        for column, value in sorted(row.values.items()):
            is_link = column in self._sheet.lookups
            wanted = self._wanted_link(column, value) if is_link else self._wanted_value(column, value)
            # NEO makes every row active, whatever is sent.
            if wanted is not None and column not in self._states:
                yield ColumnChange(column, wanted, None, None, "write", self._owner[column], is_link=is_link)

    def _plan_update(self, row: DesiredRow, row_id: str, found: Mapping[str, Any]) -> PlannedRow:
        table = self._sheet.table
        if self._sheet.closed_is_final and found.get("statecode"):
            return PlannedRow(table, row.row_key, "unchanged", row_id, models=row.models)
        seen = self._seen.row(row_id) if self._seen is not None else None
        base = _Base(self._sent.get(row.row_key, {}), seen, self._seen is not None)
        settled: dict[str, Canonical] = {}
        try:
            changes = tuple(self._update_changes(row, found, base, settled))
        except UnfitValueError as problem:
            return self._stop(row, "rejected", problem.code, problem.reason_es, row_id)
        except _LinkMissingError as missing:
            return self._stop(row, "held", "link_missing", missing.reason_es, row_id)
        action: Action = "unchanged"
        code = reason = None
        if any(change.verdict == "write" for change in changes):
            action = "update"
        elif disputed := [change.column for change in changes if change.verdict != "same"]:
            action, code = "conflict", "changed_in_neo"
            reason = "lo cambió una persona en NEO: " + ", ".join(disputed)
        return PlannedRow(table, row.row_key, action, row_id, changes, code, reason, row.models, settled)

    def _update_changes(
        self, row: DesiredRow, found: Mapping[str, Any], base: _Base, settled: dict[str, Canonical]
    ) -> Iterator[ColumnChange]:
        modified = self._modified(found.get(_MODIFIED))
        if found.get(KEY_COLUMN) != row.row_key:
            # A row of NEO's own that turns out to be this customer is adopted by giving it the hub's id.
            yield ColumnChange(KEY_COLUMN, row.row_key, found.get(KEY_COLUMN), None, "write", "hub")
        for column, value in sorted(row.values.items()):
            is_link = column in self._sheet.lookups
            wanted = self._wanted_link(column, value) if is_link else self._wanted_value(column, value)
            if wanted is None and (column in self._never_empty or (is_link and value is not None)):
                continue
            present = self._found_value(column, found, is_link=is_link)
            if wanted == present and not base.knows_golden and not self._keep_same:
                continue
            sent, has_base, seen = self._base_value(column, base, is_link=is_link)
            owner = self._owner[column]
            decision = decide_column(
                owner,
                wanted,
                present,
                sent,
                has_base=has_base,
                was_sent=column in base.sent,
                observed_at=row.observed.get(column),
                modified_at=modified if isinstance(modified, str) else None,
            )
            if column in row.from_neo and present is not None:
                decision = SAME
            elif wanted == present and base.may_settle(column, seen, present):
                settled[column] = wanted
            if self._is_at_peace(decision, column):
                if not self._keep_same:
                    continue
                decision = SAME
            yield ColumnChange(column, wanted, present, sent, decision.verdict, owner, decision.is_over, is_link)

    def _is_at_peace(self, decision: Decision, column: str) -> bool:
        # Somebody who closed or reopened a row gave an answer; that is no disagreement to report.
        return decision == SAME or (decision.verdict == "keep" and column in self._states)

    def _base_value(self, column: str, base: _Base, *, is_link: bool) -> tuple[Canonical, bool, Canonical]:
        """(base, whether there is one, what the golden record saw)."""
        seen = None if base.seen is None else self._found_value(column, base.seen, is_link=is_link)
        if column in base.sent:
            sent = base.sent[column]
            return (self._sent_link(sent) if is_link else sent), True, seen
        if column in self._states:
            return 0, True, seen
        return seen, base.seen is not None, seen

    def _wanted_value(self, column: str, value: Any) -> Canonical:
        convert = self._wanted.get(column)
        if convert is None:
            raise ConfigError(
                f"include/config/neo/tables/{self._sheet.table}.yml",
                f"a sync model gives {column}, which the sheet does not name",
                "Declare the column there, or correct the model",
            )
        try:
            return convert(value)
        except UnfitValueError as problem:
            label = self._sheet.columns[column].es
            raise UnfitValueError(problem.code, f"{label} ({column}) {problem.reason_es}") from None

    def _wanted_link(self, nav: str, value: Any) -> str | None:
        """The link in the form `Links.resolve` gives; None when empty, or when its target may be left out."""
        if value is None:
            return None
        lookup = self._sheet.lookups[nav]
        link = parse_link(str(value))
        if link.table != lookup.target:
            where = f"sql/writeback ({self._sheet.table})"
            raise ConfigError(where, f"{nav} leads to {lookup.target}, not {link.table}", "Mend the model")
        resolved = self._links.resolve(link)
        if resolved is None and lookup.missing == "hold":
            raise _LinkMissingError(lookup)
        return resolved

    def _found_value(self, column: str, found: Mapping[str, Any], *, is_link: bool) -> Canonical:
        if not is_link:
            return self._found[column](found.get(column))
        row_id = found.get(self._sheet.lookup_column(column))
        return f"{self._sheet.lookups[column].target}#{str(row_id).lower()}" if row_id else None

    def _sent_link(self, text: Any) -> str | None:
        return None if text is None else self._links.resolve(parse_link(str(text))) or str(text)

    def _stop(
        self, row: DesiredRow, action: Literal["held", "rejected"], code: str, reason: str, row_id: str | None = None
    ) -> PlannedRow:
        return PlannedRow(self._sheet.table, row.row_key, action, row_id, (), code, reason, row.models)


class _LinkMissingError(Exception):
    def __init__(self, lookup: Lookup) -> None:
        self.reason_es = f"la fila a la que apunta ({lookup.es}) no está en NEO"
        super().__init__(self.reason_es)
