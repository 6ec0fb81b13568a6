"""What NEO says no with: its code, its words and its request id, as facts for the caller to act on.

A refusal is not an error by itself: the writer turns it into a row's outcome, the provisioner into a ConfigError.
NEO's own words often quote the value it refused, so they never enter the text of an exception.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass

import requests

from connectors.http import request_id_of
from include.core.errors import HubError

DUPLICATE_KEY_CODES = frozenset({"0x80060892", "0x80040237", "0x80040333"})
NOT_FOUND_CODES = frozenset({"0x80040217", "0x80060891"})
PERMISSION_CODES = frozenset({"0x80040220", "0x80048306", "0x80040225", "0x80072560"})

# Refusals that say something about the row itself: code -> (our reason code, what a person reads).
_ROW_REASONS: dict[str, tuple[str, str]] = {
    "0x80044331": ("too_long", "el texto es más largo de lo que admite la columna"),
    "0x8004431a": ("value_not_allowed", "el valor no está entre los que admite la columna"),
    "0x80048d19": ("bad_payload", "NEO no entiende un valor o una columna de la fila"),
    "0x80040203": ("invalid_argument", "NEO considera inválido un valor de la fila"),
    "0x80060892": ("duplicate_key", "ya existe otra fila con la misma clave"),
    "0x80040237": ("duplicate_key", "ya existe otra fila con el mismo identificador"),
    "0x80040333": ("duplicate_detected", "una regla de NEO la considera duplicada"),
    "0x80040217": ("row_missing", "la fila o una fila relacionada ya no está en NEO"),
    "0x80060891": ("row_missing", "no hay en NEO una fila con esa clave"),
    "0x80040265": ("business_rule", "una regla de negocio de NEO la rechazó"),
    "0x80060882": ("version_conflict", "la fila cambió en NEO mientras se escribía"),
}
_COLUMN_IN_MESSAGE = re.compile(r"'(_?[a-z][a-z0-9_]*)'")


@dataclass(frozen=True)
class Answer:
    """What NEO said: HTTP status, its code in lower case ("" when it gave none), its words, its request id."""

    status: int
    code: str
    message: str
    request_id: str | None


class NeoRefusedError(HubError):
    """NEO understood the request and said no. `answer` holds its words; the text of this error does not."""

    def __init__(self, asked: str, answer: Answer) -> None:
        self.asked, self.answer = asked, answer
        self.status, self.code = answer.status, answer.code
        self.message, self.request_id = answer.message, answer.request_id
        super().__init__(
            f"neo refused {asked}: status {answer.status}, code {answer.code or 'none'}, "
            f"request {answer.request_id or 'unknown'}"
        )


def answer_of(response: requests.Response) -> Answer:
    """Read status, code, message and request id of any answer; a body that is not NEO's JSON gives empty words."""
    return parse_answer(response.status_code, _json_or_none(response), request_id_of(response))


def parse_answer(status: int, body: object, request_id: str | None) -> Answer:
    """Read the decoded error `body` of one answer (`{"error": {"code", "message"}}`)."""
    error = body.get("error") if isinstance(body, dict) else None
    if not isinstance(error, dict):
        return Answer(status, "", "", request_id)
    return Answer(status, str(error.get("code") or "").lower(), str(error.get("message") or ""), request_id)


def reason_of(answer: Answer, columns: Collection[str] = ()) -> tuple[str, str]:
    """Return (reason code, Spanish sentence) of a refused row, without any value of it.

    `columns` are the columns that were sent: the one NEO names is added to the sentence, anything else that it
    quotes is left out, because it may be a person's data.
    """
    code, sentence = _ROW_REASONS.get(answer.code, ("refused", "NEO rechazó la fila"))
    known = set(columns)
    named = next((name for name in _COLUMN_IN_MESSAGE.findall(answer.message) if name in known), None)
    return code, f"{sentence} ({named})" if named else sentence


def _json_or_none(response: requests.Response) -> object:
    try:
        body: object = response.json()
    except requests.exceptions.JSONDecodeError:
        return None
    return body
