"""The complete real lists, as packed beside the sandbox: nothing of them may be lost."""

import gzip
from collections import Counter
from pathlib import Path

import pytest

from connectors.lists.entry import ParsedList
from connectors.lists.ofac import parse_ofac
from include.core.source_sheet import load_source
from include.stages.ingesting.watchlists import parse_list
from tests.conftest import PROJECT_ROOT

LISTS = PROJECT_ROOT / "include" / "sandbox" / "data" / "lists"


def packed(name: str) -> bytes:
    return gzip.decompress((LISTS / name).read_bytes())


@pytest.fixture(scope="module")
def ofac() -> ParsedList:
    watch = load_source("ofac").watchlist
    assert watch is not None
    names = {"sdn": "ofac_sdn", "alt": "ofac_alt", "add": "ofac_add", "comments": "ofac_sdn_comments"}
    return parse_list(watch, {part: packed(f"{name}.csv.gz") for part, name in names.items()})


@pytest.fixture(scope="module")
def un() -> ParsedList:
    watch = load_source("un").watchlist
    assert watch is not None
    return parse_list(watch, {"consolidated": packed("un_consolidated.xml.gz")})


def test_ofac_has_every_entry_of_every_type(ofac: ParsedList) -> None:
    types = Counter(entry.entry_type for entry in ofac.entries)
    assert types == {"company": 6884, "person": 6854, "vessel": 851, "aircraft": 376}


def test_ofac_has_every_nit_and_cedula(ofac: ParsedList) -> None:
    kinds = Counter(kind for entry in ofac.entries for kind in {i.kind for i in entry.identifiers})
    assert kinds["cedula"] == 425
    elsewhere = Counter(i.country for e in ofac.entries for i in e.identifiers if i.kind == "tax")
    # 230 entries mention a NIT; those of Guatemala and Bolivia are filed as foreign tax numbers.
    assert (kinds["nit"], elsewhere["GT"], elsewhere["BO"]) == (198, 31, 2)


def test_ofac_is_read_almost_without_unknown_countries(ofac: ParsedList) -> None:
    assert sum(ofac.unknown_countries.values()) < 60


def test_ofac_binding_entries_are_those_of_the_adopted_programmes(ofac: ParsedList) -> None:
    assert all(entry.is_binding == bool({"FTO", "SDGT"} & set(entry.programs)) for entry in ofac.entries)
    assert 2000 < sum(entry.is_binding for entry in ofac.entries) < 3000


def test_un_has_every_entry_and_alias(un: ParsedList) -> None:
    types = Counter(entry.entry_type for entry in un.entries)
    assert types == {"person": 730, "company": 273}
    # 3,043 alias elements less 291 empty ones; some hold several spellings, some repeat one.
    assert un.aliases > 3000
    assert un.published_at is not None
    assert un.published_at.date().isoformat() == "2026-02-27"


def test_un_is_binding_and_has_no_unknown_country_but_one(un: ParsedList) -> None:
    assert all(entry.is_binding for entry in un.entries)
    assert set(un.unknown_countries) <= {"former Soviet Union"}


def test_entry_ids_are_unique_and_names_are_never_empty(ofac: ParsedList, un: ParsedList) -> None:
    for parsed in (ofac, un):
        assert len({entry.entry_id for entry in parsed.entries}) == len(parsed.entries)
        assert all(name.name.strip() for entry in parsed.entries for name in entry.names)
        assert {name.kind for entry in parsed.entries for name in entry.names} <= {
            "primary", "aka", "fka", "nka", "low", "original_script",
        }  # fmt: skip


def test_a_true_delta_of_two_days_is_seen_as_one(shared_data: Path) -> None:
    """Between 2024-05-01 and 2024-05-03 eight entries left and seven came; none changed."""
    folder = shared_data / "sanctions" / "ofac"
    empty = {"alt": b"\x1a"}
    before = gzip.decompress((folder / "delta-2024-05-01" / "sdn.csv.gz").read_bytes())
    after = (folder / "full-2024-05-03" / "sdn.csv").read_bytes()
    old, new = (
        {e.entry_id: e.entry_fingerprint for e in _sdn_only(payload, empty).entries} for payload in (before, after)
    )
    assert (len(old.keys() - new.keys()), len(new.keys() - old.keys())) == (8, 7)
    assert all(old[key] == new[key] for key in old.keys() & new.keys())


def _sdn_only(payload: bytes, others: dict[str, bytes]) -> ParsedList:
    return parse_ofac({"sdn": payload, **others}, list_code="X", country_of=lambda _: None)
