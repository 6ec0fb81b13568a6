"""The one timeline of an account: journey stages, activities, notes and changes of the record, newest first."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.neo.api.reader import Restriction
from include.sandbox.neo.model.kinds import Kind, Table
from include.sandbox.neo.pages.desk import Desk, plain_text, spanish_date, spanish_moment
from include.sandbox.neo.pages.layout import PLUMBING
from include.sandbox.neo.sqlite.schema import quoted

STAGE_TABLE = "pc_stage"
LIMIT = 120
_SOURCE_LIMIT = 400
KINDS = {"etapa": "Etapas", "actividad": "Actividades", "nota": "Notas", "cambio": "Cambios"}
# Derived texts of the hub that change with everything else and tell nothing by themselves.
_UNTOLD = frozenset({"pc_provenance", "pc_qualitymissing", "pc_completeness", "pc_sources"})
_ACTIVITY_NAMES = {
    "task": "Tarea",
    "appointment": "Reunión",
    "email": "Correo",
    "phonecall": "Llamada",
    "opportunityclose": "Cierre de oportunidad",
}


@dataclass(frozen=True)
class Change:
    """One field of a changed record."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `at` is an ISO instant and orders the timeline."""

    at: str
    kind: str
    tag: str
    title: str
    detail: str = ""
    actor: str = ""
    state: str = ""
    href: str | None = None
    changes: tuple[Change, ...] = ()

    @property
    def when(self) -> str:
        """The moment as a person reads it."""
        return spanish_moment(self.at)


def build_timeline(desk: Desk, account_id: str, related: Mapping[str, Sequence[str]], kind: str | None) -> list[Entry]:
    """Entries of an account and of the rows in `related` (table -> ids), all kinds or one."""
    sources: dict[str, Callable[[], Iterable[Entry]]] = {
        "etapa": lambda: _stages(desk, account_id),
        "actividad": lambda: _activities(desk, account_id, related),
        "nota": lambda: _notes(desk, account_id, related),
        "cambio": lambda: _changes(desk, account_id),
    }
    entries: list[Entry] = []
    for name, read in sources.items():
        if kind is None or kind == name:
            entries += read()
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _stages(desk: Desk, account_id: str) -> Iterable[Entry]:
    table = desk.table(STAGE_TABLE)
    if table is None:
        return
    for relationship in desk.store.catalog.collections_of("account").values():
        if relationship.referencing != STAGE_TABLE:
            continue
        order = (("pc_occurredat", True), ("createdon", True))
        for row in desk.children(relationship, account_id, order=order, limit=_SOURCE_LIMIT):
            by = " · ".join(str(row[name]) for name in ("pc_actor", "pc_source") if row.get(name))
            yield Entry(
                at=str(row.get("pc_occurredat") or row["createdon"]),
                kind="etapa",
                tag="Etapa",
                title=desk.title(table, row),
                detail=str(row.get("pc_detail") or ""),
                actor=by,
            )


def _activities(desk: Desk, account_id: str, related: Mapping[str, Sequence[str]]) -> Iterable[Entry]:
    ids = [account_id, *(row_id for group in related.values() for row_id in group)]
    for table in desk.store.catalog.activities():
        if desk.table(table.logical) is None:
            continue
        restriction = desk.by_lookup(table, "regardingobjectid", ids)
        for row in desk.rows(table, restriction, order=(("createdon", True),), limit=_SOURCE_LIMIT):
            yield _activity(desk, table, row)


def _activity(desk: Desk, table: Table, row: dict[str, Any]) -> Entry:
    moment = row.get("actualend") or row.get("scheduledstart") or row.get("scheduledend") or row.get("createdon")
    if table.logical in ("task", "email"):
        moment = row.get("actualend") or row.get("createdon")
    return Entry(
        at=str(moment),
        kind="actividad",
        tag=_ACTIVITY_NAMES.get(table.logical, table.label.text),
        title=desk.title(table, row),
        detail=plain_text(str(row.get("description") or ""))[:1200],
        actor=desk.text(row, table.columns["ownerid"]),
        state=desk.text(row, table.columns["statecode"]),
        href=desk.link(table.logical, str(row[table.primary_id])),
    )


def _notes(desk: Desk, account_id: str, related: Mapping[str, Sequence[str]]) -> Iterable[Entry]:
    table = desk.table("annotation")
    if table is None:
        return
    ids = [account_id, *(row_id for group in related.values() for row_id in group)]
    select = ("subject", "notetext", "filename", "createdon", "createdby")
    restriction = desk.by_lookup(table, "objectid", ids)
    for row in desk.rows(table, restriction, order=(("createdon", True),), select=select, limit=_SOURCE_LIMIT):
        attachment = f"\nAdjunto: {row['filename']}" if row.get("filename") else ""
        yield Entry(
            at=str(row["createdon"]),
            kind="nota",
            tag="Nota",
            title=str(row.get("subject") or "Nota"),
            detail=plain_text(str(row.get("notetext") or ""))[:1200] + attachment,
            actor=desk.text(row, table.columns["createdby"]),
        )


def _changes(desk: Desk, account_id: str) -> Iterable[Entry]:
    table = desk.store.catalog.tables["account"]
    found = desk.store.database.rows(
        "select at, actor, action, changes from _audit where tablename = 'account' and row = ? "
        "order by id desc limit ?",
        (account_id, _SOURCE_LIMIT),
    )
    names = desk.user_names([str(row[1]) for row in found])
    has_creation = False
    for at, actor, action, changes in found:
        has_creation = has_creation or action == "create"
        listed = tuple(_field_changes(desk, table, json.loads(changes)))
        if listed or action == "create":
            title = "Registro creado" if action == "create" else _changed_title(listed)
            shown = () if action == "create" else listed
            yield Entry(str(at), "cambio", "Cambio", title, actor=names.get(str(actor), ""), changes=shown)
    if not has_creation:
        yield from _creation(desk, table, account_id)


def _creation(desk: Desk, table: Table, account_id: str) -> Iterable[Entry]:
    """Rows from before auditing began say themselves when they were made."""
    restriction = Restriction(f"t0.{quoted(table.primary_id)} = ?", (account_id,))
    for row in desk.rows(table, restriction, select=("createdon", "createdby"), limit=1):
        actor = desk.text(row, table.columns["createdby"])
        yield Entry(str(row["createdon"]), "cambio", "Cambio", "Registro creado", actor=actor)


def _changed_title(changes: Sequence[Change]) -> str:
    if len(changes) == 1:
        return f"Cambió {changes[0].label}"
    return f"Cambiaron {len(changes)} datos"


def _field_changes(desk: Desk, table: Table, changes: dict[str, list[Any]]) -> Iterable[Change]:
    for name, (before, after) in changes.items():
        column = table.columns.get(name)
        if column is None or name in PLUMBING | _UNTOLD or column.kind is Kind.GUID or column.base_of is not None:
            continue
        if column.is_readonly and name != "fullname":
            continue
        yield Change(column.label.text or name, _spoken(desk, table, name, before), _spoken(desk, table, name, after))


def _spoken(desk: Desk, table: Table, name: str, value: Any) -> str:
    if value is None:
        return "—"
    column = table.columns[name]
    if column.kind.is_lookup:
        for target in column.targets:
            found = desk.store.organisation.name_of(target, str(value))
            if found is not None and target not in desk.hidden:
                return found
        return "otro registro"
    if column.kind is Kind.DATETIME:
        return spanish_date(str(value)) if column.is_date_only else spanish_moment(str(value))
    if (column.kind.is_choice and column.kind is not Kind.MULTISELECT) or column.kind is Kind.BOOLEAN:
        return desk.store.catalog.option_label(column, int(value)) or str(value)
    text = str(value)
    return text if len(text) <= 160 else f"{text[:157]}…"
