"""Worlds of several seeds, built once: rates and rules must hold for any of them."""

import pytest

from include.sandbox.world import World, build_world

SEEDS = (7, 1, 2)


@pytest.fixture(scope="session")
def worlds() -> list[World]:
    """Quick worlds of three seeds."""
    return [build_world("quick", seed) for seed in SEEDS]


@pytest.fixture(scope="session")
def world(worlds: list[World]) -> World:
    """The world of the default seed."""
    return worlds[0]
