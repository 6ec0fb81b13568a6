"""What matchmaking reads: its sheets, and the facts of needs, offers and outcomes from the lake.

Rows become the frozen facts of `transforms.matchmaking`; nothing is judged here.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from include.core import reference
from include.core.sheets import load_sheet, sheet_fingerprint
from include.store.sql import run_sql
from transforms.gaps.sheet import GapsSheet
from transforms.matchmaking.codes import clean_code, heading_of
from transforms.matchmaking.facts import Certificate, ContactOutcome, Names, Need, Offer, Party
from transforms.matchmaking.matching import Words
from transforms.matchmaking.requirements import Requirement, RequirementBook, parse_requirements
from transforms.matchmaking.sheet import MatchmakingSheet
from transforms.matchmaking.suggest import CodeSuggester
from transforms.matchmaking.vocabulary import Lexicon, SynonymSheet, Vocabulary

UNRESOLVED = "unresolved"


def sheet_paths(config_dir: Path) -> dict[str, Path]:
    """Return every file that decides a match, by the name it has in run summaries."""
    rules, tables = config_dir / "rules", config_dir / "reference"
    return {
        "matchmaking": rules / "matchmaking.yml",
        "gaps": rules / "gaps.yml",
        "market_requirements": rules / "market_requirements.csv",
        "synonyms": rules / "synonyms.yml",
        "lexicon": tables / "lexicon_es_en.csv",
        "hs": tables / "hs.csv",
        "services": tables / "services_ciiu.csv",
        "sectors": tables / "sectors.yml",
        "countries": tables / "countries.csv",
    }


@dataclass(frozen=True)
class MatchRules:
    """Every sheet of matchmaking, loaded."""

    sheet: MatchmakingSheet
    gaps: GapsSheet
    requirements: tuple[Requirement, ...]
    words: Words
    names: Names

    def book(self) -> RequirementBook:
        """Return the requirement rows, ready to be asked."""
        return RequirementBook(self.requirements, self.sheet.requirements.blocs, reference.sector_of_hs)


def load_rules(config_dir: Path) -> MatchRules:
    """Read and check the sheets. Raises ConfigError naming file and line. The same files are read once."""
    return _load_rules(config_dir, sheet_fingerprint(*sheet_paths(config_dir).values()))


@lru_cache(maxsize=2)
def _load_rules(config_dir: Path, _content: str) -> MatchRules:
    paths = sheet_paths(config_dir)
    sheet = load_sheet(paths["matchmaking"], MatchmakingSheet)
    with paths["lexicon"].open(encoding="utf-8", newline="") as file:
        lexicon = Lexicon.from_rows(
            (row["es_stem"], row["en_stem"], float(row["score"])) for row in csv.DictReader(file)
        )
    requirements = parse_requirements(
        paths["market_requirements"].read_text(encoding="utf-8"), paths["market_requirements"].name
    )
    text, wordings = sheet.text, _wordings()
    vocabulary = Vocabulary.from_sheet(
        load_sheet(paths["synonyms"], SynonymSheet),
        lexicon,
        translations=text.translations,
        translation_weight=text.translation_weight,
    )
    return MatchRules(
        sheet=sheet,
        gaps=load_sheet(paths["gaps"], GapsSheet),
        requirements=requirements,
        words=Words(vocabulary, wordings.names, CodeSuggester.build(vocabulary, wordings.full, k1=text.k1, b=text.b)),
        names=Names(
            countries={code: country.name_es for code, country in reference.countries().items()},
            headings=heading_names(),
        ),
    )


def heading_names() -> dict[str, str]:
    """Return the Spanish names of headings and service classes, short enough for a line."""
    goods = {code: short_name(hs.es or hs.en) for code, hs in reference.hs().items() if hs.level == 4}
    return goods | {f"S{code}": short_name(es) for code, (es, _) in reference.services().items()}


def short_name(name: str, limit: int = 70) -> str:
    """Return a heading's name cut at a word: the legal wording runs over several lines."""
    if len(name) <= limit:
        return name
    cut = name[:limit].rsplit(" ", 1)[0].rstrip(" ,;:(")
    return f"{cut}…"


@dataclass(frozen=True)
class Wordings:
    """The words of codes, by heading: its names, and those of its subheadings beside them."""

    names: dict[str, str]
    full: dict[str, str]


def _wordings() -> Wordings:
    names: dict[str, str] = {}
    full: dict[str, str] = {}
    for code, hs in reference.hs().items():
        if hs.level == 4:
            names[code] = f"{hs.es} {hs.en}"
        if hs.level >= 4:
            full[heading_of(code)] = f"{full.get(heading_of(code), '')} {hs.es} {hs.en}".strip()
    for code, (spanish, english) in reference.services().items():
        names[f"S{code}"] = full[f"S{code}"] = f"{spanish} {english}"
    return Wordings(names, full)


@dataclass(frozen=True)
class Facts:
    """Needs, offers and outcomes of one run, and how many rows wait for their company to be resolved."""

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    outcomes: tuple[ContactOutcome, ...]
    held: Mapping[str, int]


def read_facts(con: duckdb.DuckDBPyConnection) -> Facts:
    """Read the facts from a connection that has one view per input dataset."""
    con.register("match_party", run_sql(con, "marts/fct_match__parties"))
    needs = run_sql(con, "marts/fct_match__needs").to_pylist()
    offers = run_sql(con, "marts/fct_match__offers").to_pylist()
    outcomes = run_sql(con, "marts/fct_match__outcomes").to_pylist()
    return Facts(
        needs=tuple(_need(row) for row in needs if row["party_customer_id"]),
        offers=tuple(_offer(row) for row in offers if row["party_customer_id"]),
        outcomes=tuple(_outcome(row) for row in outcomes),
        held={
            "needs": sum(not row["party_customer_id"] for row in needs),
            "offers": sum(not row["party_customer_id"] for row in offers),
        },
    )


def _party(row: Mapping[str, Any]) -> Party:
    return Party(
        customer_id=row["party_customer_id"],
        sarlaft_state=row["party_sarlaft_state"],
        country=row["party_country"],
        sector=row["party_sector"],
        size=row["party_size"],
        profile_status=row["party_profile_status"],
        quality_class=row["party_quality_class"],
        completeness=row["party_completeness"],
        languages=_texts(row["party_languages"]),
        target_markets=frozenset(_texts(row["party_target_markets"])),
        export_markets=frozenset(_texts(row["party_export_markets"])),
        years_exporting=row["party_years_exporting"],
        has_consent=row["party_has_consent"],
    )


def _need(row: Mapping[str, Any]) -> Need:
    return Need(
        need_id=row["need_id"],
        buyer=_party(row),
        title=row["title"] or "",
        description=row["description"] or "",
        kind=row["kind"] or "product",
        codes=_codes(row["codes"]),
        codes_confirmed=bool(row["codes_confirmed"]),
        market=row["market"] or row["party_country"] or "",
        volume_value=row["volume_value"],
        volume_unit=row["volume_unit"],
        volume_period=row["volume_period"],
        min_volume=row["min_volume"],
        target_price_usd=row["target_price_usd"],
        price_unit=row["price_unit"],
        incoterm=row["incoterm"],
        latest_on=row["latest_on"],
        certificates_required=_texts(row["certificates_required"]),
        wishes=_texts(row["wishes"]),
        languages=_texts(row["languages"]),
        interpreter_ok=bool(row["interpreter_ok"]),
        value_usd_year=row["value_usd_year"],
        created_at=row["created_at"],
        updated_at=row["updated_at"],
    )


def _offer(row: Mapping[str, Any]) -> Offer:
    return Offer(
        offer_id=row["offer_id"],
        exporter=_party(row),
        title=row["title"] or "",
        description=row["description"] or "",
        kind=row["kind"] or "product",
        codes=_codes(row["codes"]),
        codes_confirmed=bool(row["codes_confirmed"]),
        capacity_value=row["capacity_value"],
        capacity_unit=row["capacity_unit"],
        capacity_period=row["capacity_period"],
        price_usd=row["price_usd"],
        price_unit=row["price_unit"],
        incoterms=_texts(row["incoterms"]),
        lead_time_days=row["lead_time_days"],
        min_order=row["min_order"],
        certificates=tuple(_certificate(item) for item in row["certificates"] or () if item["code"]),
        excluded_markets=frozenset(_texts(row["excluded_markets"])),
        is_active=bool(row["is_active"]),
        updated_at=row["updated_at"],
    )


def _certificate(item: Mapping[str, Any]) -> Certificate:
    until = item["valid_until"]
    day = date.fromisoformat(until[:10]) if until else None
    return Certificate(item["code"].strip().upper(), day, bool(item["is_verified"]))


def _outcome(row: Mapping[str, Any]) -> ContactOutcome:
    code = clean_code(row["code"] or "")
    return ContactOutcome(
        customer_id=row["customer_id"],
        sector=row["sector"],
        happened_on=row["happened_on"],
        is_effective=row["is_effective"],
        weight=float(row["weight"]),
        heading=heading_of(code) if code else None,
        is_closed_deal=row["is_closed_deal"],
    )


def _texts(values: Iterable[str | None] | None) -> tuple[str, ...]:
    return tuple(value for value in values or () if value)


def _codes(values: Iterable[str | None] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for value in values or () if value and (code := clean_code(value))))
