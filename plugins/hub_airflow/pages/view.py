"""From the hub's state to what the page says, in Spanish. Pure: state and the present moment in, words out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.stages.registry import STAGES

BOGOTA = ZoneInfo("America/Bogota")

STATES = {
    "success": ("Al día", "good"),
    "skipped": ("En espera", "calm"),
    "running": ("En curso", "busy"),
    "failed": ("Falló", "bad"),
}
OUTCOMES = {
    "rejected": "Rechazado por NEO",
    "failed": "No llegó",
    "conflict": "Un asesor lo cambió",
    "held": "Retenido",
}
CHANNELS = {"portal": "Portal", "mail": "Correo", "neo": "NEO"}
MESSAGE_STATES = {"pending": "Pendiente", "held": "Retenido"}
# By the reason codes of the quarantine; a code without words is shown as it is.
REASONS = {
    "missing_field": "Falta un dato obligatorio",
    "bad_type": "El dato no es del tipo esperado",
    "bad_number": "No es un número válido",
    "bad_date": "No es una fecha posible",
    "bad_pattern": "No tiene la forma esperada",
    "too_long": "El texto es demasiado largo",
    "unknown_value": "Valor desconocido",
    "unknown_country": "País desconocido",
    "bad_email": "No es un correo utilizable",
    "nit_check_digit": "El NIT no concuerda con su dígito de verificación",
}


@dataclass(frozen=True)
class View:
    """Everything the template needs; it decides nothing itself."""

    headline: str
    mood: str
    shown_at: str
    stages: Sequence[Mapping[str, Any]]
    quarantine: Sequence[Mapping[str, Any]]
    refused: Sequence[Mapping[str, Any]]
    messages: Sequence[Mapping[str, Any]]
    lists: Sequence[Mapping[str, Any]]
    datasets: Sequence[Mapping[str, Any]]


def build_view(state: Mapping[str, Any], now: datetime) -> View:
    """Turn the state into the page. `now` is aware."""
    stages = [_stage(spec.name, spec.title_es, state["runs"], now) for spec in STAGES.values()]
    refused = state["outcomes"]
    waiting = [row for row in state["outbox"] if row["state"] in MESSAGE_STATES]
    mood, headline = _headline(stages, state["quarantine"], refused)
    return View(
        headline=headline,
        mood=mood,
        shown_at=f"{now.astimezone(BOGOTA):%d/%m/%Y %H:%M} (Bogotá)",
        stages=stages,
        quarantine=[_quarantined(row, now) for row in state["quarantine"]],
        refused=[dict(row) | {"what": OUTCOMES[row["outcome"]]} for row in refused],
        messages=[_message(row) for row in waiting],
        lists=[_list(row, now) for row in state["lists"]],
        datasets=state["datasets"],
    )


def _stage(name: str, title: str, runs: Sequence[Mapping[str, Any]], now: datetime) -> dict[str, Any]:
    run = next((run for run in runs if run["stage"] == name), None)
    if run is None:
        return {"name": name, "title": title, "state": "Sin correr", "mood": "none", "ago": "", "says": ""}
    label, mood = STATES.get(run["state"], (run["state"], "none"))
    return dict(run) | {
        "name": name,
        "title": title,
        "state": label,
        "mood": mood,
        "ago": _ago(datetime.fromisoformat(run["started_at"]), now),
    }


def _quarantined(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    why = REASONS.get(row["reason_code"], row["reason_code"])
    return dict(row) | {"since": _ago(row["oldest_at"], now), "why": why}


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    channel, state = CHANNELS.get(row["channel"], row["channel"]), MESSAGE_STATES[row["state"]]
    return dict(row) | {"channel": channel, "state": state}


def _headline(
    stages: Sequence[Mapping[str, Any]], quarantine: Sequence[Mapping[str, Any]], refused: Sequence[Mapping[str, Any]]
) -> tuple[str, str]:
    failed = [stage["title"] for stage in stages if stage["mood"] == "bad"]
    if failed:
        return "bad", f"Requiere atención: {', '.join(failed)}"
    if all(stage["mood"] == "none" for stage in stages):
        return "none", "El hub todavía no ha corrido"
    rows = sum(row["rows"] for row in quarantine) + sum(row["rows"] for row in refused)
    if rows:
        waiting = "1 registro espera" if rows == 1 else f"{spanish_number(rows)} registros esperan"
        return "calm", f"Todas las etapas corrieron; {waiting}"
    return "good", "Todo al día"


def _list(row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    published = row["published_at"]
    return {
        "code": row["list_code"],
        "is_active": row["state"] == "active",
        "state": "En uso" if row["state"] == "active" else "Rechazada",
        "entries": row["entries"],
        "aliases": row["aliases"],
        "published": f"{published:%d/%m/%Y}" if published else "sin fecha",
        "age": _ago(published, now) if published else "",
        "fetched": _ago(row["fetched_at"], now),
        "reason": row["reason"] or "",
    }


def _ago(moment: datetime, now: datetime) -> str:
    """Say how long ago, in the unit a person would use."""
    minutes = max(0, round((now - moment).total_seconds() / 60))
    if minutes < 1:
        return "hace un momento"
    for size, one, many in ((1440, "día", "días"), (60, "hora", "horas"), (1, "minuto", "minutos")):
        if minutes >= size:
            count = minutes // size
            return f"hace {count} {one if count == 1 else many}"
    return ""


def spanish_seconds(value: float) -> str:
    """Seconds with one decimal, after a comma."""
    return f"{value:.1f}".replace(".", ",")


def spanish_number(value: int) -> str:
    """Thousands with a point, as it is written in Colombia."""
    return f"{value:,}".replace(",", ".")
