"""# Escritura en NEO

**Purpose.** Bring NEO to what it should say: plan what would change, hold back what must wait, apply the rest
inside NEO's service-protection limits, keep one outcome per row.

**Inputs.** Customers, SARLAFT states and cases, registration decisions, matches, gaps; NEO's present rows; what was
sent last.

**Outputs.** `plan_writeback`, rows in NEO, outcomes and sent values in the ledger.

**Triage.** *OutcomeError*: NEO refused rows; the good ones are saved and the refusals are on the *neo-hub* page with
their reason. *RetriableError*: NEO asked for a pause and the task obeys it. Rows held back wait for another row or for
a person: `hub plan` says why, `hub plan --diff <key>` shows one record field by field. *ConfigError* about a missing
table or column: `hub neo check` names what differs, `hub neo provision` mends it.

**Rerun.** Clear the task at any time, also after a crash in the middle: rows are addressed by their own key, so
nothing is doubled, and what arrived is recognised.
"""

from datetime import timedelta

from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag("neo_writeback", doc=__doc__, schedule=started_by("writeback"), tags=[Tag.DELIVERY, Tag.NEO]):
    # A first load may have to wait out NEO's five-minute windows several times.
    stage_task("writeback", speaks_to=("neo",), timeout=timedelta(hours=3))
