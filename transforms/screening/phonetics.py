"""Two keys of a word: how it sounds in Colombian Spanish, and its consonants once spelling habits are set aside.

Words come folded (lower-case ASCII letters and digits, see `tokens`). A key is only ever compared with a key.
"""

import re
from functools import lru_cache

# Order matters: longer spellings first. Sounds are written with one letter each.
_SPANISH = (
    (re.compile(r"sch"), "s"),
    (re.compile(r"sh"), "s"),
    (re.compile(r"ch"), "C"),
    (re.compile(r"ph"), "f"),
    (re.compile(r"th"), "t"),
    (re.compile(r"g[uü](?=[ei])"), "g"),
    (re.compile(r"qu(?=[ei])|q"), "k"),
    (re.compile(r"c(?=[eiy])|z"), "s"),
    (re.compile(r"ck|c"), "k"),
    (re.compile(r"g(?=[eiy])|x(?=[ei])"), "j"),
    (re.compile(r"ll(?=[aeiou])"), "y"),
    (re.compile(r"w"), "gu"),
    (re.compile(r"^hu(?=[aeo])"), "gu"),
    (re.compile(r"v"), "b"),
    (re.compile(r"h"), ""),
    (re.compile(r"x"), "ks"),
    (re.compile(r"n[yi](?=[aeou])|gn(?=[aeiou])"), "N"),
    (re.compile(r"^i(?=[aeou])"), "y"),
    (re.compile(r"y(?![aeiou])"), "i"),
)
_CLUSTERS: dict[str, str] = {
    "tsch": "C", "tch": "C", "tsh": "C", "ch": "C", "cz": "C", "dj": "g", "dzh": "g", "zh": "g",
    "sch": "s", "sh": "s", "kh": "k", "gh": "g",
}  # fmt: skip
# Spellings of one foreign sound in the Latin letters of different languages.
_SKELETON = (
    (re.compile(r"tsch|tch|tsh|ch|cz|dj|dzh|zh|sch|sh|kh|gh"), lambda m: _CLUSTERS[m.group()]),
    (re.compile(r"ph"), "f"),
    (re.compile(r"th|dh"), "t"),
    (re.compile(r"ou|oo"), "u"),
    (re.compile(r"[ckq]"), "k"),
    (re.compile(r"[zs]"), "s"),
    (re.compile(r"[vw]"), "b"),
    (re.compile(r"x"), "ks"),
    (re.compile(r"[jg]"), "g"),
    (re.compile(r"d"), "t"),
)
_DOUBLED = re.compile(r"(.)\1+")
_VOWELS = re.compile(r"[aeiouyh]")


@lru_cache(maxsize=400_000)
def spanish_key(word: str) -> str:
    """Return the sound of `word` to a Colombian ear: b/v, s/z/soft c, soft g/j, ll/y, mute h and qu/k are one each.

    Words that hold a digit have no sound and return an empty key.
    """
    if not word.isalpha():
        return ""
    key = word
    for pattern, sound in _SPANISH:
        key = pattern.sub(sound, key)
    return _DOUBLED.sub(r"\1", key)


@lru_cache(maxsize=400_000)
def consonant_skeleton(word: str) -> str:
    """Return the consonants of `word` with the spellings of one foreign sound made equal.

    A vowel at the start is kept as one mark, so that `omar` and `maria` stay apart. Words that hold a digit
    return an empty skeleton.
    """
    if not word.isalpha():
        return ""
    key = word
    for pattern, sound in _SKELETON:
        key = pattern.sub(sound, key)
    head = "A" if key[:1] in "aeiou" and key else ""
    return head + _DOUBLED.sub(r"\1", _VOWELS.sub("", key))
