"""Free ports on this machine for everything the demo starts."""

import socket
from dataclasses import dataclass

from include.core.errors import ConfigError

SANDBOX_PORTS = 7  # NEO, portal, registry, lists, directory, mail page, SMTP
_TRIES = 40


@dataclass(frozen=True)
class Ports:
    """Where things listen. `sandbox` is the first of SANDBOX_PORTS in a row."""

    sandbox: int
    airflow: int
    worker_log: int
    trigger_log: int


def choose_ports(sandbox: int = 8443, airflow: int = 8080) -> Ports:
    """Return the preferred ports where they are free and the next free ones where they are not.

    Raises ConfigError when nothing is free nearby.
    """
    first = next((port for port in range(sandbox, sandbox + 10 * _TRIES, 10) if _are_free(port, SANDBOX_PORTS)), None)
    taken = set() if first is None else set(range(first, first + SANDBOX_PORTS))
    free = (port for port in range(airflow, airflow + 10 * _TRIES) if port not in taken and _are_free(port))
    chosen = [next(free, None) for _ in range(3)]
    if first is None or None in chosen:
        raise ConfigError("hub demo up", "no free ports were found", "End what occupies them or pass other ports")
    api, worker_log, trigger_log = (int(port or 0) for port in chosen)
    return Ports(first, api, worker_log, trigger_log)


def _are_free(first: int, count: int = 1) -> bool:
    """True when all of `count` ports from `first` on can be bound on the loopback address."""
    for port in range(first, first + count):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
