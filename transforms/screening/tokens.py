"""A written name as words: folded, with what weighs nothing (legal forms, particles, titles) set aside.

Only the shape of a name is decided here; what a word is worth is in `rarity`, which words agree in `similarity`.
"""

import re
from dataclasses import dataclass, replace
from typing import Literal

from transforms.clean.text import latinize
from transforms.screening.rules import Words

Kind = Literal["person", "company"]
MAX_WORDS = 14  # beyond that a cell holds a sentence, not a name
MIN_JOINED = 7  # letters of several words written as one
MAX_JOINED = 3  # words that may be written as one

_APOSTROPHE = re.compile(r"['’`´ʿʾ‘ʼ]")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?|\b[a-z]\.[a-z]\b")
_SPELLED = re.compile(r"\b[a-z](?: [a-z]\b)+")
_OTHER = re.compile(r"[^a-z0-9]+")
_DOUBLED = re.compile(r"(.)\1+")
_ALIKE = str.maketrans({"v": "b", "w": "b", "z": "s", "x": "s", "c": "k", "q": "k", "j": "g", "y": "i", "h": None})


@dataclass(frozen=True)
class ParsedName:
    """One spelling of one name.

    `words` carry the comparison; `initials` are single letters of a person's name; `joined` holds the key of
    neighbouring words written as one, with the words it would stand for.
    """

    text: str
    kind: Kind
    words: tuple[str, ...]
    initials: tuple[str, ...] = ()
    joined: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def as_kind(self, kind: Kind) -> "ParsedName":
        """Return the same words as a name of another kind."""
        return replace(self, kind=kind)

    @property
    def is_empty(self) -> bool:
        """True when nothing is left to compare."""
        return not self.words


def fold_name(text: str) -> str:
    """Return `text` in lower-case ASCII letters, digits and single blanks; other scripts are transliterated."""
    return _OTHER.sub(" ", _APOSTROPHE.sub("", latinize(text))).strip()


def alternatives(text: str) -> list[str]:
    """Return the names a list writes into one cell (`Al-Qa'ida/Islamic Army`): all of them, and each."""
    parts = [part.strip() for part in text.split("/")]
    return [text, *parts] if len(parts) > 1 and all(len(part) >= 4 for part in parts) else [text]


def parse_name(text: str | None, kind: Kind, words: Words) -> ParsedName:
    """Split a written name into words. Any text is accepted; nothing usable gives an empty name."""
    source = text or ""
    parts = _company_words(source) if kind == "company" else fold_name(source).split()
    parts = parts[:MAX_WORDS]
    if kind == "company":
        core = _without_legal_form(tuple(parts), words)
        core = tuple(word for word in core if word not in words.company_fillers) or core or tuple(parts)
        return ParsedName(source, kind, core, (), _joined(parts, core))
    names = [part for part in parts if part not in words.titles] or parts
    initials = tuple(sorted(part for part in names if len(part) == 1 and part not in words.particles))
    core = tuple(part for part in names if len(part) > 1 and part not in words.particles)
    if not core:
        core, initials = tuple(parts), ()
    return ParsedName(source, kind, core, initials, _joined(names, core))


def _company_words(text: str) -> list[str]:
    plain = _APOSTROPHE.sub("", latinize(text))
    plain = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", plain)
    plain = _OTHER.sub(" ", plain).strip()
    return _SPELLED.sub(lambda match: match.group().replace(" ", ""), plain).split()


def _without_legal_form(parts: tuple[str, ...], words: Words) -> tuple[str, ...]:
    """Drop the legal form: long ones wherever they stand, short ones only at either end of the name."""
    kept = _without_phrases(list(parts), words)
    while len(kept) > 1 and kept[-1] in words.legal_forms_at_ends:
        kept.pop()
    while len(kept) > 1 and kept[0] in words.legal_forms_at_ends:
        kept.pop(0)
    return tuple(kept)


def _without_phrases(parts: list[str], words: Words) -> list[str]:
    kept: list[str] = []
    position = 0
    while position < len(parts):
        size = next(
            (n for n in range(words.longest_form, 0, -1) if tuple(parts[position : position + n]) in words.forms), 0
        )
        if size:
            position += size
        else:
            kept.append(parts[position])
            position += 1
    return kept


def _joined(parts: list[str], core: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Neighbours written as one: two or three words (`abdul rahman`), or a word with its particles (`de la cruz`)."""
    carrying = set(core)
    found: dict[str, tuple[str, ...]] = {}
    for start, text in enumerate(parts):
        for end in range(start + 1, min(start + MAX_JOINED, len(parts))):
            text += parts[end]
            key = joined_key(text)
            if key and key not in found:
                members = tuple(word for word in parts[start : end + 1] if word in carrying)
                if members:
                    found[key] = members
    return tuple(found.items())


def joined_key(word: str) -> str:
    """Return the key under which one long word meets several short ones; empty when it is short.

    Coarser than `phonetics.spanish_key`, and far quicker: there are many more joints than words.
    """
    return _DOUBLED.sub(r"\1", word.translate(_ALIKE)) if len(word) >= MIN_JOINED else ""
