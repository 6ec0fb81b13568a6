"""Sentences of offers and needs, in Spanish, in English and in the mixture people really write."""

import random
from typing import Literal

from include.sandbox.world.chance import happens, weighted
from include.sandbox.world.model import Company, Product
from include.sandbox.world.packaged import texts

TextLanguage = Literal["es", "en", "mixed"]


def offer_texts(rng: random.Random, product: Product) -> tuple[str, str]:
    """Title and description of an offer: Spanish, with an English line in about a third."""
    title = product.es if happens(rng, 0.62) else _capital(rng.choice(product.alt_es))
    words = texts().offers
    openings = words.service_openings if product.is_service else words.openings
    closings = words.service_closings if product.is_service else words.closings
    parts = [rng.choice(openings), rng.choice(closings)]
    if happens(rng, 0.33):
        parts.append(rng.choice(words.english))
    if happens(rng, 0.06):
        parts = ["{name}"]
    return title, _fill(rng, " ".join(part for part in parts if part), product, "")


def need_texts(rng: random.Random, product: Product, company: Company, language: TextLanguage) -> tuple[str, str]:
    """Title and description of a need in the given language."""
    words = texts().needs
    templates = {"es": words.es, "en": words.en, "mixed": words.mixed}[language]
    if product.is_service and language != "mixed":
        templates = {"es": words.service_es, "en": words.service_en}[language]
    spanish = rng.choice((product.es, *product.alt_es))
    english = rng.choice((product.en, *product.alt_en))
    title = {"es": spanish, "en": english, "mixed": f"{english} / {spanish}"}[language]
    return _capital(title), _fill(rng, rng.choice(templates), product, company.city)


def language_of_need(rng: random.Random, company: Company) -> TextLanguage:
    """The language a buyer writes in: mostly that of the country, one in eight mixes."""
    shares: dict[TextLanguage, float] = {"en": 87, "mixed": 13}
    if company.languages[0] == "es":
        shares = {"es": 90, "mixed": 7, "en": 3}
    return weighted(rng, shares)


def _fill(rng: random.Random, template: str, product: Product, city: str) -> str:
    return template.format(
        name=product.es,
        lower=_lower(product.es),
        alt=rng.choice(product.alt_es),
        about=product.about_es,
        about_cap=_capital(product.about_es),
        en=product.en,
        lower_en=_lower(product.en),
        alt_en=rng.choice(product.alt_en),
        about_en=product.about_en,
        about_en_cap=_capital(product.about_en),
        city=city,
        port=rng.choice(texts().offers.ports),
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """Small initial, except for words that are written in capitals (MDF, PVC, SaaS)."""
    first = text.split()[0]
    return text if not first[1:].islower() and len(first) > 1 else text[:1].lower() + text[1:]
