"""What every organisation holds from its first day: itself, its root unit, currencies, roles, message list."""

from include.sandbox.neo.model.kinds import stable_id
from include.sandbox.neo.records.organisation import (
    BASE_CURRENCY_ID,
    DEFAULT_TEAM_ID,
    ORGANIZATION_ID,
    ROOT_BUSINESS_UNIT_ID,
    SYSTEM_USER_ID,
    USD_CURRENCY_ID,
)
from include.sandbox.neo.records.writer import Writer

ORGANIZATION_NAME = "NEO"
ROLE_NAMES = ("System Administrator", "System Customizer", "Integración", "Consulta", "Asesor", "Cumplimiento")
BULK_MESSAGES = ("Create", "Update", "Delete", "CreateMultiple", "UpdateMultiple", "UpsertMultiple")
_FOUNDED = "founded"


def found_organisation(writer: Writer) -> None:
    """Create the founding rows once; later calls only list the bulk messages of tables that came since."""
    database = writer.database
    with database.transaction():
        if not database.setting(_FOUNDED):
            _create_rows(writer)
            database.set_setting(_FOUNDED, "yes")


def _create_rows(writer: Writer) -> None:
    root = f"/businessunits({ROOT_BUSINESS_UNIT_ID})"
    rows: list[tuple[str, dict[str, object]]] = [
        ("transactioncurrency", _currency(BASE_CURRENCY_ID, "COP", "Peso colombiano", "$", 1.0)),
        ("transactioncurrency", _currency(USD_CURRENCY_ID, "USD", "Dólar estadounidense", "US$", 0.00025)),
        ("organization", {
            "organizationid": ORGANIZATION_ID, "name": ORGANIZATION_NAME, "languagecode": 3082,
            "maxuploadfilesize": 5242880, "expirechangetrackingindays": 7,
            "basecurrencyid@odata.bind": f"/transactioncurrencies({BASE_CURRENCY_ID})",
        }),
        ("businessunit", {"businessunitid": ROOT_BUSINESS_UNIT_ID, "name": "ProColombia"}),
        ("systemuser", {
            "systemuserid": SYSTEM_USER_ID, "domainname": "SYSTEM", "lastname": "SYSTEM",
            "isdisabled": True, "businessunitid@odata.bind": root,
        }),
        ("team", {
            "teamid": DEFAULT_TEAM_ID, "name": "ProColombia", "isdefault": True, "businessunitid@odata.bind": root,
        }),
        ("publisher", {
            "publisherid": stable_id("publisher", "default"), "uniquename": "DefaultPublisherNEO",
            "friendlyname": "Editor predeterminado", "customizationprefix": "new",
            "customizationoptionvalueprefix": 10000,
        }),
    ]  # fmt: skip
    rows += [
        ("role", {"roleid": stable_id("role", name), "name": name, "businessunitid@odata.bind": root})
        for name in ROLE_NAMES
    ]
    rows.append(("solution", _default_solution()))
    rows += [("sdkmessage", {"sdkmessageid": stable_id("message", name), "name": name}) for name in BULK_MESSAGES]
    for table, body in rows:
        writer.create(writer.catalog.tables[table], body)
    for table in list(writer.catalog.tables):
        list_bulk_messages(writer, table)


def list_bulk_messages(writer: Writer, table: str) -> None:
    """Say in `sdkmessagefilters` which messages a table takes; clients look there before they send in bulk."""
    if writer.catalog.tables[table].is_view:
        return
    for name in BULK_MESSAGES:
        writer.create(
            writer.catalog.tables["sdkmessagefilter"],
            {
                "sdkmessagefilterid": stable_id("filter", table, name),
                "primaryobjecttypecode": table,
                "sdkmessageid@odata.bind": f"/sdkmessages({stable_id('message', name)})",
            },
        )


def _currency(row_id: str, code: str, name: str, symbol: str, rate: float) -> dict[str, object]:
    return {
        "transactioncurrencyid": row_id,
        "isocurrencycode": code,
        "currencyname": name,
        "currencysymbol": symbol,
        "currencyprecision": 2,
        "exchangerate": rate,
    }


def _default_solution() -> dict[str, object]:
    return {
        "solutionid": stable_id("solution", "Default"),
        "uniquename": "Default",
        "friendlyname": "Solución predeterminada",
        "version": "1.0",
        "publisherid@odata.bind": f"/publishers({stable_id('publisher', 'default')})",
    }
