"""Use cases: each module joins connectors, transforms and stores into one stage. No Airflow here."""
