"""Tax numbers of other countries: compared as written letters and digits, checked where the rule is known.

python-stdnum knows the check digits of most countries; a number it refuses is kept, since buyers also give
registration numbers in that field.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import ClassVar, Literal, Protocol, cast

from stdnum import get_cc_module

from transforms.clean.text import latinize

_PLACEHOLDERS = frozenset(
    {"NA", "NOAPLICA", "NOTIENE", "NONE", "NULL", "SINDATO", "PENDIENTE", "NOREPORTA", "UNKNOWN", "TBD", "123456789"}
)
_LABEL = re.compile(
    r"^(?:vat|tax id|tax no|tin|ein|rfc|ruc|cnpj|cuit|rut|nif|cif|ust ?id(?: ?nr)?|siret|siren|nit|tva|iva|gst)"
    r"(?: ?(?:no|nr|number|id))?[\s.:#-]+",
    re.IGNORECASE,
)


class _NumberModule(Protocol):
    def is_valid(self, number: str) -> bool: ...


@cache
def _rule(country: str) -> _NumberModule | None:
    return cast("_NumberModule | None", get_cc_module(country.lower(), "vat"))


@lru_cache(maxsize=16_384)
def _normalize(text: str) -> str | None:
    bare = re.sub(r"[^A-Z0-9]", "", _LABEL.sub("", latinize(text)).upper())
    has_shape = 5 <= len(bare) <= 20 and sum(char.isdigit() for char in bare) >= 3
    return bare if has_shape and bare not in _PLACEHOLDERS and len(set(bare)) > 1 else None


class TaxId:
    """A foreign company's tax number; it identifies only together with its country."""

    NAME: ClassVar[str] = "tax_id"
    TITLE: ClassVar[str] = "Identificación tributaria extranjera"
    STRONG: ClassVar[bool] = True

    @staticmethod
    def normalize(text: str | None, country: str | None = None) -> str | None:
        """Capitals and digits without separators, label or the country's own prefix; None for fillers.

        >>> TaxId.normalize("VAT: DE 136.695.976", "DE")
        '136695976'
        """
        bare = _normalize(str(text or ""))
        prefix = (country or "").upper()
        if bare and len(prefix) == 2 and bare.startswith(prefix) and len(bare) >= 9:
            return bare[2:]
        return bare

    @staticmethod
    def verdict(text: str | None, country: str | None) -> Literal["ok", "invalid", "unknown"]:
        """What the country's own check digit says; unknown where no rule is published."""
        bare = TaxId.normalize(text, country)
        rule = _rule(country) if country and re.fullmatch("[A-Za-z]{2}", country) else None
        if bare is None or rule is None:
            return "unknown"
        return "ok" if rule.is_valid(bare) else "invalid"

    @staticmethod
    def is_valid(text: str | None, country: str | None = None) -> bool:
        """Whether it can be a tax number at all; a failed check digit does not disqualify it."""
        return TaxId.normalize(text, country) is not None

    @staticmethod
    def format(text: str | None, country: str | None = None) -> str | None:
        """`DE 136695976`."""
        bare = TaxId.normalize(text, country)
        return bare if bare is None or not country else f"{country.upper()} {bare}"
