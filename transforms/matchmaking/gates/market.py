"""Gates about the market: mandatory requirements (E7), the buyer's must-haves (B3), the will to sell there (E5)."""

from collections.abc import Iterable

from transforms.matchmaking.case import VALIDATE, Answer, Case, GateResult, Standing
from transforms.matchmaking.requirements import Requirement

NAMED_IN_REASON = 3


def blocking(case: Case) -> tuple[Requirement, ...]:
    """Return the mandatory requirements that keep a pair apart when they are missing.

    A condition on the sheet's `not_blocking` list is settled later, by somebody else; one that the buyer did
    not ask for (organic) does not arise.
    """
    return tuple(
        row
        for row in case.requirements
        if row.level == "mandatory"
        and not set(row.conditions) & set(case.rules.requirements.not_blocking)
        and arises(case, row)
    )


def recommended(case: Case) -> tuple[Requirement, ...]:
    """Return the recommended requirements that say something about this pair."""
    return tuple(row for row in case.requirements if row.level == "recommended" and arises(case, row))


def arises(case: Case, row: Requirement) -> bool:
    """Return whether the row's condition concerns this need."""
    if "organic" not in row.conditions:
        return True
    asked = {code.strip().upper() for code in (*case.need.certificates_required, *case.need.wishes)}
    return bool(asked & set(case.rules.requirements.organic_codes))


def gate_requirements(case: Case) -> GateResult:
    """The offer holds valid evidence of every mandatory requirement of the market on the need's day."""
    rows = blocking(case)
    country = case.names.country(case.need.market)
    if not rows:
        return GateResult("requirements", Answer.YES, f"{country}: sin requisitos obligatorios para este producto.")
    standings = [(row.requirement_code, case.portfolio.of(row.requirement_code)) for row in rows]
    return _evidence_answer(
        case,
        "requirements",
        standings,
        lacking=f"Falta para {country}",
        unchecked=f"Falta validar para {country}",
        complete=f"Cumple los requisitos obligatorios de {country} ({len(rows)}).",
    )


def gate_must_haves(case: Case) -> GateResult:
    """The offer holds valid evidence of everything the buyer cannot do without."""
    codes = list(dict.fromkeys(code.strip().upper() for code in case.need.certificates_required if code.strip()))
    if not codes:
        return GateResult("must_haves", Answer.YES, "El comprador no exige certificados propios.")
    return _evidence_answer(
        case,
        "must_haves",
        [(code, case.portfolio.of(code)) for code in codes],
        lacking="Falta lo que exige el comprador",
        unchecked="Falta validar lo que exige el comprador",
        complete="Tiene lo que exige el comprador.",
    )


def gate_market(case: Case) -> GateResult:
    """The exporter wants to sell in the buyer's market and nothing forbids it."""
    market, country = case.need.market, case.names.country(case.need.market)
    if not market:
        return GateResult("market", Answer.UNKNOWN, "La necesidad no indica el mercado.", ("validate:will",))
    if market in case.rules.gates.market.embargoed:
        return GateResult("market", Answer.NO, f"{country}: mercado con embargo.", ("embargo",))
    if market in case.offer.excluded_markets:
        return GateResult("market", Answer.NO, f"El exportador no atiende {country}.", ("will",))
    return GateResult("market", Answer.YES, f"El exportador atiende {country}.")


def _evidence_answer(
    case: Case,
    gate: str,
    standings: Iterable[tuple[str, Standing]],
    *,
    lacking: str,
    unchecked: str,
    complete: str,
) -> GateResult:
    lacks: list[str] = []
    expired: list[str] = []
    unverified: list[str] = []
    for code, standing in standings:
        if standing is Standing.EXPIRED:
            expired.append(code)
        elif standing is Standing.ABSENT:
            lacks.append(code)
        elif standing is Standing.UNVERIFIED:
            unverified.append(code)
    sentences = []
    if lacks:
        sentences.append(f"{lacking}: {_listing(case, lacks)}.")
    if expired:
        sentences.append(f"Vencido, o vence antes de la entrega: {_listing(case, expired)}.")
    if unverified:
        sentences.append(f"{unchecked}: {_listing(case, unverified)}.")
    items = tuple(sorted({*lacks, *expired})) + tuple(f"{VALIDATE}{code}" for code in sorted(unverified))
    if lacks or expired:
        return GateResult(gate, Answer.NO, " ".join(sentences), items)
    if unverified:
        return GateResult(gate, Answer.UNKNOWN, " ".join(sentences), items)
    return GateResult(gate, Answer.YES, complete)


def _listing(case: Case, codes: list[str]) -> str:
    names = [case.requirement_name(code) for code in codes]
    more = len(names) - NAMED_IN_REASON
    return "; ".join(names[:NAMED_IN_REASON]) + (f" y {more} más" if more > 0 else "")
