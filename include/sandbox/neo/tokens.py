"""Access tokens: signed, short-lived, for one resource. Other sandbox services verify them with the same issuer."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from itsdangerous import BadSignature, URLSafeSerializer

from include.sandbox.neo.identity import AppUser, Identity

_SALT = "access-token"


@dataclass(frozen=True)
class Grant:
    """What a token says: which application, for which resource, until when (epoch seconds)."""

    client_id: str
    resource: str
    expires_at: float


class TokenIssuer:
    """Makes and reads tokens of one identity. `expire_all` makes every token given so far worthless."""

    def __init__(self, identity: Identity, clock: Callable[[], float] = time.time) -> None:
        self.identity = identity
        self._clock = clock
        self._serializer = URLSafeSerializer(identity.signing_key, salt=_SALT)
        self._generation = 0

    def issue(self, application: AppUser, resource: str) -> tuple[str, int]:
        """A token and its lifetime in seconds."""
        lifetime = self.identity.token_lifetime
        claims = {
            "appid": application.client_id,
            "aud": resource,
            "exp": self._clock() + lifetime,
            "gen": self._generation,
        }
        return str(self._serializer.dumps(claims)), lifetime

    def read(self, token: str) -> Grant | None:
        """The grant of a valid token; None when it is forged, expired or revoked."""
        try:
            claims = self._serializer.loads(token)
            grant = Grant(str(claims["appid"]), str(claims["aud"]), float(claims["exp"]))
            generation = int(claims["gen"])
        except (BadSignature, KeyError, TypeError, ValueError):
            return None
        # A service that shares the identity has a count of its own: only older generations are worthless.
        if grant.expires_at <= self._clock() or generation < self._generation:
            return None
        return grant

    def verify(self, authorization: str | None, resource: str) -> AppUser | None:
        """The application behind an `Authorization` header, if its token is good for `resource`."""
        scheme, _, token = (authorization or "").partition(" ")
        grant = self.read(token.strip()) if scheme.lower() == "bearer" else None
        if grant is None or grant.resource != resource.rstrip("/").lower():
            return None
        return self.identity.application(grant.client_id)

    def expire_all(self) -> None:
        """Make every token given so far worthless."""
        self._generation += 1
