"""Definitions in requests, read into the model. Refuses what the platform refuses; writes nothing."""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from include.sandbox.neo import errors
from include.sandbox.neo.literals import parse_guid
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import LANGUAGES, Column, Kind, Label, Option, OptionSet

Json = dict[str, Any]
_SCHEMA_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9]{1,7}_[A-Za-z0-9_]{1,90}$")
_BIND_NAME = re.compile(r"GlobalOptionSetDefinitions\(\s*(?:Name\s*=\s*'([^']+)'|([0-9a-fA-F-]{36}))\s*\)\s*$")

_KIND_OF_CLASS = {
    "StringAttributeMetadata": Kind.STRING,
    "MemoAttributeMetadata": Kind.MEMO,
    "IntegerAttributeMetadata": Kind.INTEGER,
    "BigIntAttributeMetadata": Kind.BIGINT,
    "DecimalAttributeMetadata": Kind.DECIMAL,
    "DoubleAttributeMetadata": Kind.DOUBLE,
    "MoneyAttributeMetadata": Kind.MONEY,
    "BooleanAttributeMetadata": Kind.BOOLEAN,
    "DateTimeAttributeMetadata": Kind.DATETIME,
    "PicklistAttributeMetadata": Kind.PICKLIST,
    "MultiSelectPicklistAttributeMetadata": Kind.MULTISELECT,
}
# What the platform allows, and what it takes when a definition says nothing.
_NUMBER_LIMITS = {
    Kind.INTEGER: (-2147483648, 2147483647, 0),
    Kind.DECIMAL: (-100000000000, 100000000000, 10),
    Kind.DOUBLE: (-100000000000, 100000000000, 5),
    Kind.MONEY: (-922337203685477, 922337203685477, 4),
}
_NUMBER_DEFAULTS = {Kind.DECIMAL: 2, Kind.DOUBLE: 2, Kind.MONEY: 2}
_TEXT_LIMITS = {Kind.STRING: (4000, 100), Kind.MEMO: (1048576, 2000)}
_LEVELS = ("None", "Recommended", "ApplicationRequired", "SystemRequired")


def class_of(body: Json) -> str:
    """The metadata class in `@odata.type`, without namespace and without the `Complex` of some actions."""
    name = body.get("@odata.type")
    if not isinstance(name, str) or "Microsoft.Dynamics.CRM." not in name:
        raise errors.payload("", "The definition needs the annotation '@odata.type'.")
    return name.rsplit(".", 1)[1].removeprefix("Complex")


def schema_name(body: Json, key: str = "SchemaName") -> str:
    """A schema name with a publisher's prefix; refuses anything else."""
    name = body.get(key)
    if not isinstance(name, str) or not _SCHEMA_NAME.match(name):
        raise errors.invalid_argument(
            f"The value of '{key}' is missing or does not start with a valid customization prefix."
        )
    return name


def parse_label(body: Any, *, is_needed: bool = False) -> Label:
    """A label; only languages of the organisation are taken."""
    if body is None and not is_needed:
        return Label()
    texts: dict[int, str] = {}
    items = body.get("LocalizedLabels") if isinstance(body, dict) else None
    for item in items if isinstance(items, list) else ():
        text, language = (item.get("Label"), item.get("LanguageCode")) if isinstance(item, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(language, int):
            raise errors.payload("", "A localized label needs 'Label' and 'LanguageCode'.")
        if language not in LANGUAGES:
            raise errors.invalid_argument(
                f"The language code {language} is not a valid language for this organization."
            )
        texts[language] = text
    if is_needed and not any(texts.values()):
        raise errors.invalid_argument("Required field 'DisplayName' is missing.")
    return Label(texts)


def parse_column(catalog: Catalog, body: Json, option_prefix: int) -> Column:
    """A column definition of any type but lookups, which come with a relationship."""
    kind = _KIND_OF_CLASS.get(class_of(body))
    if kind is None:
        raise errors.not_implemented(f"Columns of type '{class_of(body)}' cannot be created here.")
    schema = schema_name(body)
    details = _DETAILS.get(kind, _no_details)(catalog, body, kind, option_prefix)
    return Column(
        logical=schema.lower(),
        schema=schema,
        kind=kind,
        label=parse_label(body.get("DisplayName")),
        description=parse_label(body.get("Description")),
        metadata_id=_chosen_id(body),
        required=required_level(body),
        is_custom=True,
        is_primary_name=body.get("IsPrimaryName") is True,
        **details,
    )


def required_level(body: Json) -> str:
    """The value of `RequiredLevel`, `None` when it is not given."""
    level = body.get("RequiredLevel")
    value = level.get("Value") if isinstance(level, dict) else level
    if value is None:
        return "None"
    if value not in _LEVELS:
        raise errors.invalid_argument("RequiredLevel is not one of None, Recommended, ApplicationRequired.")
    return str(value)


def _chosen_id(body: Json) -> str:
    given = body.get("MetadataId")
    return (parse_guid(given) if isinstance(given, str) else None) or str(uuid4())


def _no_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    return {}


def _text_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    limit, default = _TEXT_LIMITS[kind]
    length = body.get("MaxLength", default)
    if isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= limit:
        raise errors.invalid_argument(f"MaxLength must be between 1 and {limit}.")
    return {"max_length": length, "format": _value(body.get("FormatName"), "Text") if kind is Kind.STRING else None}


def _number_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    lowest, highest, precision_limit = _NUMBER_LIMITS[kind]
    # A money column that names no range gets the narrow one of the platform, not the widest possible.
    default_low, default_high = (0, 1000000000) if kind is Kind.MONEY else (lowest, highest)
    low = _number(body, "MinValue", default_low, lowest, highest)
    high = _number(body, "MaxValue", default_high, lowest, highest)
    if low > high:
        raise errors.invalid_argument("MinValue is greater than MaxValue.")
    details: Json = {"minimum": low, "maximum": high}
    if kind is Kind.INTEGER:
        return details | {"format": body.get("Format") if isinstance(body.get("Format"), str) else None}
    precision = _number(body, "Precision", _NUMBER_DEFAULTS[kind], 0, precision_limit)
    details["precision"] = int(precision)
    if kind is Kind.MONEY:
        details["precision_source"] = int(_number(body, "PrecisionSource", 2, 0, 2))
    return details


def _number(body: Json, name: str, default: float, low: float, high: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise errors.invalid_argument(f"{name} must be between {low:.15g} and {high:.15g}.")
    return value


def _boolean_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    options = body.get("OptionSet")
    held = options if isinstance(options, dict) else {}
    defaults = {"TrueOption": (1, Label.of("Sí", "Yes")), "FalseOption": (0, Label.of("No", "No"))}
    parsed = []
    for name, (value, label) in defaults.items():
        option = held.get(name)
        given = parse_label(option.get("Label")) if isinstance(option, dict) else Label()
        parsed.append(Option(value, given if given.texts else label))
    return {"options": tuple(parsed), "default": body.get("DefaultValue") is True}


def _date_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    behavior = _value(body.get("DateTimeBehavior"), "UserLocal")
    if behavior not in ("UserLocal", "DateOnly", "TimeZoneIndependent"):
        raise errors.invalid_argument("DateTimeBehavior is not one of UserLocal, DateOnly, TimeZoneIndependent.")
    form = body.get("Format") or "DateAndTime"
    if form not in ("DateOnly", "DateAndTime"):
        raise errors.invalid_argument("Format of a date column is DateOnly or DateAndTime.")
    return {"behavior": behavior, "format": form}


def _choice_details(catalog: Catalog, body: Json, kind: Kind, option_prefix: int) -> Json:
    bind = body.get("GlobalOptionSet@odata.bind")
    if isinstance(bind, str):
        return {"option_set": global_choice(catalog, bind).name, "default": _default(body)}
    options = body.get("OptionSet")
    if not isinstance(options, dict):
        raise errors.invalid_argument("A choice column needs an OptionSet or a GlobalOptionSet.")
    return {"options": parse_options(options.get("Options"), option_prefix), "default": _default(body)}


def _default(body: Json) -> int | None:
    value = body.get("DefaultFormValue")
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def global_choice(catalog: Catalog, bind: str) -> OptionSet:
    """The global choice a bind names, by name or by id."""
    match = _BIND_NAME.search(bind)
    found = None
    if match is not None:
        found = next(
            (
                o
                for o in catalog.option_sets.values()
                if o.name == match[1] or o.metadata_id == (match[2] or "").lower()
            ),
            None,
        )
    if found is None:
        raise errors.ServiceError(404, "0x80040217", "Could not find an optionset with the given name or id.")
    return found


def parse_options(body: Any, option_prefix: int) -> tuple[Option, ...]:
    """Options in order; those without a value are numbered from the publisher's prefix."""
    items = body if isinstance(body, list) else []
    taken = {item.get("Value") for item in items if isinstance(item, dict)}
    following = option_prefix * 10000
    options: list[Option] = []
    for item in items:
        if not isinstance(item, dict):
            raise errors.payload("", "An option is not an object.")
        value = item.get("Value")
        if value is None:
            while following in taken:
                following += 1
            value = following
            taken.add(value)
        if isinstance(value, bool) or not isinstance(value, int) or not -(2**31) <= value < 2**31:
            raise errors.invalid_argument("The value of an option is not a whole number.")
        label = parse_label(item.get("Label"), is_needed=True)
        options.append(Option(value, label, description=parse_label(item.get("Description"))))
    if len({option.value for option in options}) != len(options):
        raise errors.ServiceError(400, "0x80048403", "An option with the same value occurs twice.")
    return tuple(options)


def _value(body: Any, default: str) -> str:
    value = body.get("Value") if isinstance(body, dict) else body
    return value if isinstance(value, str) else default


_DETAILS: dict[Kind, Callable[[Catalog, Json, Kind, int], Json]] = {
    Kind.STRING: _text_details,
    Kind.MEMO: _text_details,
    Kind.INTEGER: _number_details,
    Kind.DECIMAL: _number_details,
    Kind.DOUBLE: _number_details,
    Kind.MONEY: _number_details,
    Kind.BOOLEAN: _boolean_details,
    Kind.DATETIME: _date_details,
    Kind.PICKLIST: _choice_details,
    Kind.MULTISELECT: _choice_details,
}
