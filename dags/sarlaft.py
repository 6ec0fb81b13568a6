"""# SARLAFT y puerta de registro

**Purpose.** Screen every company and person against the lists, whenever either side changed, and then decide on
the registrations that wait, because a decision needs the state of the company it is about.

**Inputs.** `dim_customer`, `dim_person`, the three lists; for the decisions also the portal's registrations and the
directory of advisors.

**Outputs.** Screenings, cases for the compliance officer, the neutral state of each customer; registration
decisions and the steps of each journey.

**Triage.** `screen` fails with *DriftDetected*: a list is broken, too old or shrank; the version before stays in
force and nobody was cleared by the bad one. Look at `ingest__ofac` and its siblings. `decide_registrations`
skipped: no registration waits. Case content is shown in NEO only, never in these logs.

**Rerun.** Clear either task. Cases are opened once per subject and list entry; decisions are not taken twice.
"""

from airflow.sdk import TriggerRule
from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag(
    "sarlaft",
    doc=__doc__,
    schedule=started_by("sarlaft", "registration"),
    tags=[Tag.COMPLIANCE, Tag.LISTS, Tag.PORTAL],
):
    screen = stage_task("sarlaft", task_id="screen")
    # A screening with nothing new is skipped, and the decisions still have to be taken; a failed one stops them.
    decide = stage_task("registration", task_id="decide_registrations", trigger_rule=TriggerRule.NONE_FAILED)
    screen >> decide
