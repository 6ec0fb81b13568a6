"""Judging the hub on labelled files: one module per subject, mounted by `hub eval`."""
