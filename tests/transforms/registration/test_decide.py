"""The gate as a table: what is known of a registration, and what it deserves."""

from dataclasses import replace

import pytest

from transforms.registration.decide import VERIFICATION, Case, decide_registration

EXPORTER = Case(
    registration_id="R1", audience="exporter", country="CO", has_usable_nit=True, has_contact=True,
    customer_id="CU-1", is_in_neo=True, state="habilitado",
)  # fmt: skip
UNKNOWN = replace(EXPORTER, is_in_neo=False)
BUYER = replace(EXPORTER, audience="buyer", country="US", has_usable_nit=False, is_in_neo=False)


@pytest.mark.parametrize(
    ("case", "kind", "reason"),
    [
        (EXPORTER, "accept", "known_exporter"),
        (BUYER, "accept", "new_buyer"),
        (replace(BUYER, is_in_neo=True), "accept", "known_buyer"),
        (UNKNOWN, "refuse", "not_in_neo"),
        (replace(UNKNOWN, customer_id=None, state=None), "refuse", "not_in_neo"),
        (replace(UNKNOWN, state="sin_consultar"), "refuse", "not_in_neo"),
        (replace(UNKNOWN, state="en_verificacion"), "review", VERIFICATION),
        (replace(UNKNOWN, state="restringido"), "review", VERIFICATION),
        (replace(UNKNOWN, is_identity_open=True), "review", VERIFICATION),
        (replace(EXPORTER, state="sin_consultar"), "review", VERIFICATION),
        (replace(EXPORTER, state="en_verificacion"), "review", VERIFICATION),
        (replace(EXPORTER, state="restringido"), "review", VERIFICATION),
        (replace(EXPORTER, state=None), "review", VERIFICATION),
        (replace(BUYER, state="restringido"), "review", VERIFICATION),
        (replace(BUYER, customer_id=None), "accept", "new_buyer"),
        (replace(BUYER, customer_id=None, state=None), "review", VERIFICATION),
        (replace(EXPORTER, has_usable_nit=False), "correct", "nit_missing"),
        (replace(EXPORTER, has_usable_nit=False, country="PA"), "accept", "known_exporter"),
        (replace(EXPORTER, has_contact=False), "correct", "contact_missing"),
        (replace(BUYER, problem="bad_date"), "correct", "bad_date"),
        (replace(EXPORTER, problem="nit_check_digit", state="restringido"), "correct", "nit_check_digit"),
    ],
)
def test_what_a_registration_deserves(case: Case, kind: str, reason: str) -> None:
    decision = decide_registration(case)
    assert (decision.kind, decision.reason_code) == (kind, reason)


def test_whatever_waits_carries_one_reason() -> None:
    waiting = {
        decide_registration(replace(base, state=state, is_identity_open=doubt)).reason_code
        for base in (EXPORTER, UNKNOWN, BUYER)
        for state in ("sin_consultar", "en_verificacion", "restringido", None)
        for doubt in (True, False)
        if decide_registration(replace(base, state=state, is_identity_open=doubt)).kind == "review"
    }
    assert waiting == {VERIFICATION}
