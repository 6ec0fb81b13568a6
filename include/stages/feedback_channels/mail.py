"""Mails to advisors and companies."""

from email.utils import parseaddr
from types import TracebackType
from typing import Self

from connectors.mail import Mailer, Message
from include.core.fingerprint import fingerprint
from include.core.settings import Settings
from include.store.ledger.repository import Row


class MailChannel:
    """The outgoing mail server. A mail keeps its Message-ID, so that one sent twice is seen to be the same."""

    name = "mail"

    def __init__(self, settings: Settings) -> None:
        self._mailer = Mailer(settings.mail, settings.ca_bundle)
        self._domain = parseaddr(settings.mail.sender)[1].rpartition("@")[2] or "localhost"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mailer.close()

    def deliver(self, message: Row) -> str | None:
        """Send a mail."""
        payload = message["payload"]
        message_id = f"{fingerprint(message['dedupe_key'])}@{self._domain}"
        self._mailer.send(
            Message(
                to=(payload["to"],),
                subject=payload["subject"],
                text=payload["text"],
                html=payload["html"],
                message_id=message_id,
                sent_at=message["created_at"],
            )
        )
        return message_id
