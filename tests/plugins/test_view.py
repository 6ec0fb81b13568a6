"""What the page says for a given state of the hub."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hub_airflow.pages.app import render_page
from hub_airflow.pages.state import EMPTY
from hub_airflow.pages.view import REASONS, build_view, spanish_number, spanish_seconds

NOW = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)


def run(stage: str, state: str = "success", **more: Any) -> dict[str, Any]:
    counts = dict.fromkeys(("read", "created", "changed", "unchanged", "quarantined", "held", "failed"), 0)
    started = (NOW - timedelta(minutes=5)).isoformat(timespec="seconds")
    plain = {"stage": stage, "run_id": "r", "state": state, "started_at": started, "seconds": 1.5, "says": ""}
    return plain | counts | more


def state(**parts: Any) -> dict[str, Any]:
    return EMPTY | parts


def quarantined(rows: int) -> dict[str, Any]:
    oldest = NOW - timedelta(days=2)
    return {
        "source": "portal", "stream": "companies", "field": "nit", "reason_code": "nit_check_digit", "rows": rows,
        "oldest_at": oldest,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "mood", "headline"),
    [
        (state(), "none", "El hub todavía no ha corrido"),
        (state(runs=[run("customer_360")]), "good", "Todo al día"),
        (state(runs=[run("sarlaft", "failed")]), "bad", "Requiere atención: Consulta en listas"),
        (
            state(runs=[run("customer_360")], quarantine=[quarantined(1)]),
            "calm",
            "Todas las etapas corrieron; 1 registro espera",
        ),
        (
            state(runs=[run("customer_360")], quarantine=[quarantined(1200)]),
            "calm",
            "Todas las etapas corrieron; 1.200 registros esperan",
        ),
    ],
)
def test_the_headline_says_whether_somebody_has_to_act(shown: dict[str, Any], mood: str, headline: str) -> None:
    view = build_view(shown, NOW)
    assert (view.mood, view.headline) == (mood, headline)


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-30), "hace un momento"),
        (timedelta(seconds=20), "hace un momento"),
        (timedelta(minutes=1), "hace 1 minuto"),
        (timedelta(minutes=59), "hace 59 minutos"),
        (timedelta(hours=1, minutes=20), "hace 1 hora"),
        (timedelta(days=3, hours=5), "hace 3 días"),
    ],
)
def test_ages_are_said_as_people_say_them(age: timedelta, words: str) -> None:
    shown = state(runs=[run("sarlaft", started_at=(NOW - age).isoformat())])
    (line,) = [stage for stage in build_view(shown, NOW).stages if stage["name"] == "sarlaft"]
    assert line["ago"] == words


def test_the_page_shows_every_stage_also_those_that_never_ran() -> None:
    from include.stages.registry import STAGES

    page = render_page(build_view(state(runs=[run("customer_360", read=1234567)]), NOW), has_report=False)
    assert all(spec.title_es in page for spec in STAGES.values())
    assert "1.234.567" in page
    assert page.count("Sin correr") == len(STAGES) - 1


def test_what_a_stage_says_is_text_and_never_markup() -> None:
    page = render_page(
        build_view(state(runs=[run("sarlaft", "failed", says="<script>alert(1)</script>")]), NOW), has_report=False
    )
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_rejected_list_is_shown_beside_the_one_in_use() -> None:
    base = {
        "published_at": NOW - timedelta(days=2),
        "fetched_at": NOW,
        "entries": 17000,
        "aliases": 900,
        "reason": None,
    }
    lists = [
        base | {"list_code": "OFAC-SDN", "state": "active"},
        base | {"list_code": "OFAC-SDN", "state": "rejected", "entries": 12, "reason": "shrank to 0.1 %"},
    ]
    page = render_page(build_view(state(runs=[run("ingest__ofac")], lists=lists), NOW), has_report=False)
    assert "17.000" in page
    assert "hace 2 días" in page
    assert "Rechazada" in page
    assert "shrank to 0.1 %" in page


def test_every_reason_a_record_is_refused_for_has_words() -> None:
    from include.stages.ingesting.reasons import REASONS as CODES

    assert set(REASONS) == set(CODES)
    page = render_page(
        build_view(state(runs=[run("customer_360")], quarantine=[quarantined(3)]), NOW), has_report=False
    )
    assert "El NIT no concuerda con su dígito de verificación" in page


def test_a_message_that_waits_is_shown_and_a_sent_one_is_not() -> None:
    outbox = [
        {"channel": "mail", "kind": "registration_refused", "state": "pending", "rows": 2},
        {"channel": "portal", "kind": "answer", "state": "sent", "rows": 9},
    ]
    view = build_view(state(runs=[run("feedback")], outbox=outbox), NOW)
    assert [(row["channel"], row["state"], row["rows"]) for row in view.messages] == [("Correo", "Pendiente", 2)]


def test_numbers_have_points_between_thousands() -> None:
    assert [spanish_number(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1.000", "1.234.567"]
    assert [spanish_seconds(s) for s in (0.04, 5.934)] == ["0,0", "5,9"]
