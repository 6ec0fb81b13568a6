"""What of NEO's schema has to be created, and what is there but different. Nothing is ever deleted or renamed.

A difference is reported and left alone: narrowing a column or turning a kind into another would cost people's data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from include.core.neo_definitions import ColumnDefinition, NeoDefinitions, TableDefinition
from include.core.neo_schema import KEY_COLUMN, Column, NeoSchema, TableSheet

StepKind = Literal["publisher", "solution", "choice", "option", "table", "column", "lookup", "tracking", "key"]
# The order in which steps can be done: each kind needs the ones before it.
_RANK: tuple[StepKind, ...] = (
    "publisher", "solution", "choice", "option", "table", "column", "lookup", "tracking", "key",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One thing to create, or one difference to look at. `name` is within `owner` (a table or a choice)."""

    kind: StepKind
    owner: str
    name: str
    action: Literal["create", "different"]
    detail: str = ""


def plan_provisioning(schema: NeoSchema, present: NeoDefinitions) -> list[Step]:
    """Compare the sheets with NEO; steps to create come in an order in which they can be done."""
    steps: list[Step] = []
    sheet = schema.solution
    if not present.has_publisher:
        steps.append(Step("publisher", "", sheet.publisher.unique_name, "create"))
    if not present.has_solution:
        steps.append(Step("solution", "", sheet.solution.unique_name, "create"))
    steps += _choice_steps(schema, present)
    for table in schema.order:
        steps += _table_steps(schema, schema.tables[table], present.tables.get(table))
    return sorted(steps, key=lambda step: _RANK.index(step.kind))


def _choice_steps(schema: NeoSchema, present: NeoDefinitions) -> Iterator[Step]:
    for name, choice in schema.choices.items():
        found = present.choices.get(name)
        if found is None:
            yield Step("choice", name, name, "create", f"{len(choice.options)} opciones")
            continue
        for slug, option in choice.options.items():
            label = found.options.get(option.value)
            if label is None:
                yield Step("option", name, slug, "create", f"{option.value} {option.es}")
            elif label not in (option.es, option.en):
                yield Step("option", name, slug, "different", f"NEO la llama «{label}», la hoja «{option.es}»")


def _table_steps(schema: NeoSchema, sheet: TableSheet, found: TableDefinition | None) -> Iterator[Step]:
    ours = {name: column for name, column in sheet.columns.items() if schema.is_ours(name)}
    if found is None:
        if sheet.native:
            yield Step("table", sheet.table, sheet.table, "different", "es propia de NEO y no está")
            return
        yield Step("table", sheet.table, sheet.table, "create", f"{len(ours)} columnas")
        # The plain columns are created with the table.
        ours = {name: column for name, column in ours.items() if column.kind == "choice"}
        yield from (Step("column", sheet.table, name, "create", column.kind) for name, column in ours.items())
    else:
        yield from _column_steps(schema, sheet, found)
        if not found.tracks_changes:
            yield Step("tracking", sheet.table, sheet.table, "create", "seguimiento de cambios")
    yield from _lookup_steps(schema, sheet, found)
    yield from _key_steps(sheet, found)


def _column_steps(schema: NeoSchema, sheet: TableSheet, found: TableDefinition) -> Iterator[Step]:
    for name, column in sheet.columns.items():
        present = found.columns.get(name)
        if present is None:
            action: Literal["create", "different"] = "create" if schema.is_ours(name) else "different"
            yield Step("column", sheet.table, name, action, column.kind if action == "create" else "no está en NEO")
        elif problem := _difference(column, present):
            yield Step("column", sheet.table, name, "different", problem)


def _difference(column: Column, present: ColumnDefinition) -> str:
    """Say how a column differs in a way that matters to a writer; "" when it does not."""
    kind = "choice" if column.kind == "choice" else column.kind
    if present.kind != kind:
        return f"en NEO es {present.kind}, en la hoja {kind}"
    if column.max_length is not None and present.max_length is not None and present.max_length < column.max_length:
        return f"en NEO admite {present.max_length} caracteres, en la hoja {column.max_length}"
    if column.choice is not None and present.choice != column.choice:
        return f"en NEO usa la lista {present.choice}, en la hoja {column.choice}"
    return ""


def _lookup_steps(schema: NeoSchema, sheet: TableSheet, found: TableDefinition | None) -> Iterator[Step]:
    present = found.lookups if found is not None else {}
    for nav, lookup in sheet.lookups.items():
        if nav in present:
            target = present[nav].target
            # NEO's owner and customer lookups lead to a family of tables.
            if schema.is_ours(nav) and target != lookup.target:
                yield Step("lookup", sheet.table, nav, "different", f"en NEO lleva a {target}, no a {lookup.target}")
        elif schema.is_ours(nav):
            yield Step("lookup", sheet.table, nav, "create", f"a {lookup.target}")
        elif nav != "ownerid":
            yield Step("lookup", sheet.table, nav, "different", "no está en NEO")


def _key_steps(sheet: TableSheet, found: TableDefinition | None) -> Iterator[Step]:
    if not sheet.keyed:
        return
    keys = found.keys.values() if found is not None else ()
    ready = [key for key in keys if key.columns == (KEY_COLUMN,)]
    if not ready:
        yield Step("key", sheet.table, KEY_COLUMN, "create", "clave alterna")
    elif ready[0].status == "Failed":
        yield Step("key", sheet.table, KEY_COLUMN, "different", "NEO no pudo construirla: hay valores repetidos")
