"""Invented people and companies: names, documents, addresses. No full name equals a name on any list."""

import random
from collections.abc import Collection
from datetime import date, timedelta
from functools import cache

from include.core import reference
from include.sandbox.lists.names import listed_name_keys, name_key
from include.sandbox.world.chance import happens, weighted
from include.sandbox.world.minting import Mint, foreign_phone, mobile, plain_slug
from include.sandbox.world.model import Person, Role
from include.sandbox.world.packaged import Culture, names, people, trade_of

_POSITIONS_ES = {
    "legal_representative": ("Gerente general", "Representante legal", "Director ejecutivo", "Gerente"),
    "commercial": (
        "Gerente comercial",
        "Directora de exportaciones",
        "Coordinador de comercio exterior",
        "Jefe de ventas",
    ),
    "owner": ("Propietario", "Socia fundadora", "Socio"),
}
_POSITIONS_EN = ("Purchasing Manager", "Import Manager", "Buyer", "Sourcing Director", "Category Manager", "Owner")
_SPANISH_SPEAKING = frozenset(
    {"CO", "MX", "PE", "CL", "EC", "CR", "GT", "HN", "SV", "PA", "DO", "ES", "AR", "UY", "PY", "BO", "VE"}
)
_LAND_BY_FORM = {
    "SAS": "S.A.S.",
    "SA": "S.A.",
    "LTDA": "Ltda.",
    "EU": "E.U.",
    "SCS": "S. en C.",
    "CI_SAS": "S.A.S.",
    "CI_SA": "S.A.",
}


def speaks_spanish(country: str) -> bool:
    """True where Spanish is the language of business."""
    return country in _SPANISH_SPEAKING


class Namer:
    """Makes persons and company names, each full name once."""

    def __init__(self, rng: random.Random, mint: Mint) -> None:
        self._rng = rng
        self._mint = mint
        self._taken: set[frozenset[str]] = set(listed_name_keys(with_demo=True))
        self._people = 0

    def person(self, country: str, role: Role, domain: str, today: date) -> Person:
        """A fresh person of the country. Colombians carry an invented cédula, two surnames, one or two given names."""
        rng = self._rng
        culture = people().cultures[people().countries.get(country, "es")]
        while True:
            first, last = self._full_name(culture)
            if self.take(f"{first} {last}"):
                break
        self._people += 1
        return Person(
            person_id=f"T-P-{self._people:06d}",
            first_name=first,
            last_name=last,
            country=country,
            document_type="CC" if country == "CO" else "PASSPORT",
            document_number=self._mint.cedula() if country == "CO" else f"X{rng.randint(10_000_000, 99_999_999)}",
            born_on=today - timedelta(days=rng.randint(27 * 365, 68 * 365)),
            position=self._position(country, role),
            role=role,
            language="es" if speaks_spanish(country) else "en",
            email=self._mail(first, last, domain),
            phone=mobile(rng) if country == "CO" else foreign_phone(rng, country),
        )

    def exporter_name(self, sector: str) -> str:
        """A fresh name without legal form for an exporter of the sector."""
        words = names()
        stems = (*words.stems, *words.own_stems.get(trade_of(sector), ()) * 3)
        while True:
            head = self._rng.choice(words.heads[sector])
            name = " ".join(part for part in (head, self._rng.choice(stems), self._rng.choice(words.tails)) if part)
            if self.take(name):
                return name

    def buyer_name(self, country: str, trade: str) -> str:
        """A fresh name without legal form for a foreign buyer in a trade (food, flowers, fashion ...)."""
        words = names().buyers
        while True:
            stem = self._rng.choice(words.stems)
            if speaks_spanish(country):
                name = f"{self._rng.choice(words.tails_es[trade])} {stem}"
            else:
                head = self._rng.choice(words.heads_en)
                name = " ".join(part for part in (head, stem, self._rng.choice(words.tails[trade])) if part)
            if self.take(name):
                return name

    def registry_name(self) -> str:
        """A fresh name for a firm that only the company registry knows."""
        words = names()
        while True:
            name = f"{self._rng.choice(words.registry_heads)} {self._rng.choice(words.stems)}"
            if happens(self._rng, 0.6):
                name += f" {self._rng.choice(words.tails[4:])}"
            if happens(self._rng, 0.35):
                name += f" No. {self._rng.randint(2, 99)}"
            if self.take(name):
                return name

    def take(self, name: str) -> bool:
        """Reserve a name; False when it, or the same words in another order, is taken or listed."""
        key = name_key(name)
        if key in self._taken:
            return False
        self._taken.add(key)
        return True

    def _full_name(self, culture: Culture) -> tuple[str, str]:
        rng = self._rng
        given = culture.female if happens(rng, 0.47) else culture.male
        if culture.order == "one_surname":
            return rng.choice(given), rng.choice(culture.family)
        first = " ".join(rng.sample(given, 2 if happens(rng, 0.62) else 1))
        return first, " ".join(rng.sample(culture.family, 2))

    def _position(self, country: str, role: str) -> str:
        if speaks_spanish(country):
            return self._rng.choice(_POSITIONS_ES[role])
        return self._rng.choice(_POSITIONS_EN)

    def _mail(self, first: str, last: str, domain: str) -> str:
        surname = plain_slug(last.split()[0])
        given = plain_slug(first.split()[0])
        local = self._rng.choice((f"{given}.{surname}", f"{given[0]}{surname}", given, f"{surname}.{given}"))
        return f"{local}@{domain}"


def official_name(name: str, form: str) -> str:
    """The name with its legal form, as the deed has it."""
    if form.startswith("CI_"):
        return f"C.I. {name} {_LAND_BY_FORM[form]}"
    return f"{name} {_LAND_BY_FORM.get(form, form)}".strip()


def address(rng: random.Random) -> str:
    """A Colombian street address."""
    street = rng.choice(names().streets)
    corner = f"{rng.randint(1, 170)}{rng.choice(('', 'A', ' Bis', ' Sur'))}"
    where = f"{street} {corner} # {rng.randint(1, 120)}-{rng.randint(1, 99):02d}"
    unit = rng.choice(
        ("", "", "", f" Of. {rng.randint(101, 1204)}", f" Bodega {rng.randint(1, 40)}", " Vereda El Salitre")
    )
    return where + unit


def place(rng: random.Random, departments: Collection[str]) -> tuple[str, str, str]:
    """A municipality in one of the departments, capitals most of the time: (code, name, department code)."""
    department = rng.choice(sorted(departments))
    code = weighted(rng, _places_of(department))
    return code, reference.municipalities()[code].name, department


@cache
def _places_of(department: str) -> dict[str, float]:
    codes = names().towns.get(department, (f"{department}001",))
    return {code: 12.0 if code.endswith("001") else 3.0 for code in codes}
