"""Bodies of the portal's interface, as its documentation shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Text = Annotated[str, Field(max_length=300)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Page(_Body):
    """A page of a stream, oldest change first. `next_cursor` is null on the last one."""

    data: list[dict[str, Any]]
    next_cursor: str | None


class ErrorDetail(_Body):
    """What went wrong, for programs (`code`) and for people (`message`)."""

    code: str
    message: str
    request_id: str


class ErrorBody(_Body):
    """Every answer above 399 has this body."""

    error: ErrorDetail


class RegistrationIn(_Body):
    """What a visitor fills in to join the portal."""

    audience: Literal["exporter", "buyer"]
    company_name: Annotated[str, Field(min_length=1, max_length=300)]
    country: Annotated[str, Field(min_length=2, max_length=80)]
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=254)]
    nit: Text | None = None
    tax_id: Text | None = None
    trade_name: Text | None = None
    city: Text | None = None
    department: Text | None = None
    phone: Text | None = None
    website: Text | None = None
    contact_first_name: Text | None = None
    contact_last_name: Text | None = None
    contact_document_type: Text | None = None
    contact_document: Text | None = None
    contact_position: Text | None = None
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] = "es"
    product_text: Annotated[str, Field(max_length=4_000)] | None = None
    ciiu: Text | None = None
    hs_codes: list[Annotated[str, Field(pattern=r"^[0-9S][0-9.]{1,12}$")]] = []
    origin: Literal["fair", "referral", "landing", "form", "organic", "database", "programme"] = "form"
    consent_marketing: bool = False


class AnswerIn(_Body):
    """The agency's answer to a registration."""

    status: Literal["in_review", "accepted", "refused", "needs_correction"]
    message_es: Annotated[str, Field(min_length=1, max_length=4_000)]
    message_en: Annotated[str, Field(min_length=1, max_length=4_000)]
    reference: Annotated[str, Field(min_length=1, max_length=100)]


class Answer(AnswerIn):
    """An answer as it was stored."""

    registration_id: str
    answered_at: datetime
