"""Links between rows: how a sync model writes them, and whether their target is in NEO, about to be, or nowhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from include.core.errors import ConfigError
from transforms.writeback.rows import PresentTable

_LINK = re.compile(r"(?P<table>[a-z_]+)(?:#(?P<id>[0-9a-fA-F-]{36})|:(?P<key>.+))", re.DOTALL)


@dataclass(frozen=True)
class Link:
    """A row of another table: by NEO's id, or by the hub's."""

    table: str
    id: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        return f"{self.table}#{self.id}" if self.id is not None else f"{self.table}:{self.key}"


def parse_link(text: str) -> Link:
    """`account:CU-00000001` (hub id) or `systemuser#<guid>` (NEO's id) -> Link. ConfigError for anything else."""
    found = _LINK.fullmatch(text)
    if found is None:
        raise ConfigError("sql/writeback", "a link is not written table:hubid or table#guid", "Mend the model")
    row_id = found["id"]
    return Link(found["table"], row_id.lower() if row_id else None, found["key"])


class Links:
    """Resolves links while a plan is made; tables are planned in the order in which they point to each other."""

    def __init__(self, present: Mapping[str, PresentTable]) -> None:
        self._present = present
        self._coming: set[tuple[str, str]] = set()
        self._adopted: dict[tuple[str, str], str] = {}

    def learn(self, table: str, row_key: str, neo_id: str | None, *, is_coming: bool) -> None:
        """Remember a row of this plan: rows of later tables may point to it."""
        if is_coming:
            self._coming.add((table, row_key))
        elif neo_id is not None:
            self._adopted[table, row_key] = neo_id

    def resolve(self, link: Link) -> str | None:
        """`table#guid` when the row is in NEO, `table:key` when this plan creates it, None when it is nowhere."""
        if link.id is not None:
            known = self._present.get(link.table)
            # Tables that the hub does not read are taken at their word.
            return str(link) if known is None or known.row(link.id) is not None else None
        key = link.key or ""
        row_id = self._adopted.get((link.table, key))
        if row_id is None and link.table in self._present:
            row_id = self._present[link.table].id_of(key)
        if row_id is not None:
            return f"{link.table}#{row_id}"
        return str(link) if (link.table, key) in self._coming else None
