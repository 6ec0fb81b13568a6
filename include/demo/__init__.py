"""The demo: sandbox, Airflow and the whole chain started together, followed live and left without a trace.

It drives Airflow from outside, through its command and its REST API, and reads results from the ledger and from NEO.
"""
