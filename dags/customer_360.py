"""# Cliente único

**Purpose.** Make one record per customer out of everything the sources say: identify, resolve, survive, rate.

**Inputs.** Staged portal, registry (RUES) and NEO rows; the judgements people made about pairs of records.

**Outputs.** `int_customer_xref`, `int_review_pair`, `dim_customer`, `fct_customer_field`, `dim_person`.

**Triage.** *Skipped* with "waits for …": a source was never ingested; run that `ingest__…` first. Skipped with
"nothing new": the inputs are those of the last success. *ConfigError* names the sheet and the line to mend.
Two companies in one record: `hub trace <customer>` shows the evidence, a judgement splits them for ever.

**Rerun.** Clear the task at any time. Identifiers are minted once and kept; unchanged inputs publish nothing.
"""

from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag("customer_360", doc=__doc__, schedule=started_by("customer_360"), tags=[Tag.CUSTOMER, Tag.LAKE]):
    stage_task("customer_360")
