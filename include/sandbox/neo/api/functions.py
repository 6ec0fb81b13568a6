"""Functions and actions that belong to no row: WhoAmI, record counts, publishing."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from include.sandbox.neo import errors
from include.sandbox.neo.api.context import Context
from include.sandbox.neo.api.message import ApiResponse
from include.sandbox.neo.odata.options import split_list
from include.sandbox.neo.records.organisation import ORGANIZATION_ID

Parameters = Mapping[str, str]
VERSION = "9.2.24091.00196"


def who_am_i(context: Context, parameters: Parameters) -> ApiResponse:
    """`WhoAmI`: the caller, its business unit and the organisation."""
    caller = context.request.caller
    return ApiResponse(
        200,
        payload={
            "@odata.context": context.context_url("Microsoft.Dynamics.CRM.WhoAmIResponse"),
            "BusinessUnitId": caller.business_unit_id,
            "UserId": caller.user_id,
            "OrganizationId": ORGANIZATION_ID,
        },
    )


def retrieve_version(context: Context, parameters: Parameters) -> ApiResponse:
    """`RetrieveVersion`: the version the service claims to be."""
    url = context.context_url("Microsoft.Dynamics.CRM.RetrieveVersionResponse")
    return ApiResponse(200, payload={"@odata.context": url, "Version": VERSION})


def total_record_count(context: Context, parameters: Parameters) -> ApiResponse:
    """`RetrieveTotalRecordCount(EntityNames=["account"])`: real totals, beyond the limit of `$count`."""
    names = _json_list(parameters.get("EntityNames"))
    counts = []
    for name in names:
        if name not in context.catalog.tables:
            raise errors.ServiceError(
                400, "0x80041102", f"The entity with a name = '{name}' was not found in the MetadataCache."
            )
        context.request.caller.require("Read", context.catalog.tables[name])
        counts.append(context.store.count(name))
    return ApiResponse(
        200,
        payload={
            "@odata.context": context.context_url("Microsoft.Dynamics.CRM.RetrieveTotalRecordCountResponse"),
            "EntityRecordCountCollection": {
                "Count": len(names),
                "IsReadOnly": False,
                "Keys": names,
                "Values": counts,
            },
        },
    )


def publish(context: Context, parameters: Parameters) -> ApiResponse:
    """`PublishXml` and `PublishAllXml`: changes are visible at once here, so there is nothing left to do."""
    context.request.caller.require_customizing("Publish", "Customization")
    return ApiResponse(204)


def publish_xml(context: Context, parameters: Parameters) -> ApiResponse:
    """`PublishXml`: needs its parameter, then does what `PublishAllXml` does."""
    if not isinstance(context.request.json_object().get("ParameterXml"), str):
        raise errors.invalid_argument("Required field 'ParameterXml' is missing.")
    return publish(context, parameters)


FUNCTIONS: dict[str, Callable[[Context, Parameters], ApiResponse]] = {
    "WhoAmI": who_am_i,
    "RetrieveVersion": retrieve_version,
    "RetrieveTotalRecordCount": total_record_count,
}
ACTIONS: dict[str, Callable[[Context, Parameters], ApiResponse]] = {
    "PublishXml": publish_xml,
    "PublishAllXml": publish,
}


def function_parameters(context: Context, inner: str | None) -> dict[str, str]:
    """`(A=@p1,B='x')` with its aliases resolved; values stay as written."""
    parameters: dict[str, str] = {}
    for part in split_list(inner or "", ","):
        if not part.strip():
            continue
        name, equals, value = part.partition("=")
        if not equals:
            raise errors.query(f"Syntax error in the parameters: '{part[:60]}'.")
        text = value.strip()
        if text.startswith("@"):
            if text not in context.options.aliases:
                raise errors.query(f"The parameter alias '{text[:60]}' has no value.")
            text = context.options.aliases[text]
        parameters[name.strip()] = text
    return parameters


def _json_list(text: str | None) -> list[str]:
    try:
        parsed: Any = json.loads((text or "").replace("'", '"'))
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, list) or not all(isinstance(item, str) for item in parsed):
        raise errors.query("The parameter 'EntityNames' is a list of table names.")
    return parsed
