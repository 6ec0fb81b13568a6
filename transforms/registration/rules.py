"""The registration sheet as strict models. Values and texts live in `registration.yml`."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict

from include.core.sheets import Sheet


class Bilingual(BaseModel):
    """A text in both languages of the portal."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    es: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the Spanish text for Spanish, the English one for everybody else."""
        return self.es if language == "es" else self.en


class RegistrationRules(Sheet):
    """The whole sheet."""

    decided_statuses: tuple[str, ...]
    corrections: Mapping[str, Bilingual]
    default_correction: Bilingual
    field_labels: Mapping[str, Bilingual]

    def correction(self, reason_code: str) -> Bilingual:
        """What a company is asked to mend; a reason nobody foresaw asks to look at the field again."""
        return self.corrections.get(reason_code, self.default_correction)

    def label(self, field: str) -> Bilingual:
        """How people call a field of the form."""
        return self.field_labels.get(field, Bilingual(es=field, en=field))
