"""Sandbox controls of the portal: what its users would do on its pages, and what may go wrong behind them."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException

from include.sandbox.control import Clock
from include.sandbox.portal.cursors import stored_instant
from include.sandbox.portal.store import STREAMS, PortalStore, Record, UnknownRecordError


def add_controls(router: APIRouter, store: PortalStore, now: Clock) -> None:
    """Routes `PATCH`, `POST` and `DELETE /_sandbox/<stream>[/<id>]`.

    A body may carry `updated_at` of its own: an older one makes a late commit, which readers with a cursor miss.
    """

    @router.patch("/{stream}/{record_id}")
    def change(stream: str, record_id: str, changes: Annotated[Record, Body()]) -> Record:
        _check(stream, changes)
        try:
            return store.change(stream, record_id, changes, stored_instant(now()))
        except UnknownRecordError:
            raise HTTPException(404, f"there is no record {record_id} in {stream}") from None

    @router.post("/{stream}", status_code=201)
    def add(stream: str, record: Annotated[Record, Body()]) -> Record:
        _check(stream, record)
        moment = stored_instant(now())
        fresh: Record = {"id": store.next_id(stream, _letter(stream, record)), "updated_at": moment}
        if stream not in ("registrations", "contact-requests"):
            fresh["created_at"] = moment
        return store.put(stream, fresh | record)

    @router.delete("/{stream}/{record_id}")
    def delete(stream: str, record_id: str) -> Record:
        _check(stream, {})
        try:
            return store.delete(stream, record_id, stored_instant(now()))
        except UnknownRecordError:
            raise HTTPException(404, f"there is no record {record_id} in {stream}") from None


def _letter(stream: str, record: Record) -> str | None:
    """Companies are numbered by audience."""
    return {"exporter": "E", "buyer": "B"}.get(str(record.get("audience"))) if stream == "companies" else None


def _check(stream: str, record: dict[str, Any]) -> None:
    if stream not in STREAMS:
        raise HTTPException(404, f"there is no stream {stream}; there are {', '.join(STREAMS)}")
    moment = record.get("updated_at")
    if moment is not None:
        try:
            record["updated_at"] = stored_instant(datetime.fromisoformat(str(moment)))
        except ValueError:
            raise HTTPException(422, "updated_at is not an instant") from None
