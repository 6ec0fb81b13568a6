"""Which certificates an exporter holds for an offer.

The generic papers of every exporter are nearly always there. For the markets an exporter cares about, it holds all
mandatory ones, or lacks one or two: that is what makes gaps that somebody could close.
"""

import random
from collections.abc import Iterable
from datetime import date, timedelta

from include.sandbox.world.chance import happens, some, stream, weighted
from include.sandbox.world.model import Certificate, Company, Product
from include.sandbox.world.packaged import requirements_of

GENERIC = ("CO-RUT-EXP", "CO-DEX", "ISPM-15")
_SERVICE_GENERIC = ("CO-RUT-EXP",)
# Duties of the importer or a line on a label: whoever sells there has them sorted out with the first shipment.
_EASY = frozenset(
    (
        "US-ORIGIN-MARK",
        "FDA-PN",
        "EU-PPWR",
        "EU-CHEDPP",
        "EU-FIC",
        "FDA-LABEL",
        "FTC-FIBER",
        "FTC-CARE",
        "EU-TEXTILE",
        "EU-FOOTWEAR",
        "CA-BILING",
        "MX-NOM004",
        "MX-NOM020",
        "MX-PADRON",
        "US-W8BENE",
        "JP-FSL",
        "FDA-FSVP",
        "BR-TEXTIL",
        "GDPR",
        "EU-GPSR",
    )
)
_MISSING = {0: 46.0, 1: 27.0, 2: 17.0, 99: 10.0}
_UNDATED = frozenset((*GENERIC, "US-ORIGIN-MARK", "US-W8BENE", "FNC-REPESO", "FDA-FFR"))


def certificates_for(
    rng: random.Random, company: Company, product: Product, markets: Iterable[str], today: date
) -> tuple[Certificate, ...]:
    """Evidence for one offer, in the order of codes; a few have run out, some nobody has verified."""
    held: set[str] = set()
    for code in _SERVICE_GENERIC if product.is_service else GENERIC:
        if happens(rng, 0.90 + 0.09 * company.maturity):
            held.add(code)
    for market in markets:
        held |= _held_for(rng, company, product, market)
    held |= set(some(rng, dict.fromkeys(product.extras, 1.0), _count(rng, company.maturity)))
    for code in ("BASC", "OEA"):
        if happens(rng, 0.25 * company.maturity) and not product.is_service:
            held.add(code)
    return tuple(_evidence(rng, code, company.maturity, today) for code in sorted(held))


def _held_for(rng: random.Random, company: Company, product: Product, market: str) -> set[str]:
    mandatory, recommended = requirements_of(market, product.code, product.sector)
    specific = [code for code in mandatory if code not in GENERIC]
    missing = weighted(
        rng, {n: w * (1.4 - company.maturity if n else 0.4 + company.maturity) for n, w in _MISSING.items()}
    )
    hard = [code for code in specific if code not in _EASY]
    lost = set(rng.sample(hard, min(missing, len(hard))))
    scarce = _scarce(product, market, tuple(hard))
    if scarce and not happens(rng, 0.08 + 0.14 * company.maturity):
        lost.add(scarce)
    held = {code for code in specific if code not in lost}
    held |= {code for code in recommended if happens(rng, 0.35 * company.maturity)}
    return held


def _scarce(product: Product, market: str, hard: tuple[str, ...]) -> str | None:
    """The paper hardly anybody has, for two in five products of a market: gaps are alike, not spread at random."""
    rng = stream(0, "scarce", product.product, market)
    return rng.choice(hard) if hard and happens(rng, 0.4) else None


def _evidence(rng: random.Random, code: str, maturity: float, today: date) -> Certificate:
    verified = happens(rng, 0.86 + 0.1 * maturity)
    if code in _UNDATED:
        return Certificate(code, None, verified)
    expired = happens(rng, 0.045)
    days = -rng.randint(5, 260) if expired else rng.randint(25, 900)
    return Certificate(code, today + timedelta(days=days), verified)


def _count(rng: random.Random, maturity: float) -> int:
    return sum(happens(rng, 0.2 + 0.5 * maturity) for _ in range(2))
