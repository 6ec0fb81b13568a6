"""Telephone numbers to E.164, with the Colombian history that libraries do not know.

In September 2021 seven-digit lines became ten digits with a 60x prefix (resolución CRC 5826); mobiles did not change.
"""

from __future__ import annotations

import re
from functools import lru_cache

import phonenumbers

# Old one-digit area code by department; the new prefix is 60 + that digit.
_AREA_OF_DEPARTMENT = {
    "11": "1",
    "25": "1",
    "76": "2",
    "19": "2",
    "52": "2",
    "05": "4",
    "23": "4",
    "27": "4",
    "08": "5",
    "13": "5",
    "20": "5",
    "44": "5",
    "47": "5",
    "70": "5",
    "17": "6",
    "63": "6",
    "66": "6",
    "68": "7",
    "54": "7",
    "81": "7",
    "15": "8",
    "73": "8",
    "41": "8",
    "50": "8",
    "18": "8",
    "85": "8",
    "86": "8",
    "94": "8",
    "95": "8",
    "97": "8",
    "99": "8",
    "91": "8",
    "88": "8",
}
_EXTENSION = re.compile(r"(?:\b(?:ext|extension|interno|anexo|x)\b\.?\s*:?\s*\d+|#\s*\d+).*$", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*(?:/|;|,|\||\by\b|\bo\b|\bor\b|\s-\s)\s*", re.IGNORECASE)


def all_phones(cell: str | None, country: str | None = "CO", department: str | None = None) -> tuple[str, ...]:
    """Every valid number of a cell in E.164, in order, once each; extensions are dropped.

    `country` is where an unprefixed number belongs (ISO code), `department` the DIVIPOLA code that tells which 60x
    prefix an old seven-digit line got. A number that cannot be valid is left out, not guessed.
    """
    return _all_phones(cell or "", (country or "CO").upper(), department)


def clean_phone(cell: str | None, country: str | None = "CO", department: str | None = None) -> str | None:
    """The first valid number of a cell in E.164 (`+576012345678`), or None."""
    return next(iter(all_phones(cell, country, department)), None)


@lru_cache(maxsize=65_536)
def _all_phones(cell: str, country: str, department: str | None) -> tuple[str, ...]:
    found: list[str] = []
    for piece in [cell, *_SEPARATOR.split(cell)] if _SEPARATOR.search(cell) else [cell]:
        number = _parse_phone(_EXTENSION.sub("", piece), country, department)
        if number and number not in found:
            found.append(number)
    return tuple(found)


def _parse_phone(text: str, country: str, department: str | None) -> str | None:
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    if not 6 <= len(digits) <= 16 or len(set(digits)) == 1:
        return None
    is_international = text.strip().startswith("+") or digits.startswith("00")
    if is_international:
        digits = digits.removeprefix("00")
    if country == "CO" and (not is_international or digits.startswith("57")):
        return _valid(f"+57{_modern_national(digits, department)}", None)
    if is_international:
        return _valid(f"+{digits}", None)
    return _valid(text, country) or _valid(f"+{digits}", None)


def _modern_national(digits: str, department: str | None) -> str:
    """The ten-digit number of today for whatever was written in Colombia."""
    if digits.startswith("57") and len(digits) >= 10:
        digits = digits[2:]
    if digits.startswith("01800"):
        return digits.removeprefix("0")
    # Trunk and carrier prefixes of old: 03 and 0x before an area code or a mobile.
    national = digits[2:] if len(digits) == 12 and digits.startswith("03") else digits.lstrip("0")
    if len(national) == 8 and national[0] in "1245678":
        return f"60{national}"
    if len(national) == 7 and (area := _AREA_OF_DEPARTMENT.get(department or "")):
        return f"60{area}{national}"
    return national


def _valid(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
