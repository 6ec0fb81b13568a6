"""Feedback through the real protocols: the portal's service interface and an SMTP server, on one machine."""

from dataclasses import replace
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest

from include.core.settings import load_settings
from include.stages import feedback
from include.stages.protocol import StageContext
from include.stages.registration import run as decide
from tests.stages.registration_lake import form, publish_registrations
from tests.stages.test_feedback import wrote

if TYPE_CHECKING:
    from include.sandbox.up import Sandbox


@pytest.fixture
def connected(ctx: StageContext, fresh_sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch) -> StageContext:
    """A hub that talks to the sandbox; two registrations of the sandbox's world were decided."""
    for name, value in fresh_sandbox.env.items():
        monkeypatch.setenv(name, value)
    settings = load_settings(home=ctx.settings.home, ledger_url=ctx.settings.ledger_url, lake_url=ctx.settings.lake_url)
    accepted, refused = pending(fresh_sandbox)[:2]
    publish_registrations(ctx, [form(accepted), form(refused)], links={accepted: "CU-00000001", refused: "CU-00000002"})
    decide(ctx)
    wrote(ctx, "lead", refused)
    wrote(ctx, "task", f"REG-{refused}")
    return replace(ctx, settings=settings)


def pending(sandbox: "Sandbox") -> list[str]:
    assert sandbox.world is not None
    return sorted(row["id"] for row in sandbox.world.portal["registrations"] if row["status"] == "pending")


def test_answers_reach_the_portal_and_mails_their_readers(connected: StageContext, fresh_sandbox: "Sandbox") -> None:
    accepted, refused = pending(fresh_sandbox)[:2]
    summary = feedback.run(connected)
    assert summary.total.failed == 0
    assert summary.total.created == 4
    assert fresh_sandbox.portal.get("registrations", accepted)["status"] == "accepted"
    assert fresh_sandbox.portal.get("registrations", refused)["status"] == "refused"
    answer = fresh_sandbox.portal.latest_answer(refused)
    assert answer is not None
    assert "le llamará en los próximos días" in answer["message_es"]
    mails = {mail.recipients: mail for mail in fresh_sandbox.mailbox.all()}
    assert set(mails) == {("ana.toro@procolombia.example",), ("gerencia@sombraalta.co",)}
    advisor = mails["ana.toro@procolombia.example",]
    assert advisor.subject.startswith("Llamar a Café Sombra Alta S.A.S.")
    assert "Lucía Marín" in advisor.text
    assert "Lucía Marín" in advisor.html


def test_a_repetition_changes_nothing_on_the_portal(connected: StageContext, fresh_sandbox: "Sandbox") -> None:
    accepted, _ = pending(fresh_sandbox)[:2]
    feedback.run(connected)
    before = fresh_sandbox.portal.get("registrations", accepted)
    # As if the machine had died between the delivery and its mark.
    for message in connected.ledger.outbox.with_key_like("|"):
        connected.ledger.outbox.mark(message["id"], "pending")
    feedback.run(replace(connected, run_id="run-2"))
    assert fresh_sandbox.portal.get("registrations", accepted) == before
    files = sorted(fresh_sandbox.home.rglob("*.eml"))
    ids = [message_from_bytes(file.read_bytes())["Message-ID"] for file in files]
    assert len(ids) == 4
    assert len(set(ids)) == 2, "each mail came twice, under one Message-ID"


def test_a_registration_the_portal_does_not_know_fails_alone(ctx: StageContext, connected: StageContext) -> None:
    publish_registrations(ctx, [form("R-UNKNOWN")], links={"R-UNKNOWN": "CU-00000001"})
    decide(replace(ctx, run_id="run-2"))
    summary = feedback.run(connected)
    assert summary.parts["portal"].failed == 1
    assert summary.parts["portal"].created == 2
