"""Errors by what happens next, not by where they arose.

    HubError
      ConfigError        stop now, no retry: a sheet, a setting or a permission is wrong
      RetriableError     back off, obey retry_after; after the last attempt the task fails
      RecordRejected     quarantine this record with its reason, go on, count it
      DriftDetected      the source changed shape: stop this source, the others go on
      OutcomeError       a target refused rows: their answers are kept, the task fails at the end
      ConservationError  rows in differ from the sum of outcomes: a defect of ours, stop

Facts are attributes and the class writes the sentence. Messages never carry a payload or a value
that could belong to a person.
"""


class HubError(Exception):
    """Root of every error the hub raises on purpose."""


class ConfigError(HubError):
    """Something a person has to mend before any retry can help.

    `where` names the file, line or setting; `remedy` says what to do.
    """

    def __init__(self, where: str, problem: str, remedy: str) -> None:
        self.where, self.problem, self.remedy = where, problem, remedy
        super().__init__(f"{where}: {problem}. {remedy}")


class RetriableError(HubError):
    """An outside system could not answer now. `retry_after` is in seconds, None when it did not say."""

    def __init__(
        self,
        system: str,
        problem: str,
        *,
        retry_after: float | None = None,
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        self.system, self.problem = system, problem
        self.retry_after, self.status, self.request_id = retry_after, status, request_id
        facts = [
            f"status {status}" if status is not None else "",
            f"request {request_id}" if request_id else "",
            f"retry after {retry_after:g} s" if retry_after is not None else "",
        ]
        detail = ", ".join(fact for fact in facts if fact)
        super().__init__(f"{system}: {problem}" + (f" ({detail})" if detail else ""))


class RecordRejected(HubError):  # noqa: N818 - says what happened, as the others do
    """One record may not pass. The raw record goes to quarantine; this error carries no value of it."""

    def __init__(self, source: str, record_key: str, field: str, reason: str, remedy: str) -> None:
        self.source, self.record_key, self.field = source, record_key, field
        self.reason, self.remedy = reason, remedy
        super().__init__(f"{source} row {record_key}, field {field}: {reason}. {remedy}")


class DriftDetected(HubError):  # noqa: N818
    """A source is not what it was (shape, size, age). Nothing of it was published."""

    def __init__(self, source: str, problem: str, remedy: str) -> None:
        self.source, self.problem, self.remedy = source, problem, remedy
        super().__init__(f"{source}: {problem}. {remedy}")


class OutcomeError(HubError):
    """A target refused rows after the good ones were saved. `sample` is a reason, never a row value."""

    def __init__(self, target: str, failed: int, run_id: str, sample: str = "") -> None:
        self.target, self.failed, self.run_id, self.sample = target, failed, run_id, sample
        first = f" First reason: {sample}." if sample else ""
        super().__init__(
            f"{target}: {failed} rows did not arrive in run {run_id}.{first} "
            f"See `hub status --run {run_id}`; they are tried again by the next run."
        )


class ConservationError(HubError):
    """Rows read and the sum of their outcomes differ: a row was lost or counted twice."""

    def __init__(self, stage: str, part: str, read: int, accounted: int) -> None:
        self.stage, self.part, self.read, self.accounted = stage, part, read, accounted
        super().__init__(f"{stage}/{part}: {read} rows in, {accounted} accounted for; nothing was reported as done")
