"""Packaged reference tables are whole and agree with each other."""

import pytest

from include.core import reference


def test_tables_have_the_size_of_the_real_ones() -> None:
    assert len(reference.countries()) == 249
    assert len(reference.departments()) == 33
    assert len(reference.municipalities()) > 1_100
    assert len(reference.ciiu()) >= 491
    assert sum(code.level == 6 for code in reference.hs().values()) > 5_600


@pytest.mark.parametrize(
    ("text", "iso2"),
    [("CO", "CO"), ("col", "CO"), ("Estados Unidos", "US"), ("ESTADOS  UNIDOS", "US"), ("España", "ES"),
     ("Spain", "ES"), ("Atlantis", None), ("", None), (None, None)],
)  # fmt: skip
def test_countries_are_known_by_many_spellings(text: str | None, iso2: str | None) -> None:
    assert reference.country_code(text) == iso2


def test_every_office_serves_places_that_exist() -> None:
    offices = reference.offices()
    assert set(offices.oficom) <= set(reference.countries())
    assert set(offices.ofireg) == set(reference.departments())


def test_prefixes_lead_to_codes_that_exist() -> None:
    codes, classes = reference.hs(), reference.ciiu()
    for sector in reference.sectors().values():
        assert all(prefix in codes for prefix in sector.hs_prefixes), sector.slug
        for prefix in sector.ciiu_prefixes:
            assert any(code.startswith(prefix) for code in classes), (sector.slug, prefix)


@pytest.mark.parametrize(("code", "slug"), [("090121", "cafe"), ("210111", "derivados_cafe"), ("S6201", "software")])
def test_the_longest_prefix_wins(code: str, slug: str) -> None:
    assert reference.sector_of_hs(code) == slug
