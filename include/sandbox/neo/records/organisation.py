"""The few rows every write needs to know: currencies, owners, the root business unit."""

from include.sandbox.neo import errors
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.sqlite.database import Database
from include.sandbox.neo.sqlite.schema import quoted

ORGANIZATION_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0001"
ROOT_BUSINESS_UNIT_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0002"
DEFAULT_TEAM_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0003"
SYSTEM_USER_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0004"
BASE_CURRENCY_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0010"
USD_CURRENCY_ID = "b4d1f2f0-5b2a-4f0e-9d0c-3c2f6f1a0011"


class OrganisationRows:
    """Answers the questions of `fill` from the rows, remembering exchange rates until a currency changes."""

    def __init__(self, database: Database, catalog: Catalog) -> None:
        self._database = database
        self._catalog = catalog
        self._rates: dict[str, float] = {}

    def forget(self) -> None:
        """A currency may have changed: ask again."""
        self._rates.clear()

    def base_currency(self) -> str:
        """The currency of the organisation."""
        return BASE_CURRENCY_ID

    def exchange_rate(self, currency_id: str) -> float:
        """How many units of the currency make one of the base currency."""
        if currency_id not in self._rates:
            found = self._database.row(
                "select exchangerate from transactioncurrency where transactioncurrencyid = ?", (currency_id,)
            )
            if found is None:
                raise errors.bound_row_missing("transactioncurrency", currency_id)
            self._rates[currency_id] = float(found[0] or 1.0)
        return self._rates[currency_id]

    def business_unit_of(self, owner_table: str, owner_id: str) -> str | None:
        """The unit an owner belongs to."""
        table = self._catalog.tables[owner_table]
        found = self._database.row(
            f"select businessunitid from {quoted(table.logical)} where {quoted(table.primary_id)} = ?", (owner_id,)
        )
        return str(found[0]) if found and found[0] else ROOT_BUSINESS_UNIT_ID

    def name_of(self, table: str, row_id: str) -> str | None:
        """The text by which a row is known: its primary name."""
        definition = self._catalog.tables[table]
        if definition.primary_name is None:
            return None
        found = self._database.row(
            f"select {quoted(definition.primary_name)} from {quoted(table)} where {quoted(definition.primary_id)} = ?",
            (row_id,),
        )
        return str(found[0]) if found and found[0] is not None else None
