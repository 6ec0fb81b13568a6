"""The governor keeps everybody inside the limits, with a clock that moves only when somebody waits."""

import threading

import pytest

from connectors.neo.governor import Budget, Governor
from tests.connectors.neo.conftest import Time


@pytest.fixture
def time():
    return Time()


def spend(governor, time, seconds, times=1):
    for _ in range(times):
        with governor.turn():
            time.now += seconds


def test_within_the_budget_nobody_waits(time):
    governor = Governor(Budget(requests=5, window_seconds=300), clock=time.clock, sleep=time.sleep)
    spend(governor, time, 1, times=5)
    assert time.slept == []


def test_requests_beyond_the_budget_wait_until_the_oldest_leaves_the_window(time):
    governor = Governor(Budget(requests=5, window_seconds=300), clock=time.clock, sleep=time.sleep)
    spend(governor, time, 1, times=6)
    assert time.slept == [pytest.approx(296)]  # the first ended at second 1, the sixth was asked at second 5


def test_busy_seconds_are_a_budget_of_their_own(time):
    governor = Governor(Budget(requests=1000, busy_seconds=100, window_seconds=300), clock=time.clock, sleep=time.sleep)
    spend(governor, time, 60, times=3)
    assert time.slept == [pytest.approx(240)]


def test_a_throttling_holds_everybody_back_and_halves_the_concurrency(time):
    governor = Governor(Budget(concurrency=4), clock=time.clock, sleep=time.sleep)
    governor.throttled(30)
    spend(governor, time, 1)
    assert time.slept == [30]
    assert governor.concurrency == 2


def test_concurrency_comes_back_one_by_one_after_good_answers(time):
    governor = Governor(Budget(concurrency=4), clock=time.clock, sleep=time.sleep)
    governor.throttled(0)
    governor.throttled(0)
    assert governor.concurrency == 1
    for _ in range(20):
        governor.succeeded()
    assert governor.concurrency == 2
    for _ in range(100):
        governor.succeeded()
    assert governor.concurrency == 4


def test_no_more_requests_run_at_once_than_allowed():
    governor = Governor(Budget(concurrency=2))
    running, most = 0, 0
    lock, gate = threading.Lock(), threading.Event()

    def work() -> None:
        nonlocal running, most
        with governor.turn():
            with lock:
                running += 1
                most = max(most, running)
            gate.wait(0.02)
            with lock:
                running -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert most == 2
