"""A brief as slides: one conclusion a slide as its title, the chart or table that bears it out, and a note with the source.

Charts are the program's own, with their figures, so that an office can restyle them; a map is a picture. A template is any presentation:
its slides come first with their fields filled in, its master and layouts carry the others.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.brief import _ooxml as ooxml
from industrymap.brief import _pictures
from industrymap.brief._office import FIELD, FONTS, LATIN, check_fields, library, settled
from industrymap.brief._story import Chart, TableBlock, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from industrymap.brief._story import Exhibit, Point, Story

__all__ = ["default_pptx", "pptx_bytes"]

_WIDE, _TALL = 13.333, 7.5
"""Inches: 16 to 9."""
_EDGE = 0.6
_INK, _QUIET, _ACCENT, _DOWN = "1A1A1A", "595959", "1F4E79", "B35C1E"
_MOST_ROWS = 12
_MOST_SENTENCES = 2
_ROW = 0.36
_FIELDS = ("title", "subtitle", "mark")


def pptx_bytes(story: Story, *, template: bytes | None = None, name: str = "template") -> bytes:
    """Return a brief as slides; the same story gives the same bytes.

    Parameters
    ----------
    story : Story
    template : bytes, optional
        A ``.pptx`` of the office; the default one otherwise.
    name : str
        What messages call it.

    Raises
    ------
    ConfigError
        The template asks for a field that no brief has, or none of its layouts has a title; python-pptx is not installed.
    """
    pptx = library("pptx")
    show = pptx.Presentation(io.BytesIO(template or default_pptx()))
    _fill(show, story, name)
    writer = _Writer(show, story)
    for section in story.sections:
        for point in section.points:
            writer.slide(section.heading, point)
    writer.notes()
    core = show.core_properties
    core.title, core.author, core.last_modified_by, core.comments = story.title, "", "", story.mark
    ooxml.undated(core)
    out = io.BytesIO()
    show.save(out)
    return settled(out.getvalue())


def _fill(show: Any, story: Story, name: str) -> None:
    """Fill in the fields of the template's own slides."""
    values = {"title": story.title, "subtitle": story.subtitle, "mark": story.mark}
    frames = [s.text_frame for slide in show.slides for s in slide.shapes if s.has_text_frame]
    found = [w for f in frames for w in FIELD.findall(f.text)]
    check_fields(found, _FIELDS, name)
    for paragraph in (p for f in frames for p in f.paragraphs):
        text = "".join(r.text for r in paragraph.runs)
        if FIELD.search(text):
            # The first run keeps its look; PowerPoint cuts a field into several where it was typed in two goes.
            paragraph.runs[0].text = FIELD.sub(lambda m: plain(values[m[1]]), text)
            for run in paragraph.runs[1:]:
                run.text = ""


class _Writer:
    """Adds slides behind those of the template."""

    def __init__(self, show: Any, story: Story) -> None:
        self.show, self.story = show, story
        self.layout = _layout(show)
        units = library("pptx.util")
        self.inch, self.pt = units.Inches, units.Pt
        # Measured in the template's own page, whichever format it has.
        self.wide, self.tall = show.slide_width / 914400, show.slide_height / 914400

    def both(self, zh: str, en: str) -> str:
        return zh if self.story.lang == "zh" else en

    def slide(self, heading: str, point: Point) -> None:
        """Add the slide of a point."""
        slide = self._titled(point.conclusion)
        self.text(slide, heading, (_EDGE, 0.22, 6.0, 0.35), 12, color=_QUIET)
        exhibit = _chosen(point.exhibits)
        sentences = [s for s in point.more if s][: _MOST_SENTENCES if exhibit else 10]
        # A sentence that lists ten totals is for paper: the table beside it shows them.
        sentences = [s for s in sentences if exhibit is None or len(s) < 120]
        top = 1.45
        if sentences:
            tall = 0.42 * sum(1 + len(s) // 52 for s in sentences)
            self.text(slide, "\n".join(sentences), (_EDGE, top, self.wide - 2 * _EDGE, tall), 16)
            top += tall + 0.1
        if exhibit is not None:
            self._exhibit(slide, exhibit, top)
        self.foot(slide, exhibit.note if exhibit else "")

    def _titled(self, words: str) -> Any:
        slide = self.show.slides.add_slide(self.layout)
        for holder in list(slide.placeholders):
            # Empty placeholders would print as "click to add text" on a colleague's screen.
            if holder.placeholder_format.idx != 0:
                placed = ooxml.element(holder)
                placed.getparent().remove(placed)
        title = slide.shapes.title
        title.left, title.top = self.inch(_EDGE), self.inch(0.5)
        title.width, title.height = self.inch(self.wide - 2 * _EDGE), self.inch(0.95)
        title.text_frame.word_wrap = True
        title.text_frame.text = plain(words).rstrip("。.")
        self._look(title.text_frame, 24 if len(words) < 56 else 20, font="hei", color=_ACCENT, bold=True)  # fmt: skip
        return slide

    def text(self, slide: Any, words: str, box: tuple[float, float, float, float], size: int, *, color: str = _INK) -> None:  # fmt: skip
        """Add a box of text; each line is a paragraph."""
        left, top, wide, tall = box
        shape = slide.shapes.add_textbox(*(self.inch(v) for v in (left, top, wide, tall)))
        shape.text_frame.word_wrap = True
        shape.text_frame.text = "\n".join(plain(line) for line in words.split("\n"))
        self._look(shape.text_frame, size, font="body", color=color)

    def _look(self, frame: Any, size: int, *, font: str, color: str, bold: bool = False) -> None:
        rgb = library("pptx.dml.color").RGBColor.from_string(color)
        align = library("pptx.enum.text").PP_ALIGN.LEFT
        for paragraph in frame.paragraphs:
            paragraph.alignment = align
            for run in paragraph.runs:
                run.font.size, run.font.bold, run.font.color.rgb = self.pt(size), bold, rgb
                _fonts(run.font, font)

    def _exhibit(self, slide: Any, exhibit: Exhibit, top: float) -> None:
        tall = self.tall - top - 0.75
        if isinstance(exhibit, TableBlock):
            self._table(slide, exhibit, top)
        elif exhibit.kind == "map" and _pictures.drawable():
            picture = io.BytesIO(_pictures.png(exhibit))
            shape = slide.shapes.add_picture(picture, 0, self.inch(top), height=self.inch(tall))
            shape.left = int((self.show.slide_width - shape.width) / 2)
            ooxml.described(shape, plain(exhibit.title))
        else:
            self._chart(slide, exhibit, top, tall)

    def _chart(self, slide: Any, chart: Chart, top: float, tall: float) -> None:
        kinds, labels = library("pptx.enum.chart"), library("pptx.chart.data")
        data = labels.CategoryChartData()
        # Its figures are kept in a workbook inside the slide, where a label that begins with = would be a formula.
        data.categories = [f"'{text}" if files.is_formula(text) else text for text in chart.labels]
        data.add_series(f"{chart.series}（{chart.unit}）", chart.values)
        bars = chart.kind != "columns"
        kind = kinds.XL_CHART_TYPE.BAR_CLUSTERED if bars else kinds.XL_CHART_TYPE.COLUMN_CLUSTERED
        frame = slide.shapes.add_chart(kind, self.inch(_EDGE), self.inch(top), self.inch(self.wide - 2 * _EDGE), self.inch(tall), data)  # fmt: skip
        made = frame.chart
        made.has_legend, made.has_title = False, True
        made.chart_title.text_frame.text = plain(f"{chart.title}（{chart.unit}）")
        self._look(made.chart_title.text_frame, 14, font="body", color=_QUIET)
        made.font.size = self.pt(12)
        plot = made.plots[0]
        plot.gap_width, plot.has_data_labels = 45, True
        decimals = max((len(s.partition(".")[2]) for s in chart.shown), default=0)
        plot.data_labels.number_format = "0." + "0" * decimals if decimals else "0"
        plot.data_labels.number_format_is_linked = False
        plot.data_labels.font.size = self.pt(10 if len(chart.labels) > 12 else 12)
        made.value_axis.visible, made.value_axis.has_major_gridlines = False, False
        # Columns begin at nothing, or their heights would not be to scale.
        if all(v is None or v >= 0 for v in chart.values):
            made.value_axis.minimum_scale = 0
        made.category_axis.format.line.color.rgb = library("pptx.dml.color").RGBColor.from_string(_QUIET)  # fmt: skip
        made.category_axis.tick_label_position = kinds.XL_TICK_LABEL_POSITION.LOW
        # The first label at the top, as a table is read.
        made.category_axis.reverse_order = bars
        self._colors(plot.series[0], chart)

    def _colors(self, series: Any, chart: Chart) -> None:
        rgb = library("pptx.dml.color").RGBColor.from_string
        series.format.fill.solid()
        series.format.fill.fore_color.rgb = rgb(_ACCENT)
        series.invert_if_negative = False
        for i, value in enumerate(chart.values):
            if value is not None and value < 0:
                fill = series.points[i].format.fill
                fill.solid()
                fill.fore_color.rgb = rgb(_DOWN)

    def _table(self, slide: Any, block: TableBlock, top: float) -> None:
        room = max(3, int((self.tall - top - 1.1) / _ROW) - 1)
        kept = min(room, _MOST_ROWS, len(block.rows))
        # Of a list of two ends both are shown: the first rows alone would be those that rose.
        half = kept // 2 if block.two_ends and kept < len(block.rows) else 0
        body = [*block.rows[:half], *block.rows[-half:]] if half else list(block.rows[:kept])
        rows = [block.header, *body]
        shape = slide.shapes.add_table(
            len(rows), len(block.header), self.inch(_EDGE), self.inch(top), self.inch(self.wide - 2 * _EDGE), self.inch(_ROW * len(rows))
        )  # fmt: skip
        need = [max(sum(1 if ord(c) < 0x2E80 else 2 for c in r[j]) for r in rows) + 3 for j in range(len(block.header))]  # fmt: skip
        for column, width in zip(shape.table.columns, need, strict=True):
            column.width = self.inch((self.wide - 2 * _EDGE) * width / sum(need))
        right = library("pptx.enum.text").PP_ALIGN.RIGHT
        for i, cells in enumerate(rows):
            for j, words in enumerate(cells):
                cell = shape.table.cell(i, j)
                cell.text_frame.text = plain(words)
                self._look(cell.text_frame, 12, font="body", color="FFFFFF" if i == 0 else _INK, bold=i == 0)  # fmt: skip
                cell.margin_top = cell.margin_bottom = self.inch(0.03)
                if j and i and words.strip("-—").replace(",", "").replace(".", "").isdigit():
                    cell.text_frame.paragraphs[0].alignment = right
        hidden = len(block.rows) - len(body)
        if hidden > 0:
            number = self.story.ledger.note(f"count/hidden/{block.title}", hidden, zh="未列出的行数", en="rows not shown", unit="", decimals=0, formula="count")  # fmt: skip
            words = self.both(f"另有{number}行，见文字版简报。", f"{number} more rows are in the written brief.")  # fmt: skip
            self.text(slide, words, (_EDGE, top + _ROW * len(rows) + 0.05, 8.0, 0.3), 12, color=_QUIET)  # fmt: skip

    def foot(self, slide: Any, note: str) -> None:
        """Write the note: what the figures are of, how they were known, the mark of simulated data."""
        words = " ".join(w for w in (note, self.story.notes[0], self.story.mark) if w)
        box = (_EDGE, self.tall - 0.68, self.wide - 2 * _EDGE, 0.55)
        self.text(slide, words, box, 10, color=_QUIET)

    def notes(self) -> None:
        """Add the slide about the data."""
        slide = self._titled(self.both("数据说明", "About the data"))
        self.text(slide, "\n".join(self.story.notes), (_EDGE, 1.5, self.wide - 2 * _EDGE, 4.5), 16)
        self.foot(slide, "")


def _chosen(exhibits: Sequence[Exhibit]) -> Exhibit | None:
    """Return what a slide shows: a chart or map where there is one, else the table."""
    charts = [e for e in exhibits if isinstance(e, Chart)]
    return charts[0] if charts else exhibits[0] if exhibits else None


def _layout(show: Any) -> Any:
    """Return the layout with a title and as little else as possible."""
    titled = [
        (len(layout.placeholders), i, layout)
        for i, layout in enumerate(show.slide_layouts)
        if any(p.placeholder_format.type in _title_kinds() for p in layout.placeholders)
    ]
    if not titled:
        from industrymap.errors import ConfigError

        raise ConfigError(
            "The template has no layout with a title, which is where a slide's conclusion goes.",
            "模板中没有带标题的版式，而每页的结论写在标题处。",
        )
    return min(titled)[2]


def _title_kinds() -> tuple[Any, ...]:
    kinds = library("pptx.enum.shapes").PP_PLACEHOLDER
    # Not the centred title of a cover.
    return (kinds.TITLE,)


def _fonts(font: Any, use: str) -> None:
    """Name the fonts of a run: python-pptx sets the Latin one only."""
    font.name = LATIN
    properties = ooxml.element(font)
    space = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    for old in properties.findall(f"{space}ea"):
        properties.remove(old)
    east = properties.makeelement(f"{space}ea", {"typeface": FONTS[use][0]})
    # Behind the Latin font and before the symbols: PowerPoint refuses another order.
    properties.find(f"{space}latin").addnext(east)


def default_pptx() -> bytes:
    """Return the default template: 16 to 9, a cover with the fields, the plain layouts."""
    pptx, units = library("pptx"), library("pptx.util")
    show = pptx.Presentation()
    show.slide_width, show.slide_height = units.Inches(_WIDE), units.Inches(_TALL)
    cover = show.slides.add_slide(show.slide_layouts[6])
    rgb = library("pptx.dml.color").RGBColor.from_string
    for words, top, size, font, color in (
        ("{{ mark }}", 0.4, 16, "hei", _DOWN), ("{{ title }}", 2.6, 36, "title", _ACCENT), ("{{ subtitle }}", 4.1, 20, "kai", _INK),
    ):  # fmt: skip
        box = cover.shapes.add_textbox(units.Inches(_EDGE), units.Inches(top), units.Inches(_WIDE - 2 * _EDGE), units.Inches(1.2))  # fmt: skip
        box.text_frame.word_wrap = True
        box.text_frame.text = words
        run = box.text_frame.paragraphs[0].runs[0]
        run.font.size, run.font.color.rgb = units.Pt(size), rgb(color)
        _fonts(run.font, font)
    core = show.core_properties
    core.title, core.author, core.last_modified_by = "", "", ""
    ooxml.undated(core)
    out = io.BytesIO()
    show.save(out)
    return settled(out.getvalue())
