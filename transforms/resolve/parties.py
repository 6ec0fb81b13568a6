"""From a source record to what resolution compares: names taken apart, all contacts of a cell, domains owned."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from transforms.clean.email import all_emails, company_domain
from transforms.clean.names import CompanyName, company_core
from transforms.clean.phone import all_phones
from transforms.clean.text import fold
from transforms.clean.web import website_domain
from transforms.golden.reading import SourceRecord
from transforms.golden.sheet import SourceColumns
from transforms.resolve.record import Party

_BOGOTA = "11"


def party_of(record: SourceRecord, where: SourceColumns) -> Party:
    """The comparable form of a source record; `where` names the columns that hold whole cells of contacts."""
    country = record.text("country") or ("CO" if record.source == "rues" or record.nit.is_usable else None)
    city = record.text("city_code")
    department = (city or "")[:2] or record.text("department_code")
    if record.source == "rues" and department == _BOGOTA:
        department = None  # its chamber also serves Cundinamarca
    emails = _cells(record, where, "email", all_emails)
    phones = _cells(record, where, "phone", lambda cell: all_phones(cell, country, department))
    site = record.text("website")
    domains = {company_domain(email) for email in emails} | {website_domain(site)}
    return Party(
        source=record.source,
        key=record.key,
        names=tuple(_names(record)),
        nit=record.nit,
        tax_id=record.text("tax_id"),
        country=country,
        department=department,
        # The register gives the seat of the chamber, which is not where the company is.
        city=None if record.source == "rues" else city,
        address=fold(record.text("address")) or None,
        emails=emails,
        phones=phones,
        domains=frozenset(domain for domain in domains if domain),
        audience=record.text("audience"),
        portal_id=record.portal_id,
        hub_id=record.hub_id,
        is_closed=record.source == "rues" and not record.is_active,
    )


def _names(record: SourceRecord) -> Iterable[CompanyName]:
    seen: set[str] = set()
    for field in ("legal_name", "trade_name"):
        name = company_core(record.text(field))
        for one in (name, *(company_core(alias) for alias in name.aliases)):
            if one.tokens and one.joined not in seen:
                seen.add(one.joined)
                yield one


def _cells(
    record: SourceRecord, where: SourceColumns, field: str, read: Callable[[str], tuple[str, ...]]
) -> tuple[str, ...]:
    found: list[str] = []
    for column in where.columns.get(field, ()):
        cell = record.raw.get(column)
        found += [one for one in read(str(cell)) if one not in found] if cell else []
    return tuple(found)
