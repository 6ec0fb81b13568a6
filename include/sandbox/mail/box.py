"""The messages that were caught: one `.eml` file each, read back on start."""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from pathlib import Path


@dataclass(frozen=True)
class Attachment:
    """A file sent along, without its content."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True)
class Mail:
    """A caught message."""

    number: int
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]


class Mailbox:
    """All messages, newest last. `folder` holds the files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder = folder
        self._lock = threading.Lock()
        self._mails = [_read(path) for path in sorted(folder.glob("*.eml"))]

    def keep(self, content: bytes, recipients: list[str], at: datetime | None = None) -> Mail:
        """Store a message as it came over the wire; the envelope's recipients are kept in a header."""
        moment = at or datetime.now(UTC)
        with self._lock:
            number = self._mails[-1].number + 1 if self._mails else 1
            head = f"X-Sandbox-Received: {moment.isoformat()}\r\nX-Sandbox-Recipients: {', '.join(recipients)}\r\n"
            path = self._folder / f"{number:06d}.eml"
            path.write_bytes(head.encode() + content)
            mail = _read(path)
            self._mails.append(mail)
        return mail

    def all(self) -> list[Mail]:
        """Every message, oldest first."""
        with self._lock:
            return list(self._mails)

    def get(self, number: int) -> Mail | None:
        """One message, or None."""
        return next((mail for mail in self.all() if mail.number == number), None)

    def clear(self) -> None:
        """Forget all messages."""
        with self._lock:
            for mail in self._mails:
                (self._folder / f"{mail.number:06d}.eml").unlink(missing_ok=True)
            self._mails.clear()


def _read(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    recipients = str(message.get("X-Sandbox-Recipients", ""))
    return Mail(
        number=int(path.stem),
        received_at=datetime.fromisoformat(str(message["X-Sandbox-Received"])),
        sender=str(message.get("From", "")),
        recipients=tuple(part.strip() for part in recipients.split(",") if part.strip()),
        subject=str(message.get("Subject", "")),
        text=_body(message, "plain"),
        html=_body(message, "html"),
        attachments=tuple(_attachment(part) for part in message.iter_attachments()),
    )


def _attachment(part: MIMEPart) -> Attachment:
    return Attachment(part.get_filename() or "adjunto", part.get_content_type(), len(_raw(part)))


def _raw(part: MIMEPart) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, UnicodeDecodeError):  # a charset nobody knows
        return _raw(part).decode("utf-8", errors="replace")
