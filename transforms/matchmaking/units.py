"""Volumes a year in one unit, so that what a buyer wants and an exporter can give are comparable."""

from dataclasses import dataclass
from functools import lru_cache

from transforms.matchmaking.words import fold

# kilograms, litres, square metres or pieces in one of each unit
_UNITS: dict[str, tuple[str, float]] = {
    "kg": ("kg", 1), "kilo": ("kg", 1), "kilogramo": ("kg", 1), "kilogram": ("kg", 1), "g": ("kg", 0.001),
    "t": ("kg", 1000), "ton": ("kg", 1000), "tonne": ("kg", 1000), "tonelada": ("kg", 1000), "tm": ("kg", 1000),
    "mt": ("kg", 1000), "lb": ("kg", 0.45359237), "libra": ("kg", 0.45359237), "pound": ("kg", 0.45359237),
    "l": ("l", 1), "lt": ("l", 1), "litro": ("l", 1), "liter": ("l", 1), "litre": ("l", 1), "ml": ("l", 0.001),
    "gal": ("l", 3.785411784), "galon": ("l", 3.785411784), "gallon": ("l", 3.785411784),
    "m2": ("m2", 1), "unidad": ("u", 1), "unit": ("u", 1), "u": ("u", 1), "und": ("u", 1), "pieza": ("u", 1),
    "piece": ("u", 1), "pcs": ("u", 1), "pc": ("u", 1), "docena": ("u", 12), "dozen": ("u", 12), "par": ("par", 1),
    "pair": ("par", 1), "tallo": ("tallo", 1), "stem": ("tallo", 1), "hora": ("hora", 1), "hour": ("hora", 1),
    "h": ("hora", 1),
}  # fmt: skip

_PERIODS_A_YEAR: dict[str, float] = {
    "dia": 365, "day": 365, "diario": 365, "daily": 365, "semana": 52, "semanal": 52, "week": 52, "weekly": 52,
    "quincena": 24, "quincenal": 24, "mes": 12, "mensual": 12, "month": 12, "monthly": 12, "bimestre": 6,
    "trimestre": 4, "trimestral": 4, "quarter": 4, "quarterly": 4, "semestre": 2, "semestral": 2, "ano": 1,
    "anual": 1, "year": 1, "yearly": 1, "annual": 1, "unico": 1, "unica": 1, "once": 1, "total": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Yearly:
    """An amount a year in a base unit."""

    amount: float
    unit: str


@lru_cache(maxsize=4096)
def unit_of(text: str | None) -> tuple[str, float] | None:
    """Return (base unit, factor) of a unit as people write it; an unknown word is its own unit."""
    word = fold(text or "").strip(" .")
    if not word:
        return None
    for form in (word, word.removesuffix("s"), word.removesuffix("es")):
        if form in _UNITS:
            return _UNITS[form]
    return word, 1.0


def yearly(value: float | None, unit: str | None, period: str | None) -> Yearly | None:
    """Return the amount a year, or None when value, unit or period is missing or the period is unknown."""
    known = unit_of(unit)
    times = _times_a_year(period)
    if value is None or known is None or times is None:
        return None
    return Yearly(value * known[1] * times, known[0])


@lru_cache(maxsize=4096)
def _times_a_year(period: str | None) -> float | None:
    return _PERIODS_A_YEAR.get(fold(period or "").strip(" ."))


def price_per_unit(value: float | None, unit: str | None) -> Yearly | None:
    """Return a price per base unit, or None when value or unit is missing."""
    known = unit_of((unit or "").lower().removeprefix("usd/").removeprefix("us$/"))
    if value is None or known is None:
        return None
    return Yearly(value / known[1], known[0])
