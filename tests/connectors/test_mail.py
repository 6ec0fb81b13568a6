"""Mail through a real SMTP server on this machine: what arrives, what is refused, and what may be tried again."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from connectors.mail import Mailer, Message, compose
from include.core.errors import RecordRejected, RetriableError
from include.core.settings import MailServer


class Inbox:
    """Keeps what arrives; `answers` gives the reply to a recipient."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[MailServer]:
    with socket.socket() as free:  # the controller cannot be asked for any free port
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield MailServer(host="127.0.0.1", port=port)
    controller.stop()


def message(to: str = "ana@inventada.example", **facts: Any) -> Message:
    known: dict[str, Any] = {
        "subject": "Su registro está en revisión",
        "text": "Buenos días, Ana.\nGracias por escribirnos.",
        "message_id": "reg-1.accept@hub.example",
        "sent_at": datetime(2026, 11, 3, 12, tzinfo=UTC),
    }
    return Message(to=(to,), **(known | facts))


def test_text_and_html_arrive_with_their_accents(server: MailServer, inbox: Inbox) -> None:
    with Mailer(server) as mailer:
        mailer.send(message(html="<p>Buenos días, <b>Ana</b>.</p>"))
        mailer.send(message(subject="Segundo", message_id="reg-2@hub.example"))
    first, second = inbox.letters
    assert first["Subject"] == "Su registro está en revisión"
    assert first["Message-ID"] == "<reg-1.accept@hub.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    body = first.get_body(("plain",))
    html = first.get_body(("html",))
    assert body is not None
    assert html is not None
    assert "Buenos días, Ana." in body.get_content()
    assert "<b>Ana</b>" in html.get_content()
    assert second["Subject"] == "Segundo"


@pytest.mark.parametrize(("answer", "error"), [("550 no such user", RecordRejected), ("451 later", RetriableError)])
def test_a_refusal_says_whether_to_try_again(
    server: MailServer, inbox: Inbox, answer: str, error: type[Exception]
) -> None:
    inbox.answers["ana@inventada.example"] = answer
    with Mailer(server) as mailer:
        with pytest.raises(error) as caught:
            mailer.send(message())
        mailer.send(message(to="otro@inventada.example"))
    assert "ana@" not in str(caught.value)
    assert len(inbox.letters) == 1, "one refusal does not stop the next message"


def test_a_server_that_is_away_may_be_tried_again(server: MailServer) -> None:
    away = server.model_copy(update={"port": 1})
    with pytest.raises(RetriableError, match="out of reach"), Mailer(away) as mailer:
        mailer.send(message())


@pytest.mark.parametrize("facts", [{"subject": "Hola\nBcc: todos@x.example"}, {"to": "a@x.example\nBcc: b@x.example"}])
def test_no_value_can_forge_a_header(facts: dict[str, Any]) -> None:
    with pytest.raises(RecordRejected, match="line break"):
        compose(message(**facts), "NEO <neo@procolombia.example>")
