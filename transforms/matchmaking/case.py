"""One pair under judgement: need, offer, how the product fits, the rules that hold that day, the evidence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from transforms.matchmaking.facts import Certificate, Names, Need, Offer
from transforms.matchmaking.requirements import Requirement
from transforms.matchmaking.search import Hit
from transforms.matchmaking.sheet import MatchmakingSheet

# in front of an item: we have to check it, the firm does not have to obtain it
VALIDATE = "validate:"


class Answer(StrEnum):
    """What a gate says. Unknown blocks like no, but a phone call may turn it."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """What an exporter has of one requirement on one day."""

    HELD = "held"
    UNVERIFIED = "unverified"
    EXPIRED = "expired"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class GateResult:
    """A gate's answer with its Spanish reason and what is missing.

    Items are requirement codes or one of `language`, `capacity`, `approval`, `will`, `embargo`, `dates`,
    `consent`, `offer_paused`, `product`; `validate:` in front means that we have to check, not the firm to obtain.
    """

    gate: str
    answer: Answer
    reason_es: str
    items: tuple[str, ...] = ()
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ProductFit:
    """How an offer's product answers a need: text against the best offer of the need, share of words covered.

    Both are rounded, so that a change elsewhere in the corpus does not disturb every pair.
    `shared` is what both sides confirmed and have in common: the subheading, the heading, or nothing.
    `stated` says that they name the same heading but one of them has not confirmed it.
    """

    relative: float
    cover: float
    shared: str | None = None
    heading: str | None = None
    both_confirmed: bool = False
    stated: bool = False
    hits: tuple[Hit, ...] = ()

    def quoted(self, most: int = 3) -> list[str]:
        """Return the words of the need that the offer answers, in quotation marks; a bare number explains nothing."""
        return [f"«{hit.asked}»" for hit in self.hits if not hit.asked.isdigit()][:most]


@dataclass(frozen=True, slots=True)
class Portfolio:
    """An offer's evidence on one day, requirement code to standing; equivalents count."""

    standings: Mapping[str, Standing]
    equivalents: Mapping[str, tuple[str, ...]]

    def of(self, code: str) -> Standing:
        """Return the best standing among the code and what counts as equivalent."""
        known = [self.standings[one] for one in (code, *self.equivalents.get(code, ())) if one in self.standings]
        return min(known, key=_RANK.__getitem__, default=Standing.ABSENT)


_RANK = {Standing.HELD: 0, Standing.UNVERIFIED: 1, Standing.EXPIRED: 2, Standing.ABSENT: 3}


def portfolio(
    certificates: tuple[Certificate, ...], day: date, equivalents: Mapping[str, tuple[str, ...]]
) -> Portfolio:
    """Return what the certificates prove on `day`. A certificate holds through its last day."""
    standings: dict[str, Standing] = {}
    for certificate in certificates:
        code = certificate.code.strip().upper()
        if certificate.valid_until is not None and certificate.valid_until < day:
            standing = Standing.EXPIRED
        else:
            standing = Standing.HELD if certificate.is_verified else Standing.UNVERIFIED
        if code not in standings or _RANK[standing] < _RANK[standings[code]]:
            standings[code] = standing
    return Portfolio(standings, equivalents)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything the gates and factors of one pair may look at."""

    need: Need
    offer: Offer
    fit: ProductFit
    as_of: date
    requirements: tuple[Requirement, ...]
    portfolio: Portfolio
    rules: MatchmakingSheet
    names: Names
    requirement_names: Mapping[str, str]

    def requirement_name(self, code: str) -> str:
        """Return the Spanish name of a requirement or certificate, or its code."""
        return self.requirement_names.get(code, code)


def need_day(need: Need, as_of: date, rule: str) -> date:
    """Return the day a pair's requirements and evidence are judged on.

    With `need`, the buyer's latest date: goods that arrive then must meet what holds then. Never the past.
    """
    return max(as_of, need.latest_on) if rule == "need" and need.latest_on is not None else as_of
