"""What a stage reports of itself: counts that must add up, versions read and written, notes for people.

A summary travels through XCom and `--json`; it never holds a row.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from include.core.errors import ConservationError


@dataclass(frozen=True)
class Counts:
    """Outcomes of the rows of one part of a run. Every row read has exactly one outcome."""

    read: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    held: int = 0
    failed: int = 0

    @property
    def accepted(self) -> int:
        """Rows that went through: created, changed or found unchanged."""
        return self.created + self.changed + self.unchanged

    @property
    def accounted(self) -> int:
        """Sum of all outcomes."""
        return self.accepted + self.quarantined + self.held + self.failed

    def __add__(self, other: "Counts") -> "Counts":
        """Add two counts outcome by outcome."""
        return Counts(**{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)})


@dataclass
class RunSummary:
    """One run of one stage. `parts` holds counts per stream, table or step."""

    stage: str
    run_id: str
    parts: dict[str, Counts] = field(default_factory=dict)
    versions_in: dict[str, str] = field(default_factory=dict)
    versions_out: dict[str, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    skipped: bool = False
    seconds: float = 0.0

    @property
    def total(self) -> Counts:
        """Counts over all parts."""
        return sum(self.parts.values(), Counts())

    def seal(self) -> "RunSummary":
        """Check the conservation law for every part and return self.

        Raises ConservationError when rows in differ from the sum of outcomes.
        """
        for name, counts in self.parts.items():
            if counts.read != counts.accounted:
                raise ConservationError(self.stage, name, counts.read, counts.accounted)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary, totals included."""
        total = self.total
        return asdict(self) | {"total": asdict(total) | {"accepted": total.accepted}}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "RunSummary":
        """Rebuild a summary from `to_dict`."""
        plain = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        plain["parts"] = {name: Counts(**counts) for name, counts in data.get("parts", {}).items()}
        return cls(**plain)
