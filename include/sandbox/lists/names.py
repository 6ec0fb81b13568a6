"""Names on the lists, reduced to sets of words, so that no invented person or firm is given one of them."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from functools import cache

import defusedxml.ElementTree as ElementTree

from include.sandbox.lists.files import END_MARK, FILES

_FORMS = frozenset(
    {"SAS", "SA", "LTDA", "EU", "SCS", "CIA", "INC", "LLC", "CORP", "LTD", "GMBH", "BV", "SL", "SRL", "CO", "CV", "DE"}
)
_WORD = re.compile(r"[A-Z0-9]+")
_NUMBER = re.compile(r"\d{8,}")
_DROPPED = str.maketrans("", "", "'`´’.")  # S.A.S. becomes SAS, O'Hara becomes OHARA
_UN_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def name_key(name: str) -> frozenset[str]:
    """The words of a name, without accents, order, legal form or punctuation."""
    plain = name.upper()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return frozenset(_WORD.findall(plain.translate(_DROPPED))) - _FORMS


@cache
def listed_name_keys(*, with_demo: bool = False) -> frozenset[frozenset[str]]:
    """Keys of every name and alias on the real lists; of LISTA-DEMO too when asked."""
    keys = {name_key(name) for name in _listed_names(with_demo=with_demo)}
    keys.discard(frozenset())
    return frozenset(keys)


@cache
def listed_numbers() -> frozenset[str]:
    """Every run of eight or more digits in the remarks of SDN files: documents that nobody here may be given."""
    sdn = (file for file in FILES if file.path.endswith("SDN.CSV"))
    return frozenset(number for file in sdn for number in _NUMBER.findall(file.content().decode("latin-1")))


def _listed_names(*, with_demo: bool) -> Iterator[str]:
    for file in FILES:
        if file.list_code == "un":
            yield from _un_names(file.content())
        elif (file.list_code != "listademo" or with_demo) and file.path.endswith(("SDN.CSV", "ALT.CSV")):
            column = 1 if file.path.endswith("SDN.CSV") else 3
            text = file.content().rstrip(END_MARK).decode("latin-1")
            yield from (row[column] for row in csv.reader(io.StringIO(text)) if len(row) > column)


def _un_names(content: bytes) -> Iterator[str]:
    root = ElementTree.fromstring(content)
    for entry in (*root.iter("INDIVIDUAL"), *root.iter("ENTITY")):
        yield " ".join(entry.findtext(part) or "" for part in _UN_NAME_PARTS)
    for alias in root.iter("ALIAS_NAME"):
        yield alias.text or ""
