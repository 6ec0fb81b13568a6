"""Outgoing mail by SMTP: plain text with an optional HTML part. What to say, and to whom, is the caller's."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType

from include.core.errors import ConfigError, RecordRejected, RetriableError
from include.core.settings import MailServer

SYSTEM = "mail"
_TIMEOUT_S = 20


@dataclass(frozen=True)
class Message:
    """A mail. `message_id` is ours and stable: a mail sent twice after a crash is seen to be the same."""

    to: tuple[str, ...]
    subject: str
    text: str
    message_id: str
    sent_at: datetime
    html: str | None = None
    reply_to: str | None = None


class Mailer:
    """One connection to the outgoing mail server, opened at the first message of a `with` block."""

    def __init__(self, server: MailServer, ca_bundle: Path | None = None) -> None:
        self._server = server
        self._ca_bundle = ca_bundle
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> "Mailer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye; a connection that is gone already is no error."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def send(self, message: Message) -> None:
        """Send one message.

        Raises RecordRejected when the server refuses this message for good, RetriableError when it is out of
        reach or asks to come back, ConfigError when it refuses us.
        """
        letter = compose(message, self._server.sender)
        try:
            refused = self._connection().send_message(letter, to_addrs=list(message.to))
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise self._verdict(message, max(codes, default=550)) from None
        except smtplib.SMTPResponseException as error:
            raise self._verdict(message, error.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise RetriableError(SYSTEM, f"the connection broke ({type(error).__name__})") from None
        if refused:
            raise self._verdict(message, max(code for code, _ in refused.values()))

    def _verdict(self, message: Message, code: int) -> RecordRejected | RetriableError:
        if code < 500:
            return RetriableError(SYSTEM, "the server asks to come back later", status=code)
        reason = f"the mail server refused the message ({code})"
        return RecordRejected(SYSTEM, message.message_id, "to", reason, "Check the address, then release the mail")

    def _connection(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        server = self._server
        try:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_TIMEOUT_S)
            if server.starttls:
                smtp.starttls(context=ssl.create_default_context(cafile=self._cafile()))
            if server.user:
                smtp.login(server.user, server.password.get_secret_value())
        except smtplib.SMTPAuthenticationError:
            raise ConfigError(
                "HUB_MAIL__USER / HUB_MAIL__PASSWORD", "the mail server refused the login", "Check both"
            ) from None
        except ssl.SSLError:
            raise ConfigError(
                f"{server.host}:{server.port}",
                "the mail server's certificate is not trusted",
                "Point HUB_CA_BUNDLE to the CA that signed it",
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            problem = f"{server.host}:{server.port} is out of reach ({type(error).__name__})"
            raise RetriableError(SYSTEM, problem) from None
        self._smtp = smtp
        return smtp

    def _cafile(self) -> str | None:
        return str(self._ca_bundle) if self._ca_bundle is not None else None


def compose(message: Message, sender: str) -> EmailMessage:
    """The mail as it goes out. Raises RecordRejected when an address or the subject could forge a header."""
    letter = EmailMessage(policy=SMTP)
    try:
        letter["From"] = sender
        letter["To"] = ", ".join(message.to)
        letter["Subject"] = message.subject
        letter["Date"] = format_datetime(message.sent_at)
        letter["Message-ID"] = f"<{message.message_id}>"
        if message.reply_to:
            letter["Reply-To"] = message.reply_to
        letter["Auto-Submitted"] = "auto-generated"
    except ValueError:
        reason = "an address or the subject holds a line break"
        raise RecordRejected(SYSTEM, message.message_id, "headers", reason, "Mend the record it came from") from None
    letter.set_content(message.text)
    if message.html is not None:
        letter.add_alternative(message.html, subtype="html")
    return letter
