"""What the feedback stage asks of a channel, and what a delivery may know of its message."""

from types import TracebackType
from typing import Protocol, Self

from include.store.ledger.repository import Row


class Channel(Protocol):
    """One way out. `deliver` may be called again for the same message: the receiver must see that it is the same.

    Raises one of our own errors when the message did not arrive.
    """

    name: str

    def __enter__(self) -> Self:
        """Open what the channel needs."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it again."""
        ...

    def deliver(self, message: Row) -> str | None:
        """Deliver a message of the outbox; return the receiver's id of it, if it gives one."""
        ...
