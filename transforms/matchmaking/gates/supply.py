"""Gates about what is supplied: the product itself, enough of it, in time."""

from datetime import timedelta
from typing import Any

import numpy as np

from transforms.matchmaking.case import Answer, Case, GateResult, ProductFit
from transforms.matchmaking.sheet import ProductRules
from transforms.matchmaking.units import Yearly, yearly


def fits_product(fit: ProductFit, has_product_text: bool, rules: ProductRules) -> Answer:
    """Return whether it is the product asked for: a heading both confirmed, else text that says enough.

    Two confirmed codes that do not meet are an answer: what people ticked beats how they worded it.
    """
    if fit.shared is not None:
        return Answer.YES
    if fit.both_confirmed:
        return Answer.NO
    if not has_product_text:
        return Answer.UNKNOWN
    return Answer.YES if bool(text_says_product(fit.relative, fit.cover, fit.stated, rules)) else Answer.NO


def text_says_product(relative: Any, cover: Any, stated: Any, rules: ProductRules) -> Any:
    """Return whether text alone says it is the product: near the best offer, and enough of what was asked.

    Less text is enough where both name the same heading, though unconfirmed. Takes numbers or arrays of them,
    so that the search can ask it of every offer at once.
    """
    floor = np.where(stated, rules.min_cover_same_code, rules.min_cover)
    return (relative >= rules.min_text) & (cover >= floor)


def gate_product(case: Case) -> GateResult:
    """The offer is the product asked for."""
    described = bool(case.offer.codes or case.offer.title.strip() or case.offer.description.strip())
    answer = fits_product(case.fit, described, case.rules.product)
    if case.fit.shared is not None and case.fit.heading is not None:
        name = case.names.heading(case.fit.heading)
        label = f"{case.fit.heading} ({name})" if name else case.fit.heading
        kind = "la misma subpartida de" if case.fit.shared == "subheading" else "la partida"
        kind = "la clase de servicio" if case.fit.heading.startswith("S") else kind
        return GateResult("product", answer, f"Ambas partes confirmaron {kind} {label}.", evidence=case.fit.heading)
    if answer is Answer.YES:
        words = ", ".join(case.fit.quoted())
        code = "misma partida, sin confirmar" if case.fit.stated else "código sin confirmar"
        reason = f"El texto coincide en {words}; {code}." if words else f"El texto coincide; {code}."
        return GateResult("product", answer, reason, evidence=f"cover={case.fit.cover:.2f}")
    if answer is Answer.UNKNOWN:
        return GateResult("product", answer, "La oferta no tiene código ni descripción.", ("validate:product",))
    return GateResult("product", answer, "La oferta es de otro producto.", ("product",))


def wanted_volume(case: Case) -> Yearly | None:
    """Return the least the buyer takes in a year: the minimum, or the whole volume when it may not be split."""
    need = case.need
    least = need.min_volume if need.min_volume is not None else need.volume_value
    return yearly(least, need.volume_unit, need.volume_period)


def free_capacity(case: Case) -> Yearly | None:
    """Return what the exporter can supply in a year."""
    offer = case.offer
    return yearly(offer.capacity_value, offer.capacity_unit, offer.capacity_period)


def gate_capacity(case: Case) -> GateResult:
    """The exporter can supply at least what the buyer must have in a year."""
    wanted, free = wanted_volume(case), free_capacity(case)
    if wanted is None:
        reason = "El comprador no indicó un volumen comparable."
        return GateResult("capacity", Answer.UNKNOWN, reason, ("validate:capacity",))
    if free is None:
        reason = "El exportador no indicó su capacidad."
        return GateResult("capacity", Answer.UNKNOWN, reason, ("validate:capacity",))
    if free.unit != wanted.unit:
        reason = "La capacidad y el volumen están en unidades distintas."
        return GateResult("capacity", Answer.UNKNOWN, reason, ("validate:capacity",))
    if free.amount < wanted.amount:
        share = free.amount / wanted.amount
        reason = f"La capacidad cubre {share:.0%} de lo mínimo que pide el comprador."
        return GateResult("capacity", Answer.NO, reason.replace("%", " %"), ("capacity",))
    return GateResult("capacity", Answer.YES, "La capacidad alcanza.")


def gate_dates(case: Case) -> GateResult:
    """With its lead time the offer reaches the buyer's latest date."""
    latest, lead = case.need.latest_on, case.offer.lead_time_days
    if latest is not None and latest < case.as_of:
        return GateResult("dates", Answer.NO, "La fecha límite del comprador ya pasó.", ("dates",))
    if latest is None:
        return GateResult("dates", Answer.UNKNOWN, "El comprador no indicó fecha límite.", ("validate:dates",))
    if lead is None:
        return GateResult("dates", Answer.UNKNOWN, "Falta el plazo de entrega del exportador.", ("validate:dates",))
    if case.as_of + timedelta(days=lead) > latest:
        reason = f"Con {lead} días de plazo no llega a la fecha límite del comprador."
        return GateResult("dates", Answer.NO, reason, ("dates",), f"latest_on={latest.isoformat()}")
    return GateResult("dates", Answer.YES, "El plazo de entrega alcanza.")
