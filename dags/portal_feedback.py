"""# Respuestas y avisos

**Purpose.** Tell those who wait: the answer to a registration goes to the portal, mails go to companies and advisors.

**Inputs.** Registration decisions; what the write-back did; the ledger's outbox.

**Outputs.** Answers on the portal, mails; each is sent once, which the outbox remembers.

**Triage.** A message that stays pending: its last note is in the outbox (`hub status`). *RetriableError*: the
portal or the mail server did not answer; nothing is lost, the outbox keeps it. *OutcomeError*: the portal refused
an answer for good; the reason is on the *neo-hub* page.

**Rerun.** Clear the task at any time. A message already delivered is not delivered again.
"""

from hub_airflow.assets import started_by
from hub_airflow.tags import Tag
from hub_airflow.tasks import hub_dag, stage_task

with hub_dag(
    "portal_feedback", doc=__doc__, schedule=started_by("feedback"), tags=[Tag.DELIVERY, Tag.PORTAL, Tag.MAIL]
):
    stage_task("feedback", speaks_to=("portal", "mail", "neo"))
