"""Numbers and addresses that are valid in form and belong to nobody.

- NIT: base 980.000.000 to 989.999.999. Real ones run from 800 to 902 million, so these are not issued; the check
  digit is the true one.
- Cédula: 1.9xx.xxx.xxx. The present numbering runs in 1.0 to 1.2 thousand million.
- Colombian phones: the subscriber part begins with 555. Foreign ones: the example number of the country's numbering
  plan with its last digits changed.
- Mail and web: `.example`, reserved by RFC 2606. Addresses at gmail.com carry an underscore, which that provider
  does not allow, so no such mailbox can exist.
"""

import random
import re
import unicodedata
from functools import cache

import phonenumbers
from stdnum.co import nit as _nit

NIT_FIRST, NIT_LAST = 980_000_000, 989_999_999
CEDULA_FIRST, CEDULA_LAST = 1_900_000_000, 1_999_999_999
_MOBILE_PREFIXES = (
    "300",
    "301",
    "304",
    "310",
    "311",
    "312",
    "313",
    "314",
    "315",
    "316",
    "317",
    "318",
    "320",
    "321",
    "350",
)
_AREA_BY_DEPARTMENT = {
    "11": "1",
    "25": "1",
    "76": "2",
    "19": "2",
    "52": "2",
    "86": "2",
    "05": "4",
    "27": "4",
    "23": "4",
}
_AREA_BY_REGION = {
    "08": "5",
    "13": "5",
    "20": "5",
    "44": "5",
    "47": "5",
    "70": "5",
    "88": "5",
    "17": "6",
    "63": "6",
    "66": "6",
}


def check_digit(base: str) -> str:
    """The check digit of a NIT written without it."""
    return str(_nit.calc_check_digit(base))


class Mint:
    """Hands out each number once. Numbers in `taken` are never handed out: the lists use them."""

    def __init__(self, rng: random.Random, taken: frozenset[str] = frozenset()) -> None:
        self._rng = rng
        self._used = set(taken)
        self._domains: dict[str, int] = {}

    def nit(self) -> str:
        """A fresh NIT of a legal person, without check digit."""
        return self._fresh(NIT_FIRST, NIT_LAST)

    def cedula(self) -> str:
        """A fresh cédula."""
        return self._fresh(CEDULA_FIRST, CEDULA_LAST)

    def foreign_tax_id(self, country: str) -> str:
        """A number in the manner of the country; none of them is checked by anybody here."""
        digits = f"{self._rng.randint(0, 999_999_999):09d}"
        shape = {
            "US": "{a}-{b}",
            "DE": "DE{d}",
            "ES": "B00{e}",
            "GB": "GB{d}",
            "NL": "NL{d}B01",
            "FR": "FR00{d}",
            "IT": "IT00{d}",
            "MX": "XXX{f}XX0",
            "CL": "99{f}-K",
            "PE": "20{d}",
            "EC": "{d}0001",
            "GT": "{e}-9",
            "BR": "00{e}/0001-00",
        }.get(country, "{d}")
        return shape.format(a=digits[:2], b=digits[2:], d=digits, e=digits[:6], f=digits[:6])

    def domain(self, name: str) -> str:
        """A domain of its own for a company: `cafemonteluna.example`."""
        slug = plain_slug(name)[:28] or "empresa"
        seen = self._domains[slug] = self._domains.get(slug, 0) + 1
        return f"{slug}{seen if seen > 1 else ''}.example"

    def _fresh(self, first: int, last: int) -> str:
        while True:
            number = str(self._rng.randint(first, last))
            if number not in self._used:
                self._used.add(number)
                return number


def plain_slug(text: str) -> str:
    """Letters and digits only, lower case, without accents."""
    folded = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]", "", folded)


def plain(text: str) -> str:
    """The text without accents (`ñ` becomes `n`)."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def mobile(rng: random.Random) -> str:
    """A Colombian mobile in E.164."""
    return f"+57{rng.choice(_MOBILE_PREFIXES)}555{rng.randint(0, 9999):04d}"


def landline(rng: random.Random, department_code: str) -> str:
    """A Colombian landline in E.164 with the prefix its department has had since 2021."""
    area = _AREA_BY_DEPARTMENT.get(department_code) or _AREA_BY_REGION.get(department_code) or "7"
    return f"+5760{area}555{rng.randint(0, 9999):04d}"


def foreign_phone(rng: random.Random, country: str) -> str:
    """A phone that fits the numbering plan of the country, in E.164."""
    base = _example_number(country)
    return f"{base[:-3]}{rng.randint(0, 999):03d}"


def free_mail(rng: random.Random, name: str) -> str:
    """An address at a free provider; see the note on underscores above."""
    return f"{plain_slug(name)[:18]}_{rng.randint(10, 99)}@gmail.com"


@cache
def _example_number(country: str) -> str:
    number = phonenumbers.example_number(country)
    if number is None:
        return "+12025550100"
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
