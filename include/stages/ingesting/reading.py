"""How each kind of source is read: raw pages out of a connector, rows and deletions out of a raw page.

`open_reader` is the one place that knows which kind is served by which connector.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from include.core.errors import ConfigError
from include.core.settings import Settings
from include.core.source_sheet import SourceSheet, StreamSheet

Row = dict[str, Any]


@dataclass(frozen=True)
class Since:
    """Where the last read ended: an instant to look back from, or a link the source gave. Neither: read all."""

    instant: datetime | None = None
    link: str | None = None


@dataclass(frozen=True)
class Page:
    """What is in one raw page.

    `gone` are the source's own marks of deleted records, holding at least the key. `is_full`: the pages of this read
    together are everything the source has. `link`: where the next read may begin.
    """

    rows: list[Row]
    gone: list[Row] = field(default_factory=list)
    is_full: bool = False
    link: str | None = None


class Reader(Protocol):
    """One source, opened."""

    def fetch(self, stream: StreamSheet, since: Since) -> Iterator[bytes]:
        """Raw pages of a stream, as they are to be kept."""
        ...

    def parse(self, stream: StreamSheet, payload: bytes, since: Since) -> Page:
        """What is in a raw page that `fetch` gave for the same `since`."""
        ...


def open_reader(settings: Settings, sheet: SourceSheet) -> Reader:
    """A reader for the source. Raises ConfigError when its address is not set."""
    settings.require(sheet.system)
    if sheet.kind == "portal":
        return _PortalReader(settings)
    if sheet.kind == "socrata":
        return _SocrataReader(settings, sheet.system)
    if sheet.kind == "directory":
        return _DirectoryReader(settings)
    if sheet.kind == "neo":
        return _NeoReader(settings)
    raise ConfigError(f"{sheet.source}.yml", f"kind {sheet.kind} has no streams", "Lists are read by `watchlists`")


class _PortalReader:
    def __init__(self, settings: Settings) -> None:
        from connectors.portal import PortalClient

        self._client = PortalClient.from_settings(settings.portal, settings.ca_bundle)

    def fetch(self, stream: StreamSheet, since: Since) -> Iterator[bytes]:
        return self._client.fetch_pages(stream.path, since=since.instant, page_size=stream.page_size)

    def parse(self, stream: StreamSheet, payload: bytes, since: Since) -> Page:
        from connectors.portal import parse_page

        page = parse_page(payload)
        return Page(page.rows, page.deleted, is_full=since.instant is None)


class _SocrataReader:
    def __init__(self, settings: Settings, system: str) -> None:
        from connectors.socrata import SocrataClient

        self._client = SocrataClient.from_settings(system, getattr(settings, system), settings.ca_bundle)

    def fetch(self, stream: StreamSheet, since: Since) -> Iterator[bytes]:
        return self._client.fetch_pages(
            stream.path, since=since.instant, page_size=stream.page_size, where=stream.where
        )

    def parse(self, stream: StreamSheet, payload: bytes, since: Since) -> Page:
        from connectors.socrata import parse_page

        return Page(parse_page(payload), is_full=since.instant is None)


class _DirectoryReader:
    def __init__(self, settings: Settings) -> None:
        from connectors.directory import DirectoryClient

        self._client = DirectoryClient.from_settings(settings.directory, settings.ca_bundle)

    def fetch(self, stream: StreamSheet, since: Since) -> Iterator[bytes]:
        wanted = (field.source or name for name, field in stream.fields.items())
        select = list(dict.fromkeys(attribute.split(".")[0] for attribute in wanted))
        return self._client.fetch_pages(stream.path, select=select, where=stream.where, page_size=stream.page_size)

    def parse(self, stream: StreamSheet, payload: bytes, since: Since) -> Page:
        from connectors.directory import parse_page

        return Page(parse_page(payload), is_full=True)


class _NeoReader:
    """NEO's pages come decoded; they are kept as we would write them down, so that one run can be read again."""

    def __init__(self, settings: Settings) -> None:
        from connectors.neo.client import open_neo

        self._client = open_neo(settings)

    def fetch(self, stream: StreamSheet, since: Since) -> Iterator[bytes]:
        from connectors.neo.reader import fetch_table

        columns = [field.source or name for name, field in stream.fields.items()]
        for page in fetch_table(self._client, stream.path, columns, since.link):
            kept = {"rows": page.rows, "gone": page.deleted_ids, "link": page.delta_link, "is_full": page.is_full}
            yield json.dumps(kept, ensure_ascii=False).encode()

    def parse(self, stream: StreamSheet, payload: bytes, since: Since) -> Page:
        kept = json.loads(payload)
        key = stream.fields[stream.key[0]].source or stream.key[0]
        return Page(kept["rows"], [{key: gone} for gone in kept["gone"]], kept["is_full"], kept["link"])
