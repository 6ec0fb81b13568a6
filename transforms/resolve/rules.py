"""The exact rounds: each rule is one function that looks at a pair and says, in Spanish, what it saw, or None.

How much a rule is worth and how alike the names must be is in `identity.yml`. The first sentence of each docstring
is the explanation shown to people who ask for the rule.
"""

from __future__ import annotations

from collections.abc import Callable

from transforms.identifiers.nit import Nit
from transforms.resolve.facts import PairFacts

Rule = Callable[[PairFacts], str | None]


def same_nit(facts: PairFacts) -> str | None:
    """Both records carry the same NIT and nothing speaks against its check digit."""
    if not facts.has_same_nit or _has_bad_dv(facts):
        return None
    return f"Mismo NIT {_nit(facts)} y nombre equivalente"


def same_nit_bad_dv(facts: PairFacts) -> str | None:
    """Both carry the same NIT, but the check digit of one of them is wrong."""
    if not facts.has_same_nit or not _has_bad_dv(facts):
        return None
    return f"Mismo NIT {_nit(facts)} (un dígito de verificación no coincide) y nombre equivalente"


def same_nit_and_contact(facts: PairFacts) -> str | None:
    """Both carry the same NIT and share a mailbox, a domain or a telephone, whatever they call themselves."""
    if not facts.has_same_nit or not _contact(facts):
        return None
    return f"Mismo NIT {_nit(facts)} y {_contact(facts)}"


def same_cedula(facts: PairFacts) -> str | None:
    """Both carry the cédula of the same person, written with its right check digit: people trade under any name."""
    statuses = (facts.left.nit.status, facts.right.nit.status)
    is_person = facts.has_same_nit and facts.left.nit.kind == "person"
    if not is_person or "ok" not in statuses or "dv_incorrecto" in statuses:
        return None
    return f"Misma cédula {_nit(facts)}, con dígito de verificación correcto"


def same_tax_id(facts: PairFacts) -> str | None:
    """Two foreign companies of one country carry the same tax number."""
    if not facts.same_tax_id:
        return None
    return f"Misma identificación tributaria {facts.left.tax_id} ({facts.left.country}) y nombre equivalente"


def same_portal_id(facts: PairFacts) -> str | None:
    """The NEO account names the portal company it belongs to."""
    for account, company in ((facts.left, facts.right), (facts.right, facts.left)):
        if account.portal_id and company.source == "portal" and account.portal_id == company.key:
            return "La cuenta de NEO lleva el identificador de la empresa en el portal"
    return None


def same_domain(facts: PairFacts) -> str | None:
    """Both use the same web or mail domain of their own and have similar names."""
    if facts.are_others or facts.domain is None:
        return None
    return f"Mismo dominio {facts.domain} y nombre parecido"


def same_email(facts: PairFacts) -> str | None:
    """Both use the same address at a domain of their own and have similar names."""
    if facts.are_others or facts.email is None or facts.is_email_free:
        return None
    return f"Mismo correo {facts.email} y nombre parecido"


def same_free_email(facts: PairFacts) -> str | None:
    """Both use the same address at a free provider and have very similar names."""
    if facts.are_others or not facts.is_email_free:
        return None
    return f"Mismo correo {facts.email} y nombre muy parecido"


def same_phone(facts: PairFacts) -> str | None:
    """Both use the same telephone and have very similar names."""
    is_other_domain = facts.domain_differs and facts.name.similarity < 0.98
    if facts.are_others or facts.phone is None or is_other_domain:
        return None
    return f"Mismo teléfono {facts.phone} y nombre muy parecido"


def same_name_and_city(facts: PairFacts) -> str | None:
    """Both have practically the same name, no other company has it, and they are in the same municipality."""
    if not facts.same_city or not facts.is_name_alone_enough:
        return None
    return "Mismo nombre en la misma ciudad"


def same_name_and_country(facts: PairFacts) -> str | None:
    """Two foreign companies of one country have the same name, and no other company has it."""
    is_foreign = facts.same_country and facts.left.country != "CO"
    if not is_foreign or facts.same_city is False or not facts.is_name_alone_enough:
        return None
    return "Mismo nombre en el mismo país"


def same_name_in_register(facts: PairFacts) -> str | None:
    """The commercial register has this very name once in the country, and not in another department.

    Chambers refuse a name that is taken anywhere in Colombia (código de comercio, artículo 35).
    """
    is_register = "rues" in (facts.left.source, facts.right.source)
    is_gone = facts.left.is_closed or facts.right.is_closed
    if not is_register or is_gone or facts.same_department is False or not facts.is_name_alone_enough:
        return None
    return "Único registro mercantil con ese nombre"


RULES: dict[str, Rule] = {
    rule.__name__: rule
    for rule in (
        same_nit,
        same_nit_bad_dv,
        same_nit_and_contact,
        same_cedula,
        same_tax_id,
        same_portal_id,
        same_domain,
        same_email,
        same_free_email,
        same_phone,
        same_name_and_city,
        same_name_and_country,
        same_name_in_register,
    )
}


def _has_bad_dv(facts: PairFacts) -> bool:
    return "dv_incorrecto" in (facts.left.nit.status, facts.right.nit.status)


def _nit(facts: PairFacts) -> str:
    return (Nit.format(facts.left.nit.base) or "").partition("-")[0]


def _contact(facts: PairFacts) -> str | None:
    if facts.email:
        return f"mismo correo {facts.email}"
    if facts.domain:
        return f"mismo dominio {facts.domain}"
    return f"mismo teléfono {facts.phone}" if facts.phone else None
