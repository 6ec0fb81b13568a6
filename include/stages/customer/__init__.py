"""The parts of the customer stage: reading, resolving, building golden records, people, publishing.

Each takes and returns values; only `publishing` writes. The rules themselves are in `transforms`.
"""
