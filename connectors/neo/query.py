"""OData text: quoted literals, key predicates and addresses of rows. Every value that enters a URL passes here."""

from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID


@dataclass(frozen=True)
class RowRef:
    """One row of a table: by its id, or by the value of a text alternate key."""

    table: str
    id: str | None = None
    key: tuple[str, str] | None = None

    @classmethod
    def by_id(cls, table: str, row_id: str) -> "RowRef":
        """A row by its primary id; ValueError when that is not a guid."""
        return cls(table, id=str(UUID(row_id)))

    @classmethod
    def by_key(cls, table: str, column: str, value: str) -> "RowRef":
        """A row by an alternate key of one text column."""
        return cls(table, key=(column, value))


def literal(text: str) -> str:
    """`O'Brien` -> `'O''Brien'`: an OData string literal, not yet percent-encoded."""
    return "'" + text.replace("'", "''") + "'"


def row_path(entity_set: str, ref: RowRef, *, encode: bool = True) -> str:
    """Address of a row under the service root: `accounts(<guid>)` or `accounts(pc_hubid='CU-00000001')`.

    `encode` percent-encodes the key's value for a URL; inside a JSON body (`@odata.bind`, `@odata.id`) NEO reads the
    address as text and the value stays as it is.
    """
    if ref.id is not None:
        return f"{entity_set}({ref.id})"
    if ref.key is None:
        raise ValueError("a row needs an id or a key")
    column, value = ref.key
    inner = quote(literal(value), safe="'") if encode else literal(value)
    return f"{entity_set}({column}={inner})"
