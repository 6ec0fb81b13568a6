"""The models of `quality.yml` and `programmes.yml`."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.core.sheets import Sheet

Check = Literal["filled", "nit", "email", "website", "length", "active", "language"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QualityClass(_Part):
    """A class, the score from which it applies, and the fields that must be there and good."""

    name: Literal["A", "B", "C", "D"]
    starts: float = Field(alias="from", ge=0, le=1)
    needs: tuple[str, ...] = ()


class FieldQuality(_Part):
    """Weight of a field, how it is checked, and the words to ask for it."""

    field: str
    weight: float = Field(gt=0)
    label_es: str
    check: Check = "filled"
    good_from: int | str | None = None
    better_es: str | None = None

    @model_validator(mode="after")
    def _says_how_to_be_better(self) -> FieldQuality:
        if self.check != "filled" and not self.better_es:
            raise ValueError("a field with a check needs better_es")
        if (self.check == "length") != isinstance(self.good_from, int):
            raise ValueError("good_from is the number of characters of a length check")
        return self


class Parts(_Part):
    """Shares of the score; they add up to one."""

    completeness: float = Field(ge=0)
    quality: float = Field(ge=0)
    experience: float = Field(ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> Parts:
        if abs(self.completeness + self.quality + self.experience - 1) > 1e-9:
            raise ValueError("the parts must add up to 1")
        return self


class AudienceQuality(_Part):
    """What counts for one audience."""

    parts: Parts
    fields: tuple[FieldQuality, ...] = Field(min_length=1)


class QualitySheet(Sheet):
    """`include/config/rules/quality.yml`."""

    classes: tuple[QualityClass, ...] = Field(min_length=1)
    audiences: dict[Literal["exporter", "buyer"], AudienceQuality]
    experience_es: str

    @model_validator(mode="after")
    def _classes_descend(self) -> QualitySheet:
        starts = [one.starts for one in self.classes]
        if starts != sorted(starts, reverse=True) or starts[-1] != 0 or self.classes[-1].needs:
            raise ValueError("classes go from the best to one that starts at 0 and needs nothing")
        return self


class Programme(_Part):
    """A segment of exporters."""

    code: str
    label_es: str
    min_years: int = Field(ge=0)
    min_markets: int = Field(ge=0)
    experience: float = Field(ge=0, le=1)


class ProgrammeSheet(Sheet):
    """`include/config/rules/programmes.yml`."""

    programmes: tuple[Programme, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _last_takes_all(self) -> ProgrammeSheet:
        last = self.programmes[-1]
        if last.min_years or last.min_markets:
            raise ValueError("the last programme must have no conditions")
        return self

    def of(self, years_exporting: int, markets: int) -> Programme:
        """The first programme whose conditions hold."""
        return next(one for one in self.programmes if years_exporting >= one.min_years and markets >= one.min_markets)
