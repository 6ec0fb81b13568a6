"""One column, three values: what the hub wants, what NEO has, what the hub sent last. Who wins is the sheet's word."""

from typing import Any, Literal, NamedTuple

from include.core.neo_schema import Owner

Verdict = Literal["same", "write", "keep", "ask"]


class Decision(NamedTuple):
    """`write` sends the hub's value, `keep` leaves a person's change standing, `ask` waits for somebody to decide.

    `is_over` marks a write that goes over a person's change.
    """

    verdict: Verdict
    is_over: bool = False


SAME = Decision("same")


def decide_column(
    owner: Owner,
    desired: Any,
    present: Any,
    base: Any,
    *,
    has_base: bool,
    was_sent: bool | None = None,
    observed_at: str | None = None,
    modified_at: str | None = None,
) -> Decision:
    """Compare three canonical values of one column under the `owner` rule of the ownership sheet.

    `base` is the value last sent or, with `was_sent` false, the value that the golden record saw in NEO; it means
    nothing unless `has_base`. `observed_at` and `modified_at` are canonical
    instants: when the hub's value was seen at its source, and when the row changed in NEO. The rule `newest` needs
    both; without them the person's change stands.
    """
    if desired == present:
        return SAME
    if owner == "advisor":
        # Filled once, while nobody had: a column that was emptied again stays empty.
        is_ours_to_fill = present is None and not (has_base and base is not None)
        return Decision("write") if is_ours_to_fill and desired is not None else SAME
    if desired is None and owner != "hub":
        # Only what we wrote ourselves, and nobody touched since, is ours to take back.
        is_ours = has_base and was_sent is not False and present == base
        return Decision("write") if owner == "newest" and is_ours else SAME
    is_edited = present != base if has_base else present is not None
    if not is_edited:
        return Decision("write")
    if owner == "hub":
        return Decision("write", is_over=has_base)
    if owner == "newest" and observed_at is not None and modified_at is not None and observed_at > modified_at:
        return Decision("write", is_over=True)
    return Decision("keep" if owner == "newest" else "ask")
