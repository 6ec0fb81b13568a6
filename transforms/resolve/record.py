"""A record as resolution sees it: names taken apart, identifiers read, contacts clean. One class for all sources."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from transforms.clean.names import CompanyName
from transforms.identifiers.nit import NitReading

Source = Literal["neo", "portal", "portal_registration", "rues"]
SOURCE_LABEL_ES: dict[str, str] = {
    "neo": "la cuenta de NEO",
    "portal": "la empresa del portal",
    "portal_registration": "la solicitud de registro",
    "rues": "el registro mercantil (RUES)",
}


@dataclass(frozen=True, slots=True)
class Party:
    """One company record of one source. Collections are empty and texts None where the source says nothing."""

    source: str
    key: str
    names: tuple[CompanyName, ...]
    nit: NitReading
    tax_id: str | None = None
    country: str | None = None
    department: str | None = None
    city: str | None = None
    address: str | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    domains: frozenset[str] = frozenset()
    audience: str | None = None
    portal_id: str | None = None
    hub_id: str | None = None
    is_closed: bool = False
    is_nit_confirmed: bool = False
    is_nit_disputed: bool = False

    @property
    def ref(self) -> str:
        """`source:key`, the name of the record in judgements."""
        return f"{self.source}:{self.key}"

    @property
    def name(self) -> str:
        """The name as written."""
        return self.names[0].raw if self.names else ""

    @property
    def is_nit_sure(self) -> bool:
        """The NIT is good enough to keep this record apart from bearers of another one.

        Its check digit is right or the commercial register confirms it, and the register does not give the number
        to somebody with another name.
        """
        return not self.is_nit_disputed and (self.nit.status == "ok" or self.is_nit_confirmed)

    def facets(self) -> dict[str, str]:
        """What the record is sure of; groups that differ in one of these never join."""
        sure: dict[str, str | None] = {
            "nit": self.nit.base if self.is_nit_sure else None,
            "country": self.country,
            "audience": self.audience if self.source.startswith("portal") else None,
        }
        if self.tax_id and self.country and self.country != "CO":
            sure["tax_id"] = f"{self.country} {self.tax_id}"
        return {name: value for name, value in sure.items() if value}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two records are, or may be, the same: the rule that held, its confidence, a sentence for people."""

    rule: str
    confidence: float
    why_es: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Evidence about two records, given by their numbers in the sequence that was resolved."""

    left: int
    right: int
    evidence: Evidence


def read_refs(parties: Sequence[Party]) -> dict[str, int]:
    """`source:key` to record number."""
    return {party.ref: number for number, party in enumerate(parties)}
