"""A small canvas for inline SVG: shapes, text and links, everything escaped. No network, no script."""

from markupsafe import Markup, escape

INK, MUTED, RULE = "#1f2933", "#62707d", "#d9dee3"
DEEP, MID, PALE = "#0b4a6f", "#5b8fb0", "#c6d9e5"
WARM, WARM_PALE = "#b4532a", "#f0d9cc"


class Canvas:
    """Collects SVG elements in drawing order. Coordinates are those of the view box."""

    def __init__(self, width: float, height: float, title_es: str) -> None:
        self.width, self.height, self.title_es = width, height, title_es
        self._parts: list[Markup] = []

    def rect(self, x: float, y: float, width: float, height: float, fill: str, tip: str = "") -> None:
        """Draw a filled rectangle; `tip` is shown on hover."""
        self._parts.append(
            Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}">{}</rect>').format(
                x, y, max(width, 0.0), max(height, 0.0), fill, _tip(tip)
            )
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, dash: str = "") -> None:
        """Draw a hairline."""
        self._parts.append(
            Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-dasharray="{}"/>').format(
                x1, y1, x2, y2, stroke, dash
            )
        )

    def path(self, points: list[tuple[float, float]], stroke: str, fill: str = "none", width: float = 2) -> None:
        """Draw a polyline through the points."""
        steps = " ".join(f"{'L' if place else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in enumerate(points))
        self._parts.append(
            Markup('<path d="{}" stroke="{}" fill="{}" stroke-width="{}" stroke-linejoin="round"/>').format(
                steps, stroke, fill, width
            )
        )

    def dot(self, x: float, y: float, radius: float, fill: str, tip: str = "") -> None:
        """Draw a disc."""
        self._parts.append(
            Markup('<circle cx="{:.1f}" cy="{:.1f}" r="{:.1f}" fill="{}" stroke="#fff">{}</circle>').format(
                x, y, radius, fill, _tip(tip)
            )
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        size: float = 13,
        fill: str = INK,
        anchor: str = "start",
        weight: int = 400,
        href: str = "",
    ) -> None:
        """Write words at a baseline; with `href` they lead to their list."""
        shape = Markup(
            '<text x="{:.1f}" y="{:.1f}" font-size="{}" fill="{}" text-anchor="{}" font-weight="{}">{}</text>'
        )
        element = shape.format(x, y, size, fill, anchor, weight, words)
        self._parts.append(Markup('<a href="#{}">{}</a>').format(href, element) if href else element)

    def render(self) -> Markup:
        """Return the whole picture, scaling to its container."""
        return Markup(
            '<svg viewBox="0 0 {:.0f} {:.0f}" role="img" xmlns="http://www.w3.org/2000/svg"><title>{}</title>{}</svg>'
        ).format(self.width, self.height, self.title_es, Markup("").join(self._parts))


def cut(words: str, letters: int) -> str:
    """Return words cut to a length, at a blank, with an ellipsis."""
    if len(words) <= letters:
        return words
    return words[:letters].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


def nice_ceiling(value: float) -> float:
    """Return the next round number, for the end of an axis that is cut in four."""
    if value <= 0:
        return 1.0
    power = 10.0 ** (len(str(int(value))) - 1) if value >= 1 else 0.1
    return next(power * step for step in (1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10) if power * step >= value)


def _tip(words: str) -> Markup:
    return Markup("<title>{}</title>").format(escape(words)) if words else Markup("")
