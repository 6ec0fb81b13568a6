"""Creates and changes rows: validation, defaults, keys, nesting, versions and audit in one place.

A writer serves one request. It opens no transaction of its own: the caller decides what belongs together.
"""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_guid
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Kind, Table
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.records.draft import Draft, DraftReader
from include.sandbox.neo.records.fill import default_values, fill_computed, settle_state
from include.sandbox.neo.records.linking import associate
from include.sandbox.neo.records.organisation import OrganisationRows
from include.sandbox.neo.records.references import Reference, References
from include.sandbox.neo.sqlite.database import Database, utc_text
from include.sandbox.neo.sqlite.schema import comparable, quoted, target_column
from include.sandbox.neo.sqlite.text import fold

Body = Mapping[str, Any]
_SILENT = frozenset({"modifiedon", "modifiedby", "modifiedonbehalfby", "versionnumber"})


@dataclass
class Writer:
    """Writes rows for one caller. `is_trusting` is for seeding: ids, dates and links are taken as given."""

    database: Database
    catalog: Catalog
    organisation: OrganisationRows
    caller: Caller
    now: Callable[[], datetime]
    content_ids: dict[str, Reference] = field(default_factory=dict)
    is_trusting: bool = False

    def __post_init__(self) -> None:
        self.references = References(self.database, self.catalog, self.content_ids, self.is_trusting)
        self._reader = DraftReader(self.catalog, self.references, self.is_trusting)
        self._defaults: dict[str, tuple[Table, dict[str, Any]]] = {}

    def create(self, table: Table, body: Body, row_id: str | None = None) -> str:
        """Insert a row (and what is nested in it); returns its id."""
        self.caller.require("Create", table)
        refuse_view(table)
        draft = self._reader.read(table, body)
        self._create_parents(table, draft)
        new_id = row_id or self._chosen_id(table, draft)
        values = self._new_values(table, draft, new_id)
        self._insert(table, values)
        self._finish(table, new_id, draft)
        if not self.is_trusting:
            shown = {k: [None, v] for k, v in draft.values.items() if v is not None}
            self.audit(table, new_id, "create", shown)
        return new_id

    def update(self, table: Table, row_id: str, body: Body) -> None:
        """Change the given columns of an existing row."""
        self.caller.require("Write", table)
        refuse_view(table)
        before = self.fetch(table, row_id)
        if before is None:
            raise errors.row_missing(table.logical, row_id)
        draft = self._reader.read(table, body)
        given_id = draft.values.pop(table.primary_id, row_id)
        if given_id != row_id:
            raise errors.invalid_argument("The id in the payload differs from the id in the URL.")
        self._create_parents(table, draft)
        values = dict(draft.values)
        settle_state(self.catalog, table, values, before, row_id)
        fill_computed(self.catalog, table, self.organisation, values, before)
        self.stamp(table, values, is_new=False)
        self.store_changes(table, row_id, values)
        self._finish(table, row_id, draft)
        changes = {k: [before.get(k), v] for k, v in values.items() if k not in _SILENT and before.get(k) != v}
        if changes:
            self.audit(table, row_id, "update", changes)

    def fetch(self, table: Table, row_id: str) -> dict[str, Any] | None:
        """The whole stored row by SQL column name, or None."""
        cursor = self.database.connection.execute(
            f"select * from {quoted(table.logical)} where {quoted(table.primary_id)} = ?", (row_id,)
        )
        found = cursor.fetchone()
        return None if found is None else dict(zip((d[0] for d in cursor.description), found, strict=True))

    def _chosen_id(self, table: Table, draft: Draft) -> str:
        return str(draft.values.get(table.primary_id) or uuid4())

    def _create_parents(self, table: Table, draft: Draft) -> None:
        for relationship, body in draft.parents:
            parent = self.catalog.tables[relationship.referenced]
            draft.point(table.columns[relationship.attribute], parent.logical, self.create(parent, body))
        draft.parents.clear()

    def _new_values(self, table: Table, draft: Draft, new_id: str) -> dict[str, Any]:
        values = {**self._defaults_of(table), **draft.values, table.primary_id: new_id}
        for name, value in self._defaults_of(table).items():
            if values[name] is None and name not in ("statecode", "statuscode"):
                values[name] = value if table.columns[name].kind is Kind.BOOLEAN else None
        if table.has_state:
            given = {k: v for k, v in draft.values.items() if k in ("statecode", "statuscode") and v is not None}
            settle_state(self.catalog, table, given, self._defaults_of(table), new_id)
            values.update(given or {k: self._defaults_of(table)[k] for k in ("statecode", "statuscode")})
        self._own(table, values)
        fill_computed(self.catalog, table, self.organisation, values, {})
        self.stamp(table, values, is_new=True)
        if table.logical in ("systemuser", "team"):
            values["ownerid"] = new_id
        _number_case(self.database, table, values)
        if not self.is_trusting:
            _require_columns(table, values)
        return values

    def _own(self, table: Table, values: dict[str, Any]) -> None:
        if table.ownership == "UserOwned" and "ownerid" in table.columns and values.get("ownerid") is None:
            values["ownerid"] = self.caller.user_id
            values[target_column("ownerid")] = "systemuser"

    def stamp(self, table: Table, values: dict[str, Any], *, is_new: bool) -> None:
        """Put who, when and the next version number into the values of a write."""
        moment = utc_text(self.now())
        actor = self.caller.user_id
        stamps: dict[str, Any] = {"modifiedon": moment, "modifiedby": actor}
        stamps["modifiedonbehalfby"] = self.caller.on_behalf_of
        if is_new:
            created = values.get("overriddencreatedon")
            stamps |= {"createdon": f"{created}T00:00:00Z" if created else moment, "createdby": actor}
            stamps["createdonbehalfby"] = self.caller.on_behalf_of
            if created:
                values["overriddencreatedon"] = moment[:10]
        for name, value in stamps.items():
            if name in table.columns and not (self.is_trusting and values.get(name) is not None):
                values[name] = value
        if self.is_trusting and is_new and values.get("modifiedon", "") < values.get("createdon", ""):
            values["modifiedon"] = values["createdon"]
        if "versionnumber" in table.columns:
            values["versionnumber"] = self.database.next_version()

    def _defaults_of(self, table: Table) -> dict[str, Any]:
        held = self._defaults.get(table.logical)
        if held is None or held[0] is not table:
            held = (table, default_values(self.catalog, table))
            self._defaults[table.logical] = held
        return held[1]

    def _insert(self, table: Table, values: dict[str, Any]) -> None:
        names = ", ".join(quoted(name) for name in values)
        marks = ", ".join("?" * len(values))
        try:
            self.database.write(
                f"insert into {quoted(table.logical)} ({names}) values ({marks})", list(values.values())
            )
        except sqlite3.IntegrityError as error:
            raise self._violation(table, str(values[table.primary_id]), values, is_new=True) from error
        self.wrote(table)

    def store_changes(self, table: Table, row_id: str, values: dict[str, Any]) -> None:
        """Write changed columns of a row; a broken key becomes the platform's refusal."""
        terms = ", ".join(f"{quoted(name)} = ?" for name in values)
        try:
            self.database.write(
                f"update {quoted(table.logical)} set {terms} where {quoted(table.primary_id)} = ?",
                [*values.values(), row_id],
            )
        except sqlite3.IntegrityError as error:
            raise self._violation(table, row_id, values, is_new=False) from error
        self.wrote(table)

    def wrote(self, table: Table) -> None:
        """Count a written row; a currency that changed must be asked for again."""
        self.database.rows_written += 1
        if table.logical == "transactioncurrency":
            self.organisation.forget()

    def _finish(self, table: Table, row_id: str, draft: Draft) -> None:
        for relationship, bodies in draft.children:
            child = self.catalog.tables[relationship.referencing]
            bind = f"{relationship.single_name}@odata.bind"
            for body in bodies:
                self.create(child, {**body, bind: f"/{table.set_name}({row_id})"})
        for navigation, others in draft.links:
            for other in others:
                associate(self, table, row_id, navigation, other)

    def _violation(self, table: Table, row_id: str, values: dict[str, Any], *, is_new: bool) -> errors.ServiceError:
        if is_new and self.references.exists(table, row_id):
            return errors.duplicate_id()
        known = {**(self.fetch(table, row_id) or {}), **values}
        for key in table.keys.values():
            shown = {name: known.get(name) for name in key.columns}
            if key.status == "Active" and None not in shown.values() and self._is_taken(table, row_id, shown):
                return errors.duplicate_key(key.label.text or key.schema, key.columns, shown)
        return errors.duplicate_id()

    def _is_taken(self, table: Table, row_id: str, shown: dict[str, Any]) -> bool:
        terms = " and ".join(f"{comparable(table, table.columns[name], '')} = ?" for name in shown)
        sql = f"select 1 from {quoted(table.logical)} where {terms} and {quoted(table.primary_id)} <> ?"
        return self.database.row(sql, [*(fold(value) for value in shown.values()), row_id]) is not None

    def audit(self, table: Table, row_id: str, action: str, changes: dict[str, Any]) -> None:
        """Remember a change with the one who made it."""
        actor = self.caller.user_id
        self.database.record_change(table.logical, row_id, action, actor, utc_text(self.now()), changes)


def refuse_view(table: Table) -> None:
    """Unions of other tables can only be read."""
    if table.is_view:
        raise errors.invalid_argument(f"The '{table.logical}' entity does not support this operation.")


def _require_columns(table: Table, values: Mapping[str, Any]) -> None:
    for column in table.columns.values():
        if column.required == "SystemRequired" and not column.is_readonly and values.get(column.logical) is None:
            raise errors.invalid_argument(f"Attribute '{column.logical}' of '{table.logical}' cannot be null.")


def _number_case(database: Database, table: Table, values: dict[str, Any]) -> None:
    """Cases are numbered by the server: CAS-00001, CAS-00002…"""
    if table.logical == "incident" and not values.get("ticketnumber"):
        number = int(database.setting("last_case_number", "0")) + 1
        database.set_setting("last_case_number", str(number))
        values["ticketnumber"] = f"CAS-{number:05d}"


def given_id(table: Table, body: Body) -> str | None:
    """The primary key in a payload, when it holds one."""
    value = body.get(table.primary_id)
    return parse_guid(value) if isinstance(value, str) else None
