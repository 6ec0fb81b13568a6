"""What became of matches so far: contact requests (CONTACTAR) and the opportunities that grew out of them."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from include.sandbox.world.chance import happens, rounded, stream, weighted
from include.sandbox.world.model import Need, Offer

STAGES = ("contacto", "evaluacion", "muestras", "terminos", "cierre", "recepcion")


@dataclass(frozen=True)
class ContactRequest:
    """A buyer pressed CONTACTAR on an offer; an answer is due within 24 hours."""

    request_id: str
    need: Need
    offer: Offer
    requested_at: datetime
    answered_at: datetime | None
    status: str
    updated_at: datetime


@dataclass(frozen=True)
class Opportunity:
    """A deal in the making between the buyer of a need and the exporter of an offer."""

    opportunity_id: str
    need: Need
    offer: Offer
    stage: str
    value_usd: float | None
    is_effective: bool | None
    created_at: datetime
    updated_at: datetime


def make_encounters(
    needs: list[Need], offers: list[Offer], seed: int, today: datetime
) -> tuple[list[ContactRequest], list[Opportunity]]:
    """Nearly half of the needs have led to a contact; two in three answered contacts became an opportunity."""
    rng = stream(seed, "encounters")
    by_product: dict[str, list[Offer]] = {}
    for offer in offers:
        by_product.setdefault(offer.product.product, []).append(offer)
    requests: list[ContactRequest] = []
    opportunities: list[Opportunity] = []
    for need in needs:
        fitting = by_product.get(need.product.product, [])
        if not fitting or not happens(rng, 0.46):
            continue
        for offer in rng.sample(fitting, min(len(fitting), rng.choice((1, 1, 2, 3)))):
            request = _request(rng, f"Q{len(requests) + 1:06d}", need, offer, today)
            requests.append(request)
            if request.status == "answered" and happens(rng, 0.67):
                opportunities.append(_opportunity(rng, f"D{len(opportunities) + 1:06d}", request, today))
    return requests, opportunities


def _request(rng: random.Random, request_id: str, need: Need, offer: Offer, today: datetime) -> ContactRequest:
    first = max(need.created_at, offer.created_at) + timedelta(hours=6)
    asked = first + (today - first) * rng.random() if first < today else today - timedelta(hours=2)
    waited = timedelta(hours=rng.uniform(0.5, 60))
    if asked + waited < today and happens(rng, 0.78):
        return ContactRequest(request_id, need, offer, asked, asked + waited, "answered", asked + waited)
    if today - asked > timedelta(days=5):
        return ContactRequest(request_id, need, offer, asked, None, "expired", asked + timedelta(days=5))
    return ContactRequest(request_id, need, offer, asked, None, "open", asked)


def _opportunity(rng: random.Random, opportunity_id: str, request: ContactRequest, today: datetime) -> Opportunity:
    created = (request.answered_at or request.requested_at) + timedelta(hours=rng.uniform(1, 30))
    created = min(created, today - timedelta(minutes=30))
    age = (today - created).days
    reached = min(len(STAGES) - 1, int(rng.expovariate(1.0) * age / 45))
    stage = "perdida" if age > 25 and happens(rng, 0.22) else STAGES[reached]
    effective = weighted(rng, {True: 6.0, False: 2.0, None: 2.0}) if stage != "perdida" else happens(rng, 0.3)
    value = request.need.value_usd_year or sum(request.need.product.price) * (request.need.volume or 100) * 2
    return Opportunity(
        opportunity_id=opportunity_id,
        need=request.need,
        offer=request.offer,
        stage=stage,
        value_usd=None if happens(rng, 0.15) else rounded(value * rng.uniform(0.05, 0.5)),
        is_effective=effective,
        created_at=created,
        updated_at=created + (today - created) * rng.random(),
    )
