"""The Colombian tax number (NIT): reading whatever people type, and its check digit (DV).

A NIT is kept as its base without DV. A wrong DV is reported, never mended; another country's "NIT" is not ours to read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

from stdnum.co import nit as stdnum_nit

NitStatus = Literal["ok", "dv_incorrecto", "sin_dv", "missing", "not_co"]
NitProblem = Literal["empty", "placeholder", "scientific_notation", "not_a_number", "impossible_length"]

_PLACEHOLDER_TEXTS = frozenset(
    {
        "",
        "-",
        "--",
        "na",
        "n/a",
        "no aplica",
        "no definido",
        "no reporta",
        "no tiene",
        "notiene",
        "ninguno",
        "null",
        "none",
        "nan",
        "pendiente",
        "por definir",
        "s/n",
        "sd",
        "sin dato",
        "sin datos",
        "sin nit",
        "x",
        "xx",
        "xxx",
        "?",
    }
)
# Final consumer and foreign third party of the electronic invoice (222222222222, 444444444) are runs of one digit.
_PLACEHOLDER_NUMBERS = frozenset({"123456789", "1234567890", "987654321", "900000000", "800000000"})
_DASHES = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d_]")
_LABEL = re.compile(r"\b(?:n\.?\s?i\.?\s?t|r\.?\s?u\.?\s?t|c\.?\s?c|nro|num(?:ero)?|no)\b\.?\s*:?\s*|#", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^\d(?:[.,]\d+)?e\+?\d{1,2}$", re.IGNORECASE)
_DV_LABEL = re.compile(r"^(?P<base>[\d.,\s]+?)[\s\-/,;(]*d\.?\s?v\.?\s*[:.\-]?\s*(?P<dv>\d)\)?$", re.IGNORECASE)
_DV_HYPHEN = re.compile(r"^(?P<base>\d[\d.,\s\-]*?)\s*[-/]\s*(?P<dv>\d)$")
_NUMBER = re.compile(r"^[\d.,\s\-]+$")
_FLOAT_TAIL = re.compile(r"^(\d{6,})\.0$")


@dataclass(frozen=True, slots=True)
class NitReading:
    """What a text says as a NIT.

    `base` is the number without DV (None when nothing usable was written); `dv` the digit as written, or the computed
    one when none was written; `expected_dv` what the rule says; `kind` a company's number or a person's (cédula).
    """

    raw: str
    base: str | None
    dv: str | None
    status: NitStatus
    expected_dv: str | None = None
    kind: Literal["company", "person"] | None = None
    problem: NitProblem | None = None

    @property
    def is_verified(self) -> bool:
        """Written with a check digit that is right."""
        return self.status == "ok"

    @property
    def is_usable(self) -> bool:
        """There is a base number to compare, whatever its DV says."""
        return self.base is not None


def check_digit(base: str) -> str:
    """The DV of a base number (DIAN's mod-11 rule). `base` must be one to fifteen digits.

    >>> check_digit("860003563")
    '9'
    """
    if not base.isascii() or not base.isdigit() or len(base) > 15:
        raise ValueError("a NIT base is one to fifteen digits")
    return str(stdnum_nit.calc_check_digit(base))


@lru_cache(maxsize=65_536)
def parse_nit(text: str | None, country: str | None = "CO") -> NitReading:
    """Read a NIT as typed. `country` is the ISO code of who wrote it; unknown is taken as Colombia. Never raises."""
    raw = "" if text is None else str(text).strip()
    if country is not None and country.strip().upper() not in ("", "CO"):
        return NitReading(raw, None, None, "not_co")
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", raw)).strip()
    if plain.lower().strip(" .") in _PLACEHOLDER_TEXTS:
        return _missing(raw, "placeholder" if plain else "empty")
    if _SCIENTIFIC.match(plain.replace(" ", "")):
        return _missing(raw, "scientific_notation")
    plain = _FLOAT_TAIL.sub(r"\1", _LABEL.sub("", plain).strip())
    if found := _DV_LABEL.match(plain) or _DV_HYPHEN.match(plain):
        return _read_with_dv(raw, _digits(found["base"]), found["dv"])
    if not _NUMBER.match(plain):
        return _missing(raw, "not_a_number")
    return _read_bare(raw, _digits(plain))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text, flags=re.ASCII).lstrip("0")


def _missing(raw: str, problem: NitProblem) -> NitReading:
    return NitReading(raw, None, None, "missing", problem=problem)


def _is_placeholder(digits: str) -> bool:
    return len(set(digits)) <= 1 or digits in _PLACEHOLDER_NUMBERS


def _kind(base: str) -> Literal["company", "person"] | None:
    """Companies have nine digits starting 8 or 9; people their cédula: up to eight digits, or ten starting with 1."""
    if len(base) == 9:
        return "company" if base[0] in "89" else None
    if 3 <= len(base) <= 8 or (len(base) == 10 and base[0] == "1"):
        return "person"
    return None


def _read_with_dv(raw: str, base: str, dv: str) -> NitReading:
    """A number whose DV was set apart by a hyphen or a label."""
    if _is_placeholder(base) or base + dv in _PLACEHOLDER_NUMBERS:
        return _missing(raw, "placeholder")
    kind = _kind(base)
    expected = check_digit(base) if len(base) <= 15 else None
    if kind is None and len(base) == 10 and base[0] in "89" and check_digit(base[:9]) == base[9]:
        # «9001234561-1»: the DV is there twice.
        return _read_bare(raw, base)
    if kind is None and dv == expected and 9 <= len(base) <= 10:
        # DIAN also hands out numbers of other series (6…) to foreigners; a right DV vouches for them.
        kind = "person"
    if kind is None:
        return _missing(raw, "impossible_length")
    status: NitStatus = "ok" if dv == expected else "dv_incorrecto"
    return NitReading(raw, base, dv, status, expected, kind)


def _read_bare(raw: str, digits: str) -> NitReading:
    """A number written without any mark between base and DV."""
    if _is_placeholder(digits):
        return _missing(raw, "placeholder")
    kind = _kind(digits)
    if len(digits) == 10 and digits[0] in "89":
        return _read_with_dv(raw, digits[:9], digits[9])
    if len(digits) == 11 and digits[0] == "1":
        return _read_with_dv(raw, digits[:10], digits[10])
    if len(digits) == 9 and kind is None and check_digit(digits[:8]) == digits[8]:
        return _read_with_dv(raw, digits[:8], digits[8])
    if kind is None or len(digits) < 6:
        return _missing(raw, "impossible_length")
    expected = check_digit(digits)
    return NitReading(raw, digits, expected, "sin_dv", expected, kind)


class Nit:
    """NIT: the tax number of every Colombian company, and of every person who trades."""

    NAME: ClassVar[str] = "nit"
    TITLE: ClassVar[str] = "NIT (número de identificación tributaria)"
    STRONG: ClassVar[bool] = True

    @staticmethod
    def is_valid(text: str | None) -> bool:
        """A readable NIT whose check digit, if written, is right."""
        return parse_nit(text).status in ("ok", "sin_dv")

    @staticmethod
    def normalize(text: str | None) -> str | None:
        """The base number without DV, or None."""
        return parse_nit(text).base

    @staticmethod
    def format(text: str | None) -> str | None:
        """`900.123.456-8`, always with the DV as written or computed.

        >>> Nit.format("8600035639")
        '860.003.563-9'
        """
        reading = parse_nit(text)
        if reading.base is None:
            return None
        return f"{int(reading.base):,}".replace(",", ".") + f"-{reading.dv}"
