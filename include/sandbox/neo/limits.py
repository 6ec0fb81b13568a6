"""Service protection and faults: when the service refuses to serve, by its own limits or because a test asks for it.

The limits are the platform's: requests, execution time and concurrency, per user, over a sliding window.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from include.sandbox.neo.errors import ServiceError


@dataclass(frozen=True)
class Limits:
    """The platform's defaults. Tests make them small."""

    requests: int = 6000
    execution_ms: int = 1_200_000
    window_s: float = 300.0
    concurrency: int = 52
    dop_hint: int = 4


@dataclass
class _Use:
    requests: deque[float] = field(default_factory=deque)
    spent: deque[tuple[float, float]] = field(default_factory=deque)
    spent_ms: float = 0.0
    running: int = 0


class ServiceProtection:
    """Counts what each user asks for; `enter` refuses, `leave` books the time."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._uses: dict[str, _Use] = defaultdict(_Use)

    def enter(self, user: str) -> None:
        """Admit a request or raise 429 with `Retry-After`; an admitted one must `leave`."""
        with self._lock:
            use, now = self._uses[user], self._clock()
            self._forget_old(use, now)
            if use.running >= self.limits.concurrency:
                raise _refusal(
                    "0x80072326", f"Number of concurrent requests exceeded the limit of {self.limits.concurrency}.", 2
                )
            if len(use.requests) >= self.limits.requests:
                text = (
                    f"Number of requests exceeded the limit of {self.limits.requests} over time window of "
                    f"{self.limits.window_s:.0f} seconds."
                )
                raise _refusal("0x80072322", text, self._wait(use.requests[0], now))
            if use.spent_ms >= self.limits.execution_ms:
                text = (
                    "Combined execution time of incoming requests exceeded limit of "
                    f"{self.limits.execution_ms:,} milliseconds over time window of "
                    f"{self.limits.window_s:.0f} seconds. "
                    "Decrease number of concurrent requests or reduce the duration of requests and try again later."
                )
                raise _refusal("0x80072321", text, self._wait(use.spent[0][0] if use.spent else now, now))
            use.requests.append(now)
            use.running += 1

    def leave(self, user: str, milliseconds: float) -> None:
        """An admitted request has ended after this long."""
        with self._lock:
            use = self._uses[user]
            use.running -= 1
            use.spent.append((self._clock(), milliseconds))
            use.spent_ms += milliseconds

    def headers(self, user: str) -> dict[str, str]:
        """What the service tells about the remaining budget."""
        with self._lock:
            use = self._uses[user]
            left = self.limits.execution_ms - use.spent_ms
            return {
                "x-ms-ratelimit-burst-remaining-xrm-requests": str(max(0, self.limits.requests - len(use.requests))),
                "x-ms-ratelimit-time-remaining-xrm-requests": f"{max(0.0, left) / 1000:,.2f}",
                "x-ms-dop-hint": str(self.limits.dop_hint),
            }

    def forget(self) -> None:
        """Start counting anew; running requests stay counted."""
        with self._lock:
            running = {user: use.running for user, use in self._uses.items() if use.running}
            self._uses.clear()
            for user, count in running.items():
                self._uses[user].running = count

    def _forget_old(self, use: _Use, now: float) -> None:
        oldest = now - self.limits.window_s
        while use.requests and use.requests[0] <= oldest:
            use.requests.popleft()
        while use.spent and use.spent[0][0] <= oldest:
            use.spent_ms -= use.spent.popleft()[1]

    def _wait(self, first: float, now: float) -> int:
        return max(1, round(first + self.limits.window_s - now))


def _refusal(code: str, text: str, wait: int) -> ServiceError:
    return ServiceError(429, code, text, {"Retry-After": str(wait)})


@dataclass
class Fault:
    """A misbehaviour a test asked for.

    `stage` "after" does the work and then answers with the fault: the client cannot know that it succeeded.
    """

    status: int = 503
    times: int = 1
    path_contains: str = ""
    method: str = ""
    stage: Literal["before", "after"] = "before"
    retry_after: int | None = None
    latency_ms: int = 0

    def fits(self, method: str, path: str) -> bool:
        """Whether the fault is meant for this request."""
        return self.times > 0 and self.path_contains in path and self.method in ("", method)

    def refusal(self) -> ServiceError | None:
        """The answer of the fault; None when it only delays."""
        if self.status < 400:
            return None
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        code, text = _FAULT_TEXTS.get(self.status, ("0x80040216", "An unexpected error occurred."))
        return ServiceError(self.status, code, text, headers)


_FAULT_TEXTS = {
    401: ("", "Unauthorized"),
    429: ("0x80072322", "Number of requests exceeded the limit of 6000 over time window of 300 seconds."),
    500: ("0x80044151", "SQL timeout expired."),
    503: ("", "The service is unavailable."),
}


class Faults:
    """The faults waiting to happen; each is used up by the requests it fits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """A fault that is to happen."""
        with self._lock:
            self._waiting.append(fault)

    def clear(self) -> None:
        """No faults any more."""
        with self._lock:
            self._waiting.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The fault for this request, if one waits; using it up counts."""
        with self._lock:
            for fault in self._waiting:
                if fault.fits(method, path):
                    fault.times -= 1
                    if fault.times == 0:
                        self._waiting.remove(fault)
                    return fault
            return None
