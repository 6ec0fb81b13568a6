#!/bin/bash
# Two databases, two owners: Airflow's metadata and the hub's ledger are backed up and restored apart.
set -euo pipefail

create_database() {
  psql --set=ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set=owner="$1" --set=password="$2" <<'SQL'
create role :"owner" login password :'password';
create database :"owner" owner :"owner";
revoke connect on database :"owner" from public;
SQL
}

create_database airflow "$AIRFLOW_DB_PASSWORD"
create_database hub "$HUB_DB_PASSWORD"
