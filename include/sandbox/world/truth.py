"""The answers: who is who, which offers fit which need, which registrations to refuse, who truly is on a list.

Only the evaluation reads this; no service ever serves it.
"""

from datetime import datetime
from typing import Any

from include.sandbox.world.model import Company, Ledger, Need, Offer
from include.sandbox.world.packaged import PlannedHit

SAME_PRODUCT, SAME_HEADING = 3, 1


def make_truth(
    scale: str,
    seed: int,
    today: datetime,
    companies: list[Company],
    ledger: Ledger,
    needs: list[Need],
    offers: list[Offer],
    registrations: dict[str, dict[str, Any]],
    planted: list[tuple[PlannedHit, str, str]],
    portal_contacts: dict[str, str],
    neo_contacts: dict[str, str],
) -> dict[str, Any]:
    """The content of `truth.json`. Records of a source that no entity claims stand alone."""
    return {
        "scale": scale,
        "seed": seed,
        "today": today.date().isoformat(),
        "entities": {
            company.entity_id: {
                "audience": company.audience,
                "kind": company.kind,
                "nit": company.tax_id if company.country == "CO" else None,
                "sibling_of": company.sibling_of or None,
                "records": [list(pair) for pair in ledger.records.get(company.entity_id, [])],
            }
            for company in companies
        },
        "need_relevance": _relevance(needs, offers),
        "codes": {
            "needs": {need.need_id: need.product.code for need in needs},
            "offers": {offer.offer_id: offer.product.code for offer in offers},
        },
        "need_language": {need.need_id: need.text_language for need in needs},
        "registrations": registrations,
        "screening": [
            _screening(hit, entity, person, portal_contacts, neo_contacts) for hit, entity, person in planted
        ],
    }


def _relevance(needs: list[Need], offers: list[Offer]) -> dict[str, dict[str, int]]:
    """Grades per need: the same product counts most, another product of the same heading a little."""
    by_heading: dict[str, list[Offer]] = {}
    for offer in offers:
        by_heading.setdefault(offer.product.heading, []).append(offer)
    return {
        need.need_id: {
            offer.offer_id: SAME_PRODUCT if offer.product.product == need.product.product else SAME_HEADING
            for offer in by_heading.get(need.product.heading, [])
        }
        for need in needs
    }


def _screening(
    hit: PlannedHit, entity: str, person: str, portal_contacts: dict[str, str], neo_contacts: dict[str, str]
) -> dict[str, Any]:
    return {
        "case": hit.case,
        "list_code": "LISTA-DEMO",
        "list_entry_id": hit.entry,
        "is_true_hit": hit.verdict == "hit",
        "how": hit.how,
        "subject_kind": "person" if person else "company",
        "entity": entity,
        "portal_contact_id": portal_contacts.get(person),
        "neo_contact_id": neo_contacts.get(person),
    }
