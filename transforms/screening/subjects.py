"""Golden records and staged list entries as what the engine compares. Rows in, records out."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from include.core.fingerprint import fingerprint
from transforms.clean.text import fold
from transforms.screening.records import EntryKind, ListEntry, ListName, Number, NumberKind, Subject

Row = Mapping[str, Any]
# How the portal, NEO and RUES write the class of a document.
_DOCUMENTS: dict[str, tuple[NumberKind, str | None]] = {
    "cc": ("cedula", "CO"),
    "cedula": ("cedula", "CO"),
    "cedula de ciudadania": ("cedula", "CO"),
    "ti": ("cedula", "CO"),
    "tarjeta de identidad": ("cedula", "CO"),
    "nit": ("nit", "CO"),
    "ce": ("other", "CO"),
    "cedula de extranjeria": ("other", "CO"),
    "passport": ("passport", None),
    "pasaporte": ("passport", None),
    "pa": ("passport", None),
    "pp": ("passport", None),
}
_ENTRY_KINDS: frozenset[EntryKind] = frozenset(("person", "company", "vessel", "aircraft"))
_NUMBER_KINDS: frozenset[NumberKind] = frozenset(("nit", "cedula", "passport", "tax", "other"))


def customer_subject(row: Row) -> Subject:
    """The subject of a row of `dim_customer`; a natural person who trades is compared as a person."""
    country = row.get("country")
    numbers = []
    if row.get("nit"):
        numbers.append(Number("nit", row["nit"], "CO"))
    if row.get("tax_id"):
        numbers.append(Number("tax", row["tax_id"], row.get("tax_id_country") or country))
    return Subject(
        subject_id=row["customer_id"],
        kind="person" if row.get("kind") == "person" else "company",
        names=_unique(row.get("legal_name"), row.get("trade_name")),
        numbers=tuple(numbers),
        countries=(country,) if country else (),
    )


def person_subject(row: Row) -> Subject:
    """The subject of a row of `dim_person`."""
    country = row.get("country")
    whole = row.get("full_name") or " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))
    number = document_number(row.get("document_type"), row.get("document_number"), country)
    return Subject(
        subject_id=row["person_id"],
        kind="person",
        names=_unique(whole),
        numbers=(number,) if number else (),
        countries=(country,) if country else (),
    )


def registration_subjects(row: Row) -> tuple[Subject, Subject]:
    """The company and the person of a row of `stg_portal__registrations`: whoever asks to come in is compared too."""
    country = row.get("country")
    key = f"RG-{row['registration_id']}"
    company = {
        "customer_id": key,
        "legal_name": row.get("company_name"),
        **{name: row.get(name) for name in ("trade_name", "nit", "tax_id", "country")},
    }
    person = {
        "person_id": f"{key}-C",
        "first_name": row.get("contact_first_name"),
        "last_name": row.get("contact_last_name"),
        "document_type": row.get("contact_document_type"),
        "document_number": row.get("contact_document"),
        "country": country,
    }
    return customer_subject(company), person_subject(person)


def document_number(kind: str | None, value: str | None, country: str | None) -> Number | None:
    """An identity document as a comparable number; a class nobody knows is compared within its country."""
    if not value:
        return None
    number_kind, issued_by = _DOCUMENTS.get(fold(kind).replace(".", "").strip(), ("other", None))
    return Number(number_kind, value, issued_by or country)


def subject_hash(subject: Subject) -> str:
    """Changes with every field that is compared, and with no other."""
    return fingerprint(asdict(subject))


def list_entry(row: Row) -> ListEntry:
    """The entry of a row of `stg_<list>__entries`."""
    kind = row["entry_type"]
    return ListEntry(
        list_code=row["list_code"],
        entry_id=row["entry_id"],
        # A kind nobody foresaw is compared as a company: rather one comparison too many.
        kind=kind if kind in _ENTRY_KINDS else "company",
        names=tuple(ListName(name["name"], name["kind"] or "aka") for name in row["names"] or () if name["name"]),
        numbers=tuple(_listed_number(number) for number in row["identifiers"] or () if number["number"]),
        countries=tuple(sorted(set(row["countries"] or ()))),
        birth_years=tuple(sorted({int(date[:4]) for date in row["birth_dates"] or () if date[:4].isdigit()})),
        is_binding=bool(row["is_binding"]),
        fingerprint=row["entry_fingerprint"] or "",
    )


def _listed_number(number: Row) -> Number:
    kind: NumberKind = number["kind"] if number["kind"] in _NUMBER_KINDS else "other"
    return Number(kind, number["number"], number["country"])


def _unique(*names: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name and name.strip()))
