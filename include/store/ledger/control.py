"""Leases and kill switches."""

import os
import socket
from datetime import timedelta

import psutil
from sqlalchemy import delete, desc, insert, select, update

from include.store.ledger.repository import Repository, Row
from include.store.ledger.tables import lock, switch


class LockRepository(Repository):
    """A lease: whoever holds it works.

    The lease of a holder that died runs out by itself; when it died on this machine it is free at once, so that
    a killed run can be run again without waiting.
    """

    def acquire(self, name: str, owner: str, ttl_seconds: float) -> bool:
        """Take or renew the lease `name`; False when somebody else holds it."""
        now = self.clock.now()
        until = now + timedelta(seconds=ttl_seconds)
        with self._write() as connection:
            held = connection.execute(select(lock).where(lock.c.name == name)).mappings().first()
            values = {"owner": owner, "process": _this_process(), "expires_at": until}
            if held is None:
                connection.execute(insert(lock).values(name=name, **values))
                return True
            is_free = held["owner"] == owner or held["expires_at"] <= now or _is_dead(held["process"])
            if is_free:
                connection.execute(update(lock).where(lock.c.name == name).values(values))
            return is_free

    def release(self, name: str, owner: str) -> None:
        """Give the lease back, if it is ours."""
        with self._write() as connection:
            connection.execute(delete(lock).where(lock.c.name == name, lock.c.owner == owner))

    def held(self) -> list[Row]:
        """Leases that are held now."""
        return self._rows(select(lock).where(lock.c.expires_at > self.clock.now()).order_by(lock.c.name))

    def drop_expired(self) -> int:
        """Forget leases that ran out; return how many."""
        with self._write() as connection:
            return connection.execute(delete(lock).where(lock.c.expires_at <= self.clock.now())).rowcount


class SwitchRepository(Repository):
    """A switch is on unless the newest row says otherwise."""

    def is_on(self, name: str) -> bool:
        """True unless somebody switched `name` off."""
        row = self._first(select(switch).where(switch.c.name == name).order_by(desc(switch.c.id)).limit(1))
        return True if row is None else bool(row["is_on"])

    def turn(self, name: str, *, on: bool, reason: str, actor: str) -> None:
        """Turn a switch on or off; the history stays."""
        row = {"name": name, "is_on": on, "reason": reason, "actor": actor, "at": self.clock.now()}
        self._insert_many(switch, [row])


def _this_process() -> str:
    """Host, pid and start time: a pid alone may be somebody else's by now."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def _is_dead(process: str) -> bool:
    """True when the process ran on this machine and is no longer there; of other machines nothing is known."""
    host, pid, started = process.rsplit(":", 2)
    if host != socket.gethostname():
        return False
    try:
        return f"{psutil.Process(int(pid)).create_time():.2f}" != started
    except psutil.NoSuchProcess:
        return True
