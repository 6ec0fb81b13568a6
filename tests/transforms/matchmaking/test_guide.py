"""The exporter's guide: what is missing, from whom, in which order, and what it would open."""

from datetime import date

from tests.transforms.matchmaking.cases import TODAY, buyer, exporter, matched, need, offer, papers, rules
from transforms.matchmaking.facts import Need, Offer
from transforms.matchmaking.guide import GuideStep, guide_steps


def guide(needs: list[Need], offers: list[Offer]) -> list[GuideStep]:
    loaded = rules()
    found = matched(needs, offers)
    return guide_steps(
        found.offers, found.matches, loaded.book(), TODAY, loaded.sheet.requirements.equivalents, loaded.names
    )


def test_mandatory_steps_come_first_and_those_that_open_demand_before_the_others() -> None:
    lacking = offer(certificates=papers("CO-DEX", "ISPM-15", "CO-RUT-EXP"))
    steps = [step for step in guide([need(), need("N2", buyer=buyer("B2"))], [lacking]) if step.market == "CR"]
    assert steps[0].requirement_code == "CITES"
    assert "Es lo único que falta para llegar a 2 necesidades abiertas de 2 compradores." in steps[0].why_es
    levels = [step.level for step in steps]
    assert levels == sorted(levels)
    assert [step.order for step in steps] == list(range(1, len(steps) + 1))
    assert all(step.authority for step in steps)


def test_the_guide_covers_markets_wanted_sold_to_and_asked_from() -> None:
    seller = exporter(target_markets=frozenset({"DE"}), export_markets=frozenset({"PA"}))
    steps = guide([need()], [offer(exporter=seller, certificates=())])
    assert {step.market for step in steps} == {"CR", "DE", "PA"}


def test_it_says_whether_to_renew_or_to_wait_for_us() -> None:
    expired = papers("CITES", until=date(2026, 1, 1))
    loaded = papers("CO-DEX", is_verified=False)
    why = {step.requirement_code: step.why_es for step in guide([need()], [offer(certificates=expired + loaded)])}
    assert "vencido" in why["CITES"]
    assert "falta que un asesor lo valide" in why["CO-DEX"]


def test_nothing_is_asked_of_an_exporter_that_holds_everything() -> None:
    complete = papers("CO-RUT-EXP", "CO-DEX", "ISPM-15", "CITES", "BASC", "OEA")
    seller = exporter(export_markets=frozenset())
    assert guide([need()], [offer(exporter=seller, certificates=complete)]) == []


def test_a_party_that_is_not_clear_gets_no_guide() -> None:
    blocked = offer(exporter=exporter(sarlaft_state="restringido"), certificates=())
    assert guide([need()], [blocked]) == []
