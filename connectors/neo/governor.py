"""Keeps us inside NEO's service-protection limits: requests, busy seconds and concurrency in a sliding window.

One governor is shared by all threads that speak to one NEO. When NEO says `Retry-After`, everybody waits, not only
the thread that was told: pushing on from the others would lengthen the wait.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """What we allow ourselves: below NEO's own limits (6000 requests and 1200 busy seconds in 300 s, 52 at once)."""

    requests: int = 4800
    busy_seconds: float = 960.0
    window_seconds: float = 300.0
    concurrency: int = 4


class Governor:
    """Hands out turns. `clock` and `sleep` are replaced in tests."""

    def __init__(
        self,
        budget: Budget | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._budget = budget or Budget()
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Condition()
        self._active = 0
        self._limit = self._budget.concurrency
        self._not_before = 0.0
        self._spent: deque[tuple[float, float]] = deque()  # (end of the request, seconds it took)
        self._good_in_row = 0

    @property
    def concurrency(self) -> int:
        """Requests allowed at once now; halved by each throttling, regained one by one."""
        return self._limit

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until a request may be sent, and account for it when it is done."""
        self._enter()
        started = self._clock()
        try:
            yield
        finally:
            with self._lock:
                ended = self._clock()
                self._active -= 1
                self._spent.append((ended, ended - started))
                self._lock.notify()

    def throttled(self, retry_after: float) -> None:
        """NEO asked for a pause: nobody sends anything for so many seconds, then with half the concurrency."""
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + retry_after)
            self._limit = max(1, self._limit // 2)
            self._good_in_row = 0

    def succeeded(self) -> None:
        """A request went through; after twenty in a row one more may run at once."""
        with self._lock:
            self._good_in_row += 1
            if self._good_in_row >= 20 and self._limit < self._budget.concurrency:
                self._limit += 1
                self._good_in_row = 0
                self._lock.notify()

    def _enter(self) -> None:
        while True:
            with self._lock:
                while self._active >= self._limit:
                    self._lock.wait()
                wait = self._wait_seconds()
                if wait <= 0:
                    self._active += 1
                    return
            self._sleep(wait)

    def _wait_seconds(self) -> float:
        now = self._clock()
        while self._spent and self._spent[0][0] <= now - self._budget.window_seconds:
            self._spent.popleft()
        wait = self._not_before - now
        over_requests = len(self._spent) + self._active >= self._budget.requests
        over_time = sum(seconds for _, seconds in self._spent) >= self._budget.busy_seconds
        if self._spent and (over_requests or over_time):
            wait = max(wait, self._spent[0][0] + self._budget.window_seconds - now)
        return wait
