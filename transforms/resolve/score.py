"""The verdict on a pair: the surest exact rule that holds, otherwise points added up, each with its reason in words.

Scores are not probabilities: they order pairs, and the bands of the sheet say what happens with them.
"""

from __future__ import annotations

from transforms.resolve.facts import PairFacts
from transforms.resolve.record import Evidence
from transforms.resolve.rules import RULES
from transforms.resolve.sheet import IdentitySheet

_SOURCE_ES = {"neo": "NEO", "portal": "portal", "portal_registration": "solicitud", "rues": "RUES"}
REASON_ES = {
    "same_city": "misma ciudad",
    "same_department": "mismo departamento",
    "same_domain": "mismo dominio",
    "same_email": "mismo correo",
    "same_phone": "mismo teléfono",
    "same_address": "misma dirección",
    "nit_one_edit": "NIT a un dígito de distancia",
    "city_differs": "otra ciudad",
    "domain_differs": "otro dominio",
    "form_differs": "otra forma jurídica",
    "words_reordered": "otro orden de palabras",
    "words_differ": "otras palabras en el nombre",
    "word_added": "una palabra de más en el nombre",
    "numbers_differ": "números distintos en el nombre",
    "number_added": "un número de más en el nombre",
    "places_differ": "lugares distintos en el nombre",
    "place_added": "un lugar de más en el nombre",
    "common_name": "nombre que llevan varias empresas",
    "nit_differs": "NIT distinto",
    "tax_id_differs": "identificación tributaria distinta",
    "is_closed": "matrícula cerrada",
}
# Something besides the name and the place; without any of these a pair waits for a person at best.
_CORROBORATION = frozenset({"same_domain", "same_email", "same_phone", "same_address", "nit_one_edit"})
_WEAKEST_NAME = 0.35
_SAME_NAME = 0.95
NO_EVIDENCE = Evidence("none", 0.0, "")


def judge_pair(facts: PairFacts, sheet: IdentitySheet) -> Evidence:
    """Weigh one pair. `confidence` is comparable with the bands of the sheet; below `review` it means nothing."""
    if facts.has_two_sure_nits:
        return _two_nits(facts, sheet)
    ruled = _first_rule(facts, sheet)
    if ruled is not None:
        return ruled
    if facts.has_same_nit:
        return _evidence("same_nit_unlike_name", sheet.same_nit_unlike_name, "Mismo NIT con nombre distinto", facts)
    if facts.same_country is False:
        return NO_EVIDENCE
    return score_points(facts, sheet)


def _two_nits(facts: PairFacts, sheet: IdentitySheet) -> Evidence:
    """Two NITs beyond doubt are two customers; same name and contact all the same is worth a look."""
    if not (facts.email or facts.phone) or facts.name.similarity < _SAME_NAME:
        return NO_EVIDENCE
    why = "Mismo nombre y contacto con dos NIT válidos"
    return _evidence("two_nits_same_firm", sheet.two_nits_same_firm, why, facts)


def score_points(facts: PairFacts, sheet: IdentitySheet) -> Evidence:
    """Add up the points of everything observed; the sentence names each in the order of its worth."""
    similarity = facts.name.similarity
    if similarity < _WEAKEST_NAME:
        return NO_EVIDENCE
    worth = {name: getattr(sheet.points, name) for name in _observed(facts)}
    most = sheet.most_by_points if worth.keys() & _CORROBORATION else sheet.most_by_name
    total = sheet.points.name * similarity + sum(worth.values())
    reasons = [f"Nombres parecidos al {similarity:.0%}".replace("%", " %")]
    reasons += [REASON_ES[name] for name in sorted(worth, key=lambda one: (-abs(worth[one]), one))]
    return _evidence("points", round(max(0.0, min(most, total)), 4), "; ".join(reasons), facts)


def _first_rule(facts: PairFacts, sheet: IdentitySheet) -> Evidence | None:
    best: Evidence | None = None
    for name, rule in RULES.items():
        settings = getattr(sheet.rules, name)
        is_surer = best is None or settings.confidence > best.confidence
        if not is_surer or facts.name.similarity < settings.min_name:
            continue
        why = rule(facts)
        if why is not None:
            best = _evidence(name, settings.confidence, why, facts)
    return best


def _observed(facts: PairFacts) -> list[str]:
    name, places = facts.name, facts.population.places
    checks = {
        "same_city": facts.same_city is True,
        "same_department": facts.same_city is None and facts.same_department is True,
        "same_email": facts.email is not None,
        "same_domain": facts.email is None and facts.domain is not None,
        "same_phone": facts.phone is not None,
        "same_address": facts.has_same_address,
        "nit_one_edit": facts.nit_edits == 1,
        "city_differs": facts.same_city is False,
        "domain_differs": facts.domain_differs,
        "form_differs": facts.forms_differ,
        "words_reordered": name.is_reordered,
        "words_differ": name.words_differ(),
        "word_added": name.word_added(),
        "numbers_differ": name.numbers_differ(),
        "number_added": name.number_added(),
        "places_differ": name.places_differ(places),
        "place_added": name.place_added(places),
        "common_name": facts.has_common_name,
        "nit_differs": facts.has_nit_conflict,
        "tax_id_differs": facts.same_tax_id is False,
        "is_closed": facts.left.is_closed or facts.right.is_closed,
    }
    return [check for check, holds in checks.items() if holds]


def _evidence(rule: str, confidence: float, why: str, facts: PairFacts) -> Evidence:
    ours, theirs = (
        f"«{party.name}» ({_SOURCE_ES.get(party.source, party.source)})" for party in (facts.left, facts.right)
    )
    return Evidence(rule, confidence, f"{why}: {ours} y {theirs}.")
