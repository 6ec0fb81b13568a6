"""Decisions as rows of `fct_registration_decision`: taken once, kept until the company writes something else."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import pyarrow as pa

from include.core import reference
from include.stages.correspondence import LANGUAGES, Correspondence
from include.stages.registering.forms import Form
from transforms.clean.place import Gazetteer, city_code, department_code
from transforms.registration.advisor import Advisor, Wanted, choose_advisor
from transforms.registration.decide import Case, Decision, decide_registration
from transforms.registration.rules import RegistrationRules
from transforms.registration.sector import SectorOf, derive_sector

INSTANT = pa.timestamp("us", tz="UTC")
_TEXT = (
    "registration_id", "audience", "decision", "customer_id", "neo_account_id", "reason_code", "company_name", "nit",
    "country", "sector", "department_code", "office_slug", "advisor_id", "advisor_email", "advisor_name", "message_es",
    "message_en", "product_text", "contact_name", "contact_position", "contact_email", "contact_phone", "language",
    "origin", "input_hash",
)  # fmt: skip
SCHEMA = pa.schema([(name, pa.string()) for name in _TEXT] + [("submitted_at", INSTANT), ("decided_at", INSTANT)])
Row = dict[str, Any]


@dataclass(frozen=True)
class Known:
    """What the hub knows: customers by registration, their rows, neutral states, open questions of identity.

    `at_the_door` holds the states of registrations, `states` those of customers.
    """

    customer_ids: Mapping[str, str]
    customers: Mapping[str, Mapping[str, Any]]
    states: Mapping[str, str]
    at_the_door: Mapping[str, str]
    in_doubt: frozenset[str]

    def case(self, form: Form) -> Case:
        """The form with everything the decision looks at."""
        customer_id = None if form.problem else self.customer_ids.get(form.registration_id)
        customer = self.customers.get(customer_id or "", {})
        is_in_neo = bool(customer.get("is_in_neo"))
        return Case(
            registration_id=form.registration_id,
            audience="exporter" if form.is_exporter else "buyer",
            country=form.country,
            has_usable_nit=form.nit.is_usable and form.nit.status != "dv_incorrecto",
            has_contact=form.email is not None or form.phone is not None,
            problem=form.problem,
            customer_id=customer_id if customer else None,
            is_in_neo=is_in_neo,
            is_identity_open=form.is_exporter and not is_in_neo and form.registration_id in self.in_doubt,
            state=self.at_the_door.get(form.registration_id) or self.states.get(customer_id or ""),
        )


class Desk:
    """Takes the decisions of one run."""

    def __init__(
        self,
        rules: RegistrationRules,
        known: Known,
        advisors: Sequence[Advisor],
        letters: Correspondence,
        sector_of_phrase: SectorOf,
        now: Callable[[], datetime],
    ) -> None:
        self._rules, self._known, self._advisors = rules, known, advisors
        self._letters, self._sector_of_phrase, self._now = letters, sector_of_phrase, now
        self._load: Counter[str] = Counter()

    def decide(self, forms: Iterable[Form], previous: Mapping[str, Row]) -> list[Row]:
        """Return the rows of all decisions: those kept, those taken now, and those of forms that are gone."""
        kept: dict[str, Row] = {}
        fresh: list[tuple[Form, Case, Decision]] = []
        for form in forms:
            before = previous.get(form.registration_id)
            if self._is_settled(form, before):
                if before is not None:
                    kept[form.registration_id] = self._with_customer(before)
                continue
            case = self._known.case(form)
            decision = decide_registration(case)
            is_same = before is not None and before["input_hash"] == form.mark
            if before is not None and is_same and before["decision"] == decision.kind:
                kept[form.registration_id] = before
            else:
                fresh.append((form, case, decision))
        seen = kept.keys() | {form.registration_id for form, _, _ in fresh}
        rows = {key: row for key, row in previous.items() if key not in seen} | kept
        self._load = Counter(row["advisor_id"] for row in rows.values() if row["advisor_id"])
        for form, case, decision in fresh:
            rows[form.registration_id] = self._row(form, case, decision)
        return [rows[key] for key in sorted(rows)]

    def _is_settled(self, form: Form, before: Row | None) -> bool:
        """Answered registrations stay answered; a decision other than `review` stands while the form is the same."""
        if form.status in self._rules.decided_statuses:
            return True
        if before is None:
            return False
        if form.problem and before["decision"] in ("accept", "refuse"):
            return True
        return bool(before["input_hash"] == form.mark and before["decision"] != "review")

    def _with_customer(self, row: Row) -> Row:
        """A buyer who was let in is a customer since: the decision stands, and now says whose it is."""
        customer_id = self._known.customer_ids.get(row["registration_id"])
        customer = self._known.customers.get(customer_id or "")
        if row["decision"] != "accept" or row["customer_id"] is not None or customer is None:
            return row
        return row | {"customer_id": customer_id, "neo_account_id": customer.get("neo_account_id")}

    def _row(self, form: Form, case: Case, decision: Decision) -> Row:
        department = self._department(form)
        office = self._office(form, department)
        sector = self._sector(form)
        advisor = self._advisor(form, decision, office, department, sector)
        customer = self._known.customers.get(case.customer_id or "", {})
        row: Row = {
            "registration_id": form.registration_id,
            "audience": case.audience,
            "decision": decision.kind,
            "customer_id": case.customer_id,
            "neo_account_id": customer.get("neo_account_id"),
            "reason_code": decision.reason_code,
            "company_name": form.text("company_name"),
            "nit": form.nit.base or form.text("nit"),
            "country": case.country,
            "sector": sector,
            "department_code": department,
            "office_slug": office.slug if office else None,
            "advisor_id": advisor.advisor_id if advisor else None,
            "advisor_email": advisor.email if advisor else None,
            "advisor_name": advisor.full_name if advisor else None,
            "product_text": form.text("product_text"),
            "contact_name": form.contact_name,
            "contact_position": form.text("contact_position"),
            "contact_email": form.email,
            "contact_phone": form.phone,
            "language": form.language,
            "origin": form.text("origin"),
            "input_hash": form.mark,
            "submitted_at": form.submitted_at,
            "decided_at": self._now(),
        }
        for language in LANGUAGES:
            facts = row | {
                "office_name": office.name_es if office else None,
                "guidance": self._guidance(form, decision, language),
            }
            row[f"message_{language}"] = self._letters.portal_message(decision.kind, language, facts)
        return row

    def _guidance(self, form: Form, decision: Decision, language: str) -> str:
        label = self._rules.label(form.problem_field or "").in_language(language)
        return self._rules.correction(decision.reason_code).in_language(language).replace("{label}", label)

    def _department(self, form: Form) -> str | None:
        if form.country != "CO":
            return None
        city = city_code(form.values.get("city"), form.values.get("department"), gazetteer=_gazetteer())
        return department_code(form.values.get("department"), _gazetteer()) or (city[:2] if city else None)

    def _office(self, form: Form, department: str | None) -> reference.Office | None:
        offices = reference.offices()
        if form.country == "CO":
            return offices.ofireg.get(department or "", offices.central)
        return offices.oficom.get(form.country or "", offices.central)

    def _sector(self, form: Form) -> str | None:
        derived = derive_sector(
            form.values.get("hs_codes") or [],
            form.text("ciiu"),
            form.text("product_text"),
            of_hs=reference.sector_of_hs,
            of_ciiu=reference.sector_of_ciiu,
            of_phrase=self._sector_of_phrase,
        )
        return derived.slug if derived else None

    def _advisor(
        self,
        form: Form,
        decision: Decision,
        office: reference.Office | None,
        department: str | None,
        sector: str | None,
    ) -> Advisor | None:
        """A person for whoever needs one: a company we have yet to meet, and a buyer who is let in."""
        if decision.kind != "refuse" and not (decision.kind == "accept" and not form.is_exporter):
            return None
        wanted = Wanted(
            office_slug=office.slug if office else None,
            country=form.country,
            department_code=department,
            sector=sector,
            language=form.language,
        )
        chosen = choose_advisor(self._advisors, wanted, self._load, form.registration_id)
        if chosen is not None:
            self._load[chosen.advisor_id] += 1
        return chosen


@cache
def _gazetteer() -> Gazetteer:
    return Gazetteer.build(reference.municipalities(), reference.departments())
