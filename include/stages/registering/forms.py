"""Registrations as forms to be decided: the staged ones, and those that could not pass the door.

A form carries the values as they were written; `Form.mark` changes with what the company wrote and not with
what the portal notes about it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from include.core.fingerprint import fingerprint
from include.core.reference import country_code
from include.store.ledger.repository import Row
from transforms.clean.email import clean_email
from transforms.clean.phone import clean_phone
from transforms.clean.text import clean_text
from transforms.identifiers.nit import NitReading, parse_nit

# What the company wrote. Status, dates and consents are the portal's business.
WRITTEN = (
    "audience", "nit", "tax_id", "company_name", "trade_name", "country", "city", "department", "email", "phone",
    "website", "contact_first_name", "contact_last_name", "contact_document_type", "contact_document",
    "contact_position", "language", "product_text", "ciiu", "hs_codes",
)  # fmt: skip


@dataclass(frozen=True)
class Form:
    """One registration. `problem` and `problem_field` are set for a form in quarantine."""

    registration_id: str
    values: Mapping[str, Any]
    status: str
    submitted_at: datetime | None
    problem: str | None = None
    problem_field: str | None = None

    @property
    def mark(self) -> str:
        """Fingerprint of what the company wrote."""
        return fingerprint([_plain(self.values.get(name)) for name in WRITTEN], self.problem)

    @property
    def is_exporter(self) -> bool:
        """True unless the form says buyer."""
        return self.values.get("audience") != "buyer"

    @property
    def country(self) -> str | None:
        """Country as ISO alpha-2, None when it cannot be read."""
        return country_code(self.values.get("country"))

    @property
    def nit(self) -> NitReading:
        """The NIT as it can be read."""
        return parse_nit(self.values.get("nit"), self.country)

    @property
    def email(self) -> str | None:
        """A usable mail address, or None."""
        return clean_email(self.values.get("email"))

    @property
    def phone(self) -> str | None:
        """A telephone number in E.164, or None."""
        return clean_phone(self.values.get("phone"), self.country or "CO")

    @property
    def language(self) -> str:
        """Spanish for Spanish, English for everybody else: the two languages of the portal."""
        written = (self.values.get("language") or "").strip().lower()[:2]
        if not written:
            return "es" if self.is_exporter else "en"
        return "es" if written == "es" else "en"

    def text(self, name: str) -> str | None:
        """A value as it may be shown, None when there is nothing."""
        value = self.values.get(name)
        return clean_text(value) if isinstance(value, str) else None

    @property
    def contact_name(self) -> str | None:
        """Name of the person who registered."""
        parts = (self.text("contact_first_name"), self.text("contact_last_name"))
        return " ".join(part for part in parts if part) or None


def staged_forms(rows: Iterable[Mapping[str, Any]]) -> list[Form]:
    """The forms of `stg_portal__registrations`."""
    return [Form(row["registration_id"], row, row["status"], row["submitted_at"]) for row in rows]


def quarantined_forms(entries: Sequence[Row]) -> list[Form]:
    """The forms that wait in quarantine; of several versions of one form the newest."""
    newest: dict[str, Form] = {}
    for entry in entries:  # oldest first
        if entry["record_key"].startswith("no-key-"):
            continue  # the portal did not say which registration it is: nobody can be answered
        raw = entry["raw"]
        newest[entry["record_key"]] = Form(
            registration_id=entry["record_key"],
            values=raw,
            status=str(raw.get("status") or "pending"),
            submitted_at=_instant(raw.get("submitted_at")),
            problem=entry["reason_code"],
            problem_field=entry["field"],
        )
    return list(newest.values())


def open_forms(staged: Sequence[Form], quarantined: Sequence[Form]) -> list[Form]:
    """Every form once, in the order of arrival; what is in quarantine is newer than what passed before."""
    found = {form.registration_id: form for form in (*staged, *quarantined)}
    far_past = datetime.min.replace(tzinfo=UTC)
    return sorted(found.values(), key=lambda form: (form.submitted_at or far_past, form.registration_id))


def _instant(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.replace("Z", "+00:00"))
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, list | tuple) else value
