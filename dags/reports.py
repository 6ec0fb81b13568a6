"""# Informes

**Purpose.** Show management where demand goes unmet and which requirement would unlock most of it.

**Inputs.** `fct_need_coverage`, `fct_demand_gap`, `fct_requirement_unlock`, `fct_exporter_guide`.

**Outputs.** The demand-gap report as one HTML file and one Excel file under `reports/gaps` of the lake, shown on the
*neo-hub* page.

**Triage.** An old report: look whether `matchmaking` ran since; without news there is nothing to draw. Figures that
do not add up with NEO: the report states the dataset versions it was drawn from.

**Rerun.** Clear the task at any time; equal data give the same files.
"""

from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag("reports", doc=__doc__, schedule=started_by("report"), tags=[Tag.DELIVERY, Tag.LAKE]):
    stage_task("report")
