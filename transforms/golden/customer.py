"""A whole customer out of its golden fields: what follows from them, which account and company stand for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from transforms.clean.names import person_tokens
from transforms.golden.reading import SourceRecord
from transforms.golden.survive import Member, Provenance, Survival, Survivor, derived
from transforms.identifiers.nit import NitStatus

_STATUS_ORDER = ("ok", "sin_dv", "dv_incorrecto", "missing", "not_co")
_NO_DATE = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Customer:
    """A golden record before it is laid out as a table row."""

    customer_id: str
    audience: Literal["exporter", "buyer"]
    kind: Literal["company", "person"]
    fields: Mapping[str, Survivor]
    nit_status: NitStatus
    neo_account_id: str | None
    neo_duplicate_ids: tuple[str, ...]
    portal_company_id: str | None
    sources: tuple[str, ...]

    def text(self, name: str) -> str | None:
        """A golden value as text."""
        survivor = self.fields.get(name)
        return survivor.provenance.value if survivor else None


@dataclass(frozen=True)
class CustomerRules:
    """What is needed to build customers: survivorship and the way from activity to sector."""

    survival: Survival
    sector_of_ciiu: Callable[[str | None], str | None]

    def build(self, customer_id: str, members: Sequence[Member], previous: Mapping[str, Provenance]) -> Customer:
        """The customer made of `members`; `previous` is the provenance of its fields after the last run."""
        records = [member.record for member in members]
        fields = self.survival.golden(members, previous)
        self._derive(fields, self._nit_facts(fields, members, previous))
        accounts = rank_accounts([one for one in records if one.source == "neo"], customer_id)
        companies = rank_companies([one for one in records if one.source == "portal"])
        is_person = "nit" in fields and _kind_of(records, str(fields["nit"].value)) == "person"
        if is_person and "trade_name" not in fields and "legal_name" in fields:
            self._keep_trade_name(fields, members, previous)
        return Customer(
            customer_id=customer_id,
            audience=_audience(companies, fields),
            kind="person" if is_person else "company",
            fields=fields,
            nit_status=_nit_status(fields),
            neo_account_id=accounts[0].key if accounts else None,
            # One that was put out of use is no longer anybody's duplicate.
            neo_duplicate_ids=tuple(account.key for account in accounts[1:] if account.is_active),
            portal_company_id=companies[0].key if companies else None,
            # Only those whose word counts: an account that merely repeats what the hub wrote is no source.
            sources=tuple(sorted({survivor.provenance.source for survivor in fields.values()})),
        )

    def _keep_trade_name(
        self, fields: dict[str, Survivor], members: Sequence[Member], previous: Mapping[str, Provenance]
    ) -> None:
        """People trade under other names: what a source calls the business is kept beside the person's own name."""
        own = sorted(person_tokens(str(fields["legal_name"].value)))
        rule = self.survival.fields["trade_name"]
        others = [
            replace(member, record=replace(member.record, readings={"trade_name": readings}))
            for member in members
            if member.record.source != "rues"
            and (readings := member.record.readings.get("legal_name", ()))
            and sorted(person_tokens(str(readings[0].value))) != own
        ]
        kept = self.survival.survivor("trade_name", rule, others, previous)
        if kept is not None:
            fields["trade_name"] = kept

    def _nit_facts(
        self, fields: Mapping[str, Survivor], members: Sequence[Member], previous: Mapping[str, Provenance]
    ) -> tuple[str, str | None] | None:
        """Status and check digit of the golden NIT: the best reading of anybody who wrote it.

        What the hub wrote itself proves nothing, so without another witness the status stays what it was; and a
        check digit once seen right is known to be right, also when its witness is gone.
        """
        if "nit" not in fields:
            return None
        base = fields["nit"].value
        readings = [
            (self.survival.is_echo("nit", member, column, reading.base), _rank(reading.status), reading)
            for member in members
            for column, reading in member.record.nits.items()
            if reading.base == base
        ]
        witnesses = [one for one in readings if not one[0]]
        best = min(witnesses or readings, key=lambda one: one[:2])[2]
        before = previous.get("nit_status")
        is_same = before is not None and "nit" in previous and previous["nit"].value == base
        if before is not None and is_same and (not witnesses or _rank(before.value) < _rank(best.status)):
            return before.value, previous["nit_dv"].value if "nit_dv" in previous else None
        return best.status, best.dv

    def _derive(self, fields: dict[str, Survivor], nit_facts: tuple[str, str | None] | None) -> None:
        trust = self.survival.confidence["derived"]
        if nit_facts is not None:
            status, digit = nit_facts
            fields["nit_status"] = derived(status, fields["nit"], 1.0)
            if digit is not None:
                fields["nit_dv"] = derived(digit, fields["nit"], 1.0)
            if "country" not in fields:
                fields["country"] = derived("CO", fields["nit"], trust)
        city = fields.get("city_code")
        if city is not None:
            # A department of another source would contradict the city.
            fields["department_code"] = derived(str(city.value)[:2], city, 1.0)
        sector = self.sector_of_ciiu(_text(fields, "ciiu")) if "sector" not in fields else None
        if sector is not None:
            fields["sector"] = derived(sector, fields["ciiu"], trust)


def rank_accounts(accounts: Sequence[SourceRecord], customer_id: str) -> list[SourceRecord]:
    """The account that stands for the customer first: it carries the id, else it is in use, else it is the oldest."""
    return sorted(
        accounts,
        key=lambda one: (one.hub_id != customer_id, not one.is_active, one.created_at or _NO_DATE, one.key),
    )


def rank_companies(companies: Sequence[SourceRecord]) -> list[SourceRecord]:
    """The portal company that stands for the customer first: active, approved, oldest."""
    return sorted(
        companies,
        key=lambda one: (
            not one.is_active,
            one.first("profile_status") != "approved",
            one.created_at or _NO_DATE,
            one.key,
        ),
    )


def _audience(companies: Sequence[SourceRecord], fields: Mapping[str, Survivor]) -> Literal["exporter", "buyer"]:
    """What the portal says; an account without a portal company is judged by its country."""
    declared = next((one.first("audience") for one in companies if one.first("audience")), None)
    if declared in ("exporter", "buyer"):
        return "buyer" if declared == "buyer" else "exporter"
    return "buyer" if _text(fields, "country") not in (None, "CO") and "nit" not in fields else "exporter"


def _nit_status(fields: Mapping[str, Survivor]) -> NitStatus:
    status = _text(fields, "nit_status")
    known: dict[str | None, NitStatus] = {"ok": "ok", "sin_dv": "sin_dv", "dv_incorrecto": "dv_incorrecto"}
    if status in known:
        return known[status]
    return "missing" if _text(fields, "country") in (None, "CO") else "not_co"


def _rank(status: str) -> int:
    return _STATUS_ORDER.index(status)


def _kind_of(records: Sequence[SourceRecord], base: str) -> str | None:
    return next((one.kind for record in records for one in record.nits.values() if one.base == base), None)


def _text(fields: Mapping[str, Survivor], name: str) -> str | None:
    return fields[name].provenance.value if name in fields else None
