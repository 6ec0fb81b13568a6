"""Rule sheets are strict: whatever the model does not know is refused with file, line and key."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from include.core.errors import ConfigError
from include.core.sheets import Sheet, load_sheet, sheet_fingerprint


class Band(BaseModel):
    """A nested part, strict too."""

    model_config = ConfigDict(extra="forbid")

    low: float
    high: float


class Example(Sheet):
    """A sheet with a nested part and a list."""

    bands: list[Band]
    market: str = "CO"


def write(folder: Path, text: str) -> Path:
    path = folder / "example.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_good_sheet_is_read(tmp_path: Path) -> None:
    sheet = load_sheet(write(tmp_path, "version: 3\nbands:\n  - {low: 0.1, high: 0.9}\n"), Example)
    assert (sheet.version, sheet.bands[0].high) == (3, 0.9)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("version: 1\nbands: []\nbandz: []\n", 3, "unknown key `bandz`"),
        ("version: 1\nbands:\n  - low: 0.1\n    high: 0.2\n    middle: 0.15\n", 5, "unknown key `bands.0.middle`"),
        ("version: 1\nbands:\n  - low: 0.1\n    high: lots\n", 4, "`bands.0.high`"),
        ("bands: []\n", 1, "`version`: Field required"),
        ("version: 1\nbands: []\nbands: []\n", 3, "'bands' is written twice"),
        ("version: 1\nbands: [\n", 3, "expected"),
    ],
)
def test_a_bad_sheet_is_refused_and_says_where(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_sheet(write(tmp_path, text), Example)
    assert caught.value.where == f"example.yml:{line}"
    assert words in caught.value.problem


def test_norway_stays_a_country(tmp_path: Path) -> None:
    """YAML 1.1 reads NO as false; a sheet of countries must not."""
    assert load_sheet(write(tmp_path, "version: 1\nbands: []\nmarket: NO\n"), Example).market == "NO"


def test_a_missing_sheet_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_sheet(tmp_path / "absent.yml", Example)


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    path = write(tmp_path, "version: 1\nbands: []\n")
    before = sheet_fingerprint(path)
    assert sheet_fingerprint(path) == before
    write(tmp_path, "version: 2\nbands: []\n")
    assert sheet_fingerprint(path) != before
