"""Runs an ASGI application in a background thread of this process, over TLS when certificates are given.

The listening socket is bound before the thread starts, so the address is known and nothing races for the port.
"""

import socket
import threading
import time
from dataclasses import dataclass
from typing import Any

import uvicorn

from include.sandbox.tls import Certificates

START_TIMEOUT_S = 15.0
STOP_TIMEOUT_S = 10.0


@dataclass(frozen=True)
class Server:
    """A running server: its base address (no trailing slash), its port, and the way to stop it."""

    url: str
    port: int
    _uvicorn: uvicorn.Server
    _thread: threading.Thread

    def stop(self) -> None:
        """Let running requests end, close the listener, wait for the thread. Stopping twice is harmless.

        Idle connections are dropped rather than waited for: over TLS a client may keep one open for a long time.
        """
        self._uvicorn.should_exit = True
        deadline = time.monotonic() + STOP_TIMEOUT_S
        self._thread.join(0.2)
        while self._thread.is_alive() and time.monotonic() < deadline:
            if not self._uvicorn.server_state.tasks:
                self._uvicorn.force_exit = True
            self._thread.join(0.1)

    @property
    def is_running(self) -> bool:
        """Whether the thread still serves."""
        return self._thread.is_alive()


def serve_in_thread(
    app: Any, certs: Certificates | None, port: int = 0, *, host: str = "127.0.0.1", name: str = "localhost"
) -> Server:
    """Serve `app` (any ASGI application) and return when it answers.

    `port=0` takes a free one. `name` is the host name put in the URL; it must be a name of the certificate.
    Raises OSError when the port is taken and RuntimeError when the application does not start.
    """
    listener = socket.create_server((host, port), backlog=256)
    bound = int(listener.getsockname()[1])
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=60,
        lifespan="off",  # no application here has one, and a forced end would cut it short with a trace
        ssl_certfile=str(certs.cert_pem) if certs else None,
        ssl_keyfile=str(certs.key_pem) if certs else None,
    )
    server = uvicorn.Server(config)
    started = threading.Event()
    thread = threading.Thread(target=_run, args=(server, listener, started), name=f"sandbox-{bound}", daemon=True)
    thread.start()
    if not _wait_until_started(server, thread, started):
        raise RuntimeError(f"the server on port {bound} did not start")
    scheme = "https" if certs else "http"
    return Server(f"{scheme}://{name}:{bound}", bound, server, thread)


def _run(server: uvicorn.Server, listener: socket.socket, started: threading.Event) -> None:
    try:
        server.run(sockets=[listener])
    finally:
        started.set()
        listener.close()


def _wait_until_started(server: uvicorn.Server, thread: threading.Thread, ended: threading.Event) -> bool:
    """Poll: uvicorn offers no start signal; its flag is polled at a rate no human notices."""
    waited = 0.0
    while waited < START_TIMEOUT_S and thread.is_alive():
        if server.started:
            return True
        ended.wait(0.02)
        waited += 0.02
    return bool(server.started)
