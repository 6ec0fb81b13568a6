"""Answers to registrations, handed to the portal."""

from types import TracebackType
from typing import Self

from connectors.portal import PortalClient
from include.core.fingerprint import fingerprint
from include.core.settings import Settings
from include.store.ledger.repository import Row

PATH = "api/v1/registrations/{registration_id}/answer"
_FIELDS = ("status", "message_es", "message_en", "reference")


class PortalChannel:
    """The portal's service interface; the message's key makes a repetition harmless."""

    name = "portal"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: PortalClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client = None

    def deliver(self, message: Row) -> str | None:
        """Answer a registration."""
        if self._client is None:
            self._settings.require("portal")
            self._client = PortalClient.from_settings(self._settings.portal, self._settings.ca_bundle)
        payload = message["payload"]
        return self._client.send(
            PATH.format(registration_id=payload["registration_id"]),
            {name: payload[name] for name in _FIELDS},
            idempotency_key=fingerprint(message["dedupe_key"]),
        )
