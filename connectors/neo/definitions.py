"""The JSON bodies of NEO's metadata API, built from our sheets. Pure: `metadata` sends them."""

from collections.abc import Mapping
from typing import Any

from include.core.neo_schema import Choice, Column, Label, Lookup, NeoSchema, TableSheet

CRM = "Microsoft.Dynamics.CRM"
# Kind of our sheets -> (metadata type, AttributeType, AttributeTypeName).
_TYPES = {
    "string": ("StringAttributeMetadata", "String", "StringType"),
    "memo": ("MemoAttributeMetadata", "Memo", "MemoType"),
    "integer": ("IntegerAttributeMetadata", "Integer", "IntegerType"),
    "decimal": ("DecimalAttributeMetadata", "Decimal", "DecimalType"),
    "double": ("DoubleAttributeMetadata", "Double", "DoubleType"),
    "money": ("MoneyAttributeMetadata", "Money", "MoneyType"),
    "boolean": ("BooleanAttributeMetadata", "Boolean", "BooleanType"),
    "choice": ("PicklistAttributeMetadata", "Picklist", "PicklistType"),
    "date": ("DateTimeAttributeMetadata", "DateTime", "DateTimeType"),
    "datetime": ("DateTimeAttributeMetadata", "DateTime", "DateTimeType"),
}
KIND_OF_ATTRIBUTE = {attribute: kind for kind, (_, attribute, _) in _TYPES.items() if kind != "date"} | {
    "State": "state",
    "Status": "state",
    "Lookup": "lookup",
    "Customer": "lookup",
    "Owner": "lookup",
}
_NUMBER_LIMIT = 100_000_000_000.0  # the widest range NEO takes for a decimal column
_NO_CASCADE = {name: "NoCascade" for name in ("Assign", "Merge", "Reparent", "Share", "Unshare")}
_YES_NO = (Label(es="Sí", en="Yes"), Label(es="No", en="No"))


def label_body(label: Label, languages: Mapping[str, int]) -> dict[str, Any]:
    """A label in every language of the solution."""
    return {
        "@odata.type": f"{CRM}.Label",
        "LocalizedLabels": [
            {"@odata.type": f"{CRM}.LocalizedLabel", "Label": getattr(label, language), "LanguageCode": code}
            for language, code in languages.items()
        ],
    }


def schema_name(logical_name: str) -> str:
    """`pc_hubid` -> `pc_Hubid`: only upper and lower case may differ from the logical name."""
    prefix, _, rest = logical_name.partition("_")
    return f"{prefix}_{rest[:1].upper()}{rest[1:]}"


def relationship_name(sheet: TableSheet, nav: str, lookup: Lookup) -> str:
    """Name of the relationship behind a lookup; unique also where two lookups lead to the same table."""
    return f"pc_{lookup.target}_{sheet.table}_{nav.removeprefix('pc_').lower()}"


def key_name(sheet: TableSheet) -> str:
    """Name of the alternate key on the hub's id."""
    return f"pc_{sheet.table.removeprefix('pc_')}_hubid_key"


def choice_body(name: str, choice: Choice, languages: Mapping[str, int]) -> dict[str, Any]:
    """Body that creates a global choice."""
    return {
        "@odata.type": f"{CRM}.OptionSetMetadata",
        "Name": name,
        "DisplayName": label_body(choice.label, languages),
        "IsGlobal": True,
        "OptionSetType": "Picklist",
        "Options": [
            {"Value": option.value, "Label": label_body(option, languages)} for option in choice.options.values()
        ],
    }


def column_body(name: str, column: Column, languages: Mapping[str, int], *, primary: bool = False) -> dict[str, Any]:
    """Body that creates a column."""
    metadata_type, attribute_type, type_name = _TYPES[column.kind]
    body: dict[str, Any] = {
        "@odata.type": f"{CRM}.{metadata_type}",
        "AttributeType": attribute_type,
        "AttributeTypeName": {"Value": type_name},
        "SchemaName": schema_name(name),
        "DisplayName": label_body(column, languages),
        "RequiredLevel": {"Value": "None"},
        **_facts_of_kind(column, languages),
    }
    if column.help_es is not None:
        help_text = Label(es=column.help_es, en=column.help_es)
        body["Description"] = label_body(help_text, {"es": languages["es"]})
    if primary:
        body["IsPrimaryName"] = True
    return body


def table_body(sheet: TableSheet, columns: Mapping[str, Column], primary: str, schema: NeoSchema) -> dict[str, Any]:
    """Body that creates a table together with `columns`; `primary` is its name column."""
    languages = schema.solution.languages
    help_text = Label(es=sheet.help_es, en=sheet.help_es)
    return {
        "@odata.type": f"{CRM}.EntityMetadata",
        "SchemaName": sheet.schema_name,
        "DisplayName": label_body(sheet.label, languages),
        "DisplayCollectionName": label_body(sheet.plural, languages),
        "Description": label_body(help_text, {"es": languages["es"]}),
        "OwnershipType": "UserOwned",
        "IsActivity": False,
        "HasActivities": False,
        "HasNotes": True,
        "ChangeTrackingEnabled": True,
        "Attributes": [
            column_body(name, column, languages, primary=name == primary) for name, column in columns.items()
        ],
    }


def relationship_body(sheet: TableSheet, nav: str, lookup: Lookup, target_id: str, schema: NeoSchema) -> dict[str, Any]:
    """Body that creates a lookup: a one-to-many relationship from its target. `target_id` is the target's id column."""
    return {
        "@odata.type": f"{CRM}.OneToManyRelationshipMetadata",
        "SchemaName": relationship_name(sheet, nav, lookup),
        "ReferencedEntity": lookup.target,
        "ReferencedAttribute": target_id,
        "ReferencingEntity": sheet.table,
        "CascadeConfiguration": {**_NO_CASCADE, "Delete": lookup.on_delete},
        "Lookup": {
            "@odata.type": f"{CRM}.LookupAttributeMetadata",
            "AttributeType": "Lookup",
            "AttributeTypeName": {"Value": "LookupType"},
            "SchemaName": nav,
            "DisplayName": label_body(lookup, schema.solution.languages),
            "RequiredLevel": {"Value": "None"},
        },
    }


def key_body(sheet: TableSheet, column: str, schema: NeoSchema) -> dict[str, Any]:
    """Body that creates the alternate key on `column`."""
    return {
        "@odata.type": f"{CRM}.EntityKeyMetadata",
        "SchemaName": key_name(sheet),
        "KeyAttributes": [column],
        "DisplayName": label_body(Label(es="Código del hub", en="Hub id"), schema.solution.languages),
    }


def _facts_of_kind(column: Column, languages: Mapping[str, int]) -> dict[str, Any]:
    match column.kind:
        case "string":
            return {"MaxLength": column.max_length, "FormatName": {"Value": column.format}}
        case "memo":
            return {"MaxLength": column.max_length, "Format": "TextArea"}
        case "integer":
            return {
                "Format": "None",
                "MinValue": int(column.minimum if column.minimum is not None else -(2**31)),
                "MaxValue": int(column.maximum if column.maximum is not None else 2**31 - 1),
            }
        case "decimal" | "double":
            return {
                "Precision": column.precision,
                "MinValue": column.minimum if column.minimum is not None else -_NUMBER_LIMIT,
                "MaxValue": column.maximum if column.maximum is not None else _NUMBER_LIMIT,
            }
        case "money":
            return {"PrecisionSource": 0, "Precision": column.precision}
        case "boolean":
            yes, no = _YES_NO
            return {
                "DefaultValue": False,
                "OptionSet": {
                    "@odata.type": f"{CRM}.BooleanOptionSetMetadata",
                    "TrueOption": {"Value": 1, "Label": label_body(yes, languages)},
                    "FalseOption": {"Value": 0, "Label": label_body(no, languages)},
                },
            }
        case "choice":
            return {"GlobalOptionSet@odata.bind": f"/GlobalOptionSetDefinitions(Name='{column.choice}')"}
        case "date":
            return {"Format": "DateOnly", "DateTimeBehavior": {"Value": "DateOnly"}}
        case "datetime":
            return {"Format": "DateAndTime", "DateTimeBehavior": {"Value": "UserLocal"}}
        case _:
            raise ValueError(f"a column of kind {column.kind} cannot be created")
