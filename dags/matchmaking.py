"""# Oferta y demanda

**Purpose.** Match needs with offers: gates first, then a score with its reasons; and measure where demand finds no
supply, and what would unlock it.

**Inputs.** Offers, needs and opportunities of the portal; customers; their SARLAFT state; the requirement sheets.

**Outputs.** `fct_match`, `fct_need_coverage`, `fct_demand_gap`, `fct_requirement_unlock`, `fct_exporter_guide`.

**Triage.** No match where one was expected: `hub trace <company>` shows the gates and their reasons. A sudden drop of
matches: compare the sheet versions in the run's summary (XCom) with those of the run before.
A customer whose state is not `habilitado` never matches; that is meant.

**Rerun.** Clear the task at any time. Pairs whose inputs did not change keep their score and their date.
"""

from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag("matchmaking", doc=__doc__, schedule=started_by("matchmaking"), tags=[Tag.MATCHMAKING, Tag.LAKE]):
    stage_task("matchmaking")
