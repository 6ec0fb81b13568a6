"""Gathers the 360° record of one account: who it is, what is missing, what belongs to it, what happened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from include.sandbox.neo.model.kinds import Column, Kind, Table
from include.sandbox.neo.pages.desk import Desk, Shown, spanish_date
from include.sandbox.neo.pages.layout import ACCOUNT_GROUPS, ELSEWHERE, PROVENANCE_NAMES
from include.sandbox.neo.pages.matches import MATCH_TABLE, MatchCard, match_cards
from include.sandbox.neo.pages.search import tax_number
from include.sandbox.neo.pages.sections import Section, child_sections, open_tasks, section_of
from include.sandbox.neo.pages.timeline import STAGE_TABLE, Entry, build_timeline
from include.sandbox.neo.pages.tones import tone_of
from include.sandbox.neo.sqlite.text import fold

CASE_TABLE = "pc_sarlaftcase"
_OWN_PLACE = frozenset({MATCH_TABLE, STAGE_TABLE, CASE_TABLE})


@dataclass(frozen=True)
class Chip:
    """A short fact in the head of the record; `tone` colours it."""

    label: str
    text: str
    tone: str = "plain"


@dataclass(frozen=True)
class Block:
    """A titled group of values."""

    title: str
    values: tuple[Shown, ...]


@dataclass(frozen=True)
class AccountView:
    """Everything the record's page shows."""

    account_id: str
    title: str
    subtitle: str
    number: str
    place: str
    owner: str
    modified: str
    is_active: bool
    chips: tuple[Chip, ...]
    completeness: int | None
    missing: tuple[str, ...]
    blocks: tuple[Block, ...]
    provenance: tuple[tuple[str, str], ...]
    contacts: Section | None
    sections: tuple[Section, ...]
    matches: tuple[MatchCard, ...]
    opportunities: Section | None
    tasks: Section | None
    cases: Section | None
    timeline: tuple[Entry, ...]


def account_view(desk: Desk, account_id: str, kind: str | None) -> AccountView | None:
    """The record of an account, or None when there is none. `kind` narrows the timeline."""
    table = desk.store.catalog.tables["account"]
    row = desk.row(table, account_id)
    if row is None:
        return None
    sources = _provenance(table, row)
    contacts = _collection(desk, account_id, "contact_customer_accounts", "contact")
    opportunities = _collection(desk, account_id, "opportunity_customer_accounts", "opportunity")
    related = {
        "contact": [str(item["contactid"]) for item in contacts[1]],
        "opportunity": [str(item["opportunityid"]) for item in opportunities[1]],
    }
    trade, legal = str(row.get("pc_tradename") or ""), str(row.get("name") or "(sin nombre)")
    return AccountView(
        account_id=account_id,
        title=trade or legal,
        subtitle=legal if trade and fold(trade) != fold(legal) else "",
        number=tax_number(row),
        place=_place(row),
        owner=desk.text(row, table.columns["ownerid"]),
        modified=spanish_date(str(row["modifiedon"])),
        is_active=row.get("statecode") == 0,
        chips=tuple(_chips(desk, table, row)),
        completeness=_percent(row.get("pc_completeness")),
        missing=_lines(row.get("pc_qualitymissing")),
        blocks=_blocks(desk, table, row, sources),
        provenance=tuple(_unplaced(table, row, sources)),
        contacts=contacts[0],
        sections=child_sections(desk, account_id, _OWN_PLACE),
        matches=match_cards(desk, account_id),
        opportunities=opportunities[0],
        tasks=open_tasks(desk, [account_id, *related["contact"], *related["opportunity"]]),
        cases=_cases(desk, account_id),
        timeline=tuple(build_timeline(desk, account_id, related, kind)),
    )


def _place(row: Mapping[str, Any]) -> str:
    parts = [row.get(name) for name in ("address1_city", "address1_stateorprovince", "address1_country")]
    return ", ".join(dict.fromkeys(str(part) for part in parts if part))


def _percent(value: Any) -> int | None:
    return None if value is None else max(0, min(100, round(float(value))))


def _lines(value: Any) -> tuple[str, ...]:
    lines = (line.strip(" -•\t") for line in str(value or "").replace(";", "\n").splitlines())
    return tuple(line for line in lines if line)


def _chips(desk: Desk, table: Table, row: Mapping[str, Any]) -> Iterable[Chip]:
    for name in ("pc_audience", "pc_qualityclass", "pc_sarlaftstate"):
        column = table.columns.get(name)
        text = desk.text(row, column) if column is not None else ""
        if column is None or not text:
            continue
        yield Chip(column.label.text, text, tone_of(name, text))


def _provenance(table: Table, row: Mapping[str, Any]) -> dict[str, str]:
    """Column -> source, from readable lines like `NIT: RUES, 2026-11-03`; unplaced ones keep their own name."""
    by_label = {fold(column.label.text): name for name, column in table.columns.items() if column.is_custom}
    found: dict[str, str] = {}
    for line in _lines(row.get("pc_provenance")):
        name, colon, source = line.partition(":")
        if colon:
            label = fold(name.strip()) or ""
            column = PROVENANCE_NAMES.get(label) or by_label.get(label) or name.strip()
            found[column] = _spoken_source(source.strip())
    return found


def _spoken_source(text: str) -> str:
    """`RUES, 2026-11-03` -> `RUES, 3 nov 2026`."""
    head, comma, tail = text.rpartition(", ")
    day = spanish_date(tail) if comma and len(tail) == 10 and tail[4:5] == "-" else None
    return f"{head}, {day}" if day else text


def _blocks(desk: Desk, table: Table, row: Mapping[str, Any], sources: Mapping[str, str]) -> tuple[Block, ...]:
    placed: set[str] = set(ELSEWHERE)
    blocks: list[Block] = []
    for group in ACCOUNT_GROUPS:
        values = [_with_source(desk, table, row, name, sources) for name in group.columns if name in table.columns]
        placed.update(group.columns)
        blocks.append(Block(group.title, tuple(value for value in values if value is not None)))
    others = desk.filled(table, row, skip=frozenset(placed))
    blocks.append(Block("Otros datos", tuple(_sourced(value, sources) for value in others)))
    return tuple(block for block in blocks if block.values)


def _with_source(
    desk: Desk, table: Table, row: Mapping[str, Any], name: str, sources: Mapping[str, str]
) -> Shown | None:
    shown = desk.shown(table, row, table.columns[name])
    if shown is None:
        return None
    if name == "pc_nit":
        shown = Shown(shown.column, shown.label, tax_number(row))
    return _sourced(shown, sources)


def _sourced(shown: Shown, sources: Mapping[str, str]) -> Shown:
    source = sources.get(shown.column)
    return Shown(shown.column, shown.label, shown.text, shown.href, source) if source else shown


def _unplaced(table: Table, row: Mapping[str, Any], sources: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Provenance of values that stand nowhere on the page."""
    for name, source in sources.items():
        column = table.columns.get(name)
        if column is None:
            yield name, source
        elif row.get(column.property_name) is None:
            yield column.label.text, source


def _collection(
    desk: Desk, account_id: str, navigation: str, child: str
) -> tuple[Section | None, Sequence[Mapping[str, Any]]]:
    relationship = desk.store.catalog.collection("account", navigation)
    table = desk.table(child)
    if relationship is None or table is None:
        return None, ()
    rows = desk.children(relationship, account_id, order=(("modifiedon", True),))
    return section_of(desk, table, rows, _preferred(table)), rows


_PREFERRED = {
    "contact": ("fullname", "jobtitle", "pc_role", "emailaddress1", "telephone1", "mobilephone", "pc_language"),
    "opportunity": ("name", "statecode", "stepname", "salesstage", "estimatedvalue", "estimatedclosedate", "ownerid"),
}


def _preferred(table: Table) -> tuple[Column, ...]:
    return tuple(table.columns[name] for name in _PREFERRED.get(table.logical, ()) if name in table.columns)


def _cases(desk: Desk, account_id: str) -> Section | None:
    """Compliance cases. For everybody but compliance the table does not exist, so there is nothing to leave out."""
    table = desk.table(CASE_TABLE)
    if table is None:
        return None
    rows: list[Mapping[str, Any]] = []
    for relationship in desk.store.catalog.collections_of("account").values():
        if relationship.referencing == CASE_TABLE:
            rows += desk.children(relationship, account_id, order=(("createdon", True),))
    return section_of(desk, table, rows, _telling_columns(table))


def _telling_columns(table: Table) -> tuple[Column, ...]:
    wanted = ("pc_name", "pc_subjectname", "pc_matchedname", "pc_listcode", "pc_matchlevel", "pc_state", "pc_dueat")
    found = tuple(table.columns[name] for name in wanted if name in table.columns)
    return found or tuple(c for c in table.columns.values() if c.is_custom and c.kind is not Kind.MEMO)
