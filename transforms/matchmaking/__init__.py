"""From a buyer's need and an exporter's offer to a pair: text, gates, band, factors, order, reasons.

Pure: facts and rules come in as values, results go out as values. Reading the lake and publishing
live in `include.stages.matchmaking`; what nobody supplies is counted in `transforms.gaps`.
"""
