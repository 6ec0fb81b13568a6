"""One request with the store it works on: what every handler needs, built once."""

from dataclasses import dataclass, field
from datetime import datetime

from include.sandbox.neo import errors
from include.sandbox.neo.api.message import ApiRequest, ApiResponse, Preferences
from include.sandbox.neo.api.reader import Reader
from include.sandbox.neo.model.catalog import Catalog
from include.sandbox.neo.model.kinds import Table
from include.sandbox.neo.odata.options import Options, parse_query
from include.sandbox.neo.odata.predicates import Segment, split_path
from include.sandbox.neo.records.references import References
from include.sandbox.neo.records.writer import Writer
from include.sandbox.neo.store.neo_store import NeoStore


@dataclass
class Context:
    """A request being answered. Options are parsed on first use: many writes have none."""

    store: NeoStore
    request: ApiRequest
    segments: tuple[Segment, ...]
    applied: list[str] = field(default_factory=list)
    _options: Options | None = None

    @classmethod
    def of(cls, store: NeoStore, request: ApiRequest) -> "Context":
        """The context of a request; its path is taken apart at once, so a bad one is refused here."""
        return cls(store, request, tuple(split_path(request.path)))

    @property
    def catalog(self) -> Catalog:
        """The metadata as it is now."""
        return self.store.catalog

    @property
    def prefer(self) -> Preferences:
        """The preferences of the request."""
        return self.request.prefer

    @property
    def now(self) -> datetime:
        """The server's clock."""
        return self.store.now()

    @property
    def options(self) -> Options:
        """The query options, parsed on first use."""
        if self._options is None:
            self._options = parse_query(self.request.query)
        return self._options

    def reader(self) -> Reader:
        """A reader for this request."""
        request = self.request
        return Reader(self.store.database, self.catalog, request.caller, request.prefer, self.now, request.root)

    def writer(self) -> Writer:
        """A writer for this request."""
        return self.store.writer(self.request.caller, content_ids=self.request.content_ids)

    def references(self) -> References:
        """Finds the rows that this request refers to."""
        return References(self.store.database, self.catalog, self.request.content_ids)

    def table(self, set_name: str) -> Table:
        """The table of an entity set; 404 for a set that is not there."""
        found = self.catalog.by_set(set_name)
        if found is None:
            raise errors.unknown_segment(set_name)
        return found

    def context_url(self, fragment: str) -> str:
        """An `@odata.context` value."""
        return f"{self.request.root}$metadata#{fragment}"

    def entity_url(self, table: Table, key: str) -> str:
        """The address of a row, by guid or by key as written."""
        return f"{self.request.root}{table.set_name}({key})"

    def prefer_applied(self, response: ApiResponse) -> ApiResponse:
        """Echo the preferences that were honoured."""
        prefer = self.prefer
        if prefer.annotations and response.payload is not None:
            self.applied.append(f'odata.include-annotations="{",".join(prefer.annotations)}"')
        if self.applied:
            response.headers["Preference-Applied"] = ",".join(self.applied)
        return response


def selected(options: Options) -> str:
    """The part of a context URL that names the selected columns and expansions."""
    parts = list(options.select or ())
    for item in options.expand:
        parts.append(f"{item.name}({','.join(item.options.select or ())})")
    return f"({','.join(parts)})" if parts else ""
