"""How sources spell what is true: each function takes a clean value and returns what somebody typed.

The kinds of dirt are those seen in registries, customs bases and CRM exports; how often each occurs is set here.
"""

import random
from collections.abc import Callable

from include.sandbox.world.chance import happens, weighted
from include.sandbox.world.minting import check_digit, plain
from include.sandbox.world.naming import official_name

NIT_NULLS = ("", "0", "N/A", "NO REPORTA", "SIN DATO", "999999999")
MAIL_NULLS = ("", "notiene@notiene.com", "na@na.com", "no tiene")
_PORTAL_NIT = {"base": 60, "hyphen": 24, "glued": 9, "dots": 3, "wrong_dv": 1.4, "typo": 0.6}
_NEO_NIT = {
    "base": 27,
    "hyphen": 23,
    "dots_hyphen": 15,
    "glued": 16,
    "dots": 4,
    "prefix": 4,
    "spaced": 2,
    "wrong_dv": 1.8,
    "typo": 0.7,
    "missing": 5,
}
_FORM_SPELLINGS = {
    "SAS": ("S.A.S.", "SAS", "S.A.S", "S A S", "Sas", "SOCIEDAD POR ACCIONES SIMPLIFICADA", ""),
    "SA": ("S.A.", "SA", "S A", "Sociedad Anónima", ""),
    "LTDA": ("LTDA", "Ltda.", "LIMITADA", "LTDA.", ""),
    "EU": ("E.U.", "EU", ""),
    "SCS": ("S. en C.", "& CIA S EN C", "Y CIA. S.C.S."),
    "CI_SAS": ("S.A.S.", "SAS", "S A S"),
    "CI_SA": ("S.A.", "SA"),
}
_CITY_SPELLINGS = {
    "11001": (
        "Bogotá",
        "BOGOTA D.C.",
        "Bogotá, D.C.",
        "SANTAFE DE BOGOTA",
        "BOGOTA-D.C.-BOGOTA D.C.",
        "Bogota dc",
        "BOGOTÁ",
    ),
    "05001": ("Medellín", "MEDELLIN", "Medellin - Antioquia", "MEDELLÍN"),
    "76001": ("Cali", "CALI-VALLE", "Santiago de Cali", "SANTIAGO DE CALI"),
    "08001": ("Barranquilla", "BARRANQUILLA - ATLANTICO", "B/quilla"),
    "13001": ("Cartagena", "CARTAGENA DE INDIAS", "Cartagena-Bolivar"),
    "54001": ("Cúcuta", "SAN JOSE DE CUCUTA", "CUCUTA"),
    "68001": ("Bucaramanga", "B/manga", "BUCARAMANGA-SANTANDER"),
    "47001": ("Santa Marta", "SANTA-MARTA-MAGDALENA"),
}
_DEPARTMENT_SPELLINGS = {
    "11": ("Bogotá D.C.", "Cundinamarca", "BOGOTA", "D.C."),
    "76": ("Valle del Cauca", "VALLE", "Valle"),
    "88": ("San Andrés", "SAN ANDRES Y PROVIDENCIA"),
}


def spell_nit(rng: random.Random, base: str, where: str, *, is_exact: bool = False) -> str:
    """A NIT as typed on the portal (`where="portal"`) or into NEO's account number (`where="neo"`).

    `is_exact` leaves out the spellings that lose the number.
    """
    weights = _PORTAL_NIT if where == "portal" else _NEO_NIT
    style = weighted(rng, {s: w for s, w in weights.items() if not (is_exact and s in ("wrong_dv", "typo", "missing"))})
    digit = check_digit(base)
    dotted = f"{int(base):,}".replace(",", ".")
    wrong = str((int(digit) + rng.randint(1, 9)) % 10)
    spelled = {
        "base": base,
        "hyphen": f"{base}-{digit}",
        "dots_hyphen": f"{dotted}-{digit}",
        "dots": dotted,
        "glued": f"{base}{digit}",
        "prefix": f"NIT {base}-{digit}",
        "spaced": f"{base} - {digit}",
        "wrong_dv": rng.choice((f"{base}-{wrong}", f"{base}{wrong}")),
        "typo": f"{_swap_digits(rng, base)}-{digit}",
    }
    return spelled[style] if style in spelled else rng.choice(NIT_NULLS)


def spell_company(rng: random.Random, name: str, form: str, *, level: float = 1.0) -> str:
    """A company name with the spellings a tired typist gives it. `level` scales how often each occurs."""
    text = _with_form(rng, name, form, level)
    for probability, change in _NAME_CHANGES:
        if happens(rng, probability * level):
            text = change(rng, text)
    return " ".join(text.split())


def spell_city(rng: random.Random, code: str, name: str) -> str:
    """A municipality as people write it."""
    if code in _CITY_SPELLINGS:
        return rng.choice(_CITY_SPELLINGS[code])
    return rng.choice((name, name, name.upper(), plain(name).upper(), plain(name)))


def spell_department(rng: random.Random, code: str, name: str) -> str:
    """A department as people write it; blank now and then."""
    if happens(rng, 0.08):
        return ""
    if code in _DEPARTMENT_SPELLINGS:
        return rng.choice(_DEPARTMENT_SPELLINGS[code])
    return rng.choice((name, name, name.upper(), plain(name).upper()))


def spell_phone(rng: random.Random, e164: str, *, level: float = 1.0) -> str:
    """A phone as typed: from `+57 310 555 1234` to a seven-digit line of before 2021 with an extension."""
    if not e164.startswith("+57"):
        return rng.choice((e164, e164.replace("+", "00"), e164[:3] + " " + e164[3:], e164[1:]))
    local = e164[3:]
    if not happens(rng, 0.75 * level):
        return e164
    if local.startswith("60"):
        seven = local[3:]
        return rng.choice(
            (
                f"({local[:3]}) {seven[:3]} {seven[3:]}",
                local,
                f"{seven[:3]} {seven[3:]}",
                f"57 {local[2]} {seven}",
                f"({local[2]}) {seven}",
                f"{local} ext {rng.randint(100, 240)}",
                f"PBX {local}",
            )
        )
    return rng.choice(
        (
            local,
            f"{local[:3]} {local[3:6]} {local[6:]}",
            f"{local[:3]}-{local[3:6]}-{local[6:]}",
            f"+57 {local[:3]} {local[3:]}",
            f"0057{local}",
            f"57{local}",
            f"{local} / 601555{rng.randint(1000, 9999)}",
            f"cel. {local}",
        )
    )


def spell_mail(rng: random.Random, mail: str, second: str = "", *, level: float = 1.0) -> str:
    """A mail cell: upper case, blanks, two addresses in one cell, or a polite nothing."""
    if happens(rng, 0.03 * level):
        return rng.choice(MAIL_NULLS)
    if second and happens(rng, 0.06 * level):
        return mail + rng.choice(("; ", " / ", ", ")) + second
    if happens(rng, 0.10 * level):
        return rng.choice((mail.upper(), f" {mail} ", mail.capitalize()))
    return mail


def spell_person(rng: random.Random, first: str, last: str, *, level: float = 1.0) -> tuple[str, str]:
    """A person's names as typed: without accents, second names gone, in capitals."""
    if happens(rng, 0.30 * level):
        first, last = plain(first), plain(last)
    if happens(rng, 0.18 * level) and " " in last:
        last = last.rsplit(" ", 1)[0]
    if happens(rng, 0.15 * level) and " " in first:
        first = first.split()[0]
    if happens(rng, 0.12 * level):
        first, last = first.upper(), last.upper()
    return first, last


def _with_form(rng: random.Random, name: str, form: str, level: float) -> str:
    spellings = _FORM_SPELLINGS.get(form)
    if spellings is None or not happens(rng, 0.55 * level):
        return official_name(name, form)
    prefix = rng.choice(("C.I. ", "CI ", "COMERCIALIZADORA INTERNACIONAL ", "")) if form.startswith("CI_") else ""
    return f"{prefix}{name} {rng.choice(spellings)}"


def _typo(rng: random.Random, text: str) -> str:
    """Two neighbouring letters swapped, or one lost, in the longest word."""
    word = max(text.split(), key=len)
    if len(word) < 5:
        return text
    at = rng.randint(1, len(word) - 3)
    broken = word[:at] + word[at + 1] + word[at] + word[at + 2 :] if happens(rng, 0.5) else word[:at] + word[at + 1 :]
    return text.replace(word, broken, 1)


def _mojibake(_: random.Random, text: str) -> str:
    """UTF-8 read as CP1252, the way an export opened in the wrong programme looks."""
    return text.encode("utf-8").decode("cp1252", errors="ignore")


def _box_letters(_: random.Random, text: str) -> str:
    """UTF-8 read as CP850 and then upper-cased: no plain re-encoding undoes it."""
    return text.encode("utf-8").decode("cp850", errors="ignore").upper()


def _abbreviate(_: random.Random, text: str) -> str:
    pairs = (
        ("Comercializadora", "Com."),
        ("Internacional", "Intl"),
        ("y Compañía", "& CIA"),
        ("Industrias", "Ind."),
        ("de Colombia", "Colombia"),
    )
    for long, short in pairs:
        text = text.replace(long, short)
    return text


def _swap_digits(rng: random.Random, digits: str) -> str:
    at = rng.randint(2, len(digits) - 2)
    return digits[:at] + digits[at + 1] + digits[at] + digits[at + 2 :]


def _upper(_: random.Random, text: str) -> str:
    return text.upper()


def _unaccented(_: random.Random, text: str) -> str:
    return plain(text)


def _question_marks(_: random.Random, text: str) -> str:
    return "".join("?" if ord(c) > 127 else c for c in text)


_NAME_CHANGES: tuple[tuple[float, Callable[[random.Random, str], str]], ...] = (
    (0.10, _abbreviate),
    (0.035, _typo),
    (0.30, _unaccented),
    (0.40, _upper),
    (0.02, _mojibake),
    (0.008, _box_letters),
    (0.008, _question_marks),
)
