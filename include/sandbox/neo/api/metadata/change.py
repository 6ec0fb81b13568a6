"""Changing and removing definitions: PUT and DELETE of tables, columns, keys, relationships, choices."""

from dataclasses import replace
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.metadata.parse import parse_column, parse_label, required_level
from include.sandbox.neo.api.metadata.write import customizer, option_prefix
from include.sandbox.neo.model.kinds import Column, Key, Kind, Label, Relationship, Table

Json = dict[str, Any]
_UPDATABLE = ("max_length", "minimum", "maximum", "precision", "default", "required")


def _label(context: Context, body: Json, name: str, held: Label) -> Label:
    """The new label; languages it does not name are lost unless the client asked to merge."""
    if body.get(name) is None:
        return held
    given = parse_label(body[name])
    if context.request.headers.get("mscrm.mergelabels", "").lower() == "true":
        return Label({**held.texts, **given.texts})
    return given


def update_table(context: Context, table: Table) -> ApiResponse:
    """`PUT EntityDefinitions(...)`: labels and switches; names, ownership and columns stay."""
    context.request.caller.require_customizing("Write", "Entity")
    body = context.request.json_object()
    if table.change_tracking and body.get("ChangeTrackingEnabled") is False:
        raise errors.invalid_argument("Change tracking cannot be turned off once it is enabled.")
    changed = replace(
        table,
        label=_label(context, body, "DisplayName", table.label),
        collection_label=_label(context, body, "DisplayCollectionName", table.collection_label),
        description=_label(context, body, "Description", table.description),
        change_tracking=table.change_tracking or body.get("ChangeTrackingEnabled") is True,
        has_notes=table.has_notes or body.get("HasNotes") is True,
        has_activities=table.has_activities or body.get("HasActivities") is True,
    )
    if not table.is_custom:
        raise errors.not_implemented("The definition of a standard table cannot be changed here.")
    with context.store.customization():
        customizer(context).replace_table(changed)
    return ApiResponse(204)


def update_column(context: Context, table: Table, column: Column) -> ApiResponse:
    """`PUT .../Attributes(...)`: labels, limits and requirement; the type stays."""
    context.request.caller.require_customizing("Write", "Attribute")
    body = context.request.json_object()
    changes: Json = {"required": required_level(body)}
    if column.kind not in (Kind.LOOKUP, Kind.OWNER, Kind.CUSTOMER, Kind.STATE, Kind.STATUS, Kind.GUID):
        options = {"SchemaName": column.schema, "OptionSet": {"Options": []}}
        parsed = parse_column(
            context.catalog, {**options, **body, "SchemaName": _long_enough(column)}, option_prefix(context)
        )
        if parsed.kind is not column.kind:
            raise errors.invalid_argument("The type of an attribute cannot be changed.")
        changes |= {name: getattr(parsed, name) for name in _UPDATABLE}
    changed = replace(
        column,
        label=_label(context, body, "DisplayName", column.label),
        description=_label(context, body, "Description", column.description),
        **changes,
    )
    with context.store.customization():
        customizer(context).replace_column(table.logical, changed)
    return ApiResponse(204)


def _long_enough(column: Column) -> str:
    """Standard columns have no prefix; the parser only wants to see a well-formed name."""
    return column.schema if column.is_custom else f"std_{column.schema}"


def delete_column(context: Context, table: Table, column: Column) -> ApiResponse:
    """`DELETE .../Attributes(...)`: a custom column that no key uses; a money column takes its twin along."""
    context.request.caller.require_customizing("Delete", "Attribute")
    if not column.is_custom or column.is_primary_name or column.base_of is not None:
        raise errors.invalid_argument(f"The attribute '{column.logical}' cannot be deleted.")
    if any(column.logical in key.columns for key in table.keys.values()):
        raise errors.ServiceError(
            405, "0x8004f01f", f"The attribute '{column.logical}' cannot be deleted because a key refers to it."
        )
    with context.store.customization():
        change = customizer(context)
        twin = table.columns.get(f"{column.logical}_base")
        change.drop_column(table.logical, column)
        if twin is not None:
            change.drop_column(table.logical, twin)
    return ApiResponse(204)


def delete_key(context: Context, table: Table, key: Key) -> ApiResponse:
    """`DELETE .../Keys(...)`: the key and its index."""
    context.request.caller.require_customizing("Delete", "EntityKey")
    with context.store.customization():
        customizer(context).drop_key(table, key)
    return ApiResponse(204)


def delete_relationship(context: Context, relationship: Relationship) -> ApiResponse:
    """Deleting a 1:N relationship deletes its lookup column with it."""
    context.request.caller.require_customizing("Delete", "Relationship")
    if not relationship.is_custom:
        raise errors.invalid_argument(f"The relationship '{relationship.schema}' cannot be deleted.")
    table = context.catalog.tables[relationship.referencing]
    return delete_column(context, table, table.columns[relationship.attribute])


def reactivate_key(context: Context) -> ApiResponse:
    """`ReactivateEntityKey`: try to build a failed key again."""
    context.request.caller.require_customizing("Write", "EntityKey")
    body = context.request.json_object()
    table = context.catalog.tables.get(str(body.get("EntityLogicalName")))
    key = table.keys.get(str(body.get("EntityKeyLogicalName"))) if table else None
    if table is None or key is None:
        raise errors.invalid_argument("The entity key was not found.")
    with context.store.customization():
        renewed = replace(key, status="Pending", created_at=context.store.now().timestamp())
        customizer(context).save_key(table, renewed)
    return ApiResponse(204)
