"""Identification numbers as comparable keys: (country, class, digits).

In Colombia a NIT and a cédula share one series (a natural person's NIT is the cédula), with or without the check
digit. Elsewhere a number means nothing outside its country: eight digits called "NIT" in Guatemala are not ours.
"""

import re
from collections.abc import Iterable

from transforms.identifiers.nit import parse_nit
from transforms.screening.records import Number

UNKNOWN = "??"
NumberKey = tuple[str, str, str]
_NOT_ALNUM = re.compile(r"[^A-Z0-9]")
_NOT_DIGIT = re.compile(r"\D")


def number_key(number: Number, min_digits: int) -> NumberKey | None:
    """Return the key under which `number` is met, or None when it is too short to identify anybody."""
    country = (number.country or UNKNOWN).upper()
    group, value = _class_and_value(number, country)
    value = value.lstrip("0")
    return (country, group, value) if sum(map(str.isdigit, value)) >= min_digits else None


def shared_number(left: Iterable[Number], right: Iterable[Number], min_digits: int) -> tuple[Number, bool] | None:
    """Return the left number that the right side holds too, and whether both sides name its country."""
    others = [key for number in right if (key := number_key(number, min_digits))]
    weak: Number | None = None
    for number in left:
        key = number_key(number, min_digits)
        if key is None:
            continue
        if key in others and key[0] != UNKNOWN:
            return number, True
        if weak is None and any(bare(key) == bare(other) and UNKNOWN in (key[0], other[0]) for other in others):
            weak = number
    return None if weak is None else (weak, False)


def numbers_differ(left: Iterable[Number], right: Iterable[Number], min_digits: int) -> bool:
    """True when both sides give a number of the same series, and none is shared."""
    mine, theirs = _by_series(left, min_digits), _by_series(right, min_digits)
    common = mine.keys() & theirs.keys()
    return bool(common) and not any(mine[series] & theirs[series] for series in common)


def bare(key: NumberKey) -> tuple[str, str]:
    """Return class and digits of a key, without its country."""
    return key[1], key[2]


def _class_and_value(number: Number, country: str) -> tuple[str, str]:
    plain = _NOT_ALNUM.sub("", number.value.upper())
    digits = _NOT_DIGIT.sub("", number.value)
    if number.kind == "passport":
        return "passport", plain
    if country != "CO" and not (country == UNKNOWN and number.kind in ("nit", "cedula")):
        # A letter before a foreign cédula says who issued it, and is often left out (V-12345678).
        return "id", digits if number.kind == "cedula" else plain
    if number.kind == "other":  # a foreigner's card, a registration: not the series of the cédula
        return "other", plain
    if number.kind == "cedula":
        return "id", digits
    # Lists repeat typing errors of their sources: a NIT with a wrong check digit is still compared.
    return "id", parse_nit(number.value).base or digits


def _by_series(numbers: Iterable[Number], min_digits: int) -> dict[tuple[str, str], set[str]]:
    """Numbers by country and series. `other` holds registrations of every sort: two different ones say nothing."""
    series: dict[tuple[str, str], set[str]] = {}
    for number in numbers:
        key = number_key(number, min_digits)
        if key is not None and key[0] != UNKNOWN and number.kind != "other":
            kind = key[1] if key[0] == "CO" else number.kind
            series.setdefault((key[0], kind), set()).add(key[2])
    return series
