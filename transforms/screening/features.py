"""What speaks for and against a hit, one feature per function.

The docstring of a feature is the sentence a compliance officer reads about it, in Spanish; a test demands it.
The main features set the score (the highest counts); the qualifiers add to it or take from it, as the sheet says.
"""

from collections.abc import Callable
from dataclasses import dataclass

from transforms.screening.alignment import Alignment, Meeting
from transforms.screening.index import IndexedName
from transforms.screening.numbers import numbers_differ, shared_number
from transforms.screening.records import ListEntry, Subject
from transforms.screening.rules import ScreeningRules

_MEANS = {
    "same": "coinciden",
    "variant": "son la misma forma del nombre",
    "phonetic": "suenan igual",
    "spelling": "difieren en una o dos letras",
    "skeleton": "son transcripciones de un mismo sonido",
    "joined": "son lo mismo escrito junto o separado",
    "initial": "la inicial corresponde",
}


@dataclass(frozen=True)
class Evidence:
    """Everything known about one subject and one entry, with their best pair of names (None: no name met)."""

    subject: Subject
    entry: ListEntry
    alignment: Alignment | None
    listed: IndexedName | None
    rules: ScreeningRules


@dataclass(frozen=True)
class Finding:
    """Points of a feature and the sentence that says what was found."""

    points: float
    why_es: str


Feature = Callable[[Evidence], Finding | None]


def same_number(evidence: Evidence) -> Finding | None:
    """El número de identificación del cliente es el mismo que registra la lista, en el mismo país."""
    numbers = evidence.rules.numbers
    shared = shared_number(evidence.subject.numbers, evidence.entry.numbers, numbers.min_digits)
    if shared is None:
        return None
    number, is_country_known = shared
    if is_country_known:
        return Finding(numbers.same_number, f"Número de identificación igual: {number.value} ({number.country}).")
    return Finding(
        numbers.same_number_country_unknown,
        f"Número de identificación igual: {number.value}, pero una de las partes no dice de qué país es.",
    )


def name_agreement(evidence: Evidence) -> Finding | None:
    """Las partes del nombre coinciden, en cualquier orden, tanto más cuanto menos comunes son."""
    alignment = evidence.alignment
    if alignment is None or not alignment.meetings:
        return None
    parts = [_tell_meetings(alignment.meetings)]
    if alignment.left_alone:
        parts.append(f"solo en el cliente: {_words(alignment.left_alone)}")
    if alignment.right_alone:
        parts.append(f"solo en la lista: {_words(alignment.right_alone)}")
    if alignment.is_capped:
        parts.append("las partes comunes son frecuentes y dicen poco")
    return Finding(alignment.score, "Nombre: " + "; ".join(parts) + ".")


def country(evidence: Evidence) -> Finding | None:
    """El país del cliente y los países que la lista registra son los mismos, o son otros."""
    mine, theirs = set(evidence.subject.countries), set(evidence.entry.countries)
    if not mine or not theirs:
        return None
    qualifiers = evidence.rules.qualifiers
    if mine & theirs:
        return Finding(qualifiers.country_same, f"País igual: {', '.join(sorted(mine & theirs))}.")
    return Finding(
        qualifiers.country_differs, f"País distinto: {', '.join(sorted(mine))} / {', '.join(sorted(theirs))}."
    )


def birth_year(evidence: Evidence) -> Finding | None:
    """El año de nacimiento es el mismo (o contiguo), o es otro."""
    mine, theirs = evidence.subject.birth_years, evidence.entry.birth_years
    if not mine or not theirs:
        return None
    qualifiers = evidence.rules.qualifiers
    gap = min(abs(a - b) for a in mine for b in theirs)
    if gap <= 1:
        return Finding(qualifiers.birth_year_same, "Año de nacimiento igual o contiguo.")
    return Finding(qualifiers.birth_year_differs, f"Año de nacimiento distinto, por {gap} años.")


def number_differs(evidence: Evidence) -> Finding | None:
    """Ambos registran un documento de la misma clase y país, y los números son distintos."""
    min_digits = evidence.rules.numbers.min_digits
    if not numbers_differ(evidence.subject.numbers, evidence.entry.numbers, min_digits):
        return None
    return Finding(evidence.rules.qualifiers.number_differs, "Documento de la misma clase y país, con otro número.")


def weak_alias(evidence: Evidence) -> Finding | None:
    """El nombre que coincide es un alias que la propia lista considera débil."""
    if evidence.listed is None or evidence.listed.name_kind != "low":
        return None
    return Finding(evidence.rules.qualifiers.weak_alias, "El nombre coincidente es un alias débil de la lista.")


def kind_differs(evidence: Evidence) -> Finding | None:
    """El cliente es una empresa y la lista registra una persona con ese nombre."""
    if evidence.subject.kind == evidence.entry.kind:
        return None
    return Finding(evidence.rules.qualifiers.kind_differs, "El cliente es empresa y la lista registra a una persona.")


MAIN: tuple[Feature, ...] = (same_number, name_agreement)
QUALIFIERS: tuple[Feature, ...] = (country, birth_year, number_differs, weak_alias, kind_differs)


def _tell_meetings(meetings: tuple[Meeting, ...]) -> str:
    by_reason: dict[str, list[str]] = {}
    for meeting in sorted(meetings, key=lambda m: (-m.nats, m.left)):
        same = meeting.left == meeting.right
        text = _words(meeting.left) if same else f"{_words(meeting.left)}/{_words(meeting.right)}"
        by_reason.setdefault(meeting.reason, []).append(text)
    return "; ".join(f"{_MEANS[reason]} {', '.join(parts)}" for reason, parts in by_reason.items())


def _words(words: tuple[str, ...]) -> str:
    return " ".join(word.upper() for word in words)
