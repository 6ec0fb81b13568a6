"""The registration in a chamber of commerce (matrícula mercantil): unique only together with its chamber."""

from __future__ import annotations

import re
from typing import ClassVar


class Matricula:
    """Matrícula mercantil. A company that moves gets another one, so it names a registration, not a company."""

    NAME: ClassVar[str] = "matricula"
    TITLE: ClassVar[str] = "Matrícula mercantil"
    STRONG: ClassVar[bool] = True

    @staticmethod
    def normalize(text: str | None, chamber: str | None = None) -> str | None:
        """`21-68393312`: two-digit chamber, hyphen, number without leading zeros; S marks a non-profit.

        The chamber may stand in the text or be given apart; without one there is no identifier.
        """
        written, hyphen, number = str(text or "").strip().upper().rpartition("-")
        place = written if hyphen else str(chamber or "").strip()
        mark, digits = ("S", number[1:]) if number.startswith("S") else ("", number)
        digits = digits.strip().lstrip("0")
        if not (re.fullmatch(r"[0-9]{1,2}", place) and re.fullmatch(r"[0-9]{1,10}", digits)):
            return None
        return f"{place.zfill(2)}-{mark}{digits}"

    @staticmethod
    def is_valid(text: str | None, chamber: str | None = None) -> bool:
        """Whether chamber and number can be read."""
        return Matricula.normalize(text, chamber) is not None

    @staticmethod
    def format(text: str | None, chamber: str | None = None) -> str | None:
        """The same as normalized: that is how chambers print it."""
        return Matricula.normalize(text, chamber)
