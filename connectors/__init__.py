"""The outside world: one module or package per system, none of our rules."""
