"""Scores one profile and says, in Spanish, what to fill in to reach the next class. The sheet holds every number."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from transforms.clean.email import email_domain, is_free_mail
from transforms.clean.text import fold
from transforms.clean.web import website_domain
from transforms.quality.sheet import AudienceQuality, FieldQuality, ProgrammeSheet, QualitySheet

_LEVELS = {level: rank for rank, level in enumerate(("A1", "A2", "B1", "B2", "C1", "C2"))}
_HALF_GOOD = 0.5


@dataclass(frozen=True, slots=True)
class ProfileQuality:
    """Completeness (0 to 1), the class, and the labels of what to fill in or mend for the next class."""

    completeness: float
    score: float
    quality_class: Literal["A", "B", "C", "D"]
    missing: tuple[str, ...]
    programme: str


def score_profile(
    values: Mapping[str, str | None],
    audience: Literal["exporter", "buyer"],
    sheet: QualitySheet,
    programmes: ProgrammeSheet,
) -> ProfileQuality:
    """Score the golden values of one customer (texts by field; `nit_status` says how good the NIT is)."""
    rules = sheet.audiences[audience]
    goodness = {one.field: check_field(one, values) for one in rules.fields}
    programme = programmes.of(int(values.get("years_exporting") or 0), _number_of(values.get("export_markets")))
    score = _score(goodness, rules, programme.experience)
    place = _class_at(score, goodness, sheet)
    return ProfileQuality(
        completeness=_completeness(goodness, rules),
        score=score,
        quality_class=sheet.classes[place].name,
        missing=_missing(place, goodness, rules, programme.experience, sheet) if place else (),
        programme=programme.code,
    )


def check_field(rule: FieldQuality, values: Mapping[str, str | None]) -> float | None:
    """How good a field is, 0 to 1; None when it is not filled in."""
    value = values.get(rule.field)
    return None if not value else _CHECKS[rule.check](value, rule, values)


def _score(goodness: Mapping[str, float | None], rules: AudienceQuality, experience: float) -> float:
    weights = {one.field: one.weight for one in rules.fields}
    filled = {field: good for field, good in goodness.items() if good is not None}
    weight = sum(weights[field] for field in filled)
    quality = sum(weights[field] * good for field, good in filled.items()) / weight if weight else 0.0
    parts = rules.parts
    total = (
        parts.completeness * _completeness(goodness, rules) + parts.quality * quality + parts.experience * experience
    )
    return round(total, 4)


def _completeness(goodness: Mapping[str, float | None], rules: AudienceQuality) -> float:
    filled = sum(one.weight for one in rules.fields if goodness[one.field] is not None)
    return round(filled / sum(one.weight for one in rules.fields), 4)


def _class_at(score: float, goodness: Mapping[str, float | None], sheet: QualitySheet) -> int:
    for place, one in enumerate(sheet.classes):
        if score >= one.starts and all((goodness.get(field, 1.0) or 0) > _HALF_GOOD for field in one.needs):
            return place
    return len(sheet.classes) - 1


def _missing(
    place: int, goodness: Mapping[str, float | None], rules: AudienceQuality, experience: float, sheet: QualitySheet
) -> tuple[str, ...]:
    """The shortest way to the next class: what it demands first, then the fields that lift the score most."""
    needed = set(sheet.classes[place - 1].needs)
    ideal = dict(goodness)
    asked = []
    open_fields = [one for one in rules.fields if (goodness[one.field] or 0) < 1]
    for one in sorted(open_fields, key=lambda one: (one.field not in needed, -_gain(one, goodness, rules, experience))):
        if _class_at(_score(ideal, rules, experience), ideal, sheet) < place:
            break
        ideal[one.field] = 1.0
        asked.append(one.label_es if goodness[one.field] is None else one.better_es or one.label_es)
    if _class_at(_score(ideal, rules, experience), ideal, sheet) >= place:
        asked.append(sheet.experience_es)
    return tuple(asked)


def _gain(one: FieldQuality, goodness: Mapping[str, float | None], rules: AudienceQuality, experience: float) -> float:
    lifted = _score({**goodness, one.field: 1.0}, rules, experience)
    return round(lifted - _score(goodness, rules, experience), 6)


def _number_of(listed: str | None) -> int:
    return len([item for item in (listed or "").split(";") if item])


def _check_nit(_value: str, _rule: FieldQuality, values: Mapping[str, str | None]) -> float:
    return {"ok": 1.0, "sin_dv": 0.7}.get(values.get("nit_status") or "", 0.0)


def _check_length(value: str, rule: FieldQuality, _values: Mapping[str, str | None]) -> float:
    return min(1.0, len(value) / int(rule.good_from or 1))


def _check_language(value: str, rule: FieldQuality, _values: Mapping[str, str | None]) -> float:
    """The best foreign language of a list like `en:B2;es:C2`, against the level wanted. Spanish opens no doors."""
    wanted = _LEVELS[str(rule.good_from)]
    levels = [_LEVELS.get(level.strip().upper(), -1) for code, _, level in _languages(value) if code != "es"]
    return min(1.0, (max(levels) + 1) / (wanted + 1)) if levels else 0.0


def _languages(value: str) -> list[tuple[str, str, str]]:
    return [fold(item).partition(":") for item in value.split(";") if item.strip()]


_CHECKS: dict[str, Callable[[str, FieldQuality, Mapping[str, str | None]], float]] = {
    "filled": lambda value, rule, values: 1.0,
    "nit": _check_nit,
    "email": lambda value, rule, values: _HALF_GOOD if is_free_mail(email_domain(value)) else 1.0,
    "website": lambda value, rule, values: 1.0 if website_domain(value) else _HALF_GOOD,
    "length": _check_length,
    "active": lambda value, rule, values: 1.0 if fold(value).startswith(("activa", "matricula nueva")) else 0.0,
    "language": _check_language,
}
