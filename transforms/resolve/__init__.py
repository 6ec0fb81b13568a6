"""Which records are the same company or person: candidates, evidence, clusters, identifiers.

Source, pair, cluster are the only nouns. Everything here is pure; the sheet `identity.yml` decides the numbers.
"""
