"""A visitor's registration becomes a record; the interface and the page share this door."""

from datetime import datetime

from include.sandbox.portal.cursors import stored_instant
from include.sandbox.portal.shapes import RegistrationIn
from include.sandbox.portal.store import PortalStore, Record


def add_registration(store: PortalStore, body: RegistrationIn, at: datetime) -> Record:
    """Store a new registration with status `pending`; returns the record."""
    moment = stored_instant(at)
    record = {"id": store.next_id("registrations"), **body.model_dump(), "status": "pending"}
    return store.put("registrations", record | {"submitted_at": moment, "updated_at": moment})
