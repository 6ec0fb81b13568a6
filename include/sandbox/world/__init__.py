"""The invented world behind every sandbox service: who exists, what each source says of them, and the truth.

`build_world(scale, seed)` is deterministic and touches nothing outside the packaged data. Nobody in it is real.
"""

from include.sandbox.world.builder import ANCHOR, World, build_world

__all__ = ["ANCHOR", "World", "build_world"]
