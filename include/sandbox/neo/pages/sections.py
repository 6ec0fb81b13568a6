"""Tables of related rows: found through the relationships of the metadata, so new tables appear by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.neo.model.kinds import Column, Kind, Relationship, Table
from include.sandbox.neo.pages.desk import Desk, Shown
from include.sandbox.neo.pages.layout import DEFAULTS_ARE_SILENT, PLUMBING, SECTIONS_FIRST
from include.sandbox.neo.sqlite.database import utc_text

Row = Mapping[str, Any]
MAX_COLUMNS = 6
MAX_ROWS = 60
_KEYS = frozenset({"pc_hubid"})


@dataclass(frozen=True)
class SectionRow:
    """One related row: its page and its cells in the order of the section's columns."""

    href: str | None
    cells: tuple[Shown | None, ...]
    is_late: bool = False


@dataclass(frozen=True)
class Section:
    """A titled table of related rows."""

    slug: str
    title: str
    headings: tuple[str, ...]
    rows: tuple[SectionRow, ...]
    total: int


def section_of(desk: Desk, table: Table, rows: Sequence[Row], columns: Sequence[Column]) -> Section | None:
    """A section of these rows; columns in which no row has a value are left out. None without rows."""
    if not rows:
        return None
    used = [c for c in columns if any(row.get(c.property_name) not in (None, "") for row in rows)][:MAX_COLUMNS]
    lines = tuple(
        SectionRow(
            desk.link(table.logical, str(row[table.primary_id])),
            tuple(desk.shown(table, row, column) for column in used),
        )
        for row in rows[:MAX_ROWS]
    )
    title = table.collection_label.text or table.label.text
    return Section(table.logical, title, tuple(c.label.text for c in used), lines, len(rows))


def child_sections(desk: Desk, account_id: str, elsewhere: frozenset[str]) -> tuple[Section, ...]:
    """Sections of every custom table that belongs to the account, and of those that belong to these in turn."""
    catalog = desk.store.catalog
    found: dict[str, list[Row]] = {}
    for relationship in catalog.collections_of("account").values():
        table = _custom(desk, relationship)
        if table is not None and table.logical not in elsewhere:
            found.setdefault(table.logical, []).extend(_active(desk.children(relationship, account_id)))
    for logical in list(found):
        parents = [str(row[catalog.tables[logical].primary_id]) for row in found[logical]]
        for relationship in catalog.collections_of(logical).values():
            table = _custom(desk, relationship)
            if table is None or table.logical in elsewhere or not parents:
                continue
            restriction = desk.by_lookup(table, relationship.attribute, parents)
            found.setdefault(table.logical, []).extend(_active(desk.rows(table, restriction)))
    ordered = sorted(
        found, key=lambda name: SECTIONS_FIRST.index(name) if name in SECTIONS_FIRST else len(SECTIONS_FIRST)
    )
    sections = []
    for logical in ordered:
        table = catalog.tables[logical]
        sections.append(section_of(desk, table, _once(found[logical], table), _columns(table)))
    return tuple(section for section in sections if section is not None)


def open_tasks(desk: Desk, regarding: Sequence[str]) -> Section | None:
    """What is still to do about the account, its people and its opportunities, the most urgent first.

    `regarding` holds the account's id first; what a task is about is only shown where it is not the account itself.
    """
    table = desk.table("task")
    if table is None:
        return None
    restriction = desk.by_lookup(table, "regardingobjectid", regarding)
    rows = [row for row in desk.rows(table, restriction, order=(("scheduledend", False),)) if row["statecode"] == 0]
    rows.sort(key=lambda row: (row.get("scheduledend") is None, str(row.get("scheduledend"))))
    names = ["subject", "scheduledend", "prioritycode", "ownerid"]
    if any(row.get("_regardingobjectid_value") != regarding[0] for row in rows):
        names.append("regardingobjectid")
    section = section_of(desk, table, rows, [table.columns[name] for name in names])
    if section is None:
        return None
    now = utc_text(desk.store.now())
    late = [bool(row.get("scheduledend")) and str(row["scheduledend"]) < now for row in rows]
    marked = tuple(
        SectionRow(line.href, line.cells, is_late) for line, is_late in zip(section.rows, late, strict=False)
    )
    return Section(section.slug, "Tareas pendientes", section.headings, marked, section.total)


def _custom(desk: Desk, relationship: Relationship) -> Table | None:
    table = desk.table(relationship.referencing)
    return table if table is not None and table.is_custom else None


def _active(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row.get("statecode") in (0, None)]


def _once(rows: Sequence[Row], table: Table) -> list[Row]:
    """A row that points at the account twice is still one row."""
    return list({str(row[table.primary_id]): row for row in rows}.values())


def _columns(table: Table) -> list[Column]:
    """The primary name, then the organisation's own columns in the order they were made."""
    first = [c for c in table.columns.values() if c.is_primary_name]
    rest = [
        column
        for column in table.columns.values()
        if column.is_custom
        and not column.is_primary_name
        and column.kind is not Kind.MEMO
        and column.logical not in PLUMBING | DEFAULTS_ARE_SILENT | _KEYS
        and column.targets != ("account",)
    ]
    return first + rest
