"""Choices: global option sets and the actions that change options."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.api.metadata.parse import parse_label, parse_options, schema_name
from include.sandbox.neo.api.metadata.write import customizer, option_prefix
from include.sandbox.neo.model.kinds import Column, Kind, Label, Option, OptionSet

Json = dict[str, Any]
Options = tuple[Option, ...]
# What holds the options: a global choice, or (table, column) of a local one.
Holder = OptionSet | tuple[str, Column]


def create_option_set(context: Context) -> ApiResponse:
    """`POST GlobalOptionSetDefinitions`."""
    context.request.caller.require_customizing("Create", "OptionSet")
    body = context.request.json_object()
    name = schema_name(body, "Name")
    if any(held.lower() == name.lower() for held in context.catalog.option_sets):
        raise errors.component_exists("OptionSet", name)
    option_set = OptionSet(
        name=name,
        label=parse_label(body.get("DisplayName"), is_needed=True),
        description=parse_label(body.get("Description")),
        options=parse_options(body.get("Options"), option_prefix(context)),
        metadata_id=str(uuid4()),
    )
    with context.store.customization():
        customizer(context).save_option_set(option_set)
    address = f"{context.request.root}GlobalOptionSetDefinitions({option_set.metadata_id})"
    return ApiResponse(204, {"OData-EntityId": address})


def delete_option_set(context: Context, option_set: OptionSet) -> ApiResponse:
    """`DELETE GlobalOptionSetDefinitions(...)`: only while no column uses it."""
    context.request.caller.require_customizing("Delete", "OptionSet")
    for table in context.catalog.tables.values():
        if any(column.option_set == option_set.name for column in table.columns.values()):
            raise errors.ServiceError(
                405, "0x8004f01f", f"The option set '{option_set.name}' is used by the table '{table.logical}'."
            )
    with context.store.customization():
        customizer(context).drop_option_set(option_set.name)
    return ApiResponse(204)


def insert_option(context: Context) -> ApiResponse:
    """`InsertOptionValue`: 200 with the number the option got."""
    body, holder = _body_and_holder(context)
    held = _options(holder)
    value = body.get("Value")
    new = parse_options([{**body, "Value": value}], option_prefix(context))[0]
    taken = {option.value for option in held}
    number = new.value
    if value is not None and number in taken:
        raise errors.ServiceError(400, "0x80048403", f"The option value {number} already exists.")
    while number in taken:
        number += 1
    _save(context, holder, (*held, replace(new, value=number)))
    url = context.context_url("Microsoft.Dynamics.CRM.InsertOptionValueResponse")
    return ApiResponse(200, payload={"@odata.context": url, "NewOptionValue": number})


def insert_status(context: Context) -> ApiResponse:
    """`InsertStatusValue`: a new status reason of a state."""
    body, holder = _body_and_holder(context)
    held = _options(holder)
    state = body.get("StateCode")
    if isinstance(holder, OptionSet) or holder[1].kind is not Kind.STATUS:
        raise errors.invalid_argument("InsertStatusValue needs the attribute statuscode.")
    states = {option.state for option in held}
    if state not in states:
        raise errors.invalid_argument(f"The state code {state} is not valid.")
    new = parse_options([{"Value": body.get("Value"), "Label": body.get("Label")}], option_prefix(context))[0]
    number = new.value
    while number in {option.value for option in held}:
        if body.get("Value") is not None:
            raise errors.ServiceError(400, "0x80048403", f"The option value {number} already exists.")
        number += 1
    _save(context, holder, (*held, replace(new, value=number, state=state)))
    url = context.context_url("Microsoft.Dynamics.CRM.InsertStatusValueResponse")
    return ApiResponse(200, payload={"@odata.context": url, "NewOptionValue": number})


def update_option(context: Context) -> ApiResponse:
    """`UpdateOptionValue`: a new label for an option."""
    body, holder = _body_and_holder(context)
    held = _options(holder)
    label = parse_label(body.get("Label"), is_needed=True)
    number = _known(held, body)
    merged = [
        replace(o, label=Label({**o.label.texts, **label.texts}) if body.get("MergeLabels") is True else label)
        if o.value == number
        else o
        for o in held
    ]
    _save(context, holder, tuple(merged))
    return ApiResponse(204)


def delete_option(context: Context) -> ApiResponse:
    """`DeleteOptionValue`: rows keep the number, new ones may not use it."""
    body, holder = _body_and_holder(context)
    held = _options(holder)
    number = _known(held, body)
    _save(context, holder, tuple(option for option in held if option.value != number))
    return ApiResponse(204)


def order_options(context: Context) -> ApiResponse:
    """`OrderOption`: the options in the order of `Values`."""
    body, holder = _body_and_holder(context)
    by_value = {option.value: option for option in _options(holder)}
    values = body.get("Values")
    if not isinstance(values, list) or set(by_value) != {v for v in values if isinstance(v, int)}:
        raise errors.invalid_argument("Values must hold every option exactly once.")
    _save(context, holder, tuple(by_value[value] for value in dict.fromkeys(values)))
    return ApiResponse(204)


def _known(held: Options, body: Json) -> int:
    number = body.get("Value")
    if number not in {option.value for option in held} or not isinstance(number, int):
        raise errors.invalid_argument(f"The option value {number} does not exist.")
    return number


def _body_and_holder(context: Context) -> tuple[Json, Holder]:
    context.request.caller.require_customizing("Write", "OptionSet")
    body = context.request.json_object()
    name = body.get("OptionSetName")
    if isinstance(name, str) and name:
        if name not in context.catalog.option_sets:
            raise errors.invalid_argument(f"The option set '{name[:100]}' was not found.")
        return body, context.catalog.option_sets[name]
    table = context.catalog.tables.get(str(body.get("EntityLogicalName")))
    column = table.columns.get(str(body.get("AttributeLogicalName"))) if table else None
    if table is None or column is None or not column.kind.is_choice:
        raise errors.invalid_argument("The attribute with the options was not found.")
    if column.option_set is not None:
        return body, context.catalog.option_sets[column.option_set]
    return body, (table.logical, column)


def _options(holder: Holder) -> Options:
    return holder.options if isinstance(holder, OptionSet) else holder[1].options


def _save(context: Context, holder: Holder, options: Options) -> None:
    with context.store.customization():
        change = customizer(context)
        if isinstance(holder, OptionSet):
            change.save_option_set(replace(holder, options=options))
        else:
            change.replace_column(holder[0], replace(holder[1], options=options))


OPTION_ACTIONS: dict[str, Callable[[Context], ApiResponse]] = {
    "InsertOptionValue": insert_option,
    "InsertStatusValue": insert_status,
    "UpdateOptionValue": update_option,
    "DeleteOptionValue": delete_option,
    "OrderOption": order_options,
}
