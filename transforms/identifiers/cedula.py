"""The Colombian citizen's number (cédula de ciudadanía): no check digit, so only its shape can be judged."""

from __future__ import annotations

import re
from typing import ClassVar

_LABEL = re.compile(r"^\s*c\.?\s*c\.?\s*:?\s*(?:no\.?|nro\.?|#)?\s*", re.IGNORECASE)
_NUMBER = re.compile(r"^\d{1,3}(?:[.,\s]?\d{3})*$|^\d+$")


class Cedula:
    """Cédula de ciudadanía: six to eight digits, or ten starting with 1. Never a company."""

    NAME: ClassVar[str] = "cedula"
    TITLE: ClassVar[str] = "Cédula de ciudadanía"
    STRONG: ClassVar[bool] = True

    @staticmethod
    def normalize(text: str | None) -> str | None:
        """Digits only, or None when they cannot be a cédula.

        >>> Cedula.normalize("C.C. 52.123.456")
        '52123456'
        """
        bare = _LABEL.sub("", str(text or "")).strip()
        if not bare.isascii() or not _NUMBER.match(bare):
            return None
        digits = re.sub(r"\D", "", bare).lstrip("0")
        has_shape = 6 <= len(digits) <= 8 or (len(digits) == 10 and digits[0] == "1")
        return digits if has_shape and len(set(digits)) > 1 and digits != "1234567890" else None

    @staticmethod
    def is_valid(text: str | None) -> bool:
        """Whether the text has the shape of a cédula and is no filler."""
        return Cedula.normalize(text) is not None

    @staticmethod
    def format(text: str | None) -> str | None:
        """With points every three digits, as on the document."""
        digits = Cedula.normalize(text)
        return f"{int(digits):,}".replace(",", ".") if digits else None
