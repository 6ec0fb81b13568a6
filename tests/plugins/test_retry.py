"""What Airflow does after each kind of error."""

from datetime import timedelta

import pytest
from airflow.sdk import RetryAction
from hub_airflow.retry import LONGEST_PAUSE, RETRY_POLICY

from include.core import errors
from include.core.errors import (
    ConfigError,
    ConservationError,
    DriftDetected,
    HubError,
    OutcomeError,
    RecordRejected,
    RetriableError,
)

BUSY = RetriableError("neo", "too many requests", retry_after=42, status=429)
CASES = [
    (BUSY, RetryAction.RETRY, timedelta(seconds=42)),
    (RetriableError("portal", "no answer"), RetryAction.RETRY, None),
    (RetriableError("neo", "come back tomorrow", retry_after=86_400), RetryAction.RETRY, LONGEST_PAUSE),
    (ConfigError("HUB_NEO__URL", "no address", "Set it"), RetryAction.FAIL, None),
    (DriftDetected("rues", "half of the rows are gone", "Look at it"), RetryAction.FAIL, None),
    (OutcomeError("account", 3, "run-1"), RetryAction.FAIL, None),
    (ConservationError("sarlaft", "people", 10, 9), RetryAction.FAIL, None),
    (RecordRejected("portal", "C-1", "nit", "no digits", "Mend it"), RetryAction.FAIL, None),
    (ValueError("nobody foresaw this"), RetryAction.DEFAULT, None),
]


@pytest.mark.parametrize(("error", "action", "delay"), CASES, ids=lambda case: type(case).__name__)
def test_what_happens_next(error: Exception, action: RetryAction, delay: timedelta | None) -> None:
    decision = RETRY_POLICY.evaluate(error, try_number=1, max_tries=4)
    assert (decision.action, decision.retry_delay) == (action, delay)


def test_an_error_nobody_foresaw_gets_one_more_chance() -> None:
    actions = [RETRY_POLICY.evaluate(ValueError(), try_number=n, max_tries=4).action for n in (1, 2, 3)]
    assert actions == [RetryAction.DEFAULT, RetryAction.FAIL, RetryAction.FAIL]


def test_no_kind_of_error_is_forgotten() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, HubError)}
    assert {type(error) for error, _, _ in CASES} >= kinds - {HubError}
