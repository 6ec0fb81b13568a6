"""Paths of the metadata API to their handlers."""

from collections.abc import Callable

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.metadata import change, option_sets, read, render, write
from include.sandbox.neo.model.kinds import ManyToMany, Table
from include.sandbox.neo.odata.predicates import Segment

METADATA_SETS = frozenset({"EntityDefinitions", "RelationshipDefinitions", "GlobalOptionSetDefinitions"})
METADATA_ACTIONS: dict[str, Callable[[Context], ApiResponse]] = {
    **option_sets.OPTION_ACTIONS,
    "ReactivateEntityKey": change.reactivate_key,
}
_NAMESPACE = f"{render.NAMESPACE}."
_RELATIONSHIP_LISTS = {
    "OneToManyRelationships": (read.one_to_many_rows, "OneToManyRelationshipMetadata"),
    "ManyToOneRelationships": (read.many_to_one_rows, "OneToManyRelationshipMetadata"),
    "ManyToManyRelationships": (read.many_to_many_rows, "ManyToManyRelationshipMetadata"),
}


def route_metadata(context: Context) -> ApiResponse:
    """Any request whose path starts with a metadata set or action."""
    first = context.segments[0]
    if first.name in METADATA_ACTIONS:
        if context.request.method != "POST" or len(context.segments) > 1:
            raise errors.wrong_verb()
        return METADATA_ACTIONS[first.name](context)
    if first.name == "EntityDefinitions":
        return _tables(context, first)
    if first.name == "RelationshipDefinitions":
        return _relationships(context, first)
    return _option_sets(context, first)


def _key_of(segment: Segment, name: str = "LogicalName") -> tuple[str | None, str | None]:
    """The name or the metadata id in a keyed metadata segment."""
    predicate = segment.predicate()
    if predicate.guid is not None:
        return None, predicate.guid
    if len(predicate.parts) != 1 or predicate.parts[0][0] != name:
        raise errors.query(f"A definition is addressed by its MetadataId or by {name}.")
    return predicate.parts[0][1].text, None


def _cast_of(segments: tuple[Segment, ...]) -> tuple[str | None, tuple[Segment, ...]]:
    if segments and segments[0].name.startswith(_NAMESPACE):
        return segments[0].name.removeprefix(_NAMESPACE), segments[1:]
    return None, segments


def _tables(context: Context, first: Segment) -> ApiResponse:
    rest = context.segments[1:]
    method = context.request.method
    if not first.has_key:
        if rest:
            raise errors.unknown_segment(rest[0].name)
        if method == "POST":
            return write.create_table(context)
        _only_get(context)
        rows = [render.table_json(table) for table in context.catalog.tables.values()]
        expansions = read.table_expansions(context.catalog)
        return read.list_of(context, "EntityDefinitions", rows, "EntityMetadata", expansions)
    table = read.find_table(context.catalog, *_key_of(first))
    if rest:
        return _table_part(context, table, rest)
    if method == "PUT":
        return change.update_table(context, table)
    _only_get(context)
    expansions = read.table_expansions(context.catalog)
    return read.one_of(context, "EntityDefinitions", render.table_json(table), "EntityMetadata", expansions)


def _table_part(context: Context, table: Table, rest: tuple[Segment, ...]) -> ApiResponse:
    name = rest[0].name
    if name == "Attributes":
        return _columns(context, table, rest[0], rest[1:])
    if name == "Keys":
        return _keys(context, table, rest[0])
    if name in _RELATIONSHIP_LISTS and len(rest) == 1:
        _only_get(context)
        rows_of, type_name = _RELATIONSHIP_LISTS[name]
        fragment = f"EntityDefinitions('{table.logical}')/{name}"
        return read.list_of(context, fragment, rows_of(context.catalog, table), type_name, {})
    shown = render.table_json(table)
    if name in shown and len(rest) == 1:
        _only_get(context)
        url = context.context_url(f"EntityDefinitions('{table.logical}')/{name}")
        return ApiResponse(200, payload={"@odata.context": url, "value": shown[name]})
    raise errors.unknown_segment(name)


def _columns(context: Context, table: Table, segment: Segment, tail: tuple[Segment, ...]) -> ApiResponse:
    method = context.request.method
    cast, tail = _cast_of(tail)
    if not segment.has_key:
        if method == "POST" and cast is None:
            return write.create_column(context, table)
        _only_get(context)
        return read.list_columns(context, table, cast)
    column = read.find_column(table, *_key_of(segment))
    if method == "PUT":
        return change.update_column(context, table, column)
    if method == "DELETE":
        return change.delete_column(context, table, column)
    _only_get(context)
    return read.read_column(context, table, column, cast, tail[0].name if tail else None)


def _keys(context: Context, table: Table, segment: Segment) -> ApiResponse:
    method = context.request.method
    fragment = f"EntityDefinitions('{table.logical}')/Keys"
    if not segment.has_key:
        if method == "POST":
            return write.create_key(context, table)
        _only_get(context)
        return read.list_of(context, fragment, read.key_rows(context.catalog, table), "EntityKeyMetadata", {})
    key = read.find_key(table, *_key_of(segment))
    if method == "DELETE":
        return change.delete_key(context, table, key)
    _only_get(context)
    return read.one_of(context, fragment, render.key_json(table, key), "EntityKeyMetadata", {})


def _relationships(context: Context, first: Segment) -> ApiResponse:
    method = context.request.method
    cast, _ = _cast_of(context.segments[1:])
    catalog = context.catalog
    if not first.has_key:
        if method == "POST":
            return write.create_relationship(context)
        _only_get(context)
        rows = read.relationship_rows(catalog)
        if cast is not None:
            rows = [row for row in rows if row["@odata.type"] == f"#{_NAMESPACE}{cast}"]
        return read.list_of(context, "RelationshipDefinitions", rows, "RelationshipMetadataBase", {})
    found = read.find_relationship(catalog, *_key_of(first, "SchemaName"))
    if method == "DELETE" and not isinstance(found, ManyToMany):
        return change.delete_relationship(context, found)
    _only_get(context)
    row = render.many_json(found) if isinstance(found, ManyToMany) else render.relationship_json(catalog, found)
    if cast is not None and row["@odata.type"] != f"#{_NAMESPACE}{cast}":
        raise errors.unknown_segment(f"{_NAMESPACE}{cast}")
    return read.one_of(context, "RelationshipDefinitions", row, "RelationshipMetadataBase", {})


def _option_sets(context: Context, first: Segment) -> ApiResponse:
    method = context.request.method
    catalog = context.catalog
    if not first.has_key:
        if method == "POST":
            return option_sets.create_option_set(context)
        _only_get(context)
        rows = [render.option_set_json(option_set) for option_set in catalog.option_sets.values()]
        return read.list_of(context, "GlobalOptionSetDefinitions", rows, "OptionSetMetadata", {})
    option_set = read.find_option_set(catalog, *_key_of(first, "Name"))
    if method == "DELETE":
        return option_sets.delete_option_set(context, option_set)
    _only_get(context)
    row = render.option_set_json(option_set)
    cast, _ = _cast_of(context.segments[1:])
    if cast is None:  # options belong to the derived type and need the cast
        row.pop("Options")
    return read.one_of(context, "GlobalOptionSetDefinitions", row, "OptionSetMetadataBase", {})


def _only_get(context: Context) -> None:
    if context.request.method != "GET":
        raise errors.method_not_allowed(context.request.method)
