"""Numbers, dates and labels as Colombian management reads them: 1.234,5 · US$ 1,2 millones · 3 de mayo de 2026."""

from datetime import date

MONTHS = (
    "enero", "febrero", "marzo", "abril", "mayo", "junio",
    "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
)  # fmt: skip
WITHHELD = "reservado"
HARD_BLANK = "\u00a0"  # a blank that keeps a number and its unit on one line

STATES = {
    "covered": "Con oferta suficiente",
    "thin": "Con poca oferta",
    "one_away": "A un requisito",
    "two_away": "A dos o más requisitos",
    "waiting_on_us": "Por validar en la agencia",
    "capacity": "Falta capacidad",
    "will": "Sin interés exportador",
    "no_supply": "Sin oferta conocida",
    "unconfirmed": "Código por confirmar",
}
ITEMS = {
    "language": "idioma del comprador",
    "capacity": "capacidad",
    "approval": "aprobación del perfil",
    "will": "interés en ese mercado",
    "embargo": "mercado con embargo",
    "dates": "fecha límite",
    "consent": "autorización de datos",
    "offer_paused": "oferta en pausa",
    "product": "descripción del producto",
}


def number_es(value: float | None, digits: int = 0) -> str:
    """Return 1234.5 as `1.234,5`; nothing for None."""
    if value is None:
        return ""
    return f"{value:,.{digits}f}".replace(",", " ").replace(".", ",").replace(" ", ".")


def percent_es(share: float | None, digits: int = 0) -> str:
    """Return 0.256 as `26 %`; nothing for None."""
    return "" if share is None else f"{number_es(100 * share, digits)}{HARD_BLANK}%"


def usd_es(value: float | None) -> str:
    """Return dollars in words a director says: `US$ 1,2 millones`, `US$ 340 mil`; `reservado` for None."""
    if value is None:
        return WITHHELD
    if abs(value) >= 10_000_000:
        return f"US${HARD_BLANK}{number_es(value / 1e6)}{HARD_BLANK}millones"
    if abs(value) >= 950_000:
        text = number_es(value / 1e6, 1).removesuffix(",0")
        return f"US${HARD_BLANK}{text}{HARD_BLANK}{'millón' if text == '1' else 'millones'}"
    if abs(value) >= 1_000:
        return f"US${HARD_BLANK}{number_es(value / 1e3)}{HARD_BLANK}mil"
    return f"US${HARD_BLANK}{number_es(value)}"


def millions_es(value: float | None) -> str:
    """Return dollars in millions with one decimal, as chart labels have them."""
    if value is None:
        return WITHHELD
    return number_es(value / 1e6, 0 if abs(value) >= 1e8 else 1)


def count_es(count: int, one: str, many: str) -> str:
    """Return `1 necesidad` or `1.234 necesidades`."""
    return f"{number_es(count)} {one if count == 1 else many}"


def date_es(day: date | None) -> str:
    """Return `21 de noviembre de 2026`; nothing for None."""
    return "" if day is None else f"{day.day} de {MONTHS[day.month - 1]} de {day.year}"


def month_es(year: int, month: int) -> str:
    """Return `nov 26`, short enough for an axis."""
    return f"{MONTHS[month - 1][:3]} {year % 100:02d}"


def list_es(words: list[str]) -> str:
    """Join words as `a, b y c`."""
    return " y ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
