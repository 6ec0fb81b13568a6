"""The charts of the gap report: waterfall, bars, plan curve, quadrant, months. Drawn for reading, not for effect."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from include.stages.reporting.figures import Crowd, anchor_of
from include.stages.reporting.formats import count_es, millions_es, month_es, number_es, usd_es
from include.stages.reporting.svg import (
    DEEP,
    INK,
    MID,
    MUTED,
    PALE,
    WARM,
    WARM_PALE,
    Canvas,
    cut,
    nice_ceiling,
)

WIDTH = 960.0
_PART_COLOURS = {"covered": MID, "thin": PALE}


@dataclass(frozen=True)
class Bar:
    """A requirement with what it blocks and what it opens alone, as value or as needs; None: withheld."""

    label_es: str
    blocked: float | None
    sole: float | None
    words_es: str
    href: str


@dataclass(frozen=True)
class PlanPoint:
    """One step of the plan; `unlocked_usd` is None while too few new buyers stand behind the difference."""

    label_es: str
    unlocked_usd: float | None
    cost_usd: float


@dataclass(frozen=True)
class Spot:
    """A sector in the quadrant: exporters one away (x) against unmet needs (y)."""

    label_es: str
    exporters: int
    needs: int
    tip_es: str


def draw_waterfall(parts: Sequence[Crowd], total: Crowd) -> Markup:
    """Demand, then each part of it, falling from left to right: in millions of dollars, else in needs."""
    top, base = 34.0, 262.0
    canvas = Canvas(WIDTH, 330, "Cascada de la demanda por estado")
    by_value = total.value_usd is not None
    step = WIDTH / (len(parts) + 1)
    bar = min(92.0, step * 0.66)
    whole = _size(total, by_value=by_value)
    scale = (base - top) / whole if whole else 0.0
    floor = 0.0
    for place, crowd in enumerate((total, *parts)):
        size = _size(crowd, by_value=by_value)
        floor = 0.0 if place == 0 else (whole if place == 1 else floor) - size
        x, y = place * step + (step - bar) / 2, base - (floor + size) * scale
        tip = f"{crowd.label_es}: {usd_es(crowd.value_usd)}, {count_es(crowd.needs, 'necesidad', 'necesidades')}"
        colour = INK if place == 0 else _PART_COLOURS.get(crowd.key, WARM)
        canvas.rect(x, y, bar, max(1.5, size * scale), colour, tip)
        label = millions_es(crowd.value_usd) if by_value else number_es(crowd.needs)
        href = anchor_of(crowd) if place else "lista-todas"
        canvas.text(x + bar / 2, y - 8, label, size=15, anchor="middle", weight=600, href=href)
        if place < len(parts):
            joint = y if place == 0 else base - floor * scale
            canvas.line(x + bar, joint, x + step, joint, MUTED, "2 3")
        for row, words in enumerate(_two_lines(crowd.label_es)):
            canvas.text(x + bar / 2, base + 20 + 16 * row, words, size=12.5, anchor="middle")
        canvas.text(x + bar / 2, base + 56, f"{number_es(crowd.needs)} nec.", size=12, anchor="middle", fill=MUTED)
    canvas.line(0, base, WIDTH, base, MUTED)
    return canvas.render()


def _size(crowd: Crowd, *, by_value: bool) -> float:
    return (crowd.value_usd or 0.0) if by_value else float(crowd.needs)


def draw_requirements(bars: Sequence[Bar]) -> Markup:
    """Per requirement, what it blocks (pale) and what it opens alone (solid)."""
    row, left, right = 34.0, 372.0, 150.0
    canvas = Canvas(WIDTH, 30 + row * len(bars), "Requisitos: demanda que bloquean y demanda que abren solos")
    most = max((bar.blocked or bar.sole or 0.0 for bar in bars), default=0.0)
    scale = (WIDTH - left - right) / most if most else 0.0
    for place, bar in enumerate(bars):
        y = 24 + place * row
        canvas.text(left - 14, y + 15, cut(bar.label_es, 50), size=13, anchor="end", href=bar.href)
        blocked, sole = bar.blocked or 0.0, bar.sole or 0.0
        canvas.rect(left, y, blocked * scale, 20, PALE, bar.words_es)
        canvas.rect(left, y + 4, sole * scale, 12, DEEP, bar.words_es)
        canvas.text(left + max(blocked, sole) * scale + 8, y + 15, bar.words_es, size=12.5, fill=MUTED)
    canvas.rect(left, 2, 12, 10, DEEP)
    canvas.text(left + 18, 11, "abre solo", size=12, fill=MUTED)
    canvas.rect(left + 92, 2, 12, 10, PALE)
    canvas.text(left + 110, 11, "bloquea (se traslapa con otros)", size=12, fill=MUTED)
    return canvas.render()


def draw_plan(points: Sequence[PlanPoint]) -> Markup:
    """Demand unlocked so far against what the plan has cost so far; steps are numbered and named beside."""
    left, top, base, right = 70.0, 20.0, 290.0, 330.0
    canvas = Canvas(WIDTH, 340, "Demanda que destraba el plan según su costo")
    most_cost = nice_ceiling(max((point.cost_usd for point in points), default=1.0))
    most = nice_ceiling(max((point.unlocked_usd or 0.0 for point in points), default=1.0))
    width, height = WIDTH - left - right, base - top
    for part in range(5):
        y, x = base - height * part / 4, left + width * part / 4
        canvas.line(left, y, left + width, y)
        canvas.text(left - 8, y + 4, millions_es(most * part / 4), size=12, anchor="end", fill=MUTED)
        canvas.text(x, base + 20, number_es(most_cost * part / 4 / 1e3), size=12, anchor="middle", fill=MUTED)
    canvas.text(left, base + 42, "Costo acumulado del plan, en miles de dólares", size=12, fill=MUTED)
    trail = [(left, base)]
    dots: list[tuple[float, float, str, str]] = []
    for number, point in enumerate(points, start=1):
        y = top + 4 + 22 * (number - 1)
        is_shown = point.unlocked_usd is not None
        canvas.text(WIDTH - right + 50, y + 8, str(number), size=12.5, anchor="end", weight=600, fill=DEEP)
        canvas.text(WIDTH - right + 60, y + 8, cut(point.label_es, 36), size=12.5, fill=INK if is_shown else MUTED)
        if point.unlocked_usd is not None:
            x, height_of = left + width * point.cost_usd / most_cost, base - height * point.unlocked_usd / most
            trail += [(x, trail[-1][1]), (x, height_of)]
            tip = f"{point.label_es}: {usd_es(point.unlocked_usd)} con {usd_es(point.cost_usd)}"
            dots.append((x, height_of, str(number), tip))
    canvas.path(trail, DEEP, width=2)
    for x, y, words, tip in dots:
        canvas.dot(x, y, 9, DEEP, tip)
        canvas.text(x, y + 4, words, size=11, anchor="middle", weight=600, fill="#ffffff")
    return canvas.render()


def draw_quadrant(spots: Sequence[Spot]) -> Markup:
    """Sectors by unmet needs and exporters one away: certify, develop supply, promote, watch."""
    left, top, base, right = 56.0, 14.0, 332.0, 24.0
    canvas = Canvas(WIDTH, 384, "Qué hacer en cada sector")
    most_x = nice_ceiling(max(4, *(spot.exporters for spot in spots))) if spots else 4.0
    most_y = nice_ceiling(max(4, *(spot.needs for spot in spots))) if spots else 4.0
    width, height = WIDTH - left - right, base - top
    middle_x, middle_y = left + width / 2, top + height / 2
    canvas.rect(middle_x, top, width / 2, height / 2, WARM_PALE)
    for ends in ((middle_x, top, middle_x, base), (left, middle_y, WIDTH - right, middle_y)):
        canvas.line(*ends)
    canvas.line(left, base, WIDTH - right, base, MUTED)
    canvas.line(left, top, left, base, MUTED)
    corners = (
        (WIDTH - right - 10, top + 20, "end", "Certificar"),
        (left + 10, top + 20, "start", "Desarrollar oferta"),
        (WIDTH - right - 10, middle_y + 22, "end", "Promover"),
        (left + 10, middle_y + 22, "start", "Vigilar"),
    )
    for x, y, anchor, words in corners:
        canvas.text(x, y, words, size=14, weight=600, anchor=anchor, fill=MUTED)
    placed = [
        (left + width * spot.exporters / most_x, base - height * spot.needs / most_y, spot)
        for spot in sorted(spots, key=lambda spot: (-spot.needs, -spot.exporters, spot.label_es))
    ]
    labels = _Labels(
        [(x - 70, y - 14, x + 70, y + 4) for x, y, _, _ in corners]
        + [(x - 7, y - 7, x + 7, y + 7) for x, y, _ in placed]
    )
    for x, y, spot in placed:
        canvas.dot(x, y, 6, WARM if x > middle_x and y < middle_y else DEEP, spot.tip_es)
        labels.put(canvas, x, y, cut(spot.label_es, 34), left)
    canvas.text(WIDTH - right, base + 20, number_es(most_x), size=12, anchor="end", fill=MUTED)
    canvas.text(left, base + 20, "0", size=12, anchor="middle", fill=MUTED)
    axis = "Exportadores a un requisito →"
    canvas.text((left + WIDTH - right) / 2, base + 38, axis, size=12.5, anchor="middle", fill=MUTED)
    canvas.text(left - 8, top + 10, number_es(most_y), size=12, anchor="end", fill=MUTED)
    canvas.text(left - 8, base, "0", size=12, anchor="end", fill=MUTED)
    return canvas.render()


class _Labels:
    """Places labels beside dots where nothing else is written; a label without room is left to the hover text."""

    LETTER, LINE = 6.4, 14.0

    def __init__(self, taken: list[tuple[float, float, float, float]]) -> None:
        self._taken = taken

    def put(self, canvas: Canvas, x: float, y: float, words: str, left: float) -> None:
        width = self.LETTER * len(words)
        places = (
            (x + 10, y + 4, "start", x + 10),
            (x - 10, y + 4, "end", x - 10 - width),
            (x, y - 12, "middle", x - width / 2),
            (x, y + 22, "middle", x - width / 2),
        )
        for text_x, text_y, anchor, begin in places:
            box = (begin, text_y - self.LINE, begin + width, text_y + 3)
            if box[0] > left and box[2] < canvas.width and not any(_overlap(box, other) for other in self._taken):
                self._taken.append(box)
                canvas.text(text_x, text_y, words, size=12, anchor=anchor)
                return


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def draw_months(months: Sequence[tuple[int, int, int]]) -> Markup:
    """Unmet needs by the month they were opened in."""
    height, base, top = 170.0, 132.0, 22.0
    canvas = Canvas(WIDTH, height, "Necesidades sin atender por mes de apertura")
    most = max((count for _, _, count in months), default=0)
    step = WIDTH / max(1, len(months))
    for place, (year, month, count) in enumerate(months):
        bar = (base - top) * count / most if most else 0.0
        x = place * step + step * 0.18
        canvas.rect(x, base - bar, step * 0.64, bar, MID, f"{month_es(year, month)}: {number_es(count)}")
        if count:
            canvas.text(x + step * 0.32, base - bar - 6, number_es(count), size=12.5, anchor="middle", weight=600)
        canvas.text(x + step * 0.32, base + 18, month_es(year, month), size=12, anchor="middle", fill=MUTED)
    canvas.line(0, base, WIDTH, base, MUTED)
    return canvas.render()


def _two_lines(words: str) -> list[str]:
    """Break a label near its middle."""
    if len(words) < 15 or " " not in words:
        return [words]
    middle = len(words) / 2
    at = min((place for place, letter in enumerate(words) if letter == " "), key=lambda place: abs(place - middle))
    return [words[:at], words[at + 1 :]]
