"""Compliance cases. A case is the sum of its events; nothing of it is ever overwritten."""

from collections.abc import Sequence

from sqlalchemy import select

from include.store.ledger.repository import Repository, Row
from include.store.ledger.tables import case_event


class CaseRepository(Repository):
    """Append-only events."""

    def open_cases(self, cases: Sequence[Row], run_id: str, actor: str = "hub") -> int:
        """Open the cases that do not exist yet: {case_id, facts}. Returns how many are new."""
        known = {row["case_id"] for row in self._rows(select(case_event.c.case_id).distinct())}
        new = [case for case in cases if case["case_id"] not in known]
        now = self.clock.now()
        self._insert_many(
            case_event,
            [
                {
                    "case_id": case["case_id"],
                    "event": "opened",
                    "state": "open",
                    "actor": actor,
                    "facts": case["facts"],
                    "run_id": run_id,
                    "at": now,
                }
                for case in new
            ],
        )
        return len(new)

    def append(self, case_id: str, event: str, state: str, actor: str, facts: Row, run_id: str) -> None:
        """Append one event; its state becomes the state of the case."""
        row = {
            "case_id": case_id,
            "event": event,
            "state": state,
            "actor": actor,
            "facts": facts,
            "run_id": run_id,
            "at": self.clock.now(),
        }
        self._insert_many(case_event, [row])

    def all(self) -> list[Row]:
        """Every case: {case_id, state, opened_at, opened_run_id, facts of its opening, changed_at}."""
        cases: dict[str, Row] = {}
        for row in self._rows(select(case_event).order_by(case_event.c.id)):
            case = cases.setdefault(
                row["case_id"],
                {
                    "case_id": row["case_id"],
                    "opened_at": row["at"],
                    "opened_run_id": row["run_id"],
                    "facts": row["facts"],
                },
            )
            case |= {"state": row["state"], "changed_at": row["at"], "actor": row["actor"]}
        return list(cases.values())

    def events(self, case_id: str) -> list[Row]:
        """The history of one case, oldest first."""
        return self._rows(select(case_event).where(case_event.c.case_id == case_id).order_by(case_event.c.id))
