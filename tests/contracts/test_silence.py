"""House law of silence: nothing that leaves compliance tells of a list, a finding, a suspicion or a reason.

It walks every template in both languages, every text of the registration sheet, every message, note, journey step
and log line that a run with findings produces.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from include.core.settings import load_settings
from include.core.sheets import load_sheet
from include.stages import feedback, registration, sarlaft
from include.stages.correspondence import LANGUAGES, correspondence
from include.stages.feedback_channels import gate
from include.stages.protocol import StageContext
from tests.stages.registration_lake import buyer_form, form, publish_registrations
from tests.stages.sarlaft_lake import PERSON, customer, entry, person, publish, publish_lists, rows
from tests.stages.test_feedback import Outside, outside
from transforms.registration.rules import RegistrationRules

__all__ = ["outside"]
CONFIG = load_settings().config_dir
TEMPLATES = CONFIG / "templates" / "messages"
FORBIDDEN = re.compile(
    r"\b(?:listas?|sarlaft|sagrilaft|ofac|uiaf|sospech\w*|riesgos?|cumplimiento|sanci[oó]n\w*|coincid\w*|terror\w*|"
    r"lavado|blanqueo|narco\w*|restring\w*|bloque\w*|alertas?|vinculantes?|homonim\w*|hom[oó]nim\w*|inhibi\w*|"
    r"lists?|watchlists?|sanction\w*|suspic\w*|suspect\w*|risks?|risky|compliance|match(?:es|ed)?|laundering|"
    r"blocked|restricted|screen\w*|hits?|findings?)\b",
    re.IGNORECASE,
)
TAGS = re.compile(r"<[^>]*>")
FACTS: dict[str, Any] = {
    "audience": "exporter", "company_name": "Flores La Esmeralda S.A.S.", "contact_name": "Ana", "nit": "900111222",
    "contact_position": "Gerente", "contact_phone": "+573105551234", "contact_email": "ana@laesmeralda.co",
    "advisor_name": "Eva Mora", "office_name": "Eje Cafetero", "sector_name": "Café", "product_text": "Café verde",
    "place": "Risaralda, Colombia", "origin_name": "una recomendación", "submitted_on": "2026-11-01",
    "guidance": "falta el NIT",
}  # fmt: skip
NOBODY = FACTS | dict.fromkeys((name for name in FACTS if name not in ("audience", "guidance")), None)


def forbidden_in(*texts: str | None) -> list[str]:
    """The words nobody may read."""
    return [found.group() for text in texts for found in FORBIDDEN.finditer(TAGS.sub(" ", text or ""))]


def rendered() -> Iterator[tuple[str, str]]:
    """(template, text) of every message and mail, with full facts and with none, for exporters and buyers."""
    letters = correspondence(CONFIG)
    for path in sorted(TEMPLATES.glob("*.txt.j2")):
        purpose, language, *_ = path.name.split(".")
        channel, _, kind = purpose.partition("_")
        for facts in (FACTS, FACTS | {"audience": "buyer"}, NOBODY):
            if channel == "portal":
                yield path.name, letters.portal_message(kind, language, facts)
            else:
                letter = letters.letter(kind, language, facts)
                yield path.name, f"{letter.subject}\n{letter.text}\n{letter.html}"


@pytest.mark.parametrize(
    "text",
    ["Su nombre aparece en una lista", "SARLAFT", "Hay sospechas", "posible coincidencia", "sanctions list",
     "riesgo alto", "consulte a cumplimiento", "lavado de activos", "a possible match"],
)  # fmt: skip
def test_the_guard_sees_what_it_guards_against(text: str) -> None:
    assert forbidden_in(text)


def test_every_template_is_silent() -> None:
    texts = list(rendered())
    assert len({name for name, _ in texts}) >= 11, "the templates are there"
    found = {name: words for name, text in texts if (words := forbidden_in(text))}
    assert not found


def test_every_decision_speaks_both_languages() -> None:
    for kind in ("accept", "refuse", "correct", "review"):
        for language in LANGUAGES:
            assert (TEMPLATES / f"portal_{kind}.{language}.txt.j2").is_file()


def test_the_waiting_are_told_the_same_words_as_everybody_who_waits() -> None:
    messages = {text for name, text in rendered() if name == "portal_review.es.txt.j2"}
    assert messages == {"Su registro está en proceso de verificación documental. Le informaremos por este medio."}


def test_the_texts_of_the_registration_sheet_are_silent() -> None:
    rules = load_sheet(CONFIG / "rules" / "registration.yml", RegistrationRules)
    texts = [rules.default_correction, *rules.corrections.values(), *rules.field_labels.values()]
    assert len(texts) > 20
    assert not [words for text in texts if (words := forbidden_in(text.es, text.en))]


def test_the_notes_on_held_messages_are_silent() -> None:
    assert not forbidden_in(gate.VERIFYING, gate.NOT_IN_NEO, gate.NO_TASK)


def test_the_steps_of_a_journey_are_silent() -> None:
    model = Path(registration.__file__).parents[2] / "sql" / "marts" / "fct_stage.sql"
    code = re.sub(r"--.*", "", model.read_text("utf-8"))
    texts = re.findall(r"'([^']*)'", code)
    assert any("Verificación documental" in text for text in texts), "the model holds the texts of the steps"
    assert not forbidden_in(*(text for text in texts if " " in text))


@pytest.fixture
def found_and_told(ctx: StageContext, outside: Outside, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Every text a whole run leaves behind, in a hub where half of the companies were found on a list."""
    caplog.set_level(logging.DEBUG)
    listed = customer("CU-1", "Comercializadora Quimbaya Dorada S.A.S.", nit="830999123")
    owned = customer("CU-2", "Flores La Esmeralda S.A.S.")
    clean = customer("CU-3", "Café Sombra Alta S.A.S.", neo_account_id="acc-3")
    buyer = customer("CU-4", "Quimbaya Dorada Inc", audience="buyer", country="US", is_in_neo=False)
    publish_registrations(
        ctx,
        [form("R1"), form("R2"), form("R3"), buyer_form("R4"), form("R5", nit=None)],
        links={"R1": "CU-1", "R2": "CU-2", "R3": "CU-3", "R4": "CU-4"},
        customers=[listed, owned, clean, buyer],
    )
    people = [person("PE-1", "CU-2", "Evaristo Leonidas Vargas Zuleta", role="owner")]
    publish(ctx, "dim_person", people, PERSON, "person_id")
    publish_lists(
        ctx,
        un=[entry("QDi.1", "VARGAS ZULETA, Evaristo Leonidas", is_binding=True)],
        demo=[entry("18", "QUIMBAYA DORADA", "company", countries=["CO", "US"])],
    )
    summaries = [stage.run(ctx) for stage in (sarlaft, registration, feedback)]
    assert len(ctx.ledger.cases.all()) == 3, "there is something to be silent about"
    told = [note for summary in summaries for note in summary.notes]
    told += [record.getMessage() for record in caplog.records if not record.name.startswith(("sqlalchemy", "alembic"))]
    for message in ctx.ledger.outbox.with_key_like("|"):
        told += [str(value) for value in message["payload"].values()] + [message["note"] or "", message["kind"]]
    for dataset in ("fct_registration_decision", "fct_stage"):
        told += [str(value) for row in rows(ctx, dataset) for value in row.values()]
    assert len(told) > 100
    return told


def test_a_run_with_findings_leaves_no_word_of_them(found_and_told: list[str]) -> None:
    assert not forbidden_in(*found_and_told)


def test_nothing_but_the_state_leaves_compliance(ctx: StageContext, found_and_told: list[str]) -> None:
    assert ctx.lake.read("dim_sarlaft_state").column_names == ["customer_id", "state", "since_at", "lists_as_of"]
    for dataset in ("fct_registration_decision", "fct_stage"):
        columns = set(ctx.lake.read(dataset).column_names)
        assert columns.isdisjoint({"score", "match_level", "list_code", "why_es", "matched_name", "state"})


def test_the_found_and_the_merely_unfinished_read_the_same(ctx: StageContext, found_and_told: list[str]) -> None:
    decisions = {row["registration_id"]: row for row in rows(ctx, "fct_registration_decision")}
    for registration_id in ("R1", "R2", "R4"):
        assert decisions[registration_id]["decision"] == "review"
        assert decisions[registration_id]["reason_code"] == "verification"
    assert len({decisions[key]["message_es"] for key in ("R1", "R2", "R4")}) == 1
    assert decisions["R3"]["decision"] == "accept"
