"""What a registration deserves: accept, refuse, correct or review. One decision, one reason code, no text.

A reason code is read outside compliance: everything that waits for a verification carries the same one.
"""

from dataclasses import dataclass
from typing import Literal

DecisionKind = Literal["accept", "refuse", "correct", "review"]
VERIFICATION = "verification"


@dataclass(frozen=True)
class Case:
    """A registration and what is known of the company behind it.

    `problem` is a reason code of the quarantine, None for a record that passed. `state` is the neutral state of
    the registration, None while nobody has looked at it. `is_identity_open`: it may be a company we know, and a person
    has yet to say so.
    """

    registration_id: str
    audience: str
    country: str | None
    has_usable_nit: bool
    has_contact: bool
    problem: str | None = None
    customer_id: str | None = None
    is_in_neo: bool = False
    is_identity_open: bool = False
    state: str | None = None


@dataclass(frozen=True)
class Decision:
    """The decision on one registration, and why."""

    kind: DecisionKind
    reason_code: str


def decide_registration(case: Case) -> Decision:
    """Decide on one registration.

    A form that cannot be used comes back for correction before anything else is looked at. A company that is not
    enabled waits, whatever the cause. An exporter that NEO does not know is refused (E2); a buyer is welcome (B1).
    """
    problem = case.problem or _missing(case)
    if problem is not None:
        return Decision("correct", problem)
    if case.is_identity_open:
        return Decision("review", VERIFICATION)
    if case.audience == "exporter" and not case.is_in_neo:
        # Nobody is turned away by a list: whoever is not enabled hears the same as everybody who waits.
        return Decision("review", VERIFICATION) if _is_held(case) else Decision("refuse", "not_in_neo")
    if case.state != "habilitado":
        return Decision("review", VERIFICATION)
    if case.audience == "exporter":
        return Decision("accept", "known_exporter")
    return Decision("accept", "known_buyer" if case.is_in_neo else "new_buyer")


def _is_held(case: Case) -> bool:
    """True when a company that is no customer yet has to be looked at first; not consulted is not that."""
    return case.state in ("en_verificacion", "restringido")


def _missing(case: Case) -> str | None:
    """What a form that passed the door still lacks to be answered."""
    if case.audience == "exporter" and case.country == "CO" and not case.has_usable_nit:
        return "nit_missing"
    return None if case.has_contact else "contact_missing"
