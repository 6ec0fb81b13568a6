"""A fingerprint of the code that computes datasets: when it changes, stages do their work again."""

import hashlib
from functools import cache

from include.core.sheets import PROJECT_ROOT

COMPUTING = ("transforms", "include/core", "include/stages", "sql")
SUFFIXES = {".py", ".sql"}


@cache
def code_version() -> str:
    """Return 12 hex digits over every file that takes part in computing a dataset."""
    digest = hashlib.sha256()
    for folder in COMPUTING:
        for path in sorted((PROJECT_ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES:
                digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
