"""Which sector of the agency a company belongs to: from its tariff codes, its activity, or its own words."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

SectorOf = Callable[[str], str | None]
_PHRASES = re.compile(r"[,;/\n·]+")


@dataclass(frozen=True)
class DerivedSector:
    """A sector and what it was derived from."""

    slug: str
    source: Literal["hs", "ciiu", "text"]


def derive_sector(
    hs_codes: Sequence[str],
    ciiu: str | None,
    text: str | None,
    *,
    of_hs: SectorOf,
    of_ciiu: SectorOf,
    of_phrase: SectorOf,
) -> DerivedSector | None:
    """Return the sector by the strongest evidence there is: codes first, then the activity, then the words.

    `of_phrase` names the sector of one product in a company's own words; several products vote.
    """
    by_code = _first_of_most([of_hs(_digits(code, "S")) for code in hs_codes])
    if by_code:
        return DerivedSector(by_code, "hs")
    if ciiu and (slug := of_ciiu(_digits(ciiu, ""))):
        return DerivedSector(slug, "ciiu")
    by_words = _first_of_most([of_phrase(phrase) for phrase in phrases(text)])
    return DerivedSector(by_words, "text") if by_words else None


def phrases(text: str | None) -> list[str]:
    """The products a company lists, one by one."""
    return [phrase for part in _PHRASES.split(text or "") if (phrase := part.strip())]


def _first_of_most(found: Sequence[str | None]) -> str | None:
    """The most frequent sector; of several, the one the company named first."""
    named = [slug for slug in found if slug]
    votes = Counter(named)
    return max(named, key=lambda slug: (votes[slug], -named.index(slug)), default=None)


def _digits(code: str, prefix: str) -> str:
    """`0901.21` and `C1061` as their digits; a service keeps its mark."""
    digits = "".join(filter(str.isdigit, code))
    return prefix + digits if prefix and code.strip().upper().startswith(prefix) else digits
