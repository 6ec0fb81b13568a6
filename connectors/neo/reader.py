"""Reading whole tables: by change tracking where the table has it, in full otherwise or when the token is too old."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.neo.client import NeoClient, TableInfo
from connectors.neo.errors import NeoRefusedError
from include.core.errors import ConfigError, DriftDetected

_PAGE_SIZE = 5000


@dataclass(frozen=True)
class Page:
    """One answer of NEO.

    `rows` as NEO gave them, annotations removed. `deleted_ids` are primary ids. `delta_link` comes with the last page
    and is handed back at the next read. `is_full` is true on every page of a full read: a row that is in none of its
    pages is no longer in NEO.
    """

    rows: list[dict[str, Any]]
    deleted_ids: list[str] = field(default_factory=list)
    delta_link: str | None = None
    is_full: bool = False


def fetch_table(client: NeoClient, table: str, columns: Sequence[str], delta_link: str | None = None) -> Iterator[Page]:
    """Read `columns` of `table`: what changed since `delta_link`, or everything when there is none.

    Everything is read too when NEO no longer accepts the link, or when it was made for other columns. Always yields
    at least one page; rows hold the columns asked for and the primary id, nothing NEO added. Raises ConfigError when
    NEO lacks the table or a column.
    """
    info = client.table(table)
    wanted = sorted({*columns, info.id_column})
    if delta_link and info.tracks_changes and _selected(delta_link) == wanted:
        first = _first_change_page(client, delta_link)
        if first is not None:
            yield from _pages(client, first, wanted, is_full=False)
            return
    yield from _pages(client, _first_full_page(client, info, wanted), wanted, is_full=True)


def _first_full_page(client: NeoClient, info: TableInfo, wanted: Sequence[str]) -> dict[str, Any]:
    prefer = f"odata.maxpagesize={_PAGE_SIZE}" + (",odata.track-changes" if info.tracks_changes else "")
    try:
        return client.get_json(info.set_name, params={"$select": ",".join(wanted)}, headers={"Prefer": prefer})
    except NeoRefusedError as refusal:
        raise ConfigError(
            f"neo table {info.name}", f"NEO lacks a column that was asked for (request {refusal.request_id})",
            "run `hub neo provision`, or correct the column in the sheet",
        ) from refusal  # fmt: skip


def _first_change_page(client: NeoClient, delta_link: str) -> dict[str, Any] | None:
    """First page behind the link, or None when NEO no longer honours it (too old, or its table was changed)."""
    try:
        return client.get_json(delta_link, headers={"Prefer": f"odata.maxpagesize={_PAGE_SIZE}"})
    except (NeoRefusedError, DriftDetected):
        # DriftDetected: the address of NEO changed since, and the link leads to the old host.
        return None


def _pages(client: NeoClient, answer: dict[str, Any], wanted: Sequence[str], *, is_full: bool) -> Iterator[Page]:
    while True:
        rows: list[dict[str, Any]] = []
        deleted: list[str] = []
        for item in answer.get("value", []):
            if item.get("reason") == "deleted" or "$deletedEntity" in str(item.get("@odata.context", "")):
                deleted.append(str(item["id"]))
            else:
                rows.append({name: item[name] for name in wanted if name in item})
        yield Page(rows, deleted, answer.get("@odata.deltaLink"), is_full)
        following = answer.get("@odata.nextLink")
        if following is None:
            return
        answer = client.get_json(following, headers={"Prefer": f"odata.maxpagesize={_PAGE_SIZE}"})


def _selected(link: str) -> list[str]:
    names = parse_qs(urlsplit(link).query).get("$select", [""])[0]
    return sorted(filter(None, names.split(",")))
