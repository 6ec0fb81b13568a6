"""Chance with a memory: every part of the world draws from a stream of its own, named after it.

A change in one part therefore leaves the draws of all others as they were.
"""

import random
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")


def stream(seed: int, *names: str) -> random.Random:
    """A generator of random numbers that depends on the seed and the names alone, on any machine."""
    return random.Random("/".join((str(seed), *names)))


def happens(rng: random.Random, probability: float) -> bool:
    """True with the given probability."""
    return rng.random() < probability


def weighted(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One key, drawn by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def some(rng: random.Random, weights: Mapping[T, float], count: int) -> tuple[T, ...]:
    """Up to `count` different keys, drawn by weight without putting back."""
    left = dict(weights)
    drawn: list[T] = []
    while left and len(drawn) < count:
        key = weighted(rng, left)
        del left[key]
        drawn.append(key)
    return tuple(drawn)


def guid(rng: random.Random) -> str:
    """A version 4 identifier as Dataverse writes it."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


def log_between(rng: random.Random, low: float, high: float) -> float:
    """A value between two bounds, spread evenly over orders of magnitude, as sizes of firms are."""
    return float(low * (high / low) ** rng.random())


def rounded(value: float, digits: int = 2) -> float:
    """The value with so many significant digits: nobody types a capacity of 18,342.7 kg."""
    return float(f"{value:.{digits}g}")


def moment_before(rng: random.Random, end: datetime, days: Sequence[float]) -> datetime:
    """A working hour (Bogotá) between `days[0]` and `days[1]` days before `end`, as an instant in UTC."""
    day = (end - timedelta(days=rng.uniform(days[0], days[1]))).replace(minute=0, second=0, microsecond=0)
    moment = day.replace(hour=rng.randint(13, 22)) + timedelta(minutes=rng.randint(0, 59), seconds=rng.randint(0, 59))
    return min(moment, end - timedelta(minutes=rng.randint(1, 600)))


def day_between(rng: random.Random, first: date, last: date) -> date:
    """A day between two days, both included."""
    return first + timedelta(days=rng.randint(0, max(0, (last - first).days)))


def stamp(moment: datetime) -> str:
    """An instant as the portal and Dataverse write it: `2026-11-20T14:03:22Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
