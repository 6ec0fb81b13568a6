"""The sandbox's files below a home: secrets, the world's card, what it tells the hub, and who is running.

Everything that could be secret is written readable by its owner alone.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psutil

_STATE_FILES = ("neo.db", "portal.db", "rues.db", "directory.json", "world.json", "truth.json")
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True)
class WorldCard:
    """Which world the stores hold; written last, so that its absence means a seeding was cut short."""

    scale: str
    seed: int
    today: str


@dataclass(frozen=True)
class ServiceTokens:
    """Fixed tokens of the services that know no sign-in."""

    portal: str
    rues: str


@dataclass(frozen=True)
class Running:
    """A sandbox that says it is running, from its `ready.json`."""

    pid: int
    started_at: float
    ready: dict[str, Any]

    def is_alive(self) -> bool:
        """True while that very process runs.

        Process ids are used again, so its start counts too; one that ended and waits for its parent does not run.
        """
        try:
            process = psutil.Process(self.pid)
            is_same = abs(float(process.create_time()) - self.started_at) < _SAME_MOMENT_S
            return is_same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


class SandboxHome:
    """Paths and small files below `<home>/sandbox`."""

    def __init__(self, home: Path) -> None:
        self.home = home.resolve()
        self.folder = self.home / "sandbox"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def path(self, name: str) -> Path:
        """A file of the sandbox."""
        return self.folder / name

    @property
    def env_file(self) -> Path:
        """What the hub reads to find the sandbox."""
        return self.home / "hub.env"

    def wipe(self) -> None:
        """Forget the world and everything that happened in it; secrets and certificates stay."""
        for name in _STATE_FILES:
            for suffix in ("", "-wal", "-shm"):
                self.path(name + suffix).unlink(missing_ok=True)
        shutil.rmtree(self.path("mail"), ignore_errors=True)

    def tokens(self) -> ServiceTokens:
        """The fixed tokens, made on first use."""
        path = self.path("tokens.json")
        if not path.exists():
            fresh = ServiceTokens(secrets.token_urlsafe(32), secrets.token_urlsafe(18))
            write_private(path, json.dumps(asdict(fresh)))
        return ServiceTokens(**json.loads(path.read_text(encoding="utf-8")))

    def world_card(self) -> WorldCard | None:
        """The world in the stores, or None when there is none (any more)."""
        path = self.path("world.json")
        return WorldCard(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def write_world_card(self, scale: str, seed: int, today: date) -> None:
        """Declare the stores complete."""
        write_private(self.path("world.json"), json.dumps(asdict(WorldCard(scale, seed, today.isoformat()))))

    def write_env(self, env: Mapping[str, str]) -> None:
        """Write `hub.env`; values never hold quotes or line breaks."""
        text = "".join(f"{name}={value}\n" for name, value in env.items())
        write_private(self.env_file, "# Written by the sandbox on each start.\n" + text)

    def write_ready(self, ready: Mapping[str, Any]) -> None:
        """Tell the world that every listener answers."""
        me = psutil.Process(os.getpid())
        content = {"pid": me.pid, "started_at": me.create_time(), **ready}
        write_private(self.path("ready.json"), json.dumps(content, indent=2, ensure_ascii=False))

    def forget_ready(self) -> None:
        """Say that nothing answers any more."""
        self.path("ready.json").unlink(missing_ok=True)

    def running(self) -> Running | None:
        """The sandbox that runs on this home, or None."""
        path = self.path("ready.json")
        if not path.exists():
            return None
        ready = json.loads(path.read_text(encoding="utf-8"))
        found = Running(int(ready["pid"]), float(ready["started_at"]), ready)
        return found if found.is_alive() else None


def write_private(path: Path, text: str) -> None:
    """Replace a file at once; nobody but its owner can read it at any moment."""
    beside = path.with_name(f".{path.name}.new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    beside.replace(path)
