"""Rules and sheet belong together: nothing unexplained, nothing unweighed, nothing unknown."""

from pathlib import Path

import pytest

from include.core.errors import ConfigError
from include.core.sheets import load_sheet
from tests.transforms.resolve.parties import IDENTITY, SHEET
from transforms.resolve.rules import RULES
from transforms.resolve.score import REASON_ES
from transforms.resolve.sheet import IdentitySheet


def test_every_rule_has_a_line_in_the_sheet_and_every_line_a_rule() -> None:
    assert len(RULES) >= 10
    assert set(RULES) == set(type(SHEET.rules).model_fields)


def test_every_rule_is_explained_in_one_sentence() -> None:
    for name, rule in RULES.items():
        sentence = (rule.__doc__ or "").splitlines()[0]
        assert sentence.endswith("."), name
        assert len(sentence) > 40, name


def test_every_observation_that_gives_points_has_words() -> None:
    assert set(REASON_ES) == set(type(SHEET.points).model_fields) - {"name"}


@pytest.mark.parametrize(
    ("find", "put", "says"),
    [
        ("review: 0.78", "review: 0.95", "review must not lie above join"),
        ("same_nit_unlike_name: 0.85", "same_nit_unlike_name: 0.95", "a person decides"),
        ("same_phone: 0.08", "same_phone: 0.08\n  same_fax: 0.08", "same_fax"),
        ("same_phone: 0.08", "", "same_phone"),
        ("generic_weight: 0.30", "generic_weight: mucho", "generic_weight"),
    ],
)
def test_a_sheet_that_makes_no_sense_is_refused_with_its_line(tmp_path: Path, find: str, put: str, says: str) -> None:
    text = IDENTITY.read_text(encoding="utf-8")
    assert find in text
    path = tmp_path / "identity.yml"
    path.write_text(text.replace(find, put, 1), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load_sheet(path, IdentitySheet)
