"""The ten gates of a pair. Every one answers yes, no or unknown, with a reason and what is missing.

All of them are asked for every pair, without short cut: the full list of what is missing feeds the
reasons, the exporter's guide and the demand gaps. More evidence never turns a yes into a no.
"""

from collections.abc import Callable

from transforms.matchmaking.case import Case, GateResult
from transforms.matchmaking.gates.market import gate_market, gate_must_haves, gate_requirements
from transforms.matchmaking.gates.parties import gate_consent, gate_language, gate_profile, gate_sarlaft
from transforms.matchmaking.gates.supply import gate_capacity, gate_dates, gate_product

GATE_FUNCTIONS: tuple[Callable[[Case], GateResult], ...] = (
    gate_sarlaft,
    gate_profile,
    gate_product,
    gate_requirements,
    gate_must_haves,
    gate_capacity,
    gate_language,
    gate_market,
    gate_dates,
    gate_consent,
)


def ask_gates(case: Case) -> tuple[GateResult, ...]:
    """Return the answer of every gate, in the order of the sheet."""
    return tuple(gate(case) for gate in GATE_FUNCTIONS)
