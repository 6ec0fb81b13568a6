"""Company and person names taken apart: what identifies (the core) and what merely accompanies it.

Comparing two names, and how rare a word is, belongs to `transforms.resolve`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from transforms.clean.company_words import (
    ABBREVIATIONS,
    BRANCH_MARK,
    CI_MARK,
    CONNECTIVES,
    LEGAL_FORM_AT_END,
    LEGAL_FORM_AT_START,
    LEGAL_FORM_INSIDE,
    ROMAN_NUMERALS,
    STATES,
    TAGS_AT_END,
)
from transforms.clean.text import latinize, listed

_PARENTHESIS = re.compile(r"\(([^()]*)\)")
_LOST_LETTER = re.compile("(?<=[a-z])[?\ufffd](?=[a-z])")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_INITIALS = re.compile(r"\b([a-z](?: [a-z]\b)+)")
_TITLES = listed(
    """
    abg arq don dona dr dra frau herr ing lic mba miss mr mrs ms phd prof sr sra srta
    """
)
_PARTICLES = listed(
    """
    al bin da das de del den der di do dos el ibn la las los van von y
    """
)


@dataclass(frozen=True, slots=True)
class CompanyName:
    """A company name taken apart. `core` and `tokens` never come out empty unless the name had no letter or digit.

    `joined` is the core without blanks: equal for «Agro Industrial» and «Agroindustrial».
    """

    raw: str
    core: str
    joined: str
    tokens: tuple[str, ...]
    legal_form: str | None
    states: tuple[str, ...]
    tags: tuple[str, ...]
    aliases: tuple[str, ...]
    is_ci: bool
    is_branch: bool

    @property
    def numbers(self) -> frozenset[str]:
        """Numerals in the name: «Inversiones Alfa 2» and «Inversiones Alfa 3» are siblings, not spellings."""
        return frozenset(token for token in self.tokens if token.isdigit())


@lru_cache(maxsize=65_536)
def fold_name(text: str | None) -> str:
    """A name in lower-case ASCII words separated by one blank; a letter lost in transit leaves no gap."""
    folded = latinize(text).replace("&", " y ").replace("+", " y ").replace("'", "").replace("\N{ACUTE ACCENT}", "")
    return _NOT_WORD.sub(" ", _LOST_LETTER.sub("", folded)).strip()


@lru_cache(maxsize=65_536)
def company_core(name: str | None) -> CompanyName:
    """Take legal form, states, C.I. and branch marks off a company name; expand the usual abbreviations.

    >>> company_core("C.I. Flores del Caribe S.A.S. EN LIQUIDACIÓN").tokens
    ('flores', 'caribe')
    """
    raw = name or ""
    folded = latinize(raw)
    aliases = tuple(alias for found in _PARENTHESIS.findall(folded) if (alias := fold_name(found)))
    outside = fold_name(_PARENTHESIS.sub(" ", folded))
    whole = outside or fold_name(folded)
    rest, states = _take_states(whole)
    rest, legal_form, tags = _take_legal_form(rest)
    rest, later_states = _take_states(rest)
    is_branch = bool(BRANCH_MARK.search(rest))
    rest = BRANCH_MARK.sub(" ", rest).strip() or rest
    is_ci = bool(CI_MARK.search(rest))
    rest = CI_MARK.sub(" ", rest).strip() or rest
    if legal_form is None:
        rest, legal_form, more_tags = _take_legal_form(rest)
        tags += more_tags
    tokens = _core_tokens(rest)
    return CompanyName(
        raw=raw,
        core=" ".join(tokens),
        joined="".join(tokens),
        tokens=tokens,
        legal_form=legal_form,
        states=states + later_states,
        tags=tags,
        aliases=aliases if outside else (),
        is_ci=is_ci,
        is_branch=is_branch,
    )


def _take_states(text: str) -> tuple[str, tuple[str, ...]]:
    for phrase, state in STATES:
        at = f" {text} ".find(f" {phrase} ")
        if at > 0:
            rest = f"{text[: at - 1]} {text[at + len(phrase) :]}".split()
            return (" ".join(rest), (state,)) if rest else (text, ())
    return text, ()


def _take_legal_form(text: str) -> tuple[str, str | None, tuple[str, ...]]:
    form: str | None = None
    tags: list[str] = []
    while True:
        if found := TAGS_AT_END.match(text):
            tags.append(found["tag"].replace(" ", ""))
            text = found["rest"]
        elif (found := LEGAL_FORM_AT_END.match(text)) and len(found["rest"]) > 1:
            form = form or str(found.lastgroup).replace("_", " ")
            text = found["rest"]
        elif form is None and (found := LEGAL_FORM_AT_START.match(text)):
            form, text = found["form"], found["rest"]
        else:
            break
    if inside := LEGAL_FORM_INSIDE.search(text):
        form = form or inside[1].replace(" ", "")
        text = LEGAL_FORM_INSIDE.sub("", text)
    return text, form, tuple(tags)


def _core_tokens(text: str) -> tuple[str, ...]:
    joined = _INITIALS.sub(_join_initials, text)
    every = joined.split()
    kept = [token for token in every if token not in CONNECTIVES] or every
    spelled = [ABBREVIATIONS.get(token, token) for token in kept]
    # A numeral never opens a name: «VI Flores» are initials, «Torre VI» is the sixth tower.
    return tuple([*spelled[:1], *(ROMAN_NUMERALS.get(token, token) for token in spelled[1:])])


def _join_initials(found: re.Match[str]) -> str:
    """«a b c comercial» is the acronym abc; the connectives y and e stay apart."""
    letters = [letter for letter in found[1].split() if letter not in ("y", "e")]
    return "".join(letters) or found[1]


@lru_cache(maxsize=65_536)
def person_tokens(name: str | None) -> list[str]:
    """The given names and surnames of a person in order, without titles and particles.

    «Gómez Ruiz, Ana» is read as «Ana Gómez Ruiz».
    """
    folded = latinize(name)
    surname, comma, given = folded.partition(",")
    ordered = f"{given} {surname}" if comma and given.strip() else folded
    tokens = fold_name(ordered).split()
    kept = [token for token in tokens if token not in _TITLES and token not in _PARTICLES]
    return kept or tokens
