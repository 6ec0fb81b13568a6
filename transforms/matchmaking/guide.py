"""The exporter's guide (E7): what each exporter lacks for each of its markets, from whom, in which order, why.

A step is a requirement without valid, verified evidence. What opens most demand comes first among the
mandatory ones; recommended ones follow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from transforms.matchmaking.case import VALIDATE, Portfolio, Standing, portfolio
from transforms.matchmaking.codes import headings_of
from transforms.matchmaking.facts import Names, Offer, Party
from transforms.matchmaking.pairs import DISCARDED, WAITING, Match
from transforms.matchmaking.requirements import ANY_MARKET, Requirement, RequirementBook

CODES_NAMED = 3


@dataclass(frozen=True, slots=True)
class GuideStep:
    """One step of one exporter towards one market, a row of fct_exporter_guide."""

    customer_id: str
    market: str
    requirement_code: str
    name_es: str
    authority: str
    level: str
    order: int
    why_es: str


@dataclass(frozen=True, slots=True)
class Reach:
    """Open demand that one missing item keeps an exporter from."""

    needs: int
    buyers: int


def guide_steps(
    offers: Iterable[Offer],
    matches: Sequence[Match],
    book: RequirementBook,
    as_of: date,
    equivalents: Mapping[str, tuple[str, ...]],
    names: Names,
) -> list[GuideStep]:
    """Return the guide of every exporter for the markets it wants, sells to, or was asked from."""
    lines: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.is_active:
            lines[offer.exporter.customer_id].append(offer)
    asked: dict[str, set[str]] = defaultdict(set)
    for match in matches:
        asked[match.offer_customer_id].add(match.market)
    reach = reach_by_item(matches)
    steps: list[GuideStep] = []
    for customer_id in sorted(lines):
        exporter = lines[customer_id][0].exporter
        held = [(offer, portfolio(offer.certificates, as_of, equivalents)) for offer in lines[customer_id]]
        for market in sorted(_markets(exporter) | asked[customer_id]):
            steps.extend(_market_steps(held, market, book, as_of, names, reach))
    return steps


def reach_by_item(matches: Iterable[Match]) -> dict[tuple[str, str, str], Reach]:
    """Return, by (exporter, market, item), the open needs for which exactly that item is missing."""
    needs: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    buyers: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for match in matches:
        if match.state in (DISCARDED, WAITING) and len(match.missing_items) == 1:
            key = (match.offer_customer_id, match.market, match.missing_items[0].removeprefix(VALIDATE))
            needs[key].add(match.need_id)
            buyers[key].add(match.need_customer_id)
    return {key: Reach(len(needs[key]), len(buyers[key])) for key in needs}


def _markets(exporter: Party) -> set[str]:
    return set(exporter.target_markets | exporter.export_markets)


def _market_steps(
    lines: Sequence[tuple[Offer, Portfolio]],
    market: str,
    book: RequirementBook,
    as_of: date,
    names: Names,
    reach: Mapping[tuple[str, str, str], Reach],
) -> list[GuideStep]:
    exporter = lines[0][0].exporter
    lacking: dict[str, tuple[Requirement, set[str], set[Standing]]] = {}
    for offer, held in lines:
        for row in book.applicable(market, offer.codes, as_of, exporter.size):
            standing = held.of(row.requirement_code)
            if standing is not Standing.HELD:
                _, headings, standings = lacking.setdefault(row.requirement_code, (row, set(), set()))
                headings.update(headings_of(offer.codes))
                standings.add(standing)
    nothing = Reach(0, 0)
    opened = {code: reach.get((exporter.customer_id, market, code), nothing) for code in lacking}
    ordered = sorted(
        lacking,
        key=lambda code: (
            lacking[code][0].level != "mandatory",
            -opened[code].needs,
            lacking[code][0].market_iso2 != ANY_MARKET,
            code,
        ),
    )
    return [
        GuideStep(
            customer_id=exporter.customer_id,
            market=market,
            requirement_code=code,
            name_es=lacking[code][0].name_es,
            authority=lacking[code][0].authority,
            level=lacking[code][0].level,
            order=place,
            why_es=_why(lacking[code], names.country(market), opened[code]),
        )
        for place, code in enumerate(ordered, start=1)
    ]


def _why(lack: tuple[Requirement, set[str], set[Standing]], country: str, opened: Reach) -> str:
    row, headings, standings = lack
    codes = ", ".join(sorted(headings)[:CODES_NAMED])
    what = "Obligatorio" if row.level == "mandatory" else "Recomendado"
    sentences = [f"{what} para vender {codes} en {country}." if codes else f"{what} para vender en {country}."]
    if standings == {Standing.UNVERIFIED}:
        sentences.append("Ya está cargado: falta que un asesor lo valide.")
    elif Standing.EXPIRED in standings:
        sentences.append("El que tenía está vencido: hay que renovarlo.")
    if "by_importer" in row.conditions:
        sentences.append("Lo tramita el importador; conviene acordarlo con el comprador.")
    elif "per_shipment" in row.conditions:
        sentences.append("Se tramita con cada despacho.")
    if opened.needs:
        need = "1 necesidad abierta" if opened.needs == 1 else f"{opened.needs} necesidades abiertas"
        buyer = "1 comprador" if opened.buyers == 1 else f"{opened.buyers} compradores"
        sentences.append(f"Es lo único que falta para llegar a {need} de {buyer}.")
    return " ".join(sentences)
