"""The model as the metadata API shows it: PascalCase JSON with labels, managed properties and type names."""

from typing import Any

from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import (
    LANGUAGES,
    Column,
    Key,
    Kind,
    Label,
    ManyToMany,
    Option,
    OptionSet,
    Relationship,
    Table,
)

Json = dict[str, Any]
NAMESPACE = "Microsoft.Dynamics.CRM"

_CLASS = {
    Kind.GUID: "UniqueIdentifier",
    Kind.OWNER: "Lookup",
    Kind.CUSTOMER: "Lookup",
}
_TYPE_NAME = {Kind.GUID: "UniqueidentifierType"}
_CASCADES = ("Assign", "Archive", "Merge", "Reparent", "RollupView", "Share", "Unshare")
_DATE_FORMATS = {"DateOnly": "DateOnly"}


def metadata_class(column: Column) -> str:
    """`StringAttributeMetadata`, `LookupAttributeMetadata`…"""
    return f"{_CLASS.get(column.kind, column.kind.value)}AttributeMetadata"


def label_json(label: Label) -> Json:
    """A label with the text of the user's language picked out."""
    localized = [
        {"Label": text, "LanguageCode": language, "IsManaged": False, "HasChanged": None}
        for language, text in label.texts.items()
    ]
    user = next((item for code in LANGUAGES for item in localized if item["LanguageCode"] == code), None)
    return {"LocalizedLabels": localized, "UserLocalizedLabel": user}


def _managed(value: bool | str, name: str, *, can_change: bool = True) -> Json:
    return {"Value": value, "CanBeChanged": can_change, "ManagedPropertyLogicalName": name}


def table_json(table: Table) -> Json:
    """A table's own properties; attributes, keys and relationships are separate resources."""
    return {
        "MetadataId": table.metadata_id,
        "LogicalName": table.logical,
        "SchemaName": table.schema,
        "EntitySetName": table.set_name,
        "LogicalCollectionName": table.set_name,
        "CollectionSchemaName": table.set_name,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "ObjectTypeCode": table.object_type_code,
        "OwnershipType": table.ownership,
        "IsActivity": table.is_activity,
        "HasNotes": table.has_notes,
        "HasActivities": table.has_activities,
        "ChangeTrackingEnabled": table.change_tracking,
        "IsCustomEntity": table.is_custom,
        "IsIntersect": table.is_intersect,
        "IsPrivate": False,
        "IsManaged": False,
        "IsLogicalEntity": table.is_view,
        "IsOptimisticConcurrencyEnabled": not table.is_view,
        "IsValidForAdvancedFind": True,
        "TableType": "Standard",
        "IntroducedVersion": "1.0",
        "DisplayName": label_json(table.label),
        "DisplayCollectionName": label_json(table.collection_label),
        "Description": label_json(table.description),
        "IsCustomizable": _managed(True, "iscustomizable"),
        "IsAuditEnabled": _managed(True, "canmodifyauditsettings"),
        "CanCreateAttributes": _managed(not table.is_view, "cancreateattributes", can_change=False),
        "CanModifyAdditionalSettings": _managed(True, "canmodifyadditionalsettings"),
    }


def column_json(table: Table, column: Column) -> Json:
    """The properties every column has; the type's own ones come with a cast (`column_detail_json`)."""
    is_multi = column.kind is Kind.MULTISELECT
    return {
        "@odata.type": f"#{NAMESPACE}.{metadata_class(column)}",
        "MetadataId": column.metadata_id,
        "LogicalName": column.logical,
        "SchemaName": column.schema,
        "EntityLogicalName": table.logical,
        "AttributeType": "Virtual" if is_multi else column.kind.value,
        "AttributeTypeName": {"Value": _TYPE_NAME.get(column.kind, f"{column.kind.value}Type")},
        "AttributeOf": column.base_of,
        "DisplayName": label_json(column.label),
        "Description": label_json(column.description),
        "RequiredLevel": _managed(column.required, "canmodifyrequirementlevelsettings"),
        "IsPrimaryId": column.is_primary_id,
        "IsPrimaryName": column.is_primary_name,
        "IsCustomAttribute": column.is_custom,
        "IsLogical": False,
        "IsManaged": False,
        "IsSecured": False,
        "IsValidForCreate": not column.is_readonly,
        "IsValidForRead": True,
        "IsValidForUpdate": not column.is_readonly and not column.is_primary_id,
        "IsCustomizable": _managed(True, "iscustomizable"),
        "IsAuditEnabled": _managed(True, "canmodifyauditsettings"),
        "IntroducedVersion": "1.0",
    }


def column_detail_json(catalog: Catalog, column: Column) -> Json:
    """The properties of the column's own type."""
    kind = column.kind
    if kind in (Kind.STRING, Kind.MEMO):
        form = column.format or ("TextArea" if kind is Kind.MEMO else "Text")
        return {"MaxLength": column.max_length, "Format": form, "FormatName": {"Value": form}}
    if kind is Kind.BOOLEAN:
        return {"DefaultValue": bool(column.default)}
    if kind.is_number:
        return _number_detail(column)
    if kind is Kind.DATETIME:
        form = _DATE_FORMATS.get(column.behavior or "", column.format or "DateAndTime")
        return {"Format": form, "DateTimeBehavior": {"Value": column.behavior}}
    if kind.is_lookup:
        return {"Targets": list(column.targets)}
    if kind.is_choice:
        default = column.default if kind is Kind.PICKLIST else None
        return {"DefaultFormValue": -1 if default is None else default}
    return {}


def _number_detail(column: Column) -> Json:
    detail: Json = {"MinValue": column.minimum, "MaxValue": column.maximum}
    if column.kind is Kind.INTEGER:
        detail = {k: None if v is None else int(v) for k, v in detail.items()} | {"Format": column.format or "None"}
    if column.kind in (Kind.DECIMAL, Kind.DOUBLE, Kind.MONEY):
        detail["Precision"] = column.precision
    if column.kind is Kind.MONEY:
        detail |= {"PrecisionSource": column.precision_source, "IsBaseCurrency": column.base_of is not None}
    return detail


def expandable_json(catalog: Catalog, column: Column) -> dict[str, Json | None]:
    """What a cast column offers to `$expand`: its option set, and the global one when it uses one."""
    if column.kind is Kind.BOOLEAN:
        by_value = {option.value: option_json(option) for option in column.options}
        return {"OptionSet": {"TrueOption": by_value.get(1), "FalseOption": by_value.get(0)}, "GlobalOptionSet": None}
    if not column.kind.is_choice:
        return {}
    if column.option_set is not None:
        shown = option_set_json(catalog.option_sets[column.option_set])
        return {"OptionSet": shown, "GlobalOptionSet": shown}
    return {"OptionSet": _local_option_set(column), "GlobalOptionSet": None}


def _local_option_set(column: Column) -> Json:
    types = {Kind.STATE: "State", Kind.STATUS: "Status"}
    return {
        "@odata.type": f"#{NAMESPACE}.OptionSetMetadata",
        "MetadataId": column.metadata_id,
        "Name": f"{column.logical}_options",
        "IsGlobal": False,
        "IsCustomOptionSet": column.is_custom,
        "OptionSetType": types.get(column.kind, "Picklist"),
        "DisplayName": label_json(column.label),
        "Description": label_json(column.description),
        "Options": [option_json(option) for option in column.options],
    }


def option_json(option: Option) -> Json:
    """One option; states and status reasons carry their partner."""
    shown: Json = {
        "Value": option.value,
        "Label": label_json(option.label),
        "Description": label_json(option.description),
        "Color": None,
        "IsManaged": False,
        "ExternalValue": None,
    }
    if option.state is not None:
        shown |= {"@odata.type": f"#{NAMESPACE}.StatusOptionMetadata", "State": option.state}
    if option.default_status is not None:
        shown |= {"@odata.type": f"#{NAMESPACE}.StateOptionMetadata", "DefaultStatus": option.default_status}
    return shown


def option_set_json(option_set: OptionSet) -> Json:
    """A global choice."""
    return {
        "@odata.type": f"#{NAMESPACE}.OptionSetMetadata",
        "MetadataId": option_set.metadata_id,
        "Name": option_set.name,
        "IsGlobal": True,
        "IsCustomOptionSet": option_set.is_custom,
        "IsManaged": False,
        "OptionSetType": "Picklist",
        "DisplayName": label_json(option_set.label),
        "Description": label_json(option_set.description),
        "Options": [option_json(option) for option in option_set.options],
    }


def key_json(table: Table, key: Key) -> Json:
    """An alternate key with the state of its index."""
    return {
        "MetadataId": key.metadata_id,
        "LogicalName": key.logical,
        "SchemaName": key.schema,
        "EntityLogicalName": table.logical,
        "KeyAttributes": list(key.columns),
        "EntityKeyIndexStatus": key.status,
        "AsyncJob": None,
        "DisplayName": label_json(key.label),
        "IsManaged": False,
        "IsCustomizable": _managed(True, "iscustomizable"),
        "IntroducedVersion": "1.0",
    }


def relationship_json(catalog: Catalog, relationship: Relationship) -> Json:
    """A 1:N relationship with its navigation names and delete rule."""
    referenced = catalog.tables[relationship.referenced]
    cascades: Json = {name: "NoCascade" for name in _CASCADES} | {"Delete": relationship.on_delete}
    return {
        "@odata.type": f"#{NAMESPACE}.OneToManyRelationshipMetadata",
        "MetadataId": relationship.metadata_id,
        "SchemaName": relationship.schema,
        "RelationshipType": "OneToManyRelationship",
        "IsCustomRelationship": relationship.is_custom,
        "IsManaged": False,
        "IsHierarchical": False,
        "ReferencedEntity": relationship.referenced,
        "ReferencedAttribute": referenced.primary_id,
        "ReferencingEntity": relationship.referencing,
        "ReferencingAttribute": relationship.attribute,
        "ReferencedEntityNavigationPropertyName": relationship.collection_name,
        "ReferencingEntityNavigationPropertyName": relationship.single_name,
        "CascadeConfiguration": cascades,
        "IntroducedVersion": "1.0",
    }


def many_json(many: ManyToMany) -> Json:
    """An N:N relationship."""
    return {
        "@odata.type": f"#{NAMESPACE}.ManyToManyRelationshipMetadata",
        "MetadataId": many.metadata_id,
        "SchemaName": many.schema,
        "RelationshipType": "ManyToManyRelationship",
        "IsCustomRelationship": many.is_custom,
        "IsManaged": False,
        "Entity1LogicalName": many.first,
        "Entity2LogicalName": many.second,
        "Entity1IntersectAttribute": many.column_of(many.first),
        "Entity2IntersectAttribute": many.column_of(many.second, is_second=True),
        "IntersectEntityName": many.intersect,
        "Entity1NavigationPropertyName": many.first_name,
        "Entity2NavigationPropertyName": many.second_name,
        "IntroducedVersion": "1.0",
    }
