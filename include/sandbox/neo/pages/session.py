"""Sign-in of people: a signed cookie that says who somebody is and since when."""

import hmac
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.neo.identity import ROLES, Identity, PageUser
from include.sandbox.neo.model.kinds import stable_id
from include.sandbox.neo.records.caller import Caller
from include.sandbox.neo.records.organisation import ROOT_BUSINESS_UNIT_ID

COOKIE = "neo_session"
LIFETIME_S = 8 * 3600
_PATH = "/360"
_UNKNOWN_PASSWORD = "no such person"  # compared with when the name is unknown, so both take as long


@dataclass(frozen=True)
class Sessions:
    """Checks passwords, sets and reads the cookie."""

    identity: Identity

    def _serializer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.identity.signing_key, salt="page-session")

    def authenticate(self, username: str, password: str) -> PageUser | None:
        """The person with this name and password, or None."""
        person = self.identity.person(username)
        expected = person.password if person is not None else _UNKNOWN_PASSWORD
        matches = hmac.compare_digest(expected.encode(), password.encode())
        return person if matches and person is not None else None

    def open(self, response: Response, person: PageUser) -> None:
        """Put the signed cookie on the response."""
        response.set_cookie(
            COOKIE,
            str(self._serializer().dumps(person.username)),
            max_age=LIFETIME_S,
            path=_PATH,
            secure=True,
            httponly=True,
            samesite="strict",
        )

    def close(self, response: Response) -> None:
        """Take the cookie away."""
        response.delete_cookie(COOKIE, path=_PATH, secure=True, httponly=True, samesite="strict")

    def person(self, request: Request) -> PageUser | None:
        """Who sent the request, or None when the cookie is missing, forged or old."""
        cookie = request.cookies.get(COOKIE)
        if cookie is None:
            return None
        try:
            username = self._serializer().loads(cookie, max_age=LIFETIME_S)
        except BadSignature:
            return None
        return self.identity.person(str(username))


def caller_of(person: PageUser) -> Caller:
    """What the person may see: the rights of the role, through the same gate as the Web API."""
    user_id = stable_id("page-user", person.username)
    return Caller(user_id, ROOT_BUSINESS_UNIT_ID, person.full_name, ROLES[person.role])
