"""Reading definitions: lists and single ones, with casts, `$filter`, `$select` and `$expand`."""

from collections.abc import Mapping
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.metadata import render
from include.sandbox.neo.api.metadata.shaping import Expansion, filtered, shaped
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Column, Key, ManyToMany, OptionSet, Relationship, Table
from include.sandbox.neo.odata.options import Options

Json = dict[str, Any]


def list_of(
    context: Context, fragment: str, rows: list[Json], type_name: str, expansions: Mapping[str, Expansion]
) -> ApiResponse:
    """A whole list: metadata is never paged."""
    options = context.options
    kept = filtered(rows, options, type_name)
    value = [shaped(row, options, expansions, type_name) for row in kept]
    payload: Json = {"@odata.context": context.context_url(fragment)}
    if options.count:
        payload["@odata.count"] = len(value)
    return ApiResponse(200, payload=payload | {"value": value[: options.top] if options.top else value})


def one_of(
    context: Context, fragment: str, row: Json, type_name: str, expansions: Mapping[str, Expansion]
) -> ApiResponse:
    """A single definition."""
    body = shaped(row, context.options, expansions, type_name)
    return ApiResponse(200, payload={"@odata.context": context.context_url(f"{fragment}/$entity"), **body})


def table_expansions(catalog: Catalog) -> dict[str, Expansion]:
    """What a table definition offers to `$expand`."""

    def many(rows_of: Any, type_name: str) -> Expansion:
        def expand(row: Json, options: Options) -> list[Json]:
            table = catalog.tables[_logical_of(catalog, row)]
            rows = filtered(rows_of(catalog, table), options, type_name)
            return [shaped(item, options, {}, type_name) for item in rows]

        return expand

    return {
        "Attributes": many(attribute_rows, "AttributeMetadata"),
        "Keys": many(key_rows, "EntityKeyMetadata"),
        "OneToManyRelationships": many(one_to_many_rows, "OneToManyRelationshipMetadata"),
        "ManyToOneRelationships": many(many_to_one_rows, "OneToManyRelationshipMetadata"),
        "ManyToManyRelationships": many(many_to_many_rows, "ManyToManyRelationshipMetadata"),
    }


def _logical_of(catalog: Catalog, row: Json) -> str:
    found = catalog.by_metadata_id(str(row["MetadataId"]))
    if found is None:
        raise errors.unknown_segment("EntityDefinitions")
    return found.logical


def attribute_rows(catalog: Catalog, table: Table) -> list[Json]:
    """The columns of a table."""
    return [render.column_json(table, column) for column in table.columns.values()]


def key_rows(catalog: Catalog, table: Table) -> list[Json]:
    """The alternate keys of a table."""
    return [render.key_json(table, key) for key in table.keys.values()]


def one_to_many_rows(catalog: Catalog, table: Table) -> list[Json]:
    """The relationships in which the table is pointed at."""
    return [render.relationship_json(catalog, r) for r in catalog.collections_of(table.logical).values()]


def many_to_one_rows(catalog: Catalog, table: Table) -> list[Json]:
    """The relationships in which the table points."""
    return [render.relationship_json(catalog, r) for r in catalog.singles_of(table.logical).values()]


def many_to_many_rows(catalog: Catalog, table: Table) -> list[Json]:
    """The N:N relationships of a table."""
    return [render.many_json(many) for many in catalog.manys_of(table.logical).values()]


def read_column(context: Context, table: Table, column: Column, cast: str | None, tail: str | None) -> ApiResponse:
    """One column; with a cast its own properties too, and its option set by `$expand` or by path."""
    row = render.column_json(table, column)
    expansions: dict[str, Expansion] = {}
    if cast is not None:
        row, expansions = _cast(context, table, column, cast)
    fragment = f"EntityDefinitions('{table.logical}')/Attributes"
    if tail is not None:
        if tail not in expansions:
            raise errors.unknown_segment(tail)
        found = expansions[tail](row, context.options)
        if found is None:
            return ApiResponse(204)
        return ApiResponse(200, payload={"@odata.context": context.context_url(f"{fragment}/{tail}/$entity"), **found})
    return one_of(context, fragment, row, cast or "AttributeMetadata", expansions)


def list_columns(context: Context, table: Table, cast: str | None) -> ApiResponse:
    """`Attributes`, or the columns of one type by a cast: possibly none, never an error."""
    fragment = f"EntityDefinitions('{table.logical}')/Attributes"
    if cast is None:
        return list_of(context, fragment, attribute_rows(context.catalog, table), "AttributeMetadata", {})
    columns = [c for c in table.columns.values() if render.metadata_class(c) == cast]
    by_id = {column.metadata_id: column for column in columns}
    rows = [_cast(context, table, column, cast)[0] for column in columns]

    def expand(name: str) -> Expansion:
        def expansion(row: Json, options: Options) -> Any:
            held = render.expandable_json(context.catalog, by_id[str(row["MetadataId"])])
            return _shaped_choice(held.get(name), options)

        return expansion

    expansions = {name: expand(name) for name in ("OptionSet", "GlobalOptionSet")}
    return list_of(context, f"{fragment}/{render.NAMESPACE}.{cast}", rows, cast, expansions)


def _cast(context: Context, table: Table, column: Column, cast: str) -> tuple[Json, dict[str, Expansion]]:
    if render.metadata_class(column) != cast:
        raise errors.ServiceError(
            404, "0x80060888", f"The attribute '{column.logical}' is not of type '{render.NAMESPACE}.{cast}'."
        )
    row = render.column_json(table, column) | render.column_detail_json(context.catalog, column)
    offered = render.expandable_json(context.catalog, column)

    def expand(name: str) -> Expansion:
        return lambda _row, options: _shaped_choice(offered[name], options)

    return row, {name: expand(name) for name in offered}


def _shaped_choice(option_set: Json | None, options: Options) -> Json | None:
    if option_set is None:
        return None
    return shaped(option_set, options, {}, "OptionSetMetadata")


def relationship_rows(catalog: Catalog) -> list[Json]:
    """Every relationship of the organisation."""
    rows = [render.relationship_json(catalog, r) for r in catalog.relationships.values()]
    return rows + [render.many_json(many) for many in catalog.many_to_many.values()]


def find_relationship(catalog: Catalog, name: str | None, metadata_id: str | None) -> Relationship | ManyToMany:
    """A relationship by schema name or id; 404 without one."""
    everything: list[Relationship | ManyToMany] = [*catalog.relationships.values(), *catalog.many_to_many.values()]
    for relationship in everything:
        if relationship.schema == name or relationship.metadata_id == metadata_id:
            return relationship
    raise _not_found("relationship", name or metadata_id)


def find_option_set(catalog: Catalog, name: str | None, metadata_id: str | None) -> OptionSet:
    """A global choice by name or id; 404 without one."""
    for option_set in catalog.option_sets.values():
        if option_set.name == name or option_set.metadata_id == metadata_id:
            return option_set
    raise _not_found("option set", name or metadata_id)


def find_table(catalog: Catalog, name: str | None, metadata_id: str | None) -> Table:
    """A table by logical name or id; 404 without one."""
    found = catalog.tables.get(name) if name is not None else catalog.by_metadata_id(metadata_id or "")
    if found is None:
        raise _not_found("entity", name or metadata_id)
    return found


def find_column(table: Table, name: str | None, metadata_id: str | None) -> Column:
    """A column by logical name or id; 404 without one."""
    for column in table.columns.values():
        if column.logical == name or column.metadata_id == metadata_id:
            return column
    raise _not_found("attribute", name or metadata_id)


def find_key(table: Table, name: str | None, metadata_id: str | None) -> Key:
    """An alternate key by logical name or id; 404 without one."""
    for key in table.keys.values():
        if key.logical == name or key.metadata_id == metadata_id:
            return key
    raise _not_found("entity key", name or metadata_id)


def _not_found(kind: str, name: str | None) -> errors.ServiceError:
    return errors.ServiceError(404, "0x80040217", f"Could not find the {kind} '{name}' in the metadata.")
