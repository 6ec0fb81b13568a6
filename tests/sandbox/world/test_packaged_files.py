"""Packaged files: the real lists byte for byte, LISTA-DEMO in their format, reference tables with whole keys."""

import csv
import io

import defusedxml.ElementTree as ElementTree
import pytest

from include.core import reference
from include.sandbox.lists.files import END_MARK, FILES, ListFile
from include.sandbox.world import packaged

BY_PATH = {file.path: file for file in FILES}


@pytest.mark.parametrize(
    ("path", "size", "rows", "columns"),
    [
        ("/ofac/SDN.CSV", 3_909_739, 14_965, 12),
        ("/ofac/ALT.CSV", 1_057_013, 20_107, 5),
        ("/ofac/ADD.CSV", 1_629_444, 24_244, 6),
        ("/listademo/SDN.CSV", None, 40, 12),
        ("/listademo/ALT.CSV", None, 27, 5),
    ],
)
def test_sdn_style_files_are_whole(path: str, size: int | None, rows: int, columns: int) -> None:
    content = BY_PATH[path].content()
    assert size is None or len(content) == size
    assert content.endswith(b"\r\n" + END_MARK)
    parsed = list(csv.reader(io.StringIO(content.rstrip(END_MARK).decode("latin-1"), newline="")))
    assert len(parsed) == rows
    assert {len(row) for row in parsed} == {columns}


def test_the_united_nations_file_is_whole() -> None:
    content = BY_PATH["/un/consolidated.xml"].content()
    assert content.endswith(b"</CONSOLIDATED_LIST>")
    root = ElementTree.fromstring(content)
    assert len(list(root.iter("INDIVIDUAL"))) == 730
    assert len(list(root.iter("ENTITY"))) == 273


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.path)
def test_publication_dates_are_aware(file: ListFile) -> None:
    assert file.published_at.tzinfo is not None


def test_planned_hits_name_entries_of_the_demonstration_list() -> None:
    text = BY_PATH["/listademo/SDN.CSV"].content().rstrip(END_MARK).decode("ascii")
    entries = {row[0]: row for row in csv.reader(io.StringIO(text))}
    hits = packaged.planned_hits("full")
    assert len(hits) >= 30
    for hit in hits:
        remarks = entries[hit.entry][11]
        if "number" in hit.how and hit.verdict == "hit":
            assert f" {hit.number}" in remarks, hit.case
        if hit.how == "homonym_other_number_and_birth":
            assert hit.number not in remarks, hit.case


def test_every_reference_code_has_its_parent_and_its_sector() -> None:
    codes = reference.hs()
    assert all(entry.parent in codes for entry in codes.values() if entry.level > 2)
    assert {entry.level: len(code) for code, entry in codes.items()} == {2: 2, 4: 4, 6: 6}
    for sector in reference.sectors().values():
        assert all(prefix in codes for prefix in sector.hs_prefixes), sector.slug
        assert all(any(code.startswith(prefix) for code in reference.ciiu()) for prefix in sector.ciiu_prefixes), (
            sector.slug
        )


def test_places_and_offices_cover_each_other() -> None:
    assert len(reference.municipalities()) == 1_121
    assert reference.offices().ofireg.keys() == reference.departments().keys()
    assert reference.offices().oficom.keys() <= reference.countries().keys()
    dian = [country.dian_code for country in reference.countries().values() if country.dian_code]
    assert len(set(dian)) == len(dian)


def test_products_lead_to_known_codes_and_markets() -> None:
    assert len(packaged.products()) >= 150
    for product in packaged.products():
        assert product.sector in reference.sectors()
        assert set(product.ciiu) <= reference.ciiu().keys()
        assert product.code[1:] in reference.services() if product.is_service else product.code in reference.hs()
        assert set(product.departments) <= reference.departments().keys()
        assert product.price[0] < product.price[1]
        assert product.capacity[0] < product.capacity[1]
    markets = {market for share in packaged.trade().values() for market in share.markets}
    assert markets <= reference.countries().keys()
    assert packaged.trade().keys() == {product.sector for product in packaged.products()}


@pytest.mark.parametrize(
    ("market", "code", "sector", "expected", "unexpected"),
    [
        ("US", "080440", "frutas_hortalizas", "APHIS-HASS", "FDA-SEAFOOD-HACCP"),
        ("DE", "060311", "flores", "EU-PHYTO", "GB-PHYTO"),
        ("US", "S8220", "bpo", "US-TCPA", "ISPM-15"),
        ("ES", "S6201", "software", "GDPR", "US-W8BENE"),
    ],
)
def test_requirements_follow_market_and_product(
    market: str, code: str, sector: str, expected: str, unexpected: str
) -> None:
    mandatory, _ = packaged.requirements_of(market, code, sector)
    assert expected in mandatory
    assert unexpected not in mandatory
