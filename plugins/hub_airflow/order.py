"""Who goes first when several stages may run: sources side by side, everything after them one at a time, in flow order.

News of the portal start four flows at once. Left alone they would race: matches before the customers they are about,
NEO written with half of the truth and written again a minute later. One slot and weights by place in the flow make
each stage find its inputs finished; what is started again by news it has seen already is skipped in a second.
"""

from airflow.sdk import WeightRule

from include.stages.registry import STAGES

# Must exist in Airflow (one slot): `airflow pools set hub_flow 1 "..."`. See plugins/README.md.
FLOW_POOL = "hub_flow"
FLOW_SLOTS = 1
SOURCE_POOL = "default_pool"
WEIGHT_RULE = WeightRule.ABSOLUTE

_ORDER = tuple(STAGES)


# The one source that is read by a stage of the flow too: the write-back looks before and after it writes.
_READ_IN_THE_FLOW = "ingest__neo"


def pool_of(stage: str) -> str:
    """Sources do not share the slot, as they only wait for the outside world; NEO does, lest two read it at once."""
    return SOURCE_POOL if STAGES[stage].is_source and stage != _READ_IN_THE_FLOW else FLOW_POOL


def weight_of(stage: str) -> int:
    """Higher goes first: the earlier in the flow, the higher."""
    return len(_ORDER) - _ORDER.index(stage)
