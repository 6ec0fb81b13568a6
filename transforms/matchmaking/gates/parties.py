"""Gates about the two parties: SARLAFT, approved profile, language, consent."""

from functools import lru_cache

from transforms.matchmaking.case import Answer, Case, GateResult
from transforms.matchmaking.facts import Need, Offer, Party
from transforms.matchmaking.sheet import LEVELS, LanguageRule

CLEAR = "habilitado"
LANGUAGES_ES = {
    "ar": "árabe", "de": "alemán", "en": "inglés", "es": "español", "fr": "francés", "it": "italiano",
    "ja": "japonés", "ko": "coreano", "nl": "neerlandés", "pt": "portugués", "ru": "ruso", "zh": "chino",
}  # fmt: skip


def admit(needs: list[Need], offers: list[Offer]) -> tuple[list[Need], list[Offer]]:
    """Keep the needs and offers of parties that are `habilitado`.

    Called before anything is counted or indexed: for everyone outside compliance the others do not exist,
    not even as a word frequency.
    """
    return [need for need in needs if is_clear(need.buyer)], [offer for offer in offers if is_clear(offer.exporter)]


def is_clear(party: Party) -> bool:
    """Return whether the party may be matched at all. A party that was never screened may not."""
    return party.sarlaft_state == CLEAR


def gate_sarlaft(case: Case) -> GateResult:
    """Both parties are clear of the lists. A pair that fails here is never shown, stored or counted."""
    if is_clear(case.need.buyer) and is_clear(case.offer.exporter):
        return GateResult("sarlaft", Answer.YES, "Ambas partes están habilitadas.")
    return GateResult("sarlaft", Answer.NO, "Relación no disponible.")


def gate_profile(case: Case) -> GateResult:
    """The profile was approved by the matchmaking team and is good enough to be shown."""
    rule = case.rules.gates.profile
    sides = {"exporter": case.offer.exporter, "buyer": case.need.buyer}
    whose = {"exporter": "del exportador", "buyer": "del comprador"}
    waiting = ""
    for side in rule.sides:
        party = sides[side]
        if party.profile_status == "returned":
            reason = f"El perfil {whose[side]} fue devuelto para corrección."
            return GateResult("profile", Answer.NO, reason, ("approval",), "profile_status=returned")
        if party.quality_class is not None and party.quality_class > rule.min_class:
            reason = f"El perfil {whose[side]} es de clase {party.quality_class}; se exige al menos {rule.min_class}."
            return GateResult("profile", Answer.NO, reason, ("approval",), f"quality_class={party.quality_class}")
        if party.profile_status != "approved":
            waiting = waiting or f"El perfil {whose[side]} espera la aprobación del equipo de matchmaking."
    if waiting:
        return GateResult("profile", Answer.UNKNOWN, waiting, ("validate:approval",), "profile_status=pending")
    return GateResult("profile", Answer.YES, "Perfil aprobado.", evidence="profile_status=approved")


def gate_consent(case: Case) -> GateResult:
    """The offer is active and whoever is shown agreed to it.

    What is on record is consent to be written to. Without it nobody is shown, but a firm that wants no
    publicity has not said that it wants no buyers: somebody has to ask.
    """
    if not case.offer.is_active:
        return GateResult("consent", Answer.NO, "El exportador tiene la oferta en pausa.", ("offer_paused",))
    sides = {"exporter": case.offer.exporter, "buyer": case.need.buyer}
    if all(sides[side].has_consent for side in case.rules.gates.consent.sides):
        return GateResult("consent", Answer.YES, "Oferta activa y datos autorizados.")
    reason = "Falta la autorización para mostrar sus datos."
    return GateResult("consent", Answer.UNKNOWN, reason, ("validate:consent",))


def gate_language(case: Case) -> GateResult:
    """The exporter can hold a meeting in one language of the buyer, at a level an advisor validated."""
    if not case.need.languages:
        return GateResult("language", Answer.YES, "El comprador no exige un idioma.")
    if case.need.interpreter_ok:
        return GateResult("language", Answer.YES, "El comprador acepta intérprete.")
    found = [_language_answer(case.offer.exporter, wanted, case.rules.gates.language) for wanted in case.need.languages]
    return min(found, key=lambda result: _GOODNESS[result.answer])


_GOODNESS = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}


def _language_answer(exporter: Party, wanted: str, rule: LanguageRule) -> GateResult:
    language, needed, _ = split_language(wanted)
    needed = needed or rule.default_level
    name = LANGUAGES_ES.get(language, language)
    levels = levels_of(exporter, language, rule)
    enough = [(level, checked) for level, checked in levels if level and reaches(level, needed)]
    if any(checked for _, checked in enough):
        best = max(level for level, checked in enough if checked)
        return GateResult("language", Answer.YES, f"Atiende en {name} ({best}).", evidence=f"{language}:{best}")
    if enough:
        reason = f"Falta validar el nivel de {name} ({max(enough)[0]}, solo declarado)."
        return GateResult("language", Answer.UNKNOWN, reason, ("validate:language",))
    if any(level is None for level, _ in levels):
        reason = f"Falta validar el nivel de {name}: no está declarado."
        return GateResult("language", Answer.UNKNOWN, reason, ("validate:language",))
    if levels:
        best = max(level for level, _ in levels if level)
        reason = f"Nivel de {name} {best}; el comprador necesita {needed}."
        return GateResult("language", Answer.NO, reason, ("language",), f"{language}:{best}")
    if not exporter.languages:
        reason = "El exportador no ha declarado sus idiomas."
        return GateResult("language", Answer.UNKNOWN, reason, ("validate:language",))
    return GateResult("language", Answer.NO, f"El exportador no ha declarado {name}.", ("language",))


def levels_of(party: Party, language: str, rule: LanguageRule) -> list[tuple[str | None, bool]]:
    """Return every (level, was validated) the party has of a language; the level is None where none was given."""
    if party.country in rule.native.get(language, ()):
        return [(LEVELS[-1], True)]
    approved = rule.approved_profile_validates and party.profile_status == "approved"
    spoken = (split_language(text) for text in party.languages)
    return [(level, marked or approved) for code, level, marked in spoken if code == language]


def reaches(level: str, needed: str) -> bool:
    """Return whether a level is at least the one needed."""
    return LEVELS.index(level) >= LEVELS.index(needed)


@lru_cache(maxsize=1024)
def split_language(text: str) -> tuple[str, str | None, bool]:
    """Split `en:B2:validated` into language, level (None when missing or unknown) and validated mark."""
    language, level, mark, *_ = [part.strip() for part in text.split(":")] + ["", ""]
    level = "C2" if level.lower() in ("native", "nativo", "n") else level.upper()
    return language.lower(), level if level in LEVELS else None, mark.lower() in ("v", "validated", "validado")
