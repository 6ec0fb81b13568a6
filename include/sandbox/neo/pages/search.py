"""The list of accounts: search by name or number, filter by the choices the organisation has, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.neo.api.reader import Restriction
from include.sandbox.neo.model.kinds import Column, Table
from include.sandbox.neo.pages.desk import Desk, spanish_date
from include.sandbox.neo.sqlite.schema import comparable, quoted
from include.sandbox.neo.sqlite.text import fold

PAGE_SIZE = 40
_SEARCHED = ("name", "pc_tradename", "pc_nit", "accountnumber", "pc_taxid", "emailaddress1", "pc_hubid")
_FILTERS = ("pc_audience", "pc_qualityclass", "pc_sarlaftstate")
_SHOWN = (
    "name",
    "pc_tradename",
    "pc_nit",
    "pc_nitdv",
    "accountnumber",
    "address1_city",
    "address1_country",
    "ownerid",
    "modifiedon",
    *_FILTERS,
)


@dataclass(frozen=True)
class Filter:
    """A choice to filter by: its column, its options, and the one that is chosen."""

    column: str
    label: str
    options: tuple[tuple[int, str], ...]
    chosen: int | None


@dataclass(frozen=True)
class Line:
    """One account in the list."""

    account_id: str
    name: str
    legal_name: str
    number: str
    place: str
    owner: str
    modified: str
    choices: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    """One page of the list."""

    text: str
    filters: tuple[Filter, ...]
    lines: tuple[Line, ...]
    total: int
    page: int
    figures: tuple[tuple[str, int], ...]

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def search_accounts(desk: Desk, query: Mapping[str, str]) -> Listing:
    """The accounts that fit a query string; unknown or broken values are ignored."""
    table = desk.store.catalog.tables["account"]
    text = query.get("q", "").strip()[:100]
    filters = tuple(_filter(desk, table.columns[name], query) for name in _FILTERS if name in table.columns)
    restriction = _restriction(table, text, filters)
    total = desk.count(table, restriction)
    given = query.get("pagina", "1")
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, int(given) if given.isascii() and given.isdigit() and len(given) < 7 else 1), pages)
    order = (("modifiedon", True),) if not text else (("name", False),)
    rows = desk.rows(table, restriction, order=order, select=_SHOWN, limit=page * PAGE_SIZE)
    lines = tuple(_line(desk, table, row) for row in rows[(page - 1) * PAGE_SIZE :])
    return Listing(text, filters, lines, total, page, _figures(desk, table))


def _filter(desk: Desk, column: Column, query: Mapping[str, str]) -> Filter:
    options = tuple((option.value, option.label.text) for option in desk.store.catalog.options_of(column))
    given = query.get(column.logical, "")
    chosen = next((value for value, _ in options if str(value) == given), None)
    return Filter(column.logical, column.label.text, options, chosen)


def _restriction(table: Table, text: str, filters: tuple[Filter, ...]) -> Restriction:
    conditions, parameters = ["t0.statecode = 0"], list[Any]()
    if text:
        searched = [table.columns[name] for name in _SEARCHED if name in table.columns]
        terms = [f"instr({comparable(table, column, 't0')}, ?) > 0" for column in searched]
        conditions.append(f"({' or '.join(terms)})")
        parameters += [fold(text)] * len(searched)
    for item in filters:
        if item.chosen is not None:
            conditions.append(f"t0.{quoted(item.column)} = ?")
            parameters.append(item.chosen)
    return Restriction(" and ".join(conditions), parameters)


def _line(desk: Desk, table: Table, row: dict[str, Any]) -> Line:
    name, legal = str(row.get("pc_tradename") or row.get("name") or "(sin nombre)"), str(row.get("name") or "")
    place = " · ".join(str(row[key]) for key in ("address1_city", "address1_country") if row.get(key))
    choices = {key: desk.text(row, table.columns[key]) for key in _FILTERS if key in table.columns}
    return Line(
        account_id=str(row["accountid"]),
        name=name,
        legal_name=legal if fold(legal) != fold(name) else "",
        number=tax_number(row),
        place=place,
        owner=desk.text(row, table.columns["ownerid"]),
        modified=spanish_date(str(row["modifiedon"])),
        choices=choices,
    )


def tax_number(row: Mapping[str, Any]) -> str:
    """The NIT with its check digit; before the hub cleans it, whatever stands in the account number."""
    number = row.get("pc_nit")
    if number:
        digit = row.get("pc_nitdv")
        grouped = f"{int(number):,}".replace(",", ".") if str(number).isascii() and str(number).isdigit() else number
        return f"{grouped}-{digit}" if digit not in (None, "") else str(grouped)
    return str(row.get("accountnumber") or "")


def _figures(desk: Desk, table: Table) -> tuple[tuple[str, int], ...]:
    """A few totals for the head of the list; by audience once the hub keeps it."""
    figures = [("cuentas activas", desk.count(table, Restriction("t0.statecode = 0")))]
    audience = table.columns.get("pc_audience")
    if audience is not None:
        for option in desk.store.catalog.options_of(audience):
            held = desk.count(table, Restriction("t0.statecode = 0 and t0.pc_audience = ?", (option.value,)))
            figures.append((_plural(option.label.text.lower()), held))
    match = desk.table("pc_match")
    if match is not None:
        figures.append((match.collection_label.text.lower(), desk.count(match, Restriction("t0.statecode = 0"))))
    return tuple(figures)


def _plural(word: str) -> str:
    """The Spanish plural of a common noun."""
    return f"{word}s" if word[-1:] in "aeiouáéó" else f"{word}es"
