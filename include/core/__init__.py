"""Vocabulary shared by every floor: errors, settings, clock, sheets, reference data, run summaries.

Imports no HTTP, database or Airflow package. The only files read here are the project's own sheets
and packaged reference tables.
"""
