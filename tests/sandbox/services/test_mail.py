"""Caught mail: everything sent is kept, nothing leaves, and strangers' HTML is shown without power."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from include.sandbox.mail import Mailbox


@pytest.fixture(autouse=True)
def _emptied(sandbox_control: Any) -> Iterator[None]:
    yield
    sandbox_control("mail", "DELETE", "messages")


def send(sandbox: Any, html: str = "", attach: bool = False) -> None:
    message = EmailMessage()
    message["Subject"], message["From"] = "Nueva compañía en espera", sandbox.env["HUB_MAIL__SENDER"]
    message["To"] = "ana@procolombia.example"
    message.set_content("Hola, Ana: hay una empresa por llamar.\n")
    if html:
        message.add_alternative(html, subtype="html")
    if attach:
        message.add_attachment(b"a,b\n", maintype="text", subtype="csv", filename="lista.csv")
    with smtplib.SMTP(sandbox.env["HUB_MAIL__HOST"], int(sandbox.env["HUB_MAIL__PORT"]), timeout=10) as smtp:
        smtp.send_message(message, to_addrs=["ana@procolombia.example", "luis@procolombia.example"])


def caught(call: Any, sandbox: Any) -> list[dict[str, Any]]:
    answer = call("mail")("GET", "/api/messages", headers={"X-Sandbox-Token": sandbox.control_token})
    messages: list[dict[str, Any]] = answer.json()["messages"]
    return messages


def test_a_mail_is_kept_with_the_envelope_and_all_its_parts(call: Any, sandbox: Any) -> None:
    send(sandbox, html="<p>Hola</p>", attach=True)
    (mail,) = caught(call, sandbox)
    assert mail["subject"] == "Nueva compañía en espera"
    assert mail["recipients"] == ["ana@procolombia.example", "luis@procolombia.example"]
    assert "empresa por llamar" in mail["text"]
    assert mail["html"].strip() == "<p>Hola</p>"
    assert mail["attachments"] == [{"name": "lista.csv", "media_type": "text/csv", "size": 4}]


def test_the_page_wants_a_login(call: Any, sandbox: Any) -> None:
    user = sandbox.users[0]
    assert call("mail")("GET", "/").status_code == 401
    assert call("mail")("GET", "/", auth=(user["user"], "guess")).status_code == 401
    assert call("mail")("GET", "/", auth=("nobody", "")).status_code == 401
    assert call("mail")("GET", "/", auth=(user["user"], user["password"])).status_code == 200


def test_html_of_strangers_has_no_power(call: Any, sandbox: Any) -> None:
    send(sandbox, html="<script>alert(1)</script><p>hola</p>")
    number = caught(call, sandbox)[0]["number"]
    login = (sandbox.users[0]["user"], sandbox.users[0]["password"])
    page = call("mail")("GET", f"/mensajes/{number}", auth=login)
    body = call("mail")("GET", f"/mensajes/{number}/cuerpo", auth=login)
    assert "<script" not in page.text
    assert '<iframe sandbox src="' in page.text
    assert body.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert call("mail")("GET", "/mensajes/999/cuerpo", auth=login).status_code == 404


def test_a_plain_mail_is_shown_as_text(call: Any, sandbox: Any) -> None:
    send(sandbox)
    number = caught(call, sandbox)[0]["number"]
    body = call("mail")("GET", f"/mensajes/{number}/cuerpo", headers={"X-Sandbox-Token": sandbox.control_token})
    assert "<pre" in body.text
    assert "empresa por llamar" in body.text


def test_a_mailbox_remembers_after_a_restart(tmp_path: Path) -> None:
    box = Mailbox(tmp_path / "mail")
    box.keep(b"Subject: uno\r\n\r\nhola\r\n", ["a@x.example"])
    again = Mailbox(tmp_path / "mail")
    assert [(mail.number, mail.subject, mail.recipients) for mail in again.all()] == [(1, "uno", ("a@x.example",))]
    assert again.keep(b"\r\nno headers", []).number == 2
    again.clear()
    assert not Mailbox(tmp_path / "mail").all()


def test_odd_mail_is_kept_all_the_same(tmp_path: Path) -> None:
    box = Mailbox(tmp_path)
    odd = b"Subject: =?no-such?q?x?=\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\xfe caf\xe9\r\n"
    assert "caf" in box.keep(odd, ["a@x.example"]).text
