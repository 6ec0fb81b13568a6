"""**Purpose.** Read one outside source: land its pages as they are, check every record, quarantine the bad, publish.

**Inputs.** The source, from where the last run stopped; its sheet in `include/config/sources`.

**Outputs.** One staged dataset per stream (`stg_<source>__<stream>`), quarantined records, the watermark.

**Triage.** *Skipped*: the source has nothing new. *RetriableError*: it did not answer; Airflow tries again, later
if it asked for that. *DriftDetected*: its shape or size is not what it was; nothing was published, the version before
stays in use, the other sources go on. *ConfigError*: an address or a secret is missing or wrong.
Refused records: `hub quarantine list` says why and what to do; they never stop the good ones.

**Rerun.** Clear the task at any time: pages are landed again, records met twice are found unchanged. There is
nothing to backfill: a run takes up all that happened since the last success.
"""

from airflow.sdk import get_parsing_context
from hub_airflow.schedules import by_cron
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

from include.core.source_sheet import SOURCES_DIR, load_source

TAGS = {"list": Tag.LISTS, "portal": Tag.PORTAL, "neo": Tag.NEO}
# A task that starts reads this file again for its own DAG; the sheets of the others are not its business.
wanted = get_parsing_context().dag_id

# A sheet is a DAG: adding a source adds no line here.
for path in sorted(SOURCES_DIR.glob("*.yml")):
    dag_id = f"ingest__{path.stem}"
    if wanted not in (None, dag_id):
        continue
    sheet = load_source(path.stem)
    with hub_dag(
        dag_id,
        doc=f"# {sheet.title_es}\n\n{__doc__}\n**Owner of the source.** {sheet.owner}",
        schedule=by_cron(sheet.schedule),
        tags=[Tag.INGEST, TAGS.get(sheet.kind, Tag.LAKE)],
    ):
        stage_task(dag_id, speaks_to=[sheet.system])
