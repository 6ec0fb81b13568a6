"""A portal of a few records behind `responses`, for the tests of the ingest stage."""

import json
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from pydantic import SecretStr
from requests import PreparedRequest

from include.core.settings import TokenEndpoint
from include.stages.protocol import StageContext
from tests.conftest import PROJECT_ROOT

ADDRESS = "https://portal.example"
Record = dict[str, Any]


@dataclass
class Portal:
    """Streams of records; `asked` keeps the questions, `extra` adds fields to every record of a stream."""

    streams: dict[str, list[Record]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    status: int = 200

    def put(self, stream: str, *records: Record) -> None:
        """Write records; one with a known id replaces it."""
        known = {record["id"]: record for record in self.streams.get(stream, [])}
        self.streams[stream] = list((known | {record["id"]: record for record in records}).values())

    def install(self, mock: responses.RequestsMock) -> None:
        """Answer every request to the portal's address."""
        mock.add_callback("GET", re.compile(re.escape(ADDRESS) + "/.*"), callback=self._answer)

    def _answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(request.url or "")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        stream = parts.path.rsplit("/", 1)[-1].replace("-", "_")
        self.asked.append((stream, query))
        since = query.get("updated_since", "")
        rows = [record for record in self.streams.get(stream, []) if str(record.get("updated_at", "9")) >= since]
        rows.sort(key=lambda record: (str(record.get("updated_at")), record["id"]))
        first, limit = int(query.get("cursor", 0)), int(query["limit"])
        following = str(first + limit) if first + limit < len(rows) else None
        return self.status, {}, json.dumps({"data": rows[first : first + limit], "next_cursor": following})


def company(number: int, **facts: Any) -> Record:
    """An exporter's record as the portal gives it."""
    return {
        "id": f"E{number:06d}",
        "audience": "exporter",
        "nit": "800197268-4",
        "name": f"Exportadora Inventada {number} S.A.S.",
        "country": "CO",
        "email": f"ventas{number}@inventada.example",
        "languages": ["es:C2"],
        "status": "active",
        "profile_status": "approved",
        "created_at": "2026-01-01T08:00:00Z",
        "updated_at": f"2026-10-01T{number // 60:02d}:{number % 60:02d}:00Z",
        **facts,
    }


def registration(number: int, **facts: Any) -> Record:
    """An exporter's registration as the portal gives it."""
    return {
        "id": f"R{number:06d}",
        "audience": "exporter",
        "submitted_at": "2026-10-01T08:00:00Z",
        "updated_at": f"2026-10-01T08:{number:02d}:00Z",
        "nit": "800197268-4",
        "company_name": f"Exportadora Inventada {number} S.A.S.",
        "country": "Colombia",
        "status": "pending",
        "origin": "form",
        **facts,
    }


def gone(record_id: str, at: str) -> Record:
    """What the portal says of a record it deleted."""
    return {"id": record_id, "deleted": True, "updated_at": at}


def connected(ctx: StageContext, run_id: str = "run-1") -> StageContext:
    """The context with the portal's address, for one more run."""
    endpoint = TokenEndpoint(url=ADDRESS, token=SecretStr("tok-12345"))
    return replace(ctx, settings=ctx.settings.model_copy(update={"portal": endpoint}), run_id=run_id)


def own_sheets(ctx: StageContext, folder: Path, streams: tuple[str, ...] = ()) -> StageContext:
    """The context on a copy of the source sheets that a test may change; the portal's with `streams` alone."""
    config = folder / "config"
    copytree(PROJECT_ROOT / "include" / "config" / "sources", config / "sources")
    if streams:
        sheet = config / "sources" / "portal.yml"
        head, *blocks = re.split(r"(?m)^(?=  [a-z_]+:$)", sheet.read_text())
        kept = [block for block in blocks if block.split(":")[0].strip() in streams]
        sheet.write_text(head + "".join(kept))
    return replace(ctx, settings=ctx.settings.model_copy(update={"config_dir": config}))


def mend(ctx: StageContext, old: str, new: str) -> None:
    """Change the first place where the portal's own sheet says `old`."""
    sheet = ctx.settings.config_dir / "sources" / "portal.yml"
    text = sheet.read_text()
    assert old in text
    sheet.write_text(text.replace(old, new, 1))


def staged(ctx: StageContext, dataset: str, key: str) -> dict[str, Record]:
    """The rows of a dataset by key."""
    return {row[key]: row for row in ctx.lake.read(dataset).to_pylist()}
