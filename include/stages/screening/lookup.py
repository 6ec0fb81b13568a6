"""One name or number against the lists in use, answered at once and kept nowhere.

The same index, sheet and rarity as in the stage: the answer is the one the whole base would get.
"""

from collections.abc import Sequence
from typing import Any

from include.core.errors import ConfigError
from include.stages.protocol import StageContext, begin
from include.stages.sarlaft import STAGE, Sheets
from include.stages.screening.lists import ListInUse, all_usable, lists_in_use, read_entries
from include.stages.screening.rarity import kept_rarity
from include.stages.screening.tables import hit_row
from transforms.screening.engine import screen
from transforms.screening.index import ListIndex
from transforms.screening.records import Hit, Number, Subject
from transforms.screening.subjects import document_number
from transforms.screening.tokens import Kind

KINDS: tuple[Kind, ...] = ("person", "company")


def look_up(
    ctx: StageContext,
    name: str,
    *,
    document: str | None = None,
    document_type: str | None = None,
    country: str | None = None,
    birth_year: int | None = None,
    kind: Kind | None = None,
) -> dict[str, Any]:
    """Return {name, state, lists, findings}; without `kind` the name is read both as a person's and a company's.

    Raises ConfigError when no list was ever loaded.
    """
    sheets = Sheets(ctx.settings.config_dir)
    inputs = begin(ctx, STAGE, required=(), optional=[used.dataset for used in sheets.policy.lists])
    lists = lists_in_use(ctx, inputs, sheets.policy)
    if not any(used.version for used in lists):
        raise ConfigError("hub screen", "no list was loaded yet", "Run `hub run ingest__ofac ingest__un` first")
    numbers = _numbers(document, document_type, country)
    subjects = [
        Subject(
            subject_id=each,
            kind=each,
            names=(name,),
            numbers=numbers,
            countries=(country,) if country else (),
            birth_years=(birth_year,) if birth_year else (),
        )
        for each in ([kind] if kind else KINDS)
    ]
    rarity = kept_rarity(ctx, sheets.rules, sheets.paths["name_shares"])
    hits = screen(subjects, ListIndex(read_entries(ctx, lists), sheets.rules, rarity.rarity))
    return {
        "name": name,
        "state": _state(hits, lists),
        "lists": [used.as_record() | {"is_usable": used.is_usable} for used in lists],
        "engine_version": sheets.engine_version(rarity),
        "findings": [hit_row(hit) for hit in _best_per_entry(hits)],
    }


def _numbers(document: str | None, document_type: str | None, country: str | None) -> tuple[Number, ...]:
    """A number without a class is tried as a Colombian NIT or cédula and as a number of the country given."""
    if document is None:
        return ()
    if document_type is not None:
        number = document_number(document_type, document, country)
        return (number,) if number else ()
    return Number("nit", document, country or "CO"), Number("passport", document, country)


def _best_per_entry(hits: Sequence[Hit]) -> list[Hit]:
    best: dict[tuple[str, str], Hit] = {}
    for hit in sorted(hits, key=lambda hit: (-hit.score, hit.subject_id)):
        best.setdefault((hit.list_code, hit.entry_id), hit)
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.list_code, hit.entry_id))


def _state(hits: Sequence[Hit], lists: Sequence[ListInUse]) -> str:
    if hits:
        return "hits"
    return "clear" if all_usable(lists) else "incomplete"
