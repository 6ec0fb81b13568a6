"""Everything of the hub that knows Airflow: assets, task factory, retry rules, hook, connection type, pages."""
