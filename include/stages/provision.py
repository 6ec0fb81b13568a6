"""NEO's tables, columns, choices, lookups and keys, created from the sheets of `include/config/neo`.

Reads first and creates what is missing; what is there but different is reported and left alone. Running it again
creates nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

from connectors.neo.client import NeoClient
from connectors.neo.metadata import NeoMetadata
from include.core.neo_schema import NeoSchema
from include.stages.protocol import Progress, no_progress
from transforms.writeback.provisioning import Step, plan_provisioning


@dataclass(frozen=True)
class Provisioned:
    """What was created, and what differs and needs a person."""

    created: tuple[Step, ...]
    different: tuple[Step, ...]


def plan(client: NeoClient, schema: NeoSchema) -> list[Step]:
    """Say what provisioning would create and what differs; nothing is written."""
    return plan_provisioning(schema, NeoMetadata(client, schema).fetch())


def apply_provisioning(client: NeoClient, schema: NeoSchema, *, progress: Progress = no_progress) -> Provisioned:
    """Create everything that is missing and wait until every key can be used.

    Raises ConfigError when NEO refuses a definition or cannot build a key, RetriableError when a key takes too long.
    """
    metadata = NeoMetadata(client, schema)
    steps = plan_provisioning(schema, metadata.fetch())
    todo = [step for step in steps if step.action == "create"]
    for number, step in enumerate(todo, start=1):
        progress(
            f"{step.kind} {step.owner}.{step.name}" if step.owner else f"{step.kind} {step.name}", number, len(todo)
        )
        _creator(metadata, schema, step)()
    keyed = [table for table, sheet in schema.tables.items() if sheet.keyed]
    progress(f"waiting for the keys of {len(keyed)} tables")
    metadata.wait_for_keys(keyed)
    tables = {step.owner for step in todo if step.owner in schema.tables}
    choices = {step.owner for step in todo if step.kind in ("choice", "option")}
    if tables or choices:
        metadata.publish(tables, choices)
    return Provisioned(tuple(todo), tuple(step for step in steps if step.action == "different"))


def _creator(metadata: NeoMetadata, schema: NeoSchema, step: Step) -> Callable[[], None]:
    """The one call that does a step."""
    return {
        "publisher": metadata.create_publisher,
        "solution": metadata.create_solution,
        "choice": lambda: metadata.create_choice(step.name),
        "option": lambda: metadata.create_option(step.owner, schema.choices[step.owner].options[step.name]),
        "table": lambda: metadata.create_table(step.name),
        "column": lambda: metadata.create_column(step.owner, step.name),
        "lookup": lambda: metadata.create_lookup(step.owner, step.name),
        "tracking": lambda: metadata.track_changes(step.name),
        "key": lambda: metadata.create_key(step.owner),
    }[step.kind]
