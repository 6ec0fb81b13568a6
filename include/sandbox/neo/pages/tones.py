"""Colours of short facts: which class of the style sheet a text gets."""

from include.sandbox.neo.sqlite.text import fold

_STATES = (("habilitad", "good"), ("en verificacion", "wait"), ("restringid", "stop"))


def tone_of(column: str, text: str) -> str:
    """The tone of a value of an account's head: good, wait, stop, class-a…d, accent or plain."""
    folded = fold(text) or ""
    if column == "pc_qualityclass":
        return f"class-{folded[:1]}"
    if column == "pc_sarlaftstate":
        return next((tone for start, tone in _STATES if folded.startswith(start)), "plain")
    return "accent"
