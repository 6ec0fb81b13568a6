"""SMTP on the loopback address: accepts everything that is well formed, delivers nothing."""

import asyncio
import socket
import threading

from aiosmtpd.smtp import SMTP, Envelope, Session

from include.sandbox.mail.box import Mailbox

MAX_BYTES = 20_000_000
START_TIMEOUT_S = 5.0
STOP_TIMEOUT_S = 5.0


class _Catch:
    def __init__(self, box: Mailbox) -> None:
        self._box = box

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Called by aiosmtpd, which prescribes the name."""
        content = envelope.content
        raw = content.encode("utf-8", errors="surrogateescape") if isinstance(content, str) else bytes(content or b"")
        mail = self._box.keep(raw, list(envelope.rcpt_tos))
        return f"250 2.0.0 kept as {mail.number}"


class MailServer:
    """The SMTP listener; runs in a thread of its own from `start` to `stop`.

    aiosmtpd's own controller cannot take a free port: it calls itself on the port it was given.
    """

    def __init__(self, box: Mailbox, port: int = 0, host: str = "127.0.0.1") -> None:
        self._handler = _Catch(box)
        self._address = (host, port)
        self._loop = asyncio.new_event_loop()
        self._thread: threading.Thread | None = None
        self._is_listening = threading.Event()

    def start(self) -> int:
        """Listen; returns the port. Raises OSError when it is taken."""
        listener = socket.create_server(self._address)
        self._thread = threading.Thread(target=self._run, args=(listener,), name="sandbox-smtp", daemon=True)
        self._thread.start()
        if not self._is_listening.wait(START_TIMEOUT_S):
            raise RuntimeError("the mail server did not start")
        return int(listener.getsockname()[1])

    def stop(self) -> None:
        """Close the listener and end the thread. Stopping twice is harmless."""
        if self._thread is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_TIMEOUT_S)

    def _run(self, listener: socket.socket) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(self._loop.create_server(self._protocol, sock=listener))
        self._loop.call_soon(self._is_listening.set)
        try:
            self._loop.run_forever()
        finally:
            server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))  # lets cancelled conversations end
            self._loop.close()

    def _protocol(self) -> SMTP:
        return SMTP(self._handler, data_size_limit=MAX_BYTES, enable_SMTPUTF8=True, loop=self._loop)
