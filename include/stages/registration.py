"""The registration gate: one decision per pending registration, and the steps of every customer's journey.

Nothing is sent from here; the feedback stage tells the portal and the people. Decisions are taken once: an
answered registration keeps its answer in every later run.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from include.core.sheets import load_sheet
from include.core.summary import RunSummary
from include.stages.correspondence import correspondence
from include.stages.protocol import Inputs, StageContext, begin, finish, waiting
from include.stages.registering.decisions import SCHEMA, Desk, Known
from include.stages.registering.forms import open_forms, quarantined_forms, staged_forms
from include.stages.registering.journey import STAGE_SCHEMA, journey
from include.stages.registering.products import product_reader
from include.store.lake import Published
from transforms.registration.advisor import Advisor
from transforms.registration.rules import RegistrationRules

STAGE = "registration"
DECISIONS = "fct_registration_decision"
REQUIRED = (
    "stg_portal__registrations", "int_customer_xref", "dim_customer", "dim_sarlaft_state", "stg_directory__advisors",
)  # fmt: skip
OPTIONAL = (
    "dim_registration_state", "int_review_pair", "stg_portal__companies", "stg_portal__contact_requests",
    "stg_portal__opportunities",
)  # fmt: skip


def run(ctx: StageContext) -> RunSummary:
    """Decide on what is pending, and lay out the journeys."""
    path = ctx.settings.config_dir / "rules" / "registration.yml"
    rules = load_sheet(path, RegistrationRules)
    inputs = begin(ctx, STAGE, required=REQUIRED, optional=OPTIONAL, sheets={STAGE: path})
    if inputs.missing:
        return waiting(ctx, inputs)
    summary = RunSummary(STAGE, ctx.run_id)
    config_dir = ctx.settings.config_dir
    desk = Desk(
        rules,
        _known(ctx, inputs),
        _advisors(ctx, inputs),
        correspondence(config_dir),
        lambda phrase: product_reader(config_dir).sector(phrase),
        ctx.clock.now,
    )
    staged = staged_forms(ctx.lake.read(inputs.versions["stg_portal__registrations"]).to_pylist())
    refused = quarantined_forms(ctx.ledger.quarantine.open("portal", "registrations"))
    previous = {row["registration_id"]: row for row in ctx.lake.read_or_empty(DECISIONS, SCHEMA).to_pylist()}
    rows = desk.decide(open_forms(staged, refused), previous)
    decided = _publish(ctx, inputs, summary, DECISIONS, pa.Table.from_pylist(rows, schema=SCHEMA), "registration_id")
    steps = journey(ctx, {**inputs.versions, DECISIONS: decided.version})
    _publish(ctx, inputs, summary, "fct_stage", steps.cast(STAGE_SCHEMA), "stage_id")
    summary.notes = _notes(rows, previous)
    return finish(ctx, inputs, summary)


def _publish(
    ctx: StageContext, inputs: Inputs, summary: RunSummary, dataset: str, table: pa.Table, key: str
) -> Published:
    published = ctx.lake.publish(dataset, table, key=(key,), run_id=ctx.run_id, inputs=inputs.version_names)
    summary.versions_out[dataset] = published.version.version
    summary.parts[dataset] = published.counts
    return published


def _known(ctx: StageContext, inputs: Inputs) -> Known:
    xref = ctx.lake.read(inputs.versions["int_customer_xref"], columns=["source", "source_key", "hub_id"]).to_pylist()
    customers = ctx.lake.read(
        inputs.versions["dim_customer"], columns=["customer_id", "is_in_neo", "neo_account_id"]
    ).to_pylist()
    states = ctx.lake.read(inputs.versions["dim_sarlaft_state"], columns=["customer_id", "state"]).to_pylist()
    return Known(
        customer_ids={row["source_key"]: row["hub_id"] for row in xref if row["source"] == "portal_registration"},
        customers={row["customer_id"]: row for row in customers},
        states={row["customer_id"]: row["state"] for row in states},
        at_the_door={row["registration_id"]: row["state"] for row in _at_the_door(ctx, inputs)},
        in_doubt=_in_doubt(ctx, inputs),
    )


def _at_the_door(ctx: StageContext, inputs: Inputs) -> list[dict[str, Any]]:
    version = inputs.versions.get("dim_registration_state")
    return [] if version is None else list(ctx.lake.read(version).to_pylist())


def _in_doubt(ctx: StageContext, inputs: Inputs) -> frozenset[str]:
    """Registrations that may be a company we know; a person has yet to say."""
    version = inputs.versions.get("int_review_pair")
    if version is None:
        return frozenset()
    columns = ["left_source", "left_key", "right_source", "right_key"]
    pairs = ctx.lake.read(version, columns=columns).to_pylist()
    return frozenset(
        pair[f"{side}_key"] for pair in pairs for side in ("left", "right")
        if pair[f"{side}_source"] == "portal_registration"
    )  # fmt: skip


def _advisors(ctx: StageContext, inputs: Inputs) -> list[Advisor]:
    rows = ctx.lake.read(inputs.versions["stg_directory__advisors"]).to_pylist()
    return [
        Advisor(
            advisor_id=row["advisor_id"],
            full_name=row["full_name"],
            email=row["email"] or "",
            office_slug=row["office_slug"],
            office_kind=row["office_kind"],
            countries=frozenset(row["countries"] or ()),
            departments=frozenset(row["departments"] or ()),
            sectors=frozenset(row["sectors"] or ()),
            languages=frozenset(language[:2].lower() for language in row["languages"] or ()),
            is_active=bool(row["is_active"]),
        )
        for row in sorted(rows, key=lambda row: str(row["advisor_id"]))
    ]


def _notes(rows: list[dict[str, Any]], previous: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Counts of what was decided now, without a reason and without a name."""
    fresh = [row for row in rows if previous.get(row["registration_id"]) != row]
    counts = Counter(row["decision"] for row in fresh)
    told = [f"{n} {kind}" for kind, n in sorted(counts.items())]
    alone = sum(1 for row in fresh if row["decision"] == "refuse" and row["advisor_id"] is None)
    notes = [f"decided now: {', '.join(told)}" if told else "nothing new to decide"]
    if alone:
        notes.append(f"{alone} companies found no advisor: look at the directory")
    return notes
