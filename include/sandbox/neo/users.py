"""Application users: which row of the organisation an application is, and what it may do."""

from include.sandbox.neo import errors
from include.sandbox.neo.identity import ROLES, AppUser, Identity
from include.sandbox.neo.literals import parse_guid
from include.sandbox.neo.model.kinds import stable_id
from include.sandbox.neo.records.caller import Caller, Rights
from include.sandbox.neo.records.organisation import ROOT_BUSINESS_UNIT_ID
from include.sandbox.neo.store.neo_store import SYSTEM, NeoStore

_NON_INTERACTIVE = 4


def user_id_of(application: AppUser) -> str:
    """The same application is the same user after every restart and reset."""
    return stable_id("application-user", application.client_id)


def ensure_application_users(store: NeoStore, identity: Identity) -> None:
    """Create the `systemuser` row of every application that is a user of the organisation."""
    table = store.table("systemuser")
    with store.transaction():
        writer = store.writer(SYSTEM, is_trusting=True)
        for application in identity.applications:
            row_id = user_id_of(application)
            if application.role is None or writer.references.exists(table, row_id):
                continue
            writer.create(
                table,
                {
                    "systemuserid": row_id,
                    "lastname": f"# {application.name}",
                    "domainname": f"{application.name}@neo.test",
                    "applicationid": application.client_id,
                    "azureactivedirectoryobjectid": stable_id("principal", application.client_id),
                    "accessmode": _NON_INTERACTIVE,
                    "businessunitid@odata.bind": f"/businessunits({ROOT_BUSINESS_UNIT_ID})",
                },
            )


def caller_of(application: AppUser) -> Caller:
    """The caller an application is; 403 when it is no user of the organisation."""
    if application.role is None:
        raise errors.not_a_member()
    rights = ROLES.get(application.role, Rights(can_write=False))
    return Caller(user_id_of(application), ROOT_BUSINESS_UNIT_ID, application.name, rights)


def impersonated(store: NeoStore, caller: Caller, object_id: str | None, user_id: str | None) -> Caller:
    """The caller acting for another user (`CallerObjectId` or the older `MSCRMCallerID`)."""
    wanted = object_id or user_id
    if not wanted:
        return caller
    if not caller.rights.can_act_for_others:
        raise errors.privilege(caller.user_id, "prvActOnBehalfOfAnotherUser", "systemuser", 8)
    column = "azureactivedirectoryobjectid" if object_id else "systemuserid"
    found = store.database.row(
        f"select systemuserid, businessunitid, fullname, isdisabled from systemuser where {column} = ?",
        (parse_guid(wanted.strip()),),
    )
    if found is None:
        raise errors.ServiceError(403, "0x80041d1f", "The user with the given id is not a member of the organization.")
    if found[3]:
        raise errors.ServiceError(403, "0x80040225", "The specified user is either disabled or not enabled.")
    unit = str(found[1] or ROOT_BUSINESS_UNIT_ID)
    return Caller(str(found[0]), unit, str(found[2]), caller.rights, on_behalf_of=caller.user_id)
