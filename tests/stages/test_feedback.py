"""Feedback: queued once, delivered once in effect, held while it may not be said, and nothing is lost in a crash."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from types import TracebackType
from typing import Self

import pytest

from include.core.clock import FixedClock
from include.core.errors import ConfigError, OutcomeError, RecordRejected, RetriableError
from include.stages import feedback, protocol
from include.stages.protocol import StageContext
from include.stages.registration import run as decide
from include.stages.screening.tables import DOOR
from include.store.ledger.repository import Row
from tests.stages.registration_lake import BUYER, KNOWN, NEW, buyer_form, form, publish_registrations
from tests.stages.sarlaft_lake import publish


@dataclass
class FakeChannel:
    """A way out that remembers what it was given; `trouble` is raised for the messages it names."""

    name: str
    delivered: list[Row] = field(default_factory=list)
    trouble: dict[str, BaseException] = field(default_factory=dict)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def deliver(self, message: Row) -> str | None:
        problem = self.trouble.get(message["payload"]["registration_id"])
        if isinstance(problem, KeyboardInterrupt):
            self.delivered.append(message)  # it left, and then the machine died
        if problem is not None:
            raise problem
        self.delivered.append(message)
        return f"receipt-{len(self.delivered)}"


@dataclass
class Outside:
    """Both channels, as the stage opens them."""

    portal: FakeChannel
    mail: FakeChannel

    def told(self) -> list[tuple[str, str, str]]:
        """(channel, kind, registration) of everything delivered."""
        return [
            (channel.name, message["kind"], message["payload"]["registration_id"])
            for channel in (self.portal, self.mail)
            for message in channel.delivered
        ]


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    found = Outside(FakeChannel("portal"), FakeChannel("mail"))
    monkeypatch.setattr(feedback, "PortalChannel", lambda _: found.portal)
    monkeypatch.setattr(feedback, "MailChannel", lambda _: found.mail)
    return found


def wrote(ctx: StageContext, target: str, row_key: str, outcome: str = "created") -> None:
    """NEO's answer to a row, as the write-back records it."""
    row = {"run_id": ctx.run_id, "plan_id": "p", "target": target, "row_key": row_key, "outcome": outcome}
    ctx.ledger.outcomes.add_many([row])


def set_state(ctx: StageContext, customer_id: str, state: str) -> None:
    table = ctx.lake.read("dim_sarlaft_state")
    rows = [row | ({"state": state} if row["customer_id"] == customer_id else {}) for row in table.to_pylist()]
    publish(ctx, "dim_sarlaft_state", rows, table.schema, "customer_id")


def outbox(ctx: StageContext) -> dict[tuple[str, str], Row]:
    return {(row["channel"], row["payload"]["registration_id"]): row for row in ctx.ledger.outbox.with_key_like("|")}


@pytest.fixture
def decided(ctx: StageContext) -> StageContext:
    """R1 is a known exporter, R2 an unknown one, R3 a buyer, R4 a form without NIT."""
    publish_registrations(
        ctx,
        [form("R1"), form("R2"), buyer_form("R3"), form("R4", nit=None)],
        links={"R1": "CU-00000001", "R2": "CU-00000002", "R3": "CU-00000003"},
    )
    decide(ctx)
    return ctx


def test_waits_for_decisions(ctx: StageContext, outside: Outside) -> None:
    assert feedback.run(ctx).skipped


def test_what_may_be_said_is_said_and_the_rest_is_held(decided: StageContext, outside: Outside) -> None:
    summary = feedback.run(decided)
    assert outside.told() == [
        ("portal", "registration_answer", "R1"),
        ("portal", "registration_answer", "R4"),
        ("mail", "registration_welcome", "R1"),
    ]
    assert summary.parts["portal"].held == 2
    assert summary.parts["mail"].held == 2
    held = {key: row["note"] for key, row in outbox(decided).items() if row["state"] == "held"}
    assert held == {
        ("portal", "R2"): "espera a que NEO tenga la tarea del asesor",
        ("mail", "R2"): "espera a que NEO tenga la tarea del asesor",
        ("portal", "R3"): "espera a que NEO tenga la ficha del cliente",
        ("mail", "R3"): "espera a que NEO tenga la ficha del cliente",
    }


def test_once_neo_holds_them_the_others_are_told(decided: StageContext, outside: Outside) -> None:
    feedback.run(decided)
    outside.portal.delivered.clear()
    outside.mail.delivered.clear()
    wrote(decided, "lead", "R2")
    wrote(decided, "task", "REG-R2", "failed")
    wrote(decided, "account", "CU-00000003")
    feedback.run(decided)
    assert outside.told() == [
        ("portal", "registration_answer", "R3"),
        ("mail", "registration_welcome", "R3"),
    ]
    wrote(decided, "task", "REG-R2", "created")
    feedback.run(decided)
    assert ("portal", "registration_answer", "R2") in outside.told()
    assert ("mail", "registration_advisor", "R2") in outside.told()
    assert len(outside.told()) == 4


def test_the_portal_is_answered_in_its_own_words(decided: StageContext, outside: Outside) -> None:
    wrote(decided, "lead", "R2")
    wrote(decided, "task", "REG-R2")
    feedback.run(decided)
    statuses = {m["payload"]["registration_id"]: m["payload"]["status"] for m in outside.portal.delivered}
    assert statuses == {"R1": "accepted", "R2": "refused", "R4": "needs_correction"}


def test_the_advisor_reads_whom_to_call_and_why(decided: StageContext, outside: Outside) -> None:
    wrote(decided, "lead", "R2")
    wrote(decided, "task", "REG-R2")
    feedback.run(decided)
    (mail,) = [m["payload"] for m in outside.mail.delivered if m["kind"] == "registration_advisor"]
    assert mail["to"] == "ana.toro@procolombia.example"
    assert mail["subject"] == "Llamar a Café Sombra Alta S.A.S.: quiere exportar y aún no es cliente"
    for told in (
        "Hola, Ana Toro:",
        "A quién llamar: Lucía Marín, Gerente, teléfono +573105551234, correo gerencia@sombraalta.co.",
        "oficina Eje Cafetero, sector Café",
        "Café verde especial",
        "NIT: 900111222. Ubicación: Risaralda, Colombia.",
        "una feria o rueda de negocios, el 2026-11-01",
    ):
        assert told in mail["text"]
        assert told in mail["html"]


def test_a_company_name_cannot_become_markup_or_a_header(ctx: StageContext, outside: Outside) -> None:
    name = "Café <script>alert(1)</script>\r\nBcc: todos@example.com S.A.S."
    publish_registrations(ctx, [form("R1", company_name=name)], links={"R1": "CU-00000001"})
    decide(ctx)
    feedback.run(ctx)
    (mail,) = [m["payload"] for m in outside.mail.delivered]
    assert "<script>" not in mail["html"]
    assert "&lt;script&gt;" in mail["html"]
    assert "\n" not in mail["subject"]
    assert "\r" not in mail["subject"]


def test_nothing_is_said_twice(decided: StageContext, outside: Outside) -> None:
    feedback.run(decided)
    before = outside.told()
    decide(replace(decided, run_id="run-2"))
    summary = feedback.run(replace(decided, run_id="run-3"))
    assert outside.told() == before
    assert summary.total.created == 0
    assert "0 messages queued" in summary.notes[-1]


def test_sarlaft_is_asked_again_at_the_moment_of_sending(decided: StageContext, outside: Outside) -> None:
    set_state(decided, "CU-00000001", "en_verificacion")
    set_state(decided, "CU-00000002", "restringido")
    wrote(decided, "lead", "R2")
    wrote(decided, "task", "REG-R2")
    feedback.run(decided)
    assert outside.told() == [("portal", "registration_answer", "R4")]
    assert {row["note"] for key, row in outbox(decided).items() if key[1] in ("R1", "R2")} == {
        "espera la verificación documental"
    }
    set_state(decided, "CU-00000001", "habilitado")
    feedback.run(decided)
    assert ("portal", "registration_answer", "R1") in outside.told()


def test_a_buyer_who_is_no_customer_yet_is_told_by_the_state_at_the_door(ctx: StageContext, outside: Outside) -> None:
    def door(state: str) -> None:
        row = {"registration_id": "R1", "state": state}
        publish(ctx, "dim_registration_state", [row], DOOR, "registration_id")

    publish_registrations(ctx, [buyer_form("R1")])
    door("habilitado")
    decide(ctx)
    door("en_verificacion")
    feedback.run(ctx)
    assert outside.told() == []
    door("habilitado")
    feedback.run(ctx)
    assert {told[1] for told in outside.told()} == {"registration_answer", "registration_welcome"}


def test_a_crash_between_delivery_and_mark_repeats_under_the_same_key(decided: StageContext, outside: Outside) -> None:
    outside.portal.trouble["R1"] = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        feedback.run(decided)
    assert decided.ledger.locks.acquire("feedback", "somebody else", 1), "a crash leaves no lease behind"
    decided.ledger.locks.release("feedback", "somebody else")
    outside.portal.trouble.clear()
    feedback.run(replace(decided, run_id="run-2"))
    first, second = [m for m in outside.portal.delivered if m["payload"]["registration_id"] == "R1"]
    assert first["dedupe_key"] == second["dedupe_key"]
    assert first["created_at"] == second["created_at"]


def test_good_messages_go_before_the_task_fails(decided: StageContext, outside: Outside) -> None:
    outside.portal.trouble["R1"] = RecordRejected("portal", "R1", "status", "no such registration", "Look at it")
    with pytest.raises(OutcomeError) as caught:
        protocol.run_stage("feedback", decided)
    assert caught.value.failed == 1
    assert [told[2] for told in outside.told()] == ["R4", "R1"]
    waiting = outbox(decided)["portal", "R1"]
    assert (waiting["state"], waiting["attempts"]) == ("pending", 1)
    assert "no such registration" in waiting["note"]
    outside.portal.trouble.clear()
    protocol.run_stage("feedback", replace(decided, run_id="run-2"))
    assert outbox(decided)["portal", "R1"]["state"] == "sent"


def test_a_receiver_that_is_away_is_not_asked_for_every_message(ctx: StageContext, outside: Outside) -> None:
    keys = [f"R{number}" for number in range(6)]
    publish_registrations(ctx, [form(key) for key in keys], links=dict.fromkeys(keys, "CU-00000001"))
    decide(ctx)
    outside.portal.trouble = {key: RetriableError("portal", "no answer") for key in keys}
    summary = feedback.run(ctx)
    assert summary.parts["portal"].failed == 6
    assert sum(row["attempts"] for key, row in outbox(ctx).items() if key[0] == "portal") == 3
    assert summary.parts["mail"].created == 6
    assert summary.notes[0] == "3 times: portal: RetriableError, see the note of the message"


def test_a_wrong_setting_stops_the_stage_and_loses_nothing(decided: StageContext, outside: Outside) -> None:
    outside.portal.trouble["R1"] = ConfigError("HUB_PORTAL__TOKEN", "the portal answered 401", "Check the token")
    with pytest.raises(ConfigError):
        feedback.run(decided)
    assert outbox(decided)["portal", "R1"]["state"] == "pending"


def test_a_new_decision_takes_back_what_was_not_sent_yet(decided: StageContext, outside: Outside) -> None:
    set_state(decided, "CU-00000001", "en_verificacion")
    feedback.run(decided)
    assert outbox(decided)["portal", "R1"]["state"] == "held"
    # The company found an error in its own form and sent it again.
    again = replace(decided, clock=FixedClock(decided.clock.now() + timedelta(hours=1)), run_id="run-2")
    publish_registrations(
        again, [form("R1", phone="+57 310 0001122")], links={"R1": "CU-00000001"}, customers=[KNOWN, NEW, BUYER]
    )
    decide(again)
    feedback.run(again)
    states = [(row["payload"]["decision"], row["state"]) for row in again.ledger.outbox.with_key_like("portal|R1|")]
    assert states == [("accept", "cancelled"), ("accept", "sent")]


def test_a_person_who_answered_on_the_portal_is_not_overruled(decided: StageContext, outside: Outside) -> None:
    feedback.run(decided)
    table = decided.lake.read("stg_portal__registrations")
    rows = [row | ({"status": "accepted"} if row["registration_id"] == "R2" else {}) for row in table.to_pylist()]
    publish(decided, "stg_portal__registrations", rows, table.schema, "registration_id")
    wrote(decided, "lead", "R2")
    wrote(decided, "task", "REG-R2")
    feedback.run(decided)
    assert outbox(decided)["portal", "R2"]["state"] == "cancelled"
    assert all(told[2] != "R2" for told in outside.told())


def test_delivery_can_be_switched_off(decided: StageContext, outside: Outside) -> None:
    decided.ledger.switches.turn("feedback", on=False, reason="portal moves house", actor="ops")
    summary = feedback.run(decided)
    assert summary.skipped
    assert outside.told() == []


def test_two_runs_do_not_deliver_at_once(decided: StageContext, outside: Outside) -> None:
    decided.ledger.locks.acquire("feedback", "another run", 60)
    with pytest.raises(RetriableError):
        feedback.run(decided)
    assert outside.told() == []


def test_ids_with_odd_signs_are_found_in_neo(ctx: StageContext, outside: Outside) -> None:
    publish_registrations(ctx, [form("R 1/ñ")], links={"R 1/ñ": "CU-00000002"})
    decide(ctx)
    wrote(ctx, "lead", "R_1__-1a2b3c")
    wrote(ctx, "task", "REG-R_1__-4d5e6f")
    feedback.run(ctx)
    assert ("portal", "registration_answer", "R 1/ñ") in outside.told()


def test_payloads_hold_nothing_the_reader_should_not_see(decided: StageContext, outside: Outside) -> None:
    feedback.run(decided)
    for message in (*outside.portal.delivered, *outside.mail.delivered):
        assert {"score", "list_code", "state", "reason_code"}.isdisjoint(message["payload"])
