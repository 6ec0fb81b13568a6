"""The right advisor: by office, sector and language, the load spread evenly and the same way every time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from include.core.fingerprint import fingerprint


@dataclass(frozen=True)
class Advisor:
    """A person of the directory. No sector named means all of them."""

    advisor_id: str
    full_name: str
    email: str
    office_slug: str
    office_kind: Literal["oficom", "ofireg", "central"]
    countries: frozenset[str]
    departments: frozenset[str]
    sectors: frozenset[str]
    languages: frozenset[str]
    is_active: bool


@dataclass(frozen=True)
class Wanted:
    """Whom a company needs: the office that serves its place, its sector, its language."""

    office_slug: str | None
    country: str | None
    department_code: str | None
    sector: str | None
    language: str | None


def choose_advisor(advisors: Iterable[Advisor], wanted: Wanted, load: Mapping[str, int], key: str) -> Advisor | None:
    """Return the best fitting active advisor; among equals the least loaded, then by `key`, never by chance.

    A place that no advisor serves goes to the central office. None when nobody is there at all.
    """
    active = [advisor for advisor in advisors if advisor.is_active and advisor.email]
    local = [advisor for advisor in active if serves(advisor, wanted)]
    found = local or [advisor for advisor in active if advisor.office_kind == "central"]
    return min(found, key=lambda advisor: _rank(advisor, wanted, load, key), default=None)


def serves(advisor: Advisor, wanted: Wanted) -> bool:
    """True when the place of the company is this advisor's."""
    if advisor.office_kind == "central":
        return False
    if wanted.office_slug is not None and advisor.office_slug == wanted.office_slug:
        return True
    if wanted.country not in (None, "CO"):
        return wanted.country in advisor.countries
    return wanted.department_code is not None and wanted.department_code in advisor.departments


def _rank(advisor: Advisor, wanted: Wanted, load: Mapping[str, int], key: str) -> tuple[int, int, int, str]:
    speaks = wanted.language is None or wanted.language in advisor.languages
    is_named = wanted.sector is not None and wanted.sector in advisor.sectors
    covers_all = not advisor.sectors
    knows = 0 if is_named else 1 if covers_all else 2
    return (0 if speaks else 1, knows, load.get(advisor.advisor_id, 0), fingerprint(key, advisor.advisor_id))
