"""The judgement of a pair: gates, state, band, factors, score with its interval, reasons, and the input hash.

The hash covers every fact the judgement looked at and none it did not: the day itself is not in it, only
what the day decides (which rules hold, which evidence is valid, whether the lead time reaches).
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from include.core.fingerprint import fingerprint
from transforms.matchmaking.case import Answer, Case, GateResult, Portfolio, ProductFit, need_day, portfolio
from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.factors import Factor, TrackRecord, score_factors
from transforms.matchmaking.facts import Names, Need, Offer
from transforms.matchmaking.gates import ask_gates
from transforms.matchmaking.reasons import (
    explain_discarded,
    explain_eligible,
    explain_waiting,
    missing_es,
    say_points,
)
from transforms.matchmaking.requirements import Requirement, RequirementBook
from transforms.matchmaking.sheet import MatchmakingSheet
from transforms.matchmaking.words import terms

ELIGIBLE, WAITING, DISCARDED = "eligible", "waiting", "discarded"
SCORE_DIGITS = 1
NO_RECORD = TrackRecord(0.5)


@dataclass(frozen=True, slots=True)
class Match:
    """One judged pair, a row of fct_match. `rank` is set once all pairs of the need are known.

    `missing` is for people, `missing_items` the same as codes (see `GateResult`).
    """

    need_id: str
    offer_id: str
    need_customer_id: str
    offer_customer_id: str
    heading: str
    market: str
    state: str
    band: str
    score: float | None
    score_low: float | None
    score_high: float | None
    confidence: float | None
    rank: int | None
    reasons_es: str
    gates: str
    missing: tuple[str, ...]
    missing_items: tuple[str, ...]
    factors: str
    input_hash: str
    weights_version: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the day decides for a pair: the requirements in force and the evidence valid, with their fingerprint."""

    requirements: tuple[Requirement, ...]
    portfolio: Portfolio
    print: str


class Judge:
    """The rules of one run, asked pair by pair. Remembers what many pairs share."""

    def __init__(
        self,
        rules: MatchmakingSheet,
        book: RequirementBook,
        names: Names,
        as_of: date,
        records: Mapping[str, TrackRecord] | None = None,
    ) -> None:
        self.rules, self.book, self.names, self.as_of = rules, book, names, as_of
        self.records = records or {}
        self._requirement_names = {row.requirement_code: row.name_es for row in book.rows}
        self._prints: dict[str, str] = {}
        self._grounds: dict[tuple[str, date, str, tuple[str, ...]], Grounds] = {}
        self._chosen = {kind: _weights(rules, kind, as_of) for kind in ("product", "service")}

    def input_hash(self, need: Need, offer: Offer, fit: ProductFit) -> str:
        """Return the fingerprint of everything a judgement of this pair depends on."""
        grounds = self._ground(need, offer)
        record = self.records.get(offer.exporter.customer_id, NO_RECORD)
        parts = (
            self._need_print(need),
            self._offer_print(offer),
            f"{fit.relative:.2f} {fit.cover:.2f} {fit.shared} {fit.heading} {fit.both_confirmed} {fit.stated}",
            " ".join(f"{hit.asked}:{hit.via}" for hit in fit.hits),
            grounds.print,
            self._timeliness(need, offer),
            f"{record.effectiveness} {' '.join(sorted(record.closed_headings))}",
            self._weights(need)[1],
        )
        return fingerprint("\n".join(parts))

    def judge(self, need: Need, offer: Offer, fit: ProductFit, input_hash: str | None = None) -> Match:
        """Return the judgement of a pair, without its rank. All gates are asked, whatever the first ones say."""
        case = self.case(need, offer, fit)
        gates = ask_gates(case)
        lenient = self._lenient(need, offer)
        refused = [gate for gate in gates if gate.answer is Answer.NO]
        open_gates = [gate for gate in gates if gate.answer is Answer.UNKNOWN and gate.gate not in lenient]
        state = DISCARDED if refused else WAITING if open_gates else ELIGIBLE
        band = band_of(fit, self.rules)
        weights, version = self._weights(need)
        factors = score_factors(case, self.records.get(offer.exporter.customer_id, NO_RECORD))
        score, low, high = score_pair(factors, weights)
        points = say_points(score, low, high, factors)
        if state == ELIGIBLE:
            reasons = explain_eligible(case, band, points, factors, weights, gates)
        elif state == WAITING:
            reasons = explain_waiting(points, gates, [gate.gate for gate in open_gates])
        else:
            reasons = explain_discarded(gates)
        shown = state != DISCARDED
        items = tuple(sorted({item for gate in (*refused, *open_gates) for item in gate.items}))
        return Match(
            need_id=need.need_id,
            offer_id=offer.offer_id,
            need_customer_id=need.buyer.customer_id,
            offer_customer_id=offer.exporter.customer_id,
            heading=fit.heading or min(headings_of(offer.codes) or headings_of(need.codes), default=""),
            market=need.market,
            state=state,
            band=band,
            score=score if shown else None,
            score_low=low if shown else None,
            score_high=high if shown else None,
            confidence=round(1 - (high - low) / 100, 3) if shown else None,
            rank=None,
            reasons_es=reasons,
            gates=_gates_json(gates),
            missing=tuple(missing_es(case, item) for item in items),
            missing_items=items,
            factors=_factors_json(factors, weights),
            input_hash=input_hash or self.input_hash(need, offer, fit),
            weights_version=version,
        )

    def case(self, need: Need, offer: Offer, fit: ProductFit) -> Case:
        """Gather what gates and factors may look at."""
        grounds = self._ground(need, offer)
        return Case(
            need=need,
            offer=offer,
            fit=fit,
            as_of=self.as_of,
            requirements=grounds.requirements,
            portfolio=grounds.portfolio,
            rules=self.rules,
            names=self.names,
            requirement_names=self._requirement_names,
        )

    def _ground(self, need: Need, offer: Offer) -> Grounds:
        day = need_day(need, self.as_of, self.rules.requirements.day)
        codes = relevant_codes(need, offer)
        key = (need.market, day, offer.offer_id, codes)
        if key not in self._grounds:
            rows = self.book.applicable(need.market, codes, day, offer.exporter.size)
            held = portfolio(offer.certificates, day, self.rules.requirements.equivalents)
            print_ = fingerprint(
                [(row.key, row.level, row.condition, row.name_es) for row in rows], sorted(held.standings.items())
            )
            self._grounds[key] = Grounds(rows, held, print_)
        return self._grounds[key]

    def _timeliness(self, need: Need, offer: Offer) -> str:
        if need.latest_on is None:
            return "open"
        if offer.lead_time_days is None:
            return f"{need.latest_on >= self.as_of} unknown"
        reaches = self.as_of + timedelta(days=offer.lead_time_days) <= need.latest_on
        return f"{need.latest_on >= self.as_of} {reaches}"

    def _weights(self, need: Need) -> tuple[Mapping[str, float], str]:
        return self._chosen["service" if need.kind == "service" else "product"]

    def _lenient(self, need: Need, offer: Offer) -> frozenset[str]:
        return frozenset(
            gate
            for line in self.rules.gates.lenient
            if line.market in (None, need.market) and line.sector in (None, offer.exporter.sector)
            for gate in line.gates
        )

    def _need_print(self, need: Need) -> str:
        if need.need_id not in self._prints:
            # text counts through the fit
            plain = replace(need, title="", description="", created_at=None, updated_at=None)
            self._prints[need.need_id] = fingerprint(asdict(plain))
        return self._prints[need.need_id]

    def _offer_print(self, offer: Offer) -> str:
        key = f"{offer.offer_id} offer"
        if key not in self._prints:
            # text counts through the fit (the wishes it meets apart), certificates through what they prove that day
            words = fingerprint(sorted(set(terms(f"{offer.title} {offer.description}"))))
            plain = replace(offer, title=words, description="", updated_at=None, certificates=())
            self._prints[key] = fingerprint(asdict(plain))
        return self._prints[key]


def _weights(rules: MatchmakingSheet, kind: str, as_of: date) -> tuple[Mapping[str, float], str]:
    chosen = rules.weights_for(kind, as_of)
    return {str(name): weight for name, weight in chosen.weights.items()}, f"{chosen.id}@{rules.version}"


def relevant_codes(need: Need, offer: Offer) -> tuple[str, ...]:
    """Return the offer's codes a market's rules are looked up for: those in the need's headings, else all of them.

    An offer without any code is judged by the need's.
    """
    wanted = headings_of(need.codes)
    shared = tuple(code for code in offer.codes if headings_of((code,)) & wanted)
    return shared or offer.codes or need.codes


def band_of(fit: ProductFit, rules: MatchmakingSheet) -> str:
    """Return A (confirmed heading, text agrees), B (confirmed heading) or C (text only)."""
    if fit.shared is None:
        return "C"
    agrees = fit.shared == "subheading" or fit.cover >= rules.product.band_a_cover
    return "A" if agrees else "B"


def score_pair(factors: Sequence[Factor], weights: Mapping[str, float]) -> tuple[float, float, float]:
    """Return score, low and high in points: the same sum with every unknown at its prior, at 0 and at 1."""

    def total(values: Mapping[str, float]) -> float:
        return round(100 * sum(weights[name] * value for name, value in values.items()), SCORE_DIGITS)

    return (
        total({factor.name: factor.x for factor in factors}),
        total({factor.name: factor.low for factor in factors}),
        total({factor.name: factor.high for factor in factors}),
    )


def _gates_json(gates: Sequence[GateResult]) -> str:
    plain: dict[str, Any] = {}
    for gate in gates:
        plain[gate.gate] = {"answer": gate.answer.value, "reason_es": gate.reason_es}
        if gate.items:
            plain[gate.gate]["items"] = list(gate.items)
        if gate.evidence:
            plain[gate.gate]["evidence"] = gate.evidence
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def _factors_json(factors: Sequence[Factor], weights: Mapping[str, float]) -> str:
    plain = {
        factor.name: {
            "x": round(factor.x, 3),
            "low": round(factor.low, 3),
            "high": round(factor.high, 3),
            "weight": weights[factor.name],
            **({"missing_es": list(factor.missing_es)} if factor.missing_es else {}),
        }
        for factor in factors
    }
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
