"""# Mantenimiento

**Purpose.** Keep the house: copy the ledger away, let go of old lake versions, drop leases that ran out, say what
has been waiting in quarantine for too long.

**Inputs.** The ledger, the lake, the sheet `rules/maintenance.yml`.

**Outputs.** A copy of the ledger in `<home>/backups`; fewer files in the lake; a digest in the run's notes.

**Triage.** *ConfigError* about the copy: no room, or no right to write there; nothing was removed. A version that
some stage still has to compare with is never removed, however old it is.

**Rerun.** Clear the task at any time; a second run on the same day finds nothing more to do.
"""

from hub_airflow.schedules import by_cron
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag("maintenance", doc=__doc__, schedule=by_cron("30 2 * * *"), tags=[Tag.UPKEEP, Tag.LAKE]):
    stage_task("maintenance")
