"""Colombian places: which municipality or department a text means (DIVIPOLA codes).

The reference table is an argument. Countries are in `include.core.reference`; nothing is guessed when two places fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from transforms.clean.text import words

# Names in use that are no shortening of the official one.
_CITY_ALIASES = {
    "santafedebogota": "11001",
    "bogota": "11001",
    "bogotadc": "11001",
    "bogotadistritocapital": "11001",
    "sanandres": "88001",
    "sanandresislas": "88001",
    "tumaco": "52835",
    "santiagodecali": "76001",
    "sanjuandepasto": "52001",
    "quilichao": "19698",
    "bquilla": "08001",
    "bmanga": "68001",
    "bga": "68001",
    "bta": "11001",
}
_DEPARTMENT_ALIASES = {
    "valle": "76",
    "valledelcauca": "76",
    "guajira": "44",
    "sanandres": "88",
    "sanandresyprovidencia": "88",
    "bogotadc": "11",
    "bogota": "11",
    "santafedebogota": "11",
    "distritocapital": "11",
    "nortesantander": "54",
    "nsantander": "54",
}
_BEFORE = re.compile(r"^(?:municipio|ciudad) de ")
_BOGOTA, _CUNDINAMARCA = "11", "25"


class Place(Protocol):
    """What is needed of a municipality: five-digit code, name, and its department's code."""

    @property
    def code(self) -> str:
        """Five digits."""
        ...

    @property
    def name(self) -> str:
        """The official name."""
        ...

    @property
    def department_code(self) -> str:
        """Two digits."""
        ...


@dataclass(frozen=True)
class Gazetteer:
    """The reference table indexed by every spelling that leads to a place."""

    names: Mapping[str, str]
    cities: Mapping[str, frozenset[str]]
    short_cities: Mapping[str, frozenset[str]]
    departments: Mapping[str, str]

    @classmethod
    def build(cls, municipalities: Mapping[str, Place], departments: Mapping[str, str]) -> Gazetteer:
        """Index municipalities (code5 -> Place) and departments (code2 -> name)."""
        cities: dict[str, set[str]] = {}
        short: dict[str, set[str]] = {}
        for code, place in municipalities.items():
            cities.setdefault(_key(place.name), set()).add(code)
            for part in _short_names(place.name):
                short.setdefault(part, set()).add(code)
        for alias, code in _CITY_ALIASES.items():
            if code in municipalities:
                cities.setdefault(_key(alias), set()).add(code)
        known = {_key(name): code for code, name in departments.items()}
        known |= {_key(alias): code for alias, code in _DEPARTMENT_ALIASES.items() if code in departments}
        return cls({code: place.name for code, place in municipalities.items()}, _frozen(cities), _frozen(short), known)


def _frozen(index: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {key: frozenset(codes) for key, codes in index.items()}


def _key(text: str | None) -> str:
    return "".join(words(text))


def _short_names(name: str) -> Iterable[str]:
    """«San José de Cúcuta» is called Cúcuta, «Cartagena de Indias» Cartagena, «Santiago de Cali» Cali."""
    parts = re.split(r" de ", " ".join(words(name)))
    if len(parts) == 2:
        yield from (_key(part) for part in parts)


def department_code(text: str | None, gazetteer: Gazetteer) -> str | None:
    """The two-digit code of a department by name or number, or None."""
    key = _key(text)
    if key.isdigit():
        code = key.zfill(2)
        return code if code in gazetteer.departments.values() else None
    return gazetteer.departments.get(key)


def city_code(text: str | None, department: str | None = None, *, gazetteer: Gazetteer) -> str | None:
    """The five-digit code of a municipality, or None when unknown or when several fit.

    `department` is a name or code that settles namesakes. Understands `CALI-VALLE`, `BOGOTA-D.C.-BOGOTA D.C.`,
    `Medellín (Antioquia)`, `5001` and `05001`; of several namesakes without department the capital is meant.
    """
    tokens = _BEFORE.sub("", " ".join(words(text))).split()
    if not tokens:
        return None
    if all(token.isdigit() for token in tokens):
        code = "".join(tokens).zfill(5)
        return code if code in gazetteer.names else None
    wanted = department_code(department, gazetteer)
    for end in range(len(tokens), 0, -1):
        tail = "".join(tokens[end:]).removesuffix("colombia")
        said = gazetteer.departments.get(tail)
        if said is None and tail not in ("", "dc"):
            continue
        city = "".join(tokens[:end])
        codes = gazetteer.cities.get(city) or gazetteer.short_cities.get(city)
        if codes:
            return _choose(city, codes, said or wanted)
    return None


def _choose(city: str, codes: frozenset[str], department: str | None) -> str | None:
    if department is not None:
        # CRM data file Bogotá under Cundinamarca.
        accepted = {department, _BOGOTA} if department == _CUNDINAMARCA else {department}
        inside = sorted(code for code in codes if code[:2] in accepted)
        return inside[0] if len(inside) == 1 else None
    if len(codes) == 1:
        return next(iter(codes))
    if _CITY_ALIASES.get(city) in codes:
        return _CITY_ALIASES[city]
    capitals = [code for code in codes if code.endswith("001")]
    return capitals[0] if len(capitals) == 1 else None
