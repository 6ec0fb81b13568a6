"""What has to be said because of a decision, queued once; and what no longer has to be, taken back."""

from collections.abc import Iterable, Mapping
from typing import Any

from include.core import reference
from include.stages.correspondence import Correspondence
from include.stages.protocol import StageContext
from include.store.ledger.repository import Row

# What the portal calls each decision.
STATUS = {"accept": "accepted", "refuse": "refused", "correct": "needs_correction", "review": "in_review"}
ANSWER, WELCOME, ADVISOR = "registration_answer", "registration_welcome", "registration_advisor"
_ORIGINS = {
    "fair": "una feria o rueda de negocios",
    "referral": "una recomendación",
    "landing": "una página de campaña",
    "form": "un formulario",
    "organic": "su propia búsqueda",
    "database": "una base de datos",
    "programme": "un programa de formación",
}


def queue_messages(ctx: StageContext, decisions: Iterable[Row], letters: Correspondence) -> int:
    """Queue every message of every decision; return how many are new."""
    return sum(
        ctx.ledger.outbox.add(key, channel, kind, payload, ctx.run_id)
        for decision in decisions
        for key, channel, kind, payload in messages_of(decision, letters)
    )


def messages_of(decision: Row, letters: Correspondence) -> list[tuple[str, str, str, Row]]:
    """Return (dedupe key, channel, kind, payload) of each message a decision asks for.

    The portal is always answered. Whoever is accepted gets a mail; for a company we do not know, its advisor does.
    """
    about = {name: decision[name] for name in ("registration_id", "customer_id", "decision", "input_hash")}
    answer = {
        "status": STATUS[decision["decision"]],
        "message_es": decision["message_es"],
        "message_en": decision["message_en"],
        "reference": decision["registration_id"],
    }
    found = [(dedupe_key("portal", decision), "portal", ANSWER, about | answer)]
    if decision["decision"] == "accept" and decision["contact_email"]:
        letter = letters.letter("accept", decision["language"], _facts(decision))
        mail = {"to": decision["contact_email"], "subject": letter.subject, "text": letter.text, "html": letter.html}
        found.append((dedupe_key("welcome", decision), "mail", WELCOME, about | mail))
    if decision["decision"] == "refuse" and decision["advisor_email"]:
        letter = letters.letter("advisor_refuse", "es", _facts(decision))
        mail = {"to": decision["advisor_email"], "subject": letter.subject, "text": letter.text, "html": letter.html}
        found.append((dedupe_key("advisor", decision), "mail", ADVISOR, about | mail))
    return found


def dedupe_key(purpose: str, decision: Mapping[str, Any]) -> str:
    """One message per purpose, registration, content of the form and decision."""
    return f"{purpose}|{decision['registration_id']}|{decision['input_hash']}|{decision['decision']}"


def withdraw_outdated(ctx: StageContext, decisions: Mapping[str, Row], statuses: Mapping[str, str]) -> int:
    """Cancel what waits although the decision became another one, or somebody answered on the portal; return how many.

    `statuses` are the portal's own, by registration.
    """
    cancelled = 0
    for message in ctx.ledger.outbox.pending():
        payload = message["payload"]
        registration = payload.get("registration_id", "")
        reason = _why_outdated(payload, decisions.get(registration), statuses.get(registration))
        if reason is not None:
            ctx.ledger.outbox.mark(message["id"], "cancelled", reason)
            cancelled += 1
    return cancelled


def _why_outdated(payload: Mapping[str, Any], decision: Row | None, status: str | None) -> str | None:
    if decision is None:
        return None
    if any(payload.get(name) != decision[name] for name in ("decision", "input_hash")):
        return "otra decisión la reemplazó"
    if status in ("accepted", "refused") and status != STATUS[decision["decision"]]:
        return "una persona respondió en el portal"
    return None


def _facts(decision: Row) -> dict[str, Any]:
    """What the templates of mails may speak of."""
    offices = reference.offices()
    every = (offices.central, *offices.oficom.values(), *offices.ofireg.values())
    office = next((office for office in every if office.slug == decision["office_slug"]), None)
    sector = reference.sectors().get(decision["sector"] or "")
    country = reference.countries().get(decision["country"] or "")
    department = reference.departments().get(decision["department_code"] or "")
    submitted = decision["submitted_at"]
    return {
        **decision,
        "office_name": office.name_es if office else None,
        "sector_name": sector.name_es if sector else None,
        "place": ", ".join(part for part in (department, country.name_es if country else None) if part) or None,
        "origin_name": _ORIGINS.get(decision["origin"] or ""),
        "submitted_on": submitted.date().isoformat() if submitted else "una fecha sin precisar",
    }
