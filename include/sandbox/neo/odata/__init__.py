"""The query language: URLs, key predicates, query options and filters, parsed and turned into SQL.

It reads the model and makes SQL; it executes nothing that changes a row.
"""
