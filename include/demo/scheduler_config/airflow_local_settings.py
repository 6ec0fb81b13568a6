"""Loaded by the demo's scheduler at its start, through its PYTHONPATH, and by no other process.

Every task is a fork of the scheduler. What the scheduler has imported, the forks have for nothing; otherwise each of
some fifty short tasks would spend seconds importing the same libraries on the same two cores.
"""

from importlib import import_module

from include.stages.registry import STAGES

# What stages import only where they need it.
_LATE = ("alembic.command", "great_expectations")

for _name in (*(spec.function.partition(":")[0] for spec in STAGES.values()), *_LATE):
    import_module(_name)
