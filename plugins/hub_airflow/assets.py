"""The arrows between the flows: one asset per stage, defined here and nowhere else.

An event on it says "this stage published something new"; which datasets, and their versions, travel in the event's
extra. What starts what is not written down a second time: it follows from the registry's inputs and outputs.
"""

from airflow.sdk import Asset, AssetAny

from include.stages.registry import STAGES

GROUP = "neo-hub"

# Name and address are both explicit: the same address under two names would switch one of them off.
ASSETS: dict[str, Asset] = {
    spec.name: Asset(
        name=spec.name,
        uri=f"neo-hub://stages/{spec.name}",
        group=GROUP,
        extra={"title": spec.title_es, "datasets": list(spec.outputs)},
    )
    for spec in STAGES.values()
}

_PRODUCER: dict[str, str] = {dataset: spec.name for spec in STAGES.values() for dataset in spec.outputs}


def upstream(*stages: str) -> tuple[str, ...]:
    """Names of the stages that make an input of `stages`, in flow order, without `stages` themselves."""
    makers = {_PRODUCER[dataset] for stage in stages for dataset in STAGES[stage].inputs}
    return tuple(name for name in STAGES if name in makers and name not in stages)


def started_by(*stages: str) -> AssetAny:
    """The schedule of a DAG that runs `stages`: news from any stage upstream of them starts it.

    Any, not all: an input that did not change sends no event, and waiting for it would be waiting for ever.
    Events that arrive during a run are merged into the one run that follows it.
    """
    return AssetAny(*(ASSETS[name] for name in upstream(*stages)))
