"""Writing rows in bulk, one answer per row, safe to repeat.

New rows go out as UpsertMultiple by alternate key and known ones as UpdateMultiple by id, so that a chunk sent twice
leaves the same rows. NEO takes a chunk as one transaction and does not say which row spoiled it; such a chunk alone
is sent again as a `$batch` that goes on after an error.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from connectors.http import request_id_of
from connectors.neo.batch import MAX_REQUESTS, BatchAnswer, BatchItem, build_batch, parse_batch
from connectors.neo.client import API_PATH, NeoClient, TableInfo
from connectors.neo.errors import Answer, NeoRefusedError, parse_answer
from connectors.neo.query import RowRef, literal, row_path
from include.core.errors import DriftDetected, RetriableError

_ROUNDS = 6
_BUSY = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class RowWrite:
    """One row to write.

    Args:
        row_key: the hub's id of the row, the value of the alternate key; also how its answer is found again.
        values: columns by logical name, JSON-ready.
        links: navigation property -> row it shall point to; None clears it.
        id: primary id of a row known to be in NEO; without it the row is created, or found by `row_key`.

    """

    row_key: str
    values: Mapping[str, Any]
    links: Mapping[str, RowRef | None] = field(default_factory=dict)
    id: str | None = None


@dataclass(frozen=True)
class RowResult:
    """What NEO said of one row. `refusal` is None when the row was written."""

    row_key: str
    request_id: str | None
    refusal: Answer | None = None


class NeoWriter:
    """Writes rows of one table. `key_column` is the text alternate key that holds `row_key`."""

    def __init__(
        self, client: NeoClient, table: str, *, key_column: str, chunk_rows: int = 300, workers: int = 3
    ) -> None:
        self._client, self._table, self._key_column = client, table, key_column
        self._chunk_rows = min(chunk_rows, MAX_REQUESTS)
        self._workers = workers
        self._bulk: dict[str, bool] = {}

    def write(self, rows: Iterable[RowWrite]) -> Iterator[list[RowResult]]:
        """Write `rows` and yield the answers chunk by chunk, as they arrive.

        When a chunk cannot be sent at all (RetriableError, ConfigError), no further chunk is started, the answers
        of those under way are still yielded, and then the error is raised.
        """
        chunks = iter(self._chunks(rows))
        failure: Exception | None = None
        with ThreadPoolExecutor(self._workers, thread_name_prefix=f"neo-{self._table}") as pool:
            running: set[Future[list[RowResult]]] = set()
            try:
                while True:
                    if failure is None:
                        missing = self._workers - len(running)
                        running |= {pool.submit(self._write_chunk, chunk) for chunk in islice(chunks, missing)}
                    if not running:
                        break
                    done, running = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        error = future.exception()
                        if isinstance(error, Exception):
                            failure = failure or error
                        else:
                            yield future.result()
            finally:
                for future in running:
                    future.cancel()
        if failure is not None:
            raise failure

    def _chunks(self, rows: Iterable[RowWrite]) -> Iterator[list[RowWrite]]:
        """Chunks that are all updates or all upserts, in the order given."""
        updates: list[RowWrite] = []
        upserts: list[RowWrite] = []
        for row in rows:
            waiting = upserts if row.id is None else updates
            waiting.append(row)
            if len(waiting) == self._chunk_rows:
                yield waiting.copy()
                waiting.clear()
        yield from (chunk for chunk in (updates, upserts) if chunk)

    def _write_chunk(self, chunk: list[RowWrite]) -> list[RowResult]:
        info = self._client.table(self._table)
        message = "UpdateMultiple" if chunk[0].id is not None else "UpsertMultiple"
        if self._has_bulk(message):
            try:
                request_id = self._send_bulk(info, message, chunk)
            except NeoRefusedError as refusal:
                if len(chunk) == 1:
                    return [RowResult(chunk[0].row_key, refusal.request_id, refusal.answer)]
            else:
                return [RowResult(row.row_key, request_id) for row in chunk]
        return self._send_one_by_one(info, chunk)

    def _has_bulk(self, message: str) -> bool:
        """Whether NEO offers the bulk message for this table; asked once."""
        if message not in self._bulk:
            condition = f"sdkmessageid/name eq {literal(message)} and primaryobjecttypecode eq {literal(self._table)}"
            try:
                answer = self._client.get_json(
                    "sdkmessagefilters", params={"$select": "sdkmessagefilterid", "$filter": condition}
                )
                self._bulk[message] = bool(answer.get("value"))
            except NeoRefusedError:
                # Not allowed to look: try it; a refused chunk goes out row by row anyway.
                self._bulk[message] = True
        return self._bulk[message]

    def _send_bulk(self, info: TableInfo, message: str, chunk: Sequence[RowWrite]) -> str | None:
        targets = []
        for row in chunk:
            target = {"@odata.type": f"Microsoft.Dynamics.CRM.{self._table}", **self._body(row)}
            if row.id is not None:
                target[info.id_column] = row.id
            else:
                ref = RowRef.by_key(self._table, self._key_column, row.row_key)
                target["@odata.id"] = row_path(info.set_name, ref, encode=False)
            targets.append(target)
        path = f"{info.set_name}/Microsoft.Dynamics.CRM.{message}"
        return request_id_of(self._client.request("POST", path, json={"Targets": targets}, idempotent=True))

    def _send_one_by_one(self, info: TableInfo, chunk: Sequence[RowWrite]) -> list[RowResult]:
        """The chunk as one `$batch`; parts that found NEO busy are sent again, the rest is answered for good."""
        results: dict[str, RowResult] = {}
        waiting = list(chunk)
        for _ in range(_ROUNDS):
            answers = self._send_batch([self._single(info, row) for row in waiting])
            again: list[RowWrite] = []
            pause = 0.0
            for row, (answer, request_id) in zip(waiting, answers, strict=True):
                if answer.status in _BUSY:
                    again.append(row)
                    pause = max(pause, float(answer.headers.get("retry-after", 1)))
                elif answer.status < 300:
                    results[row.row_key] = RowResult(row.row_key, request_id)
                else:
                    refusal = parse_answer(answer.status, answer.body, request_id)
                    results[row.row_key] = RowResult(row.row_key, request_id, refusal)
            if not again:
                return [results[row.row_key] for row in chunk]
            waiting = again
            self._client.governor.throttled(pause)
        raise RetriableError("neo", f"kept being busy for {len(waiting)} rows of {self._table}")

    def _send_batch(self, items: Sequence[BatchItem]) -> list[tuple[BatchAnswer, str | None]]:
        content_type, body = build_batch(items)
        headers = {"Content-Type": content_type, "Prefer": "odata.continue-on-error"}
        response = self._client.request("POST", "$batch", data=body, headers=headers, idempotent=True)
        answers = parse_batch(response.headers.get("Content-Type", ""), response.content)
        if len(answers) != len(items):
            raise DriftDetected(
                "neo",
                f"a batch of {len(items)} requests got {len(answers)} answers",
                "look at the service's log",
            )
        whole = request_id_of(response)
        return [(answer, answer.request_id or whole) for answer in answers]

    def _single(self, info: TableInfo, row: RowWrite) -> BatchItem:
        if row.id is not None:
            # Without the condition, updating a row that somebody deleted would bring it back half empty.
            ref, headers = RowRef.by_id(self._table, row.id), {"If-Match": "*"}
        else:
            ref, headers = RowRef.by_key(self._table, self._key_column, row.row_key), {}
        return BatchItem("PATCH", f"/{API_PATH}{row_path(info.set_name, ref)}", self._body(row), headers)

    def _body(self, row: RowWrite) -> dict[str, Any]:
        body = dict(row.values)
        for nav, ref in row.links.items():
            body[f"{nav}@odata.bind"] = self._address(ref) if ref is not None else None
        return body

    def _address(self, ref: RowRef) -> str:
        return "/" + row_path(self._client.table(ref.table).set_name, ref, encode=False)


def chunk_count(rows: int, chunk_rows: int) -> int:
    """Bulk requests that `rows` rows cost."""
    return -(-rows // chunk_rows)
