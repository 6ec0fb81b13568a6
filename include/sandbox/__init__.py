"""Stand-ins for every outside system, speaking the real protocols on one machine.

Nothing imports this package but the command, the wiring for development and the tests.
"""
