"""The page "neo-hub" inside Airflow: what ran, what waits, how old the lists are, where demand finds no supply."""
