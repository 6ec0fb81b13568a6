"""Product codes as matchmaking reads them: HS text with leading zeros, services as `S` + CIIU class.

The heading is the level at which a need and an offer meet: four digits of HS, the whole class of a service.
"""

import re
from functools import lru_cache

HEADING_DIGITS = 4
SUBHEADING_DIGITS = 6

_NOT_CODE = re.compile(r"[^0-9S]")


def clean_code(text: str) -> str:
    """Return a code without dots, blanks or other signs: `0901.21` -> `090121`, `s-6201` -> `S6201`."""
    return _NOT_CODE.sub("", text.upper())


def is_service(code: str) -> bool:
    """Return whether the code is a service class."""
    return code.startswith("S")


def heading_of(code: str) -> str:
    """Return the heading of a code; a code shorter than a heading is returned as it is."""
    return code if is_service(code) else code[:HEADING_DIGITS]


@lru_cache(maxsize=65_536)
def headings_of(codes: tuple[str, ...]) -> frozenset[str]:
    """Return the headings of codes; chapters (two digits) are no heading and are left out."""
    return frozenset(heading_of(code) for code in codes if is_service(code) or len(code) >= HEADING_DIGITS)


@lru_cache(maxsize=65_536)
def subheadings_of(codes: tuple[str, ...]) -> frozenset[str]:
    """Return what counts as the same product: HS subheadings and service classes."""
    return frozenset(
        code if is_service(code) else code[:SUBHEADING_DIGITS]
        for code in codes
        if is_service(code) or len(code) >= SUBHEADING_DIGITS
    )
