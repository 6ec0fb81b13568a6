"""The gap report as an Excel workbook: the page's figures to filter and sort, with native charts.

Text is written as text: nothing a company typed can become a formula.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import xlsxwriter

from include.stages.reporting.figures import Figures
from include.stages.reporting.findings import find
from include.stages.reporting.formats import STATES, date_es

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
WITHHELD = "reservado"


@dataclass(frozen=True)
class Column:
    """A column of a sheet: header, key of the row, width, kind of number."""

    title: str
    key: str
    width: float
    kind: str = "text"


_MONEY, _COUNT, _SHARE, _DAY, _TEXT, _LONG = "money", "count", "share", "day", "text", "long"
_CELLS = (
    Column("Partida", "heading", 9),
    Column("Producto", "heading_name_es", 44, _LONG),
    Column("Sector", "sector_es", 26),
    Column("Mercado", "market_es", 20),
    Column("Período", "period", 9),
    Column("Necesidades", "needs", 13, _COUNT),
    Column("Sin atender", "unmet_needs", 12, _COUNT),
    Column("Compradores", "buyers", 13, _COUNT),
    Column("Demanda (US$/año)", "value_usd", 18, _MONEY),
    Column("Sin atender (US$/año)", "unmet_value_usd", 20, _MONEY),
    Column("Cobertura", "coverage", 11, _SHARE),
    Column("Días abierta (mediana)", "median_age_days", 14, _COUNT),
    Column("Requisito que más destraba", "top_requirement_name_es", 44, _LONG),
    Column("Destraba (US$/año)", "unlock_usd", 18, _MONEY),
    Column("Exportadores a un paso", "exporters_one_away", 14, _COUNT),
    Column("Prioridad", "priority", 14, _MONEY),
)
_REQUIREMENTS = (
    Column("Código", "requirement_code", 18),
    Column("Requisito", "name_es", 56, _LONG),
    Column("Bloquea (US$/año)", "blocked_usd", 19, _MONEY),
    Column("Abre solo (US$/año)", "sole_usd", 19, _MONEY),
    Column("Exportadores a un paso", "exporters", 14, _COUNT),
    Column("Necesidades", "needs", 13, _COUNT),
)
_PLAN = (
    Column("Paso", "plan_order", 7, _COUNT),
    Column("Código", "requirement_code", 18),
    Column("Requisito", "name_es", 56, _LONG),
    Column("Costo acumulado (US$)", "cumulative_cost_usd", 20, _MONEY),
    Column("Destraba acumulado (US$/año)", "cumulative_usd", 24, _MONEY),
)
_GUIDE = (
    Column("Exportador", "exporter_name", 36),
    Column("Sector", "sector_es", 26),
    Column("Mercado", "market_es", 20),
    Column("Orden", "step", 8, _COUNT),
    Column("Código", "requirement_code", 18),
    Column("Requisito", "name_es", 50, _LONG),
    Column("Ante quién", "authority", 28),
    Column("Por qué", "why_es", 70, _LONG),
)


def render_workbook(figures: Figures, made_at: datetime) -> bytes:
    """Return the workbook's bytes. `made_at` is written into the file, so that equal figures give equal bytes."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties(
        {"title": "Brechas de demanda", "company": "ProColombia", "created": made_at.replace(tzinfo=None)}
    )
    writer = _Writer(book, figures)
    writer.summary()
    writer.table("Brechas", _CELLS, writer.named(figures.cells))
    last = writer.table("Requisitos", _REQUIREMENTS, figures.requirements)
    writer.requirement_chart(min(last, 12))
    plan = sorted(
        (row for row in figures.requirements if row["plan_order"] is not None),
        key=lambda row: (row["plan_order"], row["requirement_code"]),
    )
    writer.plan_chart(writer.table("Plan", _PLAN, plan))
    writer.table("Guía", _GUIDE, writer.named(figures.guide))
    writer.method()
    book.close()
    return buffer.getvalue()


def plain_text(value: str) -> str:
    """Return text no spreadsheet takes for a formula, whatever program opens or re-saves the file."""
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


class _Writer:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, figures: Figures) -> None:
        self.book, self.figures = book, figures
        base = {"font_name": "Calibri", "font_size": 10.5, "valign": "top"}
        self.formats = {
            _TEXT: book.add_format(base),
            _LONG: book.add_format(base | {"text_wrap": True}),
            _MONEY: book.add_format(base | {"num_format": "#,##0"}),
            _COUNT: book.add_format(base | {"num_format": "#,##0"}),
            _SHARE: book.add_format(base | {"num_format": "0 %"}),
            _DAY: book.add_format(base | {"num_format": "dd/mm/yyyy"}),
            "quiet": book.add_format(base | {"font_color": "#62707D", "italic": True, "align": "right"}),
            "head": book.add_format(
                {"bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4A6F", "text_wrap": True, "valign": "vcenter"}
            ),
            "title": book.add_format({"bold": True, "font_size": 18, "font_name": "Georgia"}),
            "note": book.add_format({"font_color": "#62707D", "text_wrap": True, "valign": "top"}),
            "bold": book.add_format({"bold": True, "valign": "top"}),
        }

    def named(self, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Return rows with the Spanish names of their sector and market."""
        return [
            {
                **row,
                "sector_es": self.figures.sector_names.get(row["sector"], row["sector"]),
                "market_es": self.figures.market_names.get(row["market"], row["market"]),
            }
            for row in rows
        ]

    def table(self, name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> int:
        """Write a sheet with a frozen, filtered header row; return how many rows it has."""
        sheet = self.book.add_worksheet(name)
        sheet.set_row(0, 32)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, column.title, self.formats["head"])
        for line, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                self._cell(sheet, line, place, row[column.key], column.kind)
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return len(rows)

    def _cell(self, sheet: Any, line: int, place: int, value: Any, kind: str) -> None:
        if value is None:
            if kind == _MONEY:
                sheet.write_string(line, place, WITHHELD, self.formats["quiet"])
        elif kind in (_MONEY, _COUNT, _SHARE):
            sheet.write_number(line, place, value, self.formats[kind])
        else:
            sheet.write_string(line, place, plain_text(str(value)), self.formats[kind])

    def summary(self) -> None:
        """Write the first sheet: the findings and where demand stands, with a chart."""
        findings = find(self.figures)
        sheet = self.book.add_worksheet("Resumen")
        sheet.hide_gridlines(2)
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 3, 18)
        sheet.write_string(0, 0, "Brechas de demanda", self.formats["title"])
        sheet.write_string(1, 0, f"Datos al {date_es(self.figures.data_on)}", self.formats["note"])
        sentences = (
            findings.waterfall_es,
            findings.heat_es,
            findings.requirements_es,
            findings.plan_es,
            findings.quadrant_es,
            findings.months_es,
        )
        for line, sentence in enumerate(sentences, start=3):
            sheet.merge_range(line, 0, line, 6, "", self.formats[_TEXT])
            sheet.write_string(line, 0, f"• {sentence}.", self.formats[_TEXT])
        first = 3 + len(sentences) + 1
        for place, title in enumerate(("Estado", "Necesidades", "Compradores", "US$ al año")):
            sheet.write_string(first, place, title, self.formats["head"])
        parts = self.figures.parts
        for line, part in enumerate((*parts, self.figures.total), start=first + 1):
            sheet.write_string(line, 0, part.label_es, self.formats[_TEXT])
            self._cell(sheet, line, 1, part.needs, _COUNT)
            self._cell(sheet, line, 2, part.buyers, _COUNT)
            self._cell(sheet, line, 3, part.value_usd, _MONEY)
        if parts:
            chart = self.book.add_chart({"type": "bar"})
            span = (first + 1, first + len(parts))
            column = 3 if self.figures.total.value_usd is not None else 1
            chart.add_series(
                {
                    "categories": ["Resumen", span[0], 0, span[1], 0],
                    "values": ["Resumen", span[0], column, span[1], column],
                    "fill": {"color": "#0B4A6F"},
                    "gap": 60,
                }
            )
            chart.set_title({"name": "Dónde queda la demanda", "name_font": {"size": 12}})
            chart.set_legend({"none": True})
            chart.set_y_axis({"reverse": True})
            chart.set_x_axis(
                {"num_format": "#,##0", "major_gridlines": {"visible": True, "line": {"color": "#D9DEE3"}}}
            )
            sheet.insert_chart(first, 5, chart, {"x_scale": 1.2, "y_scale": 1.1})

    def requirement_chart(self, rows: int) -> None:
        """Put the contrast of blocked and sole beside the requirements."""
        if not rows:
            return
        chart = self.book.add_chart({"type": "bar"})
        for column, name, colour in ((2, "Bloquea", "#C6D9E5"), (3, "Abre solo", "#0B4A6F")):
            chart.add_series(
                {
                    "name": name,
                    "categories": ["Requisitos", 1, 0, rows, 0],
                    "values": ["Requisitos", 1, column, rows, column],
                    "fill": {"color": colour},
                }
            )
        chart.set_title({"name": "Lo que bloquean y lo que abren solos", "name_font": {"size": 12}})
        chart.set_y_axis({"reverse": True})
        chart.set_x_axis({"num_format": "#,##0"})
        self.book.get_worksheet_by_name("Requisitos").insert_chart(1, 7, chart, {"x_scale": 1.4, "y_scale": 1.6})

    def plan_chart(self, rows: int) -> None:
        """Put the unlock curve beside the plan."""
        if not rows:
            return
        chart = self.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        chart.add_series(
            {
                "name": "Destraba acumulado",
                "categories": ["Plan", 1, 3, rows, 3],
                "values": ["Plan", 1, 4, rows, 4],
                "line": {"color": "#0B4A6F"},
                "marker": {"type": "circle", "fill": {"color": "#0B4A6F"}},
            }
        )
        chart.set_title({"name": "Demanda que destraba el plan según su costo", "name_font": {"size": 12}})
        chart.set_legend({"none": True})
        chart.set_x_axis({"name": "Costo acumulado (US$)", "num_format": "#,##0"})
        chart.set_y_axis({"num_format": "#,##0"})
        self.book.get_worksheet_by_name("Plan").insert_chart(1, 6, chart, {"x_scale": 1.4, "y_scale": 1.4})

    def method(self) -> None:
        """Write how the figures were made."""
        sheet = self.book.add_worksheet("Método")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 1, 110)
        few = self.figures.min_buyers
        lines = [
            ("Qué cuenta", "Necesidades abiertas con producto confirmado, o para las que se encontró oferta."),
            *((STATES[key], text) for key, text in _STATE_NOTES.items()),
            ("Reservado", f"Detrás hay menos de {few} compradores; el valor sería el de uno de ellos."),
            ("Bloquea", "Suma de lo que falta por ese requisito, solo o con otros. Se traslapa: no se puede sumar."),
            ("Abre solo", "Lo que se atendería si los exportadores obtienen ese requisito y ningún otro. No se suma."),
            ("Destraba acumulado", "Lo que abre el plan completo hasta ese paso. Esta cifra sí se acumula."),
            ("Guía", "Solo los pasos obligatorios. Los recomendados están en NEO, en la ficha de cada exportador."),
        ]
        for line, (name, text) in enumerate(lines):
            sheet.write_string(line, 0, name, self.formats["bold"])
            sheet.write_string(line, 1, text, self.formats["note"])


_STATE_NOTES = {
    "covered": "Tres exportadores o más cumplen todas las condiciones.",
    "thin": "Uno o dos exportadores cumplen todas las condiciones.",
    "one_away": "A la oferta más cercana le falta una sola cosa.",
    "two_away": "A la oferta más cercana le faltan dos cosas o más.",
    "waiting_on_us": "A la oferta más cercana no le falta nada, pero alguien de la agencia debe validar algo.",
    "capacity": "A la oferta más cercana solo le falta capacidad.",
    "will": "Los exportadores del producto no quieren o no pueden vender en ese mercado.",
    "no_supply": "No se conoce ninguna oferta de ese producto.",
    "unconfirmed": "Nadie confirmó el código del producto y no se encontró oferta: va al asesor, no suma.",
}
