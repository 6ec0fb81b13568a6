"""The feedback stage: what was decided reaches the portal, the companies and the advisors.

Messages are queued in the ledger first and delivered after; a crash in between repeats a delivery under the same
key, which its receiver recognises. Whether a message may go is asked again at the moment of sending.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack

from include.core.errors import ConfigError, HubError, RetriableError
from include.core.summary import Counts, RunSummary
from include.stages.correspondence import correspondence
from include.stages.feedback_channels.channel import Channel
from include.stages.feedback_channels.gate import Gate
from include.stages.feedback_channels.mail import MailChannel
from include.stages.feedback_channels.portal import PortalChannel
from include.stages.feedback_channels.queue import queue_messages, withdraw_outdated
from include.stages.protocol import StageContext, begin, finish, waiting
from include.store.ledger.repository import Row

STAGE = "feedback"
DECISIONS = "fct_registration_decision"
_LEASE_SECONDS = 900.0
_GIVE_UP_AFTER = 3  # failures in a row that say: the receiver is away, the next run will try again


def run(ctx: StageContext) -> RunSummary:
    """Queue what has to be said and deliver what may be said.

    Raises ConfigError when a receiver refuses us, RetriableError when another run is delivering. Messages that did
    not arrive are counted as failed after all the others went.
    """
    states = ("dim_sarlaft_state", "dim_registration_state")
    inputs = begin(ctx, STAGE, required=(DECISIONS,), optional=("plan_writeback", *states))
    if inputs.missing:
        return waiting(ctx, inputs)
    if not ctx.ledger.switches.is_on(STAGE):
        return RunSummary(STAGE, ctx.run_id, notes=["delivery is switched off"], skipped=True)
    if not ctx.ledger.locks.acquire(STAGE, ctx.run_id, _LEASE_SECONDS):
        raise RetriableError(STAGE, "another run is delivering", retry_after=60)
    try:
        decisions = {row["registration_id"]: row for row in ctx.lake.read(inputs.versions[DECISIONS]).to_pylist()}
        withdrawn = withdraw_outdated(ctx, decisions, _portal_statuses(ctx))
        queued = queue_messages(ctx, decisions.values(), correspondence(ctx.settings.config_dir))
        summary = deliver_pending(ctx, [PortalChannel(ctx.settings), MailChannel(ctx.settings)])
    finally:
        ctx.ledger.locks.release(STAGE, ctx.run_id)
    summary.notes.append(f"{queued} messages queued" + (f", {withdrawn} taken back" if withdrawn else ""))
    return finish(ctx, inputs, summary)


def _portal_statuses(ctx: StageContext) -> dict[str, str]:
    version = ctx.lake.current("stg_portal__registrations")
    rows = ctx.lake.read(version, columns=["registration_id", "status"]).to_pylist() if version else []
    return {row["registration_id"]: row["status"] for row in rows}


def deliver_pending(ctx: StageContext, channels: Sequence[Channel]) -> RunSummary:
    """Deliver what waits in the outbox, channel by channel; the counts of each are a part of the summary."""
    summary = RunSummary(STAGE, ctx.run_id)
    gate = Gate.read(ctx)
    reasons: Counter[str] = Counter()
    with ExitStack() as stack:
        for channel in channels:
            stack.enter_context(channel)
            summary.parts[channel.name] = _deliver(ctx, channel, gate, reasons)
    summary.notes = [f"{n} times: {reason}" for reason, n in sorted(reasons.items())]
    return summary


def _deliver(ctx: StageContext, channel: Channel, gate: Gate, reasons: Counter[str]) -> Counts:
    waiting_messages = ctx.ledger.outbox.pending(channel.name)
    sent = held = failed = in_a_row = 0
    for number, message in enumerate(waiting_messages):
        ctx.progress(channel.name, number, len(waiting_messages))
        obstacle = gate.obstacle(message)
        if obstacle is not None:
            _hold(ctx, message, obstacle)
            held += 1
        elif in_a_row >= _GIVE_UP_AFTER:
            failed += 1
        elif (problem := _try(ctx, channel, message)) is None:
            sent += 1
            in_a_row = 0
        else:
            failed += 1
            in_a_row = in_a_row + 1 if isinstance(problem, RetriableError) else 0
            reasons[f"{channel.name}: {type(problem).__name__}, see the note of the message"] += 1
    return Counts(read=len(waiting_messages), created=sent, held=held, failed=failed)


def _try(ctx: StageContext, channel: Channel, message: Row) -> HubError | None:
    """Deliver one message; return what went wrong. A wrong setting stops everything, it would fail every message."""
    try:
        receipt = channel.deliver(message)
    except ConfigError as error:
        ctx.ledger.outbox.mark(message["id"], "pending", _note(error))
        raise
    except HubError as error:
        ctx.ledger.outbox.mark(message["id"], "pending", _note(error))
        return error
    ctx.ledger.outbox.mark(message["id"], "sent", receipt)
    return None


def _hold(ctx: StageContext, message: Row, obstacle: str) -> None:
    if (message["state"], message["note"]) != ("held", obstacle):
        ctx.ledger.outbox.mark(message["id"], "held", obstacle)


def _note(error: HubError) -> str:
    return f"{type(error).__name__}: {error}"[:500]
