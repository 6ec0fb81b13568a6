"""Processes the demo starts, and how none of them is left behind.

Each member is the leader of a session of its own. Airflow puts its tasks into process groups of their own, which a
signal to the leader's group would miss; nobody leaves the session, so the session is what is ended. Who belongs to the
demo is written to `<home>/demo.json`, with the moment each process began, because process ids are used again.
"""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

GRACE_S = 8.0
_INSIST_S = 10.0
_SAME_MOMENT_S = 1.0


@dataclass(frozen=True)
class Member:
    """A process started by the demo: `pid` is also the id of its session."""

    name: str
    pid: int
    created: float
    log: str


class Crew:
    """The running members. Leaving the `with` block ends them all, whatever happened inside."""

    def __init__(self, home: Path, grace: float = GRACE_S) -> None:
        self.home = home.resolve()
        self.grace = grace
        self.state_file = self.home / "demo.json"
        self._popen: dict[str, subprocess.Popen[bytes]] = {}
        self._members: list[Member] = []
        self._notes: dict[str, Any] = {}

    def __enter__(self) -> "Crew":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path) -> None:
        """Start a member; its output goes to `log`, from the beginning."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as output:
            process = subprocess.Popen(
                list(command),
                env=dict(env),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._popen[name] = process
        self._members.append(Member(name, process.pid, psutil.Process(process.pid).create_time(), str(log)))
        self._write_state()

    def note(self, **facts: Any) -> None:
        """Add facts to the state file for whoever watches the demo from outside; never a secret."""
        self._notes |= facts
        self._write_state()

    def _write_state(self) -> None:
        members = [asdict(member) for member in self._members]
        state = {"runner": os.getpid(), "members": members, "notes": self._notes}
        scratch = self.state_file.with_suffix(".tmp")
        scratch.write_text(json.dumps(state, indent=2), encoding="utf-8")
        scratch.replace(self.state_file)

    def pid(self, name: str) -> int:
        """The process id of a member."""
        return self._popen[name].pid

    def exit_code(self, name: str) -> int | None:
        """The exit code of a member, None while it runs."""
        return self._popen[name].poll()

    def log_tail(self, name: str, lines: int = 25) -> str:
        """The last lines of a member's log."""
        log = next(Path(member.log) for member in self._members if member.name == name)
        return tail(log, lines)

    def stop(self) -> list[int]:
        """End every member and all it started; return the pids that are still there, which should be none."""
        left = _end(self._members, self.home, self.grace)
        for process in self._popen.values():
            if process.pid not in left:
                process.wait()
        if not left:
            self.state_file.unlink(missing_ok=True)
        return left


def stop_leftovers(home: Path) -> tuple[int, list[int]]:
    """End what a crashed demo left in `home`. Returns (how many processes there were, pids still there)."""
    state_file = home / "demo.json"
    if not state_file.exists():
        return 0, []
    members = [Member(**entry) for entry in json.loads(state_file.read_text(encoding="utf-8"))["members"]]
    found = len(_processes_of(members, home))
    left = _end(members, home, GRACE_S)
    if not left:
        state_file.unlink()
    return found, left


def tail(log: Path, lines: int) -> str:
    """The last lines of a log file; empty when there is none."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _end(members: Sequence[Member], home: Path, grace: float) -> list[int]:
    """Ask first, insist after `grace` seconds; ask again and again, as a dying scheduler may still start a task."""
    deadline = time.monotonic() + grace
    asked: set[int] = set()
    while processes := _processes_of(members, home):
        late = time.monotonic() > deadline
        if time.monotonic() > deadline + _INSIST_S:
            break
        fresh = [process for process in processes if late or process.pid not in asked]
        _signal(fresh, signal.SIGKILL if late else signal.SIGTERM)
        asked |= {process.pid for process in processes}
        psutil.wait_procs(processes, timeout=0.2)
    return [process.pid for process in processes]


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        try:
            process.send_signal(number)
        except psutil.NoSuchProcess:
            continue


def _processes_of(members: Sequence[Member], home: Path) -> list[psutil.Process]:
    """Living processes in the sessions of `members`; zombies are dead already."""
    sessions = {member.pid for member in members if _is_session_of(member)}
    found = []
    for process in psutil.process_iter():
        try:
            if os.getsid(process.pid) not in sessions or process.status() == psutil.STATUS_ZOMBIE:
                continue
            if Path(process.cwd()).is_relative_to(home.resolve()):
                found.append(process)
        except (psutil.Error, ProcessLookupError, PermissionError):
            continue
    return found


def _is_session_of(member: Member) -> bool:
    """False when the leader's pid was given to a stranger since. A leader that is gone leaves its session behind."""
    try:
        created = psutil.Process(member.pid).create_time()
    except psutil.NoSuchProcess:
        return True
    return bool(abs(created - member.created) < _SAME_MOMENT_S)
