"""The vocabulary of company names in Colombia and its trading partners: legal forms, states, abbreviations.

Linguistic facts only; what weight they carry when two names are compared is in the identity sheet.
"""

from __future__ import annotations

import re

from transforms.clean.text import listed

# Legal forms as they read after folding, with dots turned to blanks. Longest spelling first: the first match wins.
# Source of the Colombian ones: names in RUES; the others are the usual forms of the countries buyers come from.
_FORM_SPELLINGS: dict[str, tuple[str, ...]] = {
    "sas": (r"sociedad por acciones simpl\w+", "s ?a ?s"),
    "s en c": (
        "(?:y|e|and)? ?(?:cia|compania) s en c",
        "(?:y|e)? ?(?:cia|compania) s ?c ?s",
        "sociedad en comandita(?: simple)?",
        "s en c s",
        "s en c",
        "s c s",
    ),
    "sca": ("sociedad en comandita por acciones", "s en c por a", "s ?c ?a"),
    "ltda": ("sociedad limitada", "limitada", "l ?t ?d ?a"),
    "eu": ("empresa unipersonal", "e ?u"),
    "eat": ("empresa asociativa de trabajo", "e ?a ?t"),
    "cta": ("cooperativa de trabajo asociado", "c ?t ?a"),
    "sa de cv": ("s ?a ?p ?i de c ?v", "s ?a ?b? de c ?v"),
    "s de rl": ("s de r ?l(?: de c ?v)?",),
    "spa": ("s ?p ?a", "sociedad por acciones"),
    "srl": ("s ?r ?l", "sociedad de responsabilidad limitada"),
    "eirl": ("e ?i ?r ?l",),
    "sac": ("s ?a ?c",),
    "sl": ("s ?l ?u", "s ?l"),
    "sarl": ("s ?a ?r ?l",),
    "inc": ("incorporated", "inc"),
    "corp": ("corporation", "corp"),
    "llc": ("l ?l ?c",),
    "llp": ("l ?l ?p",),
    "ltd": ("company limited", "co ltd", "(?:pty|pvt|pte|private) (?:ltd|limited)", "limited", "ltd"),
    "plc": ("p ?l ?c",),
    "gmbh": ("g ?m ?b ?h (?:y |and )?co kg", "gesellschaft mit beschrankter haftung", "g ?m ?b ?h"),
    "ag": ("aktiengesellschaft", "ag"),
    "kg": ("(?:y |and )?co kg", "kg"),
    "bv": ("b ?v",),
    "nv": ("n ?v",),
    "ab": ("aktiebolag", "ab"),
    "as": ("a ?s",),
    "oy": ("oyj?",),
    "aps": ("aps",),
    "sp zoo": ("sp z ?o ?o",),
    "kk": ("k ?k",),
    "ooo": ("ooo",),
    "sa": ("sociedad anonima", "s ?a"),
}
LEGAL_FORM_AT_END = re.compile(
    "^(?P<rest>.+?) (?:"
    + "|".join(f"(?P<{form.replace(' ', '_')}>{'|'.join(spellings)})" for form, spellings in _FORM_SPELLINGS.items())
    + ")$"
)
# Forms that some countries write first («OOO Romashka», «PT Maju»).
LEGAL_FORM_AT_START = re.compile(
    r"^(?P<form>ooo|oao|zao|pao|pt|sarl|sociedad anonima|sociedad limitada) (?P<rest>\w.*)$"
)
# These are never a word of their own, so they may stand in the middle ("TEXTILES X SAS COLOMBIA").
LEGAL_FORM_INSIDE = re.compile(r"(?<=\w) (sas|s a s|ltda|gmbh|llc)(?= \w)")

# Marks that follow the legal form and say something, but not who the company is.
TAGS_AT_END = re.compile(r"^(?P<rest>.+?) (?P<tag>bic|b i c|e ?s ?p|zomac|zese|uozf|z ?f|p ?e ?s ?s)$")

# A state is a fact to keep (it opens a task), not noise. Longest first.
STATES: tuple[tuple[str, str], ...] = (
    ("en liquidacion judicial", "en_liquidacion_judicial"),
    ("en proceso de liquidacion", "en_liquidacion"),
    ("en liquidacion", "en_liquidacion"),
    ("liquidada", "liquidada"),
    ("en acuerdo de reestructuracion", "en_reestructuracion"),
    ("en reestructuracion", "en_reestructuracion"),
    ("en reorganizacion empresarial", "en_reorganizacion"),
    ("en reorganizacion", "en_reorganizacion"),
    ("en intervencion", "en_intervencion"),
)
CI_MARK = re.compile(
    r"(?:^(?:c ?i|comercializadora internacional) (?=\w))|(?: (?:c ?i|comercializadora internacional)$)"
)
BRANCH_MARK = re.compile(r"(?:^| )sucursal (?:de |en )?(?:colombia|colombiana)$|^sucursal (?:de )?")

CONNECTIVES = listed(
    """
    a al and con da das de del des di do dos du e el en et fur la las le les lo los of para por the und und y
    """
)
ABBREVIATIONS: dict[str, str] = {
    "cia": "compania",
    "comp": "compania",
    "co": "compania",
    "company": "compania",
    "hnos": "hermanos",
    "hno": "hermanos",
    "hijos": "hijos",
    "asoc": "asociados",
    "ing": "ingenieria",
    "ingria": "ingenieria",
    "const": "construcciones",
    "constr": "construcciones",
    "com": "comercial",
    "ccial": "comercial",
    "comerc": "comercializadora",
    "cial": "comercial",
    "dist": "distribuidora",
    "distrib": "distribuidora",
    "inv": "inversiones",
    "invers": "inversiones",
    "ind": "industrias",
    "inds": "industrias",
    "indust": "industrias",
    "industr": "industrias",
    "tec": "tecnologicas",
    "serv": "servicios",
    "servs": "servicios",
    "alim": "alimentos",
    "agric": "agricola",
    "agrop": "agropecuaria",
    "exp": "exportadora",
    "export": "exportadora",
    "imp": "importadora",
    "intl": "internacional",
    "internal": "internacional",
    "int": "internacional",
    "nal": "nacional",
    "nales": "nacionales",
    "prod": "productos",
    "prods": "productos",
    "lab": "laboratorios",
    "labs": "laboratorios",
    "transp": "transportes",
    "col": "colombia",
    "gral": "general",
    "grp": "grupo",
    "mfg": "manufacturing",
    "bros": "brothers",
    "tech": "technologies",
    "sta": "santa",
    "sto": "santo",
    "fund": "fundacion",
    "corp": "corporacion",
    "coop": "cooperativa",
}
ROMAN_NUMERALS = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"}
