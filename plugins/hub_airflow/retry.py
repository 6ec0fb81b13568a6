"""What Airflow does after an error of the hub: try again, and when, or stop at once.

The classes of `include.core.errors` are cut by what happens next, so the rules are one line each.
"""

from datetime import timedelta

from airflow.sdk import ExceptionRetryPolicy, RetryAction, RetryDecision, RetryRule
from airflow.sdk.definitions.context import Context

from include.core.errors import (
    ConfigError,
    ConservationError,
    DriftDetected,
    OutcomeError,
    RecordRejected,
    RetriableError,
)

RETRIES = 4
RETRY_DELAY = timedelta(seconds=30)
# A killed process deserves a second attempt; a defect of ours would fail the same way for ever.
UNFORESEEN_ATTEMPTS = 2
# An outside system may ask for a pause, not for the day.
LONGEST_PAUSE = timedelta(minutes=30)


class HubRetryPolicy(ExceptionRetryPolicy):
    """The rules below, and the pause an outside system asked for in its `Retry-After`."""

    def evaluate(
        self,
        exception: BaseException,
        try_number: int,
        max_tries: int,
        context: Context | None = None,
    ) -> RetryDecision:
        """Decide after a failure. A pause that was asked for is obeyed, up to LONGEST_PAUSE."""
        decision = super().evaluate(exception, try_number, max_tries, context)
        if isinstance(exception, RetriableError) and exception.retry_after is not None:
            pause = min(timedelta(seconds=exception.retry_after), LONGEST_PAUSE)
            return RetryDecision.retry(delay=pause, reason=f"{exception.system} asked for a pause")
        if decision.action is RetryAction.DEFAULT and try_number >= UNFORESEEN_ATTEMPTS:
            return RetryDecision.fail(reason="nobody foresaw this error, and it came again")
        return decision


RETRY_POLICY = HubRetryPolicy(
    rules=[
        RetryRule(exception=RetriableError, action=RetryAction.RETRY, reason="the outside system could not answer"),
        RetryRule(exception=ConfigError, action=RetryAction.FAIL, reason="a person has to mend it first"),
        RetryRule(exception=DriftDetected, action=RetryAction.FAIL, reason="the source is not what it was"),
        RetryRule(exception=OutcomeError, action=RetryAction.FAIL, reason="the next run takes the failed rows up"),
        RetryRule(
            exception=[ConservationError, RecordRejected],
            action=RetryAction.FAIL,
            reason="a defect of the hub; a retry would repeat it",
        ),
    ]
)
