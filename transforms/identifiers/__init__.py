"""Identifiers, one small class each with the same verbs: is_valid, normalize, format, and STRONG.

STRONG says whether two records with the same value are, as a rule, the same party. The list below is the registry.
"""

from __future__ import annotations

from typing import ClassVar, Protocol

from transforms.identifiers.cedula import Cedula
from transforms.identifiers.email import Email
from transforms.identifiers.matricula import Matricula
from transforms.identifiers.nit import Nit
from transforms.identifiers.phone import Phone
from transforms.identifiers.tax_id import TaxId
from transforms.identifiers.website import WebSite


class Identifier(Protocol):
    """The shape of every identifier class."""

    NAME: ClassVar[str]
    TITLE: ClassVar[str]
    STRONG: ClassVar[bool]

    @staticmethod
    def is_valid(text: str | None, /) -> bool:
        """Whether the text is such an identifier."""
        ...

    @staticmethod
    def normalize(text: str | None, /) -> str | None:
        """The form in which two are compared, or None."""
        ...

    @staticmethod
    def format(text: str | None, /) -> str | None:
        """The form in which people read it, or None."""
        ...


IDENTIFIERS: dict[str, type[Identifier]] = {
    kind.NAME: kind for kind in (Nit, Cedula, TaxId, Matricula, Email, Phone, WebSite)
}

__all__ = ["IDENTIFIERS", "Cedula", "Email", "Identifier", "Matricula", "Nit", "Phone", "TaxId", "WebSite"]
