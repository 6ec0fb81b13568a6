"""Folding of free text to one comparable spelling: encoding damage repaired, case, accents and odd blanks gone.

Only characters are touched here. Words with a meaning (legal forms, titles, places) belong to `names` and `place`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import ftfy
from anyascii import anyascii

# UTF-8 read as CP437 or CP850 and then upper-cased, as in bulk files of the chambers: "DISE├ÆO" was "DISEÑO".
# Only the unambiguous pairs; "├Ü" may be Á or Ú and is left to plain decoding.
_UPPERED = {"├Æ": "Ñ", "├Ë": "É", "├Ì": "Í", "├Ô": "Ó"}
_BOX_PAIR = re.compile("├.")
_SUSPECT = re.compile("[ÃÂâ├┬\u0192\ufffd]")
_CODECS = ("latin-1", "cp1252", "sloppy-windows-1252", "cp437")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[a-z0-9]+")
# Latin letters that Unicode does not decompose into letter + accent.
_PLAIN_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"})


def repair_mojibake(text: str) -> str:
    """Undo UTF-8 that was read with a wrong code page, only when reading it wrongly again gives the very same text."""
    if text.isascii() or not _SUSPECT.search(text):
        return text
    if "├" in text:
        text = _BOX_PAIR.sub(lambda found: _undo_box(found.group()), text)
    fixed = ftfy.fix_encoding(text)
    return fixed if fixed == text or _is_exact(fixed, text) else text


def _undo_box(pair: str) -> str:
    if pair in _UPPERED:
        return _UPPERED[pair]
    for codec in ("cp437", "cp850"):
        try:
            return pair.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return pair


def _is_exact(fixed: str, text: str) -> bool:
    """Whether some wrong code page turns `fixed` back into `text`."""
    raw = fixed.encode("utf-8", errors="replace")
    return any(raw.decode(codec, errors="replace") == text for codec in _CODECS)


@lru_cache(maxsize=65_536)
def fold(text: str | None) -> str:
    """Lower case, no accents, encoding damage repaired, blanks single. Punctuation and other scripts stay.

    >>> fold("  COMPAÑÍA   Café\u00a0S.A.S. ")
    'compania cafe s.a.s.'
    """
    if not text:
        return ""
    if text.isascii():
        return _BLANKS.sub(" ", text).strip().lower()
    text = _INVISIBLE.sub("", repair_mojibake(text))
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    # Casefolding may bring accents back in a few scripts: a second pass makes folding idempotent.
    folded = unicodedata.normalize("NFKD", plain.casefold()).translate(_PLAIN_LATIN)
    return _BLANKS.sub(" ", "".join(char for char in folded if not unicodedata.combining(char))).strip()


@lru_cache(maxsize=65_536)
def latinize(text: str | None) -> str:
    """`fold` and every other script written in Latin letters, ASCII only: for comparing names across scripts."""
    folded = fold(text)
    if folded.isascii():
        return folded
    return _BLANKS.sub(" ", anyascii(folded).lower()).strip()


def words(text: str | None) -> list[str]:
    """The ASCII words of a text in order: letters and digits only."""
    return _WORD.findall(latinize(text))


def clean_text(text: str | None) -> str | None:
    """A text as it should be shown: repaired, trimmed, blanks single, case and accents kept; nothing left is None."""
    if text is None:
        return None
    shown = _BLANKS.sub(" ", _INVISIBLE.sub("", repair_mojibake(str(text)))).strip()
    return shown or None


def listed(text: str) -> frozenset[str]:
    """A vocabulary written as words between blanks."""
    return frozenset(text.split())
