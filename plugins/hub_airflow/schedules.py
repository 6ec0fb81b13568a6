"""Schedules by the clock, for what no event announces: the outside sources and the upkeep."""

from datetime import timedelta

from airflow.sdk import CronTriggerTimetable

# The agency's own clock: a cron line in a sheet means the hour in Bogotá.
TIMEZONE = "America/Bogota"


def by_cron(line: str) -> CronTriggerTimetable:
    """Return the schedule of a cron line such as `15 5 * * *`.

    A DAG that was just switched on waits for its next hour. Airflow would otherwise start it at once or not,
    depending on how long ago the last hour was.
    """
    return CronTriggerTimetable(line, timezone=TIMEZONE, run_immediately=timedelta(0))
