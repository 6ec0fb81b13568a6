"""From free text to stems: fold, cut into words, drop stop words, stem.

The stemmer is the one the lexicon was learnt with; a change here means learning the lexicon again.
"""

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_WRITTEN = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return `text` in lower case without accents (ñ becomes n)."""
    if text.isascii():
        return text.lower()
    # once more after folding case: some letters only come apart, or turn small, in the other's wake
    return _bare(_bare(text).casefold()).casefold()


def _bare(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """Return the light stem of a folded word: plural off, then one final vowel of gender off."""
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("es") and len(word) > 4:
        word = word[:-2]
    elif word.endswith("s") and len(word) > 3 and not word.endswith("ss"):
        word = word[:-1]
    if len(word) > 4 and word[-1] in "aoe":
        word = word[:-1]
    return word


def terms(text: str, stop_words: Collection[str] = frozenset()) -> tuple[str, ...]:
    """Return the stems of `text` in reading order; stop words and single characters left out.

    `stop_words` are folded, unstemmed words.
    """
    return tuple(stem(word) for word in _WORD.findall(fold(text)) if len(word) > 1 and word not in stop_words)


def written(text: str) -> dict[str, str]:
    """Return, by stem, the word as it is first written in `text`: reasons quote words, not stems."""
    found: dict[str, str] = {}
    for word in _WRITTEN.findall(text.lower()):
        found.setdefault(stem(fold(word)), word)
    return found
