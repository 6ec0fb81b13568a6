"""The refusals of the service: HTTP status, platform code and wording, one function per situation.

Codes and texts follow the public documentation of the Dataverse Web API where it gives them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class ServiceError(Exception):
    """A refusal that reaches the client as `{"error": {"code", "message"}}`."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """The JSON of the refusal."""
        return {"error": {"code": self.code, "message": self.message, **self.details}}


def row_missing(table: str, row_id: str) -> ServiceError:
    """No row has this id."""
    return ServiceError(404, "0x80040217", f"Entity '{table}' With Id = {row_id} Does Not Exist")


def bound_row_missing(table: str, row_id: str) -> ServiceError:
    """A payload points at a row that is not there."""
    return ServiceError(400, "0x80040217", f"Entity '{table}' With Id = {row_id} Does Not Exist")


def key_row_missing(table: str) -> ServiceError:
    """No row has these key values."""
    return ServiceError(404, "0x80060891", f"A record with the specified key values does not exist in {table} entity")


def duplicate_key(key_label: str, columns: Iterable[str], values: Mapping[str, object]) -> ServiceError:
    """Another row has the same key values; the details name columns and values."""
    attributes = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return ServiceError(
        412,
        "0x80060892",
        f"Entity Key {key_label} violated. A record with the same value for {', '.join(columns)} already exists. "
        "A duplicate record cannot be created. Select one or more unique values and try again.",
        details={
            "@Microsoft.PowerApps.CDS.ErrorDetails.DuplicateAttributes": (
                f"<DuplicateAttributes>{attributes}</DuplicateAttributes>"
            )
        },
    )


def duplicate_id() -> ServiceError:
    """Another row has this primary key."""
    return ServiceError(412, "0x80040237", "Cannot insert duplicate key.")


def key_undefined(table: str) -> ServiceError:
    """The table has no active key of these columns."""
    return ServiceError(400, "0x80060888", f"The specified key attributes are not a defined key for the {table} entity")


def version_mismatch() -> ServiceError:
    """The row moved on since the client read it."""
    return ServiceError(
        412, "0x80060882", "The version of the existing record doesn't match the RowVersion property provided."
    )


def row_exists() -> ServiceError:
    """`If-None-Match: *` met a row."""
    return ServiceError(412, "0x80040237", "A record with matching key values already exists.")


def payload(entity_set: str, detail: str) -> ServiceError:
    """A body the service could not read; `detail` is the inner exception's text."""
    return ServiceError(
        400,
        "0x80048d19",
        f"Error identified in Payload provided by the user for Entity :'{entity_set}', For more information on this "
        f"error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  "
        f"InnerException : {detail}",
    )


def unknown_property(entity_set: str, table: str, name: str) -> ServiceError:
    """A payload names a column the table does not have."""
    return payload(
        entity_set,
        f"Microsoft.Crm.CrmException: Invalid property '{name}' was found in entity "
        f"'Microsoft.Dynamics.CRM.{table}'. ---> Microsoft.OData.ODataException: The property '{name}' does not exist "
        f"on type 'Microsoft.Dynamics.CRM.{table}'. Make sure to only use property names that are defined by the type.",
    )


def undeclared_bind(entity_set: str, name: str) -> ServiceError:
    """A bind names something that is no navigation property."""
    return payload(
        entity_set,
        f"Microsoft.OData.ODataException: An undeclared property '{name}' which only has property annotations in the "
        "payload but no property value was found in the payload. In OData, only declared navigation properties and "
        "declared named streams can be represented as properties without values.",
    )


def direct_lookup(entity_set: str) -> ServiceError:
    """A payload sets a lookup by its column instead of by its navigation property."""
    return payload(
        entity_set,
        "Microsoft.OData.ODataException: CRM do not support direct update of Entity Reference properties, "
        "Use Navigation properties instead.",
    )


def wrong_type(entity_set: str, literal: str, edm_type: str) -> ServiceError:
    """A value does not fit the type of its column."""
    shown = literal if len(literal) <= 80 else literal[:77] + "..."
    return payload(
        entity_set,
        f"Microsoft.OData.ODataException: Cannot convert the literal '{shown}' to the expected type '{edm_type}'.",
    )


def too_long(table: str, column: str, limit: int) -> ServiceError:
    """A text is longer than its column."""
    return ServiceError(
        400,
        "0x80044331",
        f"A validation error occurred.  The length of the '{column}' attribute of the '{table}' entity exceeded the "
        f"maximum allowed length of '{limit}'.",
    )


def bad_choice(table: str, column: str, value: object, accepted: Iterable[int]) -> ServiceError:
    """A number is not one of the options."""
    return ServiceError(
        400,
        "0x8004431a",
        f"A validation error occurred.  The value {value} of '{column}' on record of type '{table}' is outside the "
        f"valid range. Accepted Values: {','.join(str(item) for item in accepted)}",
    )


def out_of_range(table: str, column: str, value: object, type_name: str, bounds: str, code: str) -> ServiceError:
    """A number lies outside the range of its column."""
    return ServiceError(
        400,
        code,
        f"A validation error occurred for {table}.{column}. The value {value} of type {type_name} is outside the "
        f"valid range({bounds}).",
    )


def date_too_early(value: str) -> ServiceError:
    """A date lies before what the platform stores."""
    return ServiceError(
        400,
        "0x80040239",
        f"DateTime is less than minumum value supported by CrmDateTime. Actual value: {value}, "
        "Minimum value supported: 01/01/1753 00:00:00",
    )


def bad_status(value: int, state: str, table: str, row_id: str) -> ServiceError:
    """A status reason does not belong to the state."""
    return ServiceError(
        400, "0x80048408", f"{value} is not a valid status code for state code {state} on {table} with Id {row_id}."
    )


def invalid_argument(message: str) -> ServiceError:
    """Whatever else an argument can be wrong in."""
    return ServiceError(400, "0x80040203", message)


def query(message: str) -> ServiceError:
    """A URL or query option the service could not read."""
    return ServiceError(400, "0x80060888", message)


def unknown_query_property(name: str, table: str) -> ServiceError:
    """A query names a property the type does not have."""
    return query(f"Could not find a property named '{name}' on type 'Microsoft.Dynamics.CRM.{table}'.")


def unknown_segment(name: str) -> ServiceError:
    """A path names something that is not there."""
    return ServiceError(404, "0x8006088a", f"Resource not found for the segment '{name}'.")


def wrong_verb() -> ServiceError:
    """A function was posted, or an action was read."""
    return ServiceError(404, "", "No HTTP resource was found that matches the request URI")


def method_not_allowed(method: str) -> ServiceError:
    """The resource does not take this method."""
    return ServiceError(405, "0x80060888", f"The requested resource does not support http method '{method}'.")


def privilege(user_id: str, privilege_name: str, table: str, otc: int) -> ServiceError:
    """The roles of the user do not allow it."""
    return ServiceError(
        403,
        "0x80040220",
        f"Principal user (Id={user_id}, type=8, roleCount=1, privilegeCount=0, accessMode=4) is missing "
        f"{privilege_name} privilege (Id=00000000-0000-0000-0000-000000000000) on OTC={otc} for entity '{table}'. "
        "context.Caller=" + user_id,
    )


def not_a_member() -> ServiceError:
    """The application is no user of the organisation."""
    return ServiceError(403, "0x80072560", "The user is not a member of the organization.")


def delete_restricted(table: str) -> ServiceError:
    """Other rows keep this one from being deleted."""
    return ServiceError(
        405, "0x80040227", f"The {table} row cannot be deleted because it is associated with another record."
    )


def not_implemented(message: str) -> ServiceError:
    """The real service can, this one cannot."""
    return ServiceError(501, "0x80060888", message)


def component_exists(kind: str, name: str) -> ServiceError:
    """Creating metadata that is already there."""
    codes = {"Attribute": "0x80044363", "Entity": "0x80044363", "EntityKey": "0x80060894"}
    texts = {
        "Entity": f"An entity with the specified name {name} already exists. Specify a unique name.",
        "Attribute": f"An attribute with the specified name {name} already exists",
        "EntityKey": f"An entity key with the name {name} already exists.",
        "Relationship": f"An entity relationship with the specified name {name} already exists.",
        "OptionSet": f"An OptionSet with Name='{name}' already exists.",
    }
    return ServiceError(400, codes.get(kind, "0x80044363"), texts[kind])
