"""The tags a DAG may carry. A tag that is not here is a typing error, and a test says so."""

from enum import StrEnum


class Tag(StrEnum):
    """By place in the flow (every DAG has one of the first group) and by the systems it touches."""

    INGEST = "ingest"
    CUSTOMER = "customer"
    COMPLIANCE = "compliance"
    MATCHMAKING = "matchmaking"
    DELIVERY = "delivery"
    UPKEEP = "upkeep"

    NEO = "neo"
    PORTAL = "portal"
    LISTS = "lists"
    MAIL = "mail"
    LAKE = "lake"


PLACES = frozenset({Tag.INGEST, Tag.CUSTOMER, Tag.COMPLIANCE, Tag.MATCHMAKING, Tag.DELIVERY, Tag.UPKEEP})
