"""What must be true at the moment of sending. A message that may not go yet is held, with a neutral note."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from include.stages.feedback_channels.queue import ADVISOR
from include.stages.protocol import StageContext

WRITTEN = frozenset({"created", "updated", "unchanged", "conflict"})  # in each of them the row is there
VERIFYING = "espera la verificación documental"
NOT_IN_NEO = "espera a que NEO tenga la ficha del cliente"
NO_TASK = "espera a que NEO tenga la tarea del asesor"
_ODD = re.compile(r"[^A-Za-z0-9._|-]")


@dataclass(frozen=True)
class Gate:
    """What NEO holds and how everybody stands, as read at the start of the delivery.

    `states` are those of customers, `at_the_door` those of registrations that wait, `answered` the registrations
    that the portal shows as accepted.
    """

    states: Mapping[str, str]
    at_the_door: Mapping[str, str]
    answered: frozenset[str]
    in_neo: frozenset[str]
    accounts: Mapping[str, str]
    leads: Mapping[str, str]
    tasks: Mapping[str, str]

    @classmethod
    def read(cls, ctx: StageContext) -> "Gate":
        """Read it from both stores."""
        states = _rows(ctx, "dim_sarlaft_state", ["customer_id", "state"])
        waiting = _rows(ctx, "dim_registration_state", ["registration_id", "state"])
        portal = _rows(ctx, "stg_portal__registrations", ["registration_id", "status"])
        customers = _rows(ctx, "dim_customer", ["customer_id", "is_in_neo"])
        return cls(
            states={row["customer_id"]: row["state"] for row in states},
            at_the_door={row["registration_id"]: row["state"] for row in waiting},
            answered=frozenset(row["registration_id"] for row in portal if row["status"] == "accepted"),
            in_neo=frozenset(row["customer_id"] for row in customers if row["is_in_neo"]),
            accounts=ctx.ledger.outcomes.latest("account"),
            leads=ctx.ledger.outcomes.latest("lead"),
            tasks=ctx.ledger.outcomes.latest("task"),
        )

    def obstacle(self, message: Mapping[str, Any]) -> str | None:
        """Why a message may not go now, or None. Answers that promise nothing may always go."""
        payload = message["payload"]
        if payload.get("decision") == "accept":
            return self._before_welcome(payload["registration_id"], payload["customer_id"])
        if payload.get("decision") == "refuse":
            return self._before_refusal(payload, is_mail=message["kind"] == ADVISOR)
        return None

    def _before_welcome(self, registration_id: str, customer_id: str | None) -> str | None:
        """Nobody is told to be registered who is not enabled, or whom NEO should hold by now and does not.

        A new buyer is nobody's customer until the portal has let it in; NEO follows from there.
        """
        if self._state(registration_id, customer_id) != "habilitado":
            return VERIFYING
        if customer_id is None or customer_id in self.in_neo or self.accounts.get(customer_id) in WRITTEN:
            return None
        return NOT_IN_NEO

    def _before_refusal(self, payload: Mapping[str, Any], *, is_mail: bool) -> str | None:
        """We say that an advisor will call only when the advisor has the task to do so."""
        registration_id = payload["registration_id"]
        if self._state(registration_id, payload["customer_id"]) in ("en_verificacion", "restringido"):
            return VERIFYING
        task, lead = _outcome(self.tasks, f"REG-{registration_id}"), _outcome(self.leads, registration_id)
        return None if task in WRITTEN and (is_mail or lead in WRITTEN) else NO_TASK

    def _state(self, registration_id: str, customer_id: str | None) -> str | None:
        """The state at the door, else the customer's; whoever the portal shows as accepted has passed the door."""
        known = self.at_the_door.get(registration_id) or self.states.get(customer_id or "")
        return known or ("habilitado" if customer_id is None and registration_id in self.answered else None)


def _outcome(outcomes: Mapping[str, str], key: str) -> str | None:
    """The outcome of a row of ours; NEO's keys keep a mark in place of signs they may not hold."""
    if not _ODD.search(key):
        return outcomes.get(key)
    start = _ODD.sub("_", key) + "-"
    return next((outcome for found, outcome in outcomes.items() if found.startswith(start)), None)


def _rows(ctx: StageContext, dataset: str, columns: list[str]) -> list[dict[str, Any]]:
    version = ctx.lake.current(dataset)
    return [] if version is None else list(ctx.lake.read(version, columns=columns).to_pylist())
