"""From hits to cases and states: who is stopped, until when, and what outweighs what."""

from datetime import UTC, datetime

import pytest

from include.core.sheets import load_sheet
from tests.transforms.screening.labelled import RULES
from transforms.screening.cases import CaseFact, Member, case_id, customer_state, due_at, hits_for_officer, is_expired
from transforms.screening.policy import SarlaftPolicy, reaches
from transforms.screening.records import Hit
from transforms.screening.rules import LEVELS, Level

COMPANY = Member("CU-1", is_customer=True, role=None)
OWNER = Member("PE-1", is_customer=False, role="owner")
SELLER = Member("PE-2", is_customer=False, role="commercial")
DONE = {"CU-1": "clear", "PE-1": "clear", "PE-2": "clear"}


@pytest.fixture(scope="module")
def policy() -> SarlaftPolicy:
    return load_sheet(RULES / "sarlaft_policy.yml", SarlaftPolicy)


def hit(level: Level, *, is_binding: bool) -> Hit:
    return Hit("CU-1", "L", "1", is_binding, level, 0.8, "a", "b", "c", "f")


def test_ids_follow_from_both_sides() -> None:
    assert case_id("CU-1", "L", "1") == case_id("CU-1", "L", "1")
    assert len({case_id("CU-1", "L", "1"), case_id("CU-2", "L", "1"), case_id("CU-1", "M", "1")}) == 3


def test_levels_are_ordered() -> None:
    assert [level for level in LEVELS if reaches(level, "medium")] == ["exact", "high", "medium"]


@pytest.mark.parametrize(
    ("level", "is_binding", "opens"),
    [("medium", False, True), ("low", False, False), ("low", True, True), ("exact", False, True)],
)
def test_what_is_put_before_the_officer(policy: SarlaftPolicy, level: Level, is_binding: bool, opens: bool) -> None:
    assert bool(hits_for_officer([hit(level, is_binding=is_binding)], policy)) is opens


@pytest.mark.parametrize(
    ("opened", "is_binding", "due"),
    [
        ("2026-11-03T15:00", True, "2026-11-04T22:00"),  # Tuesday: Wednesday, five in the afternoon in Bogotá
        ("2026-11-03T15:00", False, "2026-11-05T22:00"),
        ("2026-11-06T15:00", True, "2026-11-09T22:00"),  # Friday: Monday
        ("2026-11-07T15:00", True, "2026-11-09T22:00"),  # Saturday: Monday too
        ("2026-11-05T03:00", True, "2026-11-05T22:00"),  # still Wednesday in Bogotá
    ],
)
def test_due_at_the_end_of_a_working_day(policy: SarlaftPolicy, opened: str, is_binding: bool, due: str) -> None:
    instant = datetime.fromisoformat(opened).replace(tzinfo=UTC)
    assert due_at(instant, is_binding=is_binding, policy=policy).isoformat() == f"{due}:00+00:00"


def test_a_clearance_lasts_twelve_months(policy: SarlaftPolicy) -> None:
    closed = datetime(2026, 1, 31, tzinfo=UTC)
    assert not is_expired(closed, datetime(2027, 1, 27, tzinfo=UTC), policy)
    assert is_expired(closed, datetime(2027, 1, 31, tzinfo=UTC), policy)


@pytest.mark.parametrize(
    ("member", "level", "state", "expected"),
    [
        (COMPANY, "low", "open", "en_verificacion"),
        (COMPANY, "high", "closed_false_positive", "habilitado"),
        (COMPANY, "high", "closed_true_match", "restringido"),
        (OWNER, "low", "open", "en_verificacion"),
        (OWNER, "medium", "closed_true_match", "restringido"),
        (SELLER, "medium", "open", "habilitado"),
        (SELLER, "high", "open", "en_verificacion"),
        (Member("PE-2", is_customer=False, role=None), "medium", "open", "habilitado"),
        (Member("PE-2", is_customer=False, role="a role of tomorrow"), "exact", "open", "en_verificacion"),
        (COMPANY, "low", "a state of tomorrow", "en_verificacion"),
    ],
)
def test_one_case(policy: SarlaftPolicy, member: Member, level: Level, state: str, expected: str) -> None:
    cases = {member.subject_id: [CaseFact(member.subject_id, level, state)]}
    assert customer_state([COMPANY, member], cases, DONE, policy) == expected


@pytest.mark.parametrize(
    ("states", "screened", "expected"),
    [
        ([], DONE, "habilitado"),
        ([], {"CU-1": "clear"}, "sin_consultar"),
        ([], DONE | {"PE-1": "incomplete"}, "sin_consultar"),
        (["open"], DONE | {"PE-1": "incomplete"}, "en_verificacion"),
        (["open", "closed_true_match"], DONE, "restringido"),
        (["closed_true_match"], {}, "restringido"),
    ],
)
def test_what_outweighs_what(policy: SarlaftPolicy, states: list[str], screened: dict[str, str], expected: str) -> None:
    cases = {"CU-1": [CaseFact("CU-1", "high", state) for state in states]}
    assert customer_state([COMPANY, OWNER], cases, screened, policy) == expected


def test_every_case_state_of_neo_has_its_effect(policy: SarlaftPolicy) -> None:
    """A state the sheet does not name blocks; none of NEO's may be left to that."""
    import yaml

    choices = yaml.safe_load((RULES.parent / "neo" / "choices.yml").read_text("utf-8"))["choices"]
    assert set(policy.case_effects) == set(choices["pc_casestate"]["options"])
