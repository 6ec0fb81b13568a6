"""Creating tables, columns, relationships and keys."""

from typing import Any
from uuid import uuid4

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.metadata.parse import class_of, parse_column, parse_label, required_level, schema_name
from include.sandbox.neo.model.custom import plural, system_columns
from include.sandbox.neo.model.kinds import Column, Key, Kind, ManyToMany, Relationship, Table
from include.sandbox.neo.store.customizer import Customizer
from include.sandbox.neo.store.founding import list_bulk_messages
from include.sandbox.neo.store.neo_store import SYSTEM

Json = dict[str, Any]
KEY_KINDS = frozenset({Kind.STRING, Kind.INTEGER, Kind.DECIMAL, Kind.DATETIME, Kind.LOOKUP, Kind.PICKLIST})
MAX_KEYS, MAX_KEY_COLUMNS, MAX_KEY_BYTES = 10, 16, 900
_DELETE_RULES = ("Cascade", "RemoveLink", "Restrict", "NoCascade")


def customizer(context: Context) -> Customizer:
    """What changes the organisation's shape."""
    return Customizer(context.store.database, context.catalog)


def option_prefix(context: Context) -> int:
    """The number options start from: the publisher's of the named solution, else the default publisher's.

    Also refuses a solution name that does not exist.
    """
    name = context.request.headers.get("mscrm.solutionuniquename")
    if not name:
        return 10000
    found = context.store.database.row(
        "select p.customizationoptionvalueprefix from solution as s join publisher as p "
        "on p.publisherid = s.publisherid where neo_fold(s.uniquename) = neo_fold(?)",
        (name,),
    )
    if found is None:
        raise errors.invalid_argument(f"The solution with the unique name '{name}' does not exist.")
    return int(found[0])


def create_table(context: Context) -> ApiResponse:
    """`POST EntityDefinitions`."""
    context.request.caller.require_customizing("Create", "Entity")
    body = context.request.json_object()
    with context.store.customization():
        table, relationships = _new_table(context, body)
        customizer(context).add_table(table, relationships)
        list_bulk_messages(context.store.writer(SYSTEM, is_trusting=True), table.logical)
    return _created(context, f"EntityDefinitions({table.metadata_id})")


def _new_table(context: Context, body: Json) -> tuple[Table, list[Relationship]]:
    schema = schema_name(body)
    logical = schema.lower()
    if logical in context.catalog.tables:
        raise errors.component_exists("Entity", schema)
    ownership = body.get("OwnershipType")
    if ownership not in ("UserOwned", "OrganizationOwned"):
        raise errors.invalid_argument("OwnershipType is not one of UserOwned, OrganizationOwned.")
    if body.get("IsActivity") is True:
        raise errors.not_implemented("Custom activity tables cannot be created here.")
    label = parse_label(body.get("DisplayName"), is_needed=True)
    set_name = _set_name(context, body, logical)
    is_user_owned = ownership == "UserOwned"
    columns, relationships = system_columns(logical, schema, set_name, label, is_user_owned=is_user_owned)
    held = {column.logical: column for column in columns}
    asked = _asked_columns(context, body, schema)
    for column in asked:
        if column.logical in held:
            raise errors.component_exists("Attribute", column.schema)
        held[column.logical] = column
    table = Table(
        logical=logical,
        schema=schema,
        set_name=set_name,
        label=label,
        collection_label=parse_label(body.get("DisplayCollectionName"), is_needed=True),
        description=parse_label(body.get("Description")),
        primary_id=f"{logical}id",
        primary_name=next(column.logical for column in asked if column.is_primary_name),
        object_type_code=0,
        metadata_id=str(uuid4()),
        columns=held,
        ownership="UserOwned" if is_user_owned else "OrganizationOwned",
        has_notes=body.get("HasNotes") is True,
        has_activities=body.get("HasActivities") is True,
        change_tracking=body.get("ChangeTrackingEnabled") is True,
        is_custom=True,
    )
    return table, relationships


def _set_name(context: Context, body: Json, logical: str) -> str:
    given = body.get("EntitySetName")
    set_name = given if isinstance(given, str) and given else plural(logical)
    if not set_name.isidentifier() or context.catalog.by_set(set_name) is not None:
        raise errors.invalid_argument(f"The entity set name '{set_name[:100]}' cannot be used.")
    return set_name


def _asked_columns(context: Context, body: Json, schema: str) -> list[Column]:
    attributes = body.get("Attributes")
    if not isinstance(attributes, list) or not all(isinstance(item, dict) for item in attributes):
        raise errors.invalid_argument(f"The primary name attribute of '{schema}' is missing.")
    prefix = option_prefix(context)
    columns = [parse_column(context.catalog, item, prefix) for item in attributes]
    names = [column for column in columns if column.is_primary_name]
    if len(names) != 1 or names[0].kind is not Kind.STRING:
        raise errors.invalid_argument(f"'{schema}' needs exactly one String attribute with IsPrimaryName.")
    if len({column.logical for column in columns}) != len(columns):
        raise errors.component_exists("Attribute", columns[0].schema)
    return columns


def create_column(context: Context, table: Table) -> ApiResponse:
    """`POST EntityDefinitions(...)/Attributes`."""
    context.request.caller.require_customizing("Create", "Attribute")
    body = context.request.json_object()
    _require_real(table)
    column = parse_column(context.catalog, body, option_prefix(context))
    _require_free(table, column.logical, column.schema)
    with context.store.customization():
        customizer(context).add_column(table.logical, column)
    return _created(context, f"EntityDefinitions(LogicalName='{table.logical}')/Attributes({column.metadata_id})")


def _require_real(table: Table) -> None:
    if table.is_view:
        raise errors.invalid_argument(f"The entity '{table.logical}' cannot be customized.")


def _require_free(table: Table, logical: str, schema: str) -> None:
    if logical in table.columns or (table.is_custom and logical == table.primary_id):
        raise errors.component_exists("Attribute", schema)


def create_relationship(context: Context) -> ApiResponse:
    """`POST RelationshipDefinitions`, 1:N or N:N."""
    context.request.caller.require_customizing("Create", "Relationship")
    body = context.request.json_object()
    option_prefix(context)  # refuses an unknown solution
    schema = schema_name(body)
    if context.catalog.has_relationship(schema):
        raise errors.component_exists("Relationship", schema)
    if class_of(body) == "ManyToManyRelationshipMetadata":
        link = _new_many(context, body, schema)
        with context.store.customization():
            customizer(context).add_many_to_many(link)
        return _created(context, f"RelationshipDefinitions({link.metadata_id})")
    column, relationship = _new_relationship(context, body, schema)
    with context.store.customization():
        customizer(context).add_lookup(column, relationship)
    return _created(context, f"RelationshipDefinitions({relationship.metadata_id})")


def _new_relationship(context: Context, body: Json, schema: str) -> tuple[Column, Relationship]:
    referenced = _named_table(context, body, "ReferencedEntity")
    referencing = _named_table(context, body, "ReferencingEntity")
    _require_real(referencing)
    lookup = body.get("Lookup")
    if not isinstance(lookup, dict):
        raise errors.invalid_argument("Required field 'Lookup' is missing.")
    lookup_schema = schema_name(lookup)
    _require_free(referencing, lookup_schema.lower(), lookup_schema)
    column = Column(
        logical=lookup_schema.lower(),
        schema=lookup_schema,
        kind=Kind.LOOKUP,
        label=parse_label(lookup.get("DisplayName")),
        description=parse_label(lookup.get("Description")),
        metadata_id=str(uuid4()),
        targets=(referenced.logical,),
        required=required_level(lookup),
        is_custom=True,
    )
    relationship = Relationship(
        schema=schema,
        referenced=referenced.logical,
        referencing=referencing.logical,
        attribute=column.logical,
        single_name=_navigation(body, "ReferencingEntityNavigationPropertyName", lookup_schema),
        collection_name=_navigation(body, "ReferencedEntityNavigationPropertyName", schema),
        metadata_id=str(uuid4()),
        on_delete=_delete_rule(body),
        is_custom=True,
    )
    catalog = context.catalog
    if catalog.single(referencing.logical, relationship.single_name) or catalog.collection(
        referenced.logical, relationship.collection_name
    ):
        raise errors.component_exists("Relationship", schema)
    return column, relationship


def _navigation(body: Json, name: str, default: str) -> str:
    given = body.get(name)
    return given if isinstance(given, str) and given.isidentifier() else default


def _delete_rule(body: Json) -> Any:
    cascade = body.get("CascadeConfiguration")
    rule = cascade.get("Delete", "RemoveLink") if isinstance(cascade, dict) else "RemoveLink"
    if rule not in _DELETE_RULES:
        raise errors.invalid_argument("CascadeConfiguration.Delete is not a known rule.")
    return rule


def _new_many(context: Context, body: Json, schema: str) -> ManyToMany:
    first = _named_table(context, body, "Entity1LogicalName")
    second = _named_table(context, body, "Entity2LogicalName")
    intersect = str(body.get("IntersectEntityName") or schema).lower()
    if not intersect.isidentifier() or intersect in context.catalog.tables:
        raise errors.component_exists("Relationship", schema)
    return ManyToMany(
        schema=schema,
        first=first.logical,
        second=second.logical,
        intersect=intersect,
        first_name=_navigation(body, "Entity1NavigationPropertyName", schema),
        second_name=_navigation(body, "Entity2NavigationPropertyName", schema),
        metadata_id=str(uuid4()),
        is_custom=True,
    )


def _named_table(context: Context, body: Json, name: str) -> Table:
    logical = body.get(name)
    if not isinstance(logical, str) or logical not in context.catalog.tables:
        raise errors.ServiceError(
            400, "0x80041102", f"The entity with a name = '{logical}' was not found in the MetadataCache."
        )
    return context.catalog.tables[logical]


def create_key(context: Context, table: Table) -> ApiResponse:
    """`POST EntityDefinitions(...)/Keys`; the index is built some moments later."""
    context.request.caller.require_customizing("Create", "EntityKey")
    body = context.request.json_object()
    _require_real(table)
    schema = schema_name(body)
    columns = _key_columns(table, body)
    if schema.lower() in table.keys:
        raise errors.component_exists("EntityKey", schema)
    if any(set(key.columns) == set(columns) for key in table.keys.values()):
        raise errors.ServiceError(
            400, "0x80060895", f"An entity key with the selected attributes already exists on '{table.logical}'."
        )
    if len(table.keys) >= MAX_KEYS:
        raise errors.invalid_argument(f"An entity can have at most {MAX_KEYS} keys.")
    key = Key(
        logical=schema.lower(),
        schema=schema,
        columns=columns,
        label=parse_label(body.get("DisplayName")),
        metadata_id=str(uuid4()),
        created_at=context.store.now().timestamp(),
    )
    with context.store.customization():
        customizer(context).save_key(table, key)
    return _created(context, f"EntityDefinitions(LogicalName='{table.logical}')/Keys({key.metadata_id})")


def _key_columns(table: Table, body: Json) -> tuple[str, ...]:
    names = body.get("KeyAttributes")
    if not isinstance(names, list) or not names or len(names) > MAX_KEY_COLUMNS:
        raise errors.invalid_argument(f"KeyAttributes holds between 1 and {MAX_KEY_COLUMNS} attributes.")
    size = 0
    for name in names:
        column = table.columns.get(name) if isinstance(name, str) else None
        if column is None:
            raise errors.invalid_argument(f"The attribute '{name}' of a key does not exist on '{table.logical}'.")
        if column.kind not in KEY_KINDS:
            raise errors.invalid_argument(f"The attribute '{name}' has a type that cannot be part of a key.")
        size += 2 * (column.max_length or 8)
    if size > MAX_KEY_BYTES:
        raise errors.invalid_argument(f"The key exceeds the maximum size of {MAX_KEY_BYTES} bytes.")
    if len(set(names)) != len(names):
        raise errors.invalid_argument("KeyAttributes repeats an attribute.")
    return tuple(names)


def _created(context: Context, address: str) -> ApiResponse:
    return ApiResponse(204, {"OData-EntityId": f"{context.request.root}{address}"})
