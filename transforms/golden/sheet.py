"""The model of `survivorship.yml`. A field nobody reads or a role nobody has is refused on loading."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from include.core.sheets import Sheet

Role = Literal["advisor", "rues", "portal", "neo", "portal_registration"]
Kind = Literal[
    "name",
    "text",
    "slug",
    "nit",
    "tax_id",
    "country",
    "countries",
    "department",
    "city",
    "phone",
    "email",
    "website",
    "ciiu",
    "count",
    "list",
    "date",
    "flag",
    "document",
    "document_type",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class State(_Part):
    """Which values of a column mean that the record is in use."""

    column: str
    active: tuple[str, ...] = Field(min_length=1)


class SourceColumns(_Part):
    """Where a source's dataset holds our fields."""

    dataset: str
    key: tuple[str, ...] = Field(min_length=1)
    observed_at: tuple[str, ...] = Field(min_length=1)
    created_at: str
    state: State | None = None
    hub_id: str | None = None
    portal_id: str | None = None
    parent: str | None = None
    columns: dict[str, tuple[str, ...]]


class FieldRule(_Part):
    """How a field is cleaned and whose value wins."""

    kind: Kind
    trust: tuple[Role, ...] = Field(min_length=1)


class _FieldsRead(_Part):
    sources: dict[str, SourceColumns]
    fields: dict[str, FieldRule]

    @model_validator(mode="after")
    def _every_column_has_a_field(self) -> _FieldsRead:
        known = set(self.fields) | {"audience"}
        for source, where in self.sources.items():
            stray = sorted(set(where.columns) - known)
            if stray:
                raise ValueError(f"source {source} reads {', '.join(stray)}, for which there is no field")
        return self


class PeopleSheet(_FieldsRead):
    """The part about contacts."""


class SurvivorshipSheet(Sheet):
    """`include/config/rules/survivorship.yml`."""

    confidence: dict[str, float]
    disputed_nit_confidence: float
    sources: dict[str, SourceColumns]
    fields: dict[str, FieldRule]
    people: PeopleSheet

    @model_validator(mode="after")
    def _is_whole(self) -> SurvivorshipSheet:
        _FieldsRead(sources=self.sources, fields=self.fields)
        roles = {role for rule in (*self.fields.values(), *self.people.fields.values()) for role in rule.trust}
        wrong = sorted((roles | {"derived"}) ^ set(self.confidence))
        if wrong:
            raise ValueError(f"confidence must name exactly the roles in use; look at {', '.join(wrong)}")
        return self
