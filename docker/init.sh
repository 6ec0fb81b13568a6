#!/bin/sh
# What has to be there before the first service starts. Safe to run at every start.
set -eu

python - <<'PYTHON'
import s3fs

s3fs.S3FileSystem().makedirs("lake", exist_ok=True)
PYTHON

# The auth manager's own tables are part of it.
airflow db migrate

# The stages after the sources share one slot; see plugins/README.md.
airflow pools set hub_flow 1 "neo-hub: one stage at a time"

# Creating a user that exists is no error for Airflow, and leaves its password alone.
airflow users create --username admin --role Admin --email admin@localhost --firstname neo --lastname hub \
  --password "$AIRFLOW_ADMIN_PASSWORD"

# Opening the hub's stores brings the ledger's schema up to date.
hub status --json > /dev/null
