"""How good a profile is, and what it is asked for."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from include.core.errors import ConfigError
from include.core.sheets import PROJECT_ROOT, load_sheet
from transforms.quality.score import ProfileQuality, check_field, score_profile
from transforms.quality.sheet import ProgrammeSheet, QualitySheet

RULES = PROJECT_ROOT / "include" / "config" / "rules"
QUALITY = load_sheet(RULES / "quality.yml", QualitySheet)
PROGRAMMES = load_sheet(RULES / "programmes.yml", ProgrammeSheet)
FULL: dict[str, str | None] = {
    "legal_name": "CAFE ALTO S.A.S.",
    "nit": "860003563",
    "nit_status": "ok",
    "email": "ventas@cafealto.co",
    "phone": "+573001234567",
    "website": "https://cafealto.co",
    "city_code": "17001",
    "address": "Calle 1",
    "sector": "cafe",
    "ciiu": "1061",
    "size": "mediana",
    "description": "Café de altura " * 10,
    "rues_status": "ACTIVA",
    "target_markets": "DE;US",
    "export_markets": "CA;DE;FR;JP;US",
    "years_exporting": "8",
    "languages": "en:C1;es:C2",
}
FIELDS = [one.field for one in QUALITY.audiences["exporter"].fields]


def score(**changes: str | None) -> ProfileQuality:
    """Score a full exporter profile with some values changed."""
    return score_profile(FULL | changes, "exporter", QUALITY, PROGRAMMES)


def test_a_full_and_good_profile_is_a_with_nothing_to_ask() -> None:
    assert score() == ProfileQuality(1.0, 1.0, "A", (), "top")


def test_an_empty_profile_is_d_and_asks_for_the_weightiest_first() -> None:
    found = score_profile({}, "exporter", QUALITY, PROGRAMMES)
    assert (found.completeness, found.quality_class) == (0.0, "D")
    assert found.missing[:2] == ("NIT", "Correo electrónico")


def test_without_an_own_mailbox_nobody_is_a() -> None:
    found = score(email="cafealto@gmail.com")
    assert found.quality_class == "B"
    assert found.missing == ("Correo con dominio de la empresa",)


def test_what_a_class_demands_is_asked_for_first() -> None:
    found = score(email="cafealto@gmail.com", phone=None, sector=None)
    assert found.missing[0] == "Correo con dominio de la empresa"


def test_a_wrong_check_digit_is_asked_to_be_mended() -> None:
    assert "NIT con su dígito de verificación correcto" in score(nit_status="dv_incorrecto").missing


def test_experience_alone_can_be_what_is_wanting() -> None:
    found = score_profile(
        {name: value for name, value in FULL.items() if name not in ("years_exporting", "export_markets")}
        | {"years_exporting": "0"},
        "exporter",
        QUALITY,
        PROGRAMMES,
    )
    assert found.programme == "futuros_exportadores"


def test_a_buyer_is_not_asked_for_a_nit() -> None:
    found = score_profile({"legal_name": "Northwind", "country": "US"}, "buyer", QUALITY, PROGRAMMES)
    assert not any("NIT" in label for label in found.missing)


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("email", "a@gmail.com", 0.5),
        ("email", "a@cafealto.co", 1.0),
        ("website", "https://facebook.com/cafealto", 0.5),
        ("description", "Café", 4 / 120),
        ("languages", "es:C2", 0.0),
        ("languages", "en:A1;es:C2", 0.25),
        ("languages", "en:C2", 1.0),
        ("languages", "en", 0.0),
        ("rues_status", "CANCELADA", 0.0),
        ("rues_status", "MATRÍCULA NUEVA, CONSTITUCIÓN POR TRASLADO", 1.0),
        ("phone", "+57", 1.0),
        ("phone", "", None),
        ("phone", None, None),
    ],
)
def test_goodness_of_a_field(field: str, value: str | None, expected: float | None) -> None:
    rule = next(one for one in QUALITY.audiences["exporter"].fields if one.field == field)
    assert check_field(rule, {field: value}) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("years", "markets", "programme"),
    [
        (0, 0, "futuros_exportadores"),
        (1, 0, "no_constante"),
        (3, 1, "pymex"),
        (4, 9, "pymex"),
        (5, 5, "top"),
        (9, 0, "no_constante"),
    ],
)
def test_programme_by_declared_experience(years: int, markets: int, programme: str) -> None:
    assert PROGRAMMES.of(years, markets).code == programme


@given(st.sets(st.sampled_from(FIELDS)))
def test_filling_in_what_is_asked_for_lifts_the_class(filled: set[str]) -> None:
    """Unless only experience is wanting, doing what `missing` says reaches a better class."""
    labels = {one.label_es: one.field for one in QUALITY.audiences["exporter"].fields}
    labels |= {one.better_es: one.field for one in QUALITY.audiences["exporter"].fields if one.better_es}
    some = {name: value for name, value in FULL.items() if name in filled or name == "nit_status"}
    before = score_profile(some, "exporter", QUALITY, PROGRAMMES)
    if QUALITY.experience_es in before.missing:
        return
    asked = {labels[label]: FULL[labels[label]] for label in before.missing}
    after = score_profile(some | asked, "exporter", QUALITY, PROGRAMMES)
    assert before.quality_class == "A" or after.quality_class < before.quality_class


@given(st.sets(st.sampled_from(FIELDS)), st.sampled_from(FIELDS))
def test_filling_in_one_more_good_field_never_lowers_completeness(filled: set[str], more: str) -> None:
    def completeness(names: set[str]) -> float:
        return score_profile({n: FULL[n] for n in names}, "exporter", QUALITY, PROGRAMMES).completeness

    assert completeness(filled | {more}) >= completeness(filled)


@pytest.mark.parametrize(
    ("sheet", "model", "find", "put", "says"),
    [
        ("quality", QualitySheet, "completeness: 0.50", "completeness: 0.70", "add up to 1"),
        ("quality", QualitySheet, "{name: B, from: 0.70", "{name: B, from: 0.95", "from the best"),
        ("quality", QualitySheet, "check: email,", "check: mail,", "check"),
        ("programmes", ProgrammeSheet, "min_years: 0, min_markets: 0", "min_years: 1, min_markets: 0", "no conditions"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused(
    tmp_path: Path, sheet: str, model: type[QualitySheet], find: str, put: str, says: str
) -> None:
    text = (RULES / f"{sheet}.yml").read_text(encoding="utf-8")
    assert find in text
    path = tmp_path / f"{sheet}.yml"
    path.write_text(text.replace(find, put, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_sheet(path, model)
