"""Matches of an account as cards: the other side, how well it fits, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.pages.desk import Desk, Shown
from include.sandbox.neo.sqlite.text import fold

MATCH_TABLE = "pc_match"
MAX_CARDS = 30
_STATE_ORDER = {"viable": 0, "en espera": 1, "descartado": 2}
_STATE_TONES = {"viable": "good", "en espera": "wait", "descartado": "plain"}


@dataclass(frozen=True)
class MatchCard:
    """One match from the account's side."""

    title: str
    href: str | None
    state: str
    tone: str
    band: str
    score: int | None
    confidence: int | None
    parties: tuple[Shown, ...]
    market: str
    reasons: tuple[str, ...]
    missing: tuple[str, ...]


def match_cards(desk: Desk, account_id: str) -> tuple[MatchCard, ...]:
    """The account's matches, the viable ones first and the best before the rest."""
    table = desk.table(MATCH_TABLE)
    if table is None:
        return ()
    rows: dict[str, Mapping[str, Any]] = {}
    for relationship in desk.store.catalog.collections_of("account").values():
        if relationship.referencing == MATCH_TABLE:
            found = desk.children(relationship, account_id, order=(("pc_score", True),), limit=200)
            rows |= {str(row[table.primary_id]): row for row in found if row.get("statecode") in (0, None)}
    cards = [_card(desk, table, row, account_id) for row in rows.values()]
    cards.sort(key=lambda card: (_STATE_ORDER.get(fold(card.state) or "", 3), -(card.score or 0), card.title))
    return tuple(cards[:MAX_CARDS])


def _card(desk: Desk, table: Table, row: Mapping[str, Any], account_id: str) -> MatchCard:
    state = _text(desk, table, row, "pc_state")
    return MatchCard(
        title=desk.title(table, row),
        href=desk.link(table.logical, str(row[table.primary_id])),
        state=state,
        tone=_STATE_TONES.get(fold(state) or "", "plain"),
        band=_text(desk, table, row, "pc_band"),
        score=_share(row.get("pc_score")),
        confidence=_share(row.get("pc_confidence")),
        parties=tuple(_parties(desk, table, row, account_id)),
        market=_text(desk, table, row, "pc_market"),
        reasons=_lines(row.get("pc_reasons")),
        missing=_lines(row.get("pc_missing")),
    )


def _parties(desk: Desk, table: Table, row: Mapping[str, Any], account_id: str) -> list[Shown]:
    """The lookups of the match but for the account itself: the other company, the need, the offer."""
    found = []
    for column in table.columns.values():
        if column.is_custom and column.kind.is_lookup and row.get(column.property_name) != account_id:
            shown = desk.shown(table, row, column)
            if shown is not None:
                found.append(shown)
    return found


def _text(desk: Desk, table: Table, row: Mapping[str, Any], name: str) -> str:
    column = table.columns.get(name)
    return desk.text(row, column) if column is not None else ""


def _share(value: Any) -> int | None:
    """A score between 0 and 1 (or already in per cent) as whole per cent."""
    if value is None:
        return None
    number = float(value)
    return max(0, min(100, round(number * 100 if number <= 1 else number)))


def _lines(value: Any) -> tuple[str, ...]:
    lines = (line.strip(" -•\t") for line in str(value or "").splitlines())
    return tuple(line for line in lines if line)
