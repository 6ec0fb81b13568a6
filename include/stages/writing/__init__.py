"""The parts of `include.stages.writeback`: desired rows from SQL, NEO's present rows, the plan as a dataset, apply."""
