"""Colombian exporters as they truly are: sector, products, place, people, markets, and which sources know them."""

import random
from dataclasses import replace
from datetime import datetime, timedelta

from include.sandbox.world.chance import day_between, happens, log_between, moment_before, some, stream, weighted
from include.sandbox.world.minting import Mint, free_mail, landline, mobile
from include.sandbox.world.model import Company, Origin, Person, Product, Scale
from include.sandbox.world.naming import Namer, address, place
from include.sandbox.world.packaged import names, product_weights, products, products_of, sector_weights, trade

# What each source knows of an exporter: in NEO and on the portal; in NEO and asking to register; in NEO alone; on the
# portal since before the gate; asking to register without being in NEO; in the company registry alone.
_PRESENCE = {
    frozenset({"neo", "portal"}): 62,
    frozenset({"neo", "registration"}): 6,
    frozenset({"neo"}): 17,
    frozenset({"portal"}): 5,
    frozenset({"registration"}): 5,
    frozenset[str](): 5,
}
_ORIGINS: dict[Origin, float] = {"organic": 30, "fair": 22, "programme": 16, "referral": 14, "form": 10, "database": 8}
_LEVELS = {"A2": 12, "B1": 24, "B2": 34, "C1": 22, "C2": 8}
_LANGUAGE_OF_MARKET = {"BR": "pt", "FR": "fr", "BE": "fr", "DE": "de", "CH": "de", "IT": "it", "JP": "ja"}


def make_exporters(size: Scale, seed: int, today: datetime, namer: Namer, mint: Mint) -> list[Company]:
    """The exporters of a scale; about one in thirteen is the sibling of another one (similar name, own NIT)."""
    rng = stream(seed, "exporters")
    unsupplied = _unsupplied(seed)
    made: list[Company] = []
    for number in range(1, size.exporters + 1):
        entity_id = f"T-E-{number:05d}"
        if made and happens(rng, 0.075):
            made.append(_sibling(rng, entity_id, rng.choice(made), size, unsupplied, today, namer, mint))
        else:
            fresh = _exporter(rng, entity_id, size, unsupplied, today, namer, mint)
            made.append(_sharing(rng, fresh, made))
    return made


def _exporter(
    rng: random.Random,
    entity_id: str,
    size: Scale,
    unsupplied: frozenset[str],
    today: datetime,
    namer: Namer,
    mint: Mint,
) -> Company:
    sector = weighted(rng, sector_weights(size.concentration))
    lines = _product_lines(rng, sector, unsupplied)
    city_code, city, department = place(rng, lines[0].departments)
    is_person = happens(rng, 0.04)
    maturity = min(0.99, max(0.05, rng.betavariate(2.2, 2.0)))
    founded = day_between(rng, today.date() - timedelta(days=14_000), today.date() - timedelta(days=500))
    years = min(int(log_between(rng, 1, 26) * maturity * 1.3), today.year - founded.year)
    markets = dict(trade()[sector].markets)
    export_markets = some(rng, markets, 0 if years == 0 else rng.randint(1, 2 + int(maturity * 4)))
    target_markets = some(rng, markets, rng.randint(1, 4))
    name = namer.exporter_name(sector)
    domain = mint.domain(name)
    crew = _crew(rng, namer, domain, today, is_person=is_person)
    form = weighted(rng, {form: float(share) for form, share in names().forms.items()})
    return Company(
        entity_id=entity_id,
        audience="exporter",
        kind="person" if is_person else "company",
        name=crew[0].full_name if is_person else name,
        form="" if is_person else form,
        trade_name=name if is_person or happens(rng, 0.22) else "",
        tax_id=crew[0].document_number if is_person else mint.nit(),
        country="CO",
        city=city,
        city_code=city_code,
        department_code=department,
        address=address(rng),
        email=free_mail(rng, name) if is_person or happens(rng, 0.14) else f"{_mailbox(rng)}@{domain}",
        phone=landline(rng, department) if happens(rng, 0.55) else mobile(rng),
        website="" if happens(rng, 0.18) else f"https://www.{domain}",
        sector=sector,
        products=lines,
        ciiu=_activities(rng, lines),
        size=_size(maturity, is_person=is_person),
        founded_on=founded,
        years_exporting=years,
        languages=_languages(rng, maturity, (*export_markets, *target_markets)),
        target_markets=target_markets,
        export_markets=export_markets,
        origin=weighted(rng, _ORIGINS),
        maturity=maturity,
        people=crew,
        presence=weighted(rng, _PRESENCE),
        created_at=moment_before(rng, today, (20, 2_200)),
    )


def _sibling(
    rng: random.Random,
    entity_id: str,
    of: Company,
    size: Scale,
    unsupplied: frozenset[str],
    today: datetime,
    namer: Namer,
    mint: Mint,
) -> Company:
    """A firm of the same family: own NIT, similar name, often the same door, phone and representative."""
    if of.kind == "person":
        return _exporter(rng, entity_id, size, unsupplied, today, namer, mint)
    other = _exporter(rng, entity_id, size, unsupplied, today, namer, mint)
    while True:
        prefix = rng.choice(
            ("Comercializadora", "Inversiones", "Grupo", "Distribuidora", "Agropecuaria", "Zona Franca", "Logística")
        )
        name = f"{prefix} {' '.join(of.name.split()[1:])}"
        if namer.take(name) or namer.take(
            name := f"{of.name} {rng.choice(('Norte', 'Sur', 'Plus', 'Pacífico', 'II'))}"
        ):
            break
        of = other
    shares_door = happens(rng, 0.6)
    return replace(
        other,
        kind="company",
        name=name,
        form=other.form or "SAS",
        trade_name="",
        tax_id=other.tax_id if other.kind == "company" else mint.nit(),
        sector=of.sector,
        products=of.products[:1],
        ciiu=of.ciiu,
        city=of.city,
        city_code=of.city_code,
        department_code=of.department_code,
        address=of.address if shares_door else other.address,
        phone=of.phone if shares_door else other.phone,
        people=(of.representative, *other.people[1:]) if happens(rng, 0.5) else other.people,
        target_markets=of.target_markets,
        export_markets=of.export_markets[:1],
        sibling_of=of.entity_id,
    )


def _sharing(rng: random.Random, company: Company, others: list[Company]) -> Company:
    """A few unrelated firms give the same phone or mail: that of the accountant they share."""
    if others and happens(rng, 0.015):
        company = replace(company, phone=rng.choice(others).phone)
    if others and happens(rng, 0.01):
        company = replace(company, email=rng.choice(others).email)
    return company


def _unsupplied(seed: int) -> frozenset[str]:
    """Products that nobody exports in this world, one in fourteen: demand without any known supply."""
    rng = stream(seed, "unsupplied")
    spare = [line.product for line in products() if len(products_of(line.sector)) > 2]
    return frozenset(rng.sample(spare, len(spare) // 14))


def _product_lines(rng: random.Random, sector: str, unsupplied: frozenset[str]) -> tuple[Product, ...]:
    lines = product_weights(sector, unsupplied)
    return some(rng, lines, 1 if happens(rng, 0.55) else rng.randint(1, 3))


def _crew(rng: random.Random, namer: Namer, domain: str, today: datetime, *, is_person: bool) -> tuple[Person, ...]:
    head = namer.person("CO", "owner" if is_person else "legal_representative", domain, today.date())
    if is_person or happens(rng, 0.2):
        return (head,)
    return head, *(
        namer.person("CO", "commercial", domain, today.date()) for _ in range(1 if happens(rng, 0.75) else 2)
    )


def _mailbox(rng: random.Random) -> str:
    return rng.choice(("info", "ventas", "exportaciones", "gerencia", "comercial", "contacto"))


def _activities(rng: random.Random, lines: tuple[Product, ...]) -> tuple[str, ...]:
    """Up to four CIIU classes: those of the products, and now and then wholesale, which every registry is full of."""
    classes = list(dict.fromkeys(code for line in lines for code in line.ciiu))
    if happens(rng, 0.35):
        classes.append("4690")
    return tuple(classes[:4])


def _size(maturity: float, *, is_person: bool) -> str:
    if is_person or maturity < 0.3:
        return "micro"
    return "pequena" if maturity < 0.55 else "mediana" if maturity < 0.8 else "grande"


def _languages(rng: random.Random, maturity: float, markets: tuple[str, ...]) -> tuple[str, ...]:
    held = ["es:C2"]
    if happens(rng, 0.45 + maturity * 0.5):
        held.append(f"en:{weighted(rng, _LEVELS)}")
    for market in markets:
        code = _LANGUAGE_OF_MARKET.get(market)
        if code and happens(rng, 0.18) and not any(language.startswith(code) for language in held):
            held.append(f"{code}:{rng.choice(('A2', 'B1', 'B2'))}")
    return tuple(held)
