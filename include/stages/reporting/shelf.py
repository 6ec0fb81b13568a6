"""Where report files are kept: under `reports/` of the lake, wherever the lake is.

A file appears whole or not at all. Readers get a path on this machine; from a remote lake a copy is fetched.
"""

import uuid
from pathlib import Path

import fsspec
from fsspec.implementations.local import LocalFileSystem


class Shelf:
    """The folder `reports/<name>` of a lake at `lake_url`; `cache` holds copies of remote files."""

    def __init__(self, lake_url: str, name: str, cache: Path) -> None:
        self._fs, base = fsspec.core.url_to_fs(lake_url)
        self._base = f"{str(base).rstrip('/')}/reports/{name}"
        self._cache = cache / "reports" / name

    def has(self, path: str) -> bool:
        """Return whether the file is there."""
        return bool(self._fs.exists(f"{self._base}/{path}"))

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        return bytes(self._fs.cat_file(f"{self._base}/{path}"))

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place; on a disk beside it first, on an object store in one request."""
        target = f"{self._base}/{path}"
        if not isinstance(self._fs, LocalFileSystem):
            self._fs.pipe_file(target, content)
            return
        self._fs.makedirs(target.rsplit("/", 1)[0], exist_ok=True)
        scratch = f"{target}.{uuid.uuid4().hex[:8]}.tmp"
        self._fs.pipe_file(scratch, content)
        Path(scratch).replace(target)

    def fetch(self, path: str) -> Path:
        """Return the file on this machine, copied from the lake when that is elsewhere."""
        if isinstance(self._fs, LocalFileSystem):
            return Path(f"{self._base}/{path}")
        copy = self._cache / path
        if not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            self._fs.get_file(f"{self._base}/{path}", str(copy))
        return copy
