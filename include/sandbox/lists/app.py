"""Serves the list files over HTTP as their publishers do, and breaks them on request.

A browser-like caller is expected (User-Agent), unchanged files answer 304. `/_sandbox/` cuts a file, shrinks a list,
takes it off, or publishes a new version.
"""

import hashlib
import threading
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Literal

from fastapi import APIRouter, FastAPI, HTTPException, Query, Request
from fastapi.responses import Response

from include.sandbox.control import Clock, Control, utc_now
from include.sandbox.lists.files import END_MARK, FILES

Damage = Literal["cut", "shrunk", "gone"]
CUT_SHARE = 0.6  # what is left of a cut file
SHRUNK_SHARE = 0.5  # of the entries, in a file that is well formed to its end


@dataclass(frozen=True)
class Publication:
    """What is served at a path now."""

    list_code: str
    content: bytes
    media_type: str
    published_at: datetime

    @property
    def etag(self) -> str:
        """A strong tag of the content."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class Shelf:
    """The publications by path. Damage is laid over them and can be taken off again."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._published = {
            file.path: Publication(file.list_code, file.content(), file.media_type, file.published_at) for file in FILES
        }
        self._damage: dict[str, Damage] = {}

    def paths(self) -> list[str]:
        """Every path served."""
        return sorted(self._published)

    def lists(self) -> list[str]:
        """Codes of the lists."""
        return sorted({publication.list_code for publication in self._published.values()})

    def read(self, path: str) -> Publication | None:
        """What is served at `path`; None when the list was taken off. Raises KeyError for an unknown path."""
        with self._lock:
            publication = self._published[path]
            damage = self._damage.get(publication.list_code)
        if damage == "gone":
            return None
        return publication if damage is None else replace(publication, content=_damaged(publication, damage))

    def damage(self, list_code: str, damage: Damage) -> None:
        """Serve a list damaged from now on."""
        with self._lock:
            self._damage[list_code] = damage

    def restore(self) -> None:
        """Serve every list as published."""
        with self._lock:
            self._damage.clear()

    def publish(self, path: str, content: bytes, at: datetime) -> Publication:
        """Publish a new version of one file. Raises KeyError for an unknown path."""
        with self._lock:
            fresh = replace(self._published[path], content=content, published_at=at)
            self._published[path] = fresh
        return fresh


def create_lists_app(shelf: Shelf, control_token: str, *, now: Clock = utc_now) -> FastAPI:
    """The lists server."""
    app = FastAPI(title="Listas restrictivas", docs_url=None, redoc_url=None)
    control = Control(control_token, now)
    router = control.install(app)
    _add_controls(router, shelf, now)
    app.include_router(router)

    @app.api_route("/{folder}/{name}", methods=["GET", "HEAD"])
    def read(folder: str, name: str, request: Request) -> Response:
        if not request.headers.get("user-agent", "").strip():
            raise HTTPException(403, "a User-Agent is required")
        try:
            publication = shelf.read(f"/{folder}/{name}")
        except KeyError:
            raise HTTPException(404, "there is no such file") from None
        if publication is None:
            raise HTTPException(503, "the file is not available at this moment", {"Retry-After": "120"})
        headers = {"ETag": publication.etag, "Last-Modified": format_datetime(publication.published_at, usegmt=True)}
        if _is_unchanged(request, publication):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return Response(publication.content, media_type=publication.media_type, headers=headers)

    return app


def _is_unchanged(request: Request, publication: Publication) -> bool:
    """The tag decides where one is sent; the date only without it (RFC 9110, 13.2.2)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return publication.etag in (tag.strip().removeprefix("W/") for tag in tags.split(",")) or tags.strip() == "*"
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
        return publication.published_at.replace(microsecond=0) <= since
    except (ValueError, TypeError):
        return False


def _damaged(publication: Publication, damage: Damage) -> bytes:
    content = publication.content
    if damage == "cut":
        return content[: int(len(content) * CUT_SHARE)]
    if content.endswith(END_MARK):
        lines = content.rstrip(END_MARK).splitlines(keepends=True)
        return b"".join(lines[: int(len(lines) * SHRUNK_SHARE)]) + END_MARK
    return _fewer_individuals(content)


def _fewer_individuals(content: bytes) -> bytes:
    """The UN file without the second half of its individuals: well formed, complete to its end, and too short."""
    end = b"</INDIVIDUAL>"
    keep = int(content.count(end) * SHRUNK_SHARE)
    first = 0
    for _ in range(keep):
        first = content.index(end, first) + len(end)
    last = content.rindex(end) + len(end)
    return content[:first] + content[last:]


def _add_controls(router: APIRouter, shelf: Shelf, now: Clock) -> None:
    @router.post("/cut/{list_code}")
    def cut(list_code: str, how: Annotated[Damage, Query()] = "cut") -> dict[str, str]:
        if list_code not in shelf.lists():
            raise HTTPException(404, f"there is no list {list_code}; there are {', '.join(shelf.lists())}")
        shelf.damage(list_code, how)
        return {"list": list_code, "how": how}

    @router.post("/restore")
    def restore() -> dict[str, list[str]]:
        shelf.restore()
        return {"lists": shelf.lists()}

    @router.put("/publish/{folder}/{name}")
    async def publish(folder: str, name: str, request: Request) -> dict[str, str]:
        try:
            fresh = shelf.publish(f"/{folder}/{name}", await request.body(), now())
        except KeyError:
            raise HTTPException(404, f"there is no such file; there are {', '.join(shelf.paths())}") from None
        return {"path": f"/{folder}/{name}", "etag": fresh.etag}
