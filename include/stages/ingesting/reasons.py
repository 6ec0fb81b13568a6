"""Why a record is refused: one code per reason, with the sentence and the remedy an operator reads.

The code travels with the quarantine entry; what a company is told, in Spanish, is the feedback stage's
to say. No sentence holds a value of the record.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """A reason code, what is wrong with the field, and what to do about it."""

    code: str
    reason: str
    remedy: str


AT_SOURCE = "Have it mended at the source; the corrected record replaces this entry by itself"
IN_SHEET = "If the value is right, add it to the sheet of the source, then run `hub quarantine replay`"

REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason("missing_field", "the field is required and is empty", AT_SOURCE),
        Reason("bad_type", "the value is not of the expected type", AT_SOURCE),
        Reason("bad_number", "the value is not a number in the expected range", AT_SOURCE),
        Reason("bad_date", "the value is not a possible date", AT_SOURCE),
        Reason("bad_pattern", "the value does not have the expected form", AT_SOURCE),
        Reason("too_long", "the text is longer than the field may be", AT_SOURCE),
        Reason("unknown_value", "the value is none of those we know", IN_SHEET),
        Reason("unknown_country", "no country is known by this name or code", IN_SHEET),
        Reason("bad_email", "the value is not a usable mail address", AT_SOURCE),
        Reason(
            "nit_check_digit",
            "the NIT does not agree with its check digit, or is no NIT at all",
            "Ask the company for its RUT and have the number corrected on the portal; never guess the digit",
        ),
    )
}

# What pydantic calls an error, as one of our codes. Our own checks raise our codes directly.
OF_PYDANTIC: dict[str, str] = {
    "literal_error": "unknown_value",
    "string_pattern_mismatch": "bad_pattern",
    "string_too_long": "too_long",
    "int_parsing": "bad_number",
    "int_parsing_size": "bad_number",
    "int_from_float": "bad_number",
    "float_parsing": "bad_number",
    "finite_number": "bad_number",
    "greater_than_equal": "bad_number",
    "less_than_equal": "bad_number",
}


def reason_of(error_type: str) -> Reason:
    """The reason for an error of the record contract; an error nobody mapped is a wrong type."""
    code = error_type if error_type in REASONS else OF_PYDANTIC.get(error_type, "bad_type")
    return REASONS[code]
