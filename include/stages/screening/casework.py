"""Casework in the ledger: cases are opened, reopened and annotated here, and closed by people only.

Every step is an event that stays. A finding that disappears because our own record was edited leaves its case
open; so does an entry that left its list, with a note: closing is the officer's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.stages.protocol import StageContext
from include.stages.screening.lists import ListInUse
from transforms.screening.cases import case_id, due_at, hits_for_officer, is_expired
from transforms.screening.policy import SarlaftPolicy
from transforms.screening.records import Hit

Row = dict[str, Any]
ACTOR = "hub"


@dataclass(frozen=True)
class Base:
    """Who the subjects are: hash and kind of each, and the customer it belongs to."""

    hashes: Mapping[str, str]
    kinds: Mapping[str, str]
    customers: Mapping[str, str | None]
    transfers: Mapping[str, str]

    def customer_of(self, subject_id: str, remembered: str | None) -> str | None:
        """The customer a case belongs to now: merged customers hand their cases on."""
        found = self.customers.get(subject_id, remembered)
        while found is not None and found in self.transfers:
            found = self.transfers[found]
        return found


def write_cases(
    ctx: StageContext, hits: Iterable[Hit], base: Base, lists: Sequence[ListInUse], policy: SarlaftPolicy
) -> list[Row]:
    """Open a case for every new finding, reopen cleared ones that changed or ran out, note entries that left.

    Returns every case as it stands after that.
    """
    found = {case_id(hit.subject_id, hit.list_code, hit.entry_id): hit for hit in hits_for_officer(hits, policy)}
    versions = {used.policy.code: used.version_id for used in lists}
    facts = {key: _facts(ctx, hit, base, versions, policy) for key, hit in found.items()}
    ctx.ledger.cases.open_cases([{"case_id": key, "facts": facts[key]} for key in sorted(facts)], ctx.run_id, ACTOR)
    for case in ctx.ledger.cases.all():
        _reopen(ctx, case, facts, policy)
    _note_departures(ctx, found, lists, policy)
    return [_present(ctx, case, base) for case in ctx.ledger.cases.all()]


def _facts(ctx: StageContext, hit: Hit, base: Base, versions: Mapping[str, str | None], policy: SarlaftPolicy) -> Row:
    due = due_at(ctx.clock.now(), is_binding=hit.is_binding, policy=policy)
    return {
        "subject_id": hit.subject_id,
        "subject_kind": base.kinds[hit.subject_id],
        "customer_id": base.customers[hit.subject_id],
        "is_customer": base.customers[hit.subject_id] == hit.subject_id,
        "list_code": hit.list_code,
        "list_entry_id": hit.entry_id,
        "is_binding": hit.is_binding,
        "match_level": hit.level,
        "score": hit.score,
        "subject_name": hit.subject_name,
        "matched_name": hit.matched_name,
        "why_es": hit.why_es,
        "list_version": versions.get(hit.list_code),
        "subject_hash": base.hashes[hit.subject_id],
        "entry_fingerprint": hit.entry_fingerprint,
        "due_at": due.isoformat(),
    }


def _reopen(ctx: StageContext, case: Row, facts: Mapping[str, Row], policy: SarlaftPolicy) -> None:
    """A cleared finding comes back when either side changed in a field that counts, or its term ran out."""
    now = facts.get(case["case_id"])
    if now is None or policy.effect(case["state"]) != "clears":
        return
    seen = _latest_facts(ctx, case)
    is_changed = any(seen.get(name) != now[name] for name in ("subject_hash", "entry_fingerprint"))
    if not is_changed and not is_expired(case["changed_at"], ctx.clock.now(), policy):
        return
    reason = "changed" if is_changed else "expired"
    ctx.ledger.cases.append(case["case_id"], "reopened", "reopened", ACTOR, now | {"reason": reason}, ctx.run_id)


def _note_departures(
    ctx: StageContext, found: Mapping[str, Hit], lists: Sequence[ListInUse], policy: SarlaftPolicy
) -> None:
    """Tell the officer, once, that the entry of a case is no longer on its list."""
    waiting = [
        case
        for case in ctx.ledger.cases.all()
        if case["case_id"] not in found and policy.effect(case["state"]) != "clears"
    ]
    codes = {case["facts"]["list_code"] for case in waiting}
    listed = {
        used.policy.code: set(ctx.lake.read(used.version, columns=["entry_id"])["entry_id"].to_pylist())
        for used in lists
        if used.version is not None and used.policy.code in codes
    }
    for case in waiting:
        code, entry_id = case["facts"]["list_code"], case["facts"]["list_entry_id"]
        if code not in listed or entry_id in listed[code]:
            continue
        if ctx.ledger.cases.events(case["case_id"])[-1]["event"] != "departed":
            note = {"list_code": code, "list_entry_id": entry_id}
            ctx.ledger.cases.append(case["case_id"], "departed", case["state"], ACTOR, note, ctx.run_id)


def _latest_facts(ctx: StageContext, case: Row) -> Row:
    """What the case said when it was opened or last reopened."""
    events = ctx.ledger.cases.events(case["case_id"])
    facts: list[Row] = [event["facts"] for event in events if "subject_hash" in event["facts"]]
    return facts[-1]


def _present(ctx: StageContext, case: Row, base: Base) -> Row:
    """The row of `fct_sarlaft_case`: the evidence as last put before the officer, and the state as it is now."""
    is_back = case["state"] != "open" and case["opened_run_id"] != ctx.run_id
    facts = _latest_facts(ctx, case) if is_back else case["facts"]
    return {
        **facts,
        "case_id": case["case_id"],
        "customer_id": base.customer_of(facts["subject_id"], facts["customer_id"]),
        "state": case["state"],
        "opened_at": case["opened_at"],
        "due_at": datetime.fromisoformat(facts["due_at"]),
    }
