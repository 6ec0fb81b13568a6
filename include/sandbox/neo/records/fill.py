"""What the server fills in by itself: defaults, states, owners, names, money, mirrors.

Pure over values: rows it needs to look at (a currency, an owner) come in through `Organisation`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from include.sandbox.neo import errors
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Kind, Table
from include.sandbox.neo.model.money import CURRENCY, RATE
from include.sandbox.neo.model.sheets import initial_state
from include.sandbox.neo.sqlite.schema import target_column

Values = dict[str, Any]

_MIRRORS = {
    "contact": ("parentcustomerid", {"account": "accountid", "contact": "parentcontactid"}),
    "opportunity": ("customerid", {"account": "accountid", "contact": "contactid"}),
    "incident": ("customerid", {"account": "accountid", "contact": "contactid"}),
}
_ADDRESS_PARTS = ("line1", "line2", "line3", "city", "stateorprovince", "postalcode", "country")
_NAMED_PEOPLE = frozenset({"contact", "lead", "systemuser"})


class Organisation(Protocol):
    """What the rules ask of the rows."""

    def exchange_rate(self, currency_id: str) -> float:
        """Units of the currency per unit of the base currency."""

    def base_currency(self) -> str:
        """The id of the organisation's currency."""

    def business_unit_of(self, owner_table: str, owner_id: str) -> str | None:
        """The unit an owner belongs to."""

    def name_of(self, table: str, row_id: str) -> str | None:
        """The text a row is known by."""


def default_values(catalog: Catalog, table: Table) -> Values:
    """The values a new row has when the payload says nothing."""
    values: Values = {c.logical: int(c.default) for c in table.columns.values() if c.default is not None}
    if table.has_state:
        states = catalog.options_of(table.columns["statecode"])
        first = initial_state(table.logical)
        state = next((s for s in states if s.value == first), states[0])
        values["statecode"] = state.value
        values["statuscode"] = state.default_status
    for name in ("timezoneruleversionnumber",):
        if name in table.columns:
            values[name] = 0
    if table.is_activity and "activitytypecode" in table.columns:
        values["activitytypecode"] = table.logical
    return values


def settle_state(catalog: Catalog, table: Table, values: Values, before: Mapping[str, Any], row_id: str) -> None:
    """Make statecode and statuscode fit each other, or refuse the pair."""
    if "statecode" not in values and "statuscode" not in values:
        return
    states = {option.value: option for option in catalog.options_of(table.columns["statecode"])}
    state = values.get("statecode", before.get("statecode"))
    if state is None:
        state = next(iter(states))
    reasons = {o.value: o.state for o in catalog.options_of(table.columns["statuscode"])}
    if values.get("statuscode") is None:
        is_same = before.get("statecode") == state
        values["statuscode"] = before.get("statuscode") if is_same else states[state].default_status
    elif reasons[values["statuscode"]] != state:
        label = f"{table.schema}State.{states[state].label.text}"
        raise errors.bad_status(values["statuscode"], label, table.logical, row_id)
    values["statecode"] = state


def fill_computed(
    catalog: Catalog, table: Table, organisation: Organisation, values: Values, before: Mapping[str, Any]
) -> None:
    """Bring every derived column into line with `values` over `before`; only touches what `values` can move."""
    if table.logical in _NAMED_PEOPLE:
        _fill_full_name(values, before)
    if table.logical in _MIRRORS:
        _fill_mirrors(table, values)
    if "ownerid" in values and table.columns["ownerid"].kind is Kind.OWNER:
        _fill_owner(table, organisation, values)
    if RATE in table.columns:
        _fill_money(table, organisation, values, before)
    if table.logical == "annotation":
        _fill_note(values, before)
    if table.logical == "activityparty" and "partyid" in values:
        values["partyname"] = _party_name(organisation, values)
    for address in ("address1", "address2"):
        if f"{address}_composite" in table.columns:
            _fill_address(address, values, before)


def _fill_full_name(values: Values, before: Mapping[str, Any]) -> None:
    if not values.keys() & {"firstname", "middlename", "lastname"}:
        return
    parts = (values.get(name, before.get(name)) for name in ("firstname", "middlename", "lastname"))
    values["fullname"] = " ".join(part.strip() for part in parts if part and part.strip())[:160] or None


def _fill_mirrors(table: Table, values: Values) -> None:
    source, mirrors = _MIRRORS[table.logical]
    if source in values:
        target = values.get(target_column(source))
        for kind, mirror in mirrors.items():
            values[mirror] = values[source] if kind == target else None


def _fill_owner(table: Table, organisation: Organisation, values: Values) -> None:
    owner, kind = values["ownerid"], values.get(target_column("ownerid"))
    if owner is None:
        raise errors.invalid_argument("The owner of a record cannot be removed, only replaced.")
    values["owninguser"] = owner if kind == "systemuser" else None
    values["owningteam"] = owner if kind == "team" else None
    values["owningbusinessunit"] = organisation.business_unit_of(str(kind), owner)


def _fill_money(table: Table, organisation: Organisation, values: Values, before: Mapping[str, Any]) -> None:
    money = table.money_columns
    if not money:
        return
    if not any(c.logical in values for c in money) and CURRENCY not in values:
        return
    currency = values.get(CURRENCY) or before.get(CURRENCY) or organisation.base_currency()
    rate = organisation.exchange_rate(currency)
    values[CURRENCY] = currency
    values[RATE] = rate
    for column in money:
        amount = values.get(column.logical, before.get(column.logical))
        if amount is not None or column.logical in values:
            values[f"{column.logical}_base"] = None if amount is None else round(amount / rate, 4)


def _fill_note(values: Values, before: Mapping[str, Any]) -> None:
    if "documentbody" in values or not before:
        document = values.get("documentbody")
        values["isdocument"] = int(bool(document))
        values["filesize"] = len(document) * 3 // 4 if document else 0
    if target_column("objectid") in values:
        values["objecttypecode"] = values[target_column("objectid")]


def _party_name(organisation: Organisation, values: Values) -> str | None:
    party, kind = values["partyid"], values.get(target_column("partyid"))
    return organisation.name_of(kind, party) if party and kind else None


def _fill_address(address: str, values: Values, before: Mapping[str, Any]) -> None:
    names = [f"{address}_{part}" for part in _ADDRESS_PARTS]
    if not any(name in values for name in names):
        return
    parts = [values.get(name, before.get(name)) for name in names]
    values[f"{address}_composite"] = "\r\n".join(part for part in parts if part) or None
