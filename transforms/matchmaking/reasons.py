"""Why a pair stands where it stands, in the Spanish an advisor would use on the telephone."""

from collections.abc import Iterable, Mapping, Sequence

from transforms.matchmaking.case import VALIDATE, Answer, Case, GateResult
from transforms.matchmaking.factors import Factor

STRENGTH_FROM = 0.75
NAMED_STRENGTHS = 2
NAMED_GAPS = 3

_STRENGTHS = {
    "capacity": "la capacidad alcanza para todo el volumen",
    "experience": "exportador con experiencia",
    "market": "es uno de sus mercados prioritarios",
    "quality": "perfil completo y bien clasificado",
    "terms": "precio, plazo y condiciones cercanos a lo pedido",
    "language": "buen nivel en el idioma del comprador",
    "record": "sus contactos anteriores llegaron a algo",
}
_BANDS = {
    "A": "producto confirmado y texto coincidente",
    "B": "partida confirmada",
    "C": "coincidencia de texto, código sin confirmar",
}
_ITEMS = {
    "language": "Idioma del comprador",
    "capacity": "Capacidad",
    "approval": "Aprobación del perfil",
    "will": "Interés en ese mercado",
    "embargo": "Mercado con embargo",
    "dates": "Fecha límite del comprador",
    "consent": "Autorización para mostrar sus datos",
    "offer_paused": "Oferta en pausa",
    "product": "Código o descripción del producto",
}


def missing_es(case: Case, item: str) -> str:
    """Return a missing item as an advisor reads it: «Por validar: Capacidad», or the requirement's name."""
    code = item.removeprefix(VALIDATE)
    label = _ITEMS.get(code) or case.requirement_name(code)
    return f"Por validar: {label}" if code != item else label


def say_points(score: float, low: float, high: float, factors: Iterable[Factor]) -> str:
    """Return «82 puntos (entre 74 y 90): falta precio y capacidad»."""
    missing = list(dict.fromkeys(name for factor in factors for name in factor.missing_es))
    lacks = f": falta {join_es(missing[:NAMED_GAPS])}" if missing else ""
    if round(low) == round(high):
        return f"{score:.0f} puntos{lacks}"
    return f"{score:.0f} puntos (entre {low:.0f} y {high:.0f}){lacks}"


def explain_eligible(
    case: Case,
    band: str,
    points: str,
    factors: Sequence[Factor],
    weights: Mapping[str, float],
    gates: Sequence[GateResult],
) -> str:
    """Return the reasons of a pair that may be shown: points, product, strengths, what is still to be confirmed."""
    product = next(gate.reason_es for gate in gates if gate.gate == "product")
    strong = sorted(
        (factor for factor in factors if factor.name in _STRENGTHS and factor.low >= STRENGTH_FROM),
        key=lambda factor: (-weights[factor.name] * factor.x, factor.name),
    )
    sentences = [f"{points}.", f"Banda {band}: {_BANDS[band]}.", product]
    words = case.fit.quoted()
    if case.fit.shared is not None and words:
        sentences.append(f"También {'coincide' if len(words) == 1 else 'coinciden'} {join_es(words)}.")
    if strong:
        sentences.append(f"A favor: {join_es([_STRENGTHS[factor.name] for factor in strong[:NAMED_STRENGTHS]])}.")
    open_gates = [gate.reason_es for gate in gates if gate.answer is Answer.UNKNOWN]
    if open_gates:
        sentences.append(f"Por confirmar: {' '.join(open_gates)}")
    return " ".join(sentences)


def explain_waiting(points: str, gates: Sequence[GateResult], blocking: Iterable[str]) -> str:
    """Return the reasons of a pair that only waits for somebody of ours to check something."""
    held = set(blocking)
    reasons = [gate.reason_es for gate in gates if gate.gate in held]
    return f"En espera de validación. {' '.join(reasons)} Si se confirma: {points}."


def explain_discarded(gates: Sequence[GateResult]) -> str:
    """Return why a pair is discarded: every gate that said no, then what would still have to be checked."""
    refused = [gate.reason_es for gate in gates if gate.answer is Answer.NO]
    return f"Descartado. {' '.join(refused)}"


def join_es(words: Sequence[str]) -> str:
    """Join words as Spanish does: a, b y c (e before an i sound)."""
    if len(words) < 2:
        return "".join(words)
    last = words[-1]
    link = "e" if last.lower().startswith(("i", "hi")) and not last.lower().startswith("hie") else "y"
    return f"{', '.join(words[:-1])} {link} {last}"
