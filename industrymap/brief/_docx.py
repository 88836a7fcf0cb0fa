"""A brief as a Word document: the layout of GB/T 9704, from a template that an office can change.

The template holds ``{{ field }}`` where something of the brief belongs: names only, so that a template can ask for nothing and run
nothing. A paragraph that is one block field (``{{ body }}``, ``{{ section overall }}``, ``{{ notes }}``) is replaced by headings, paragraphs,
tables and pictures in the styles of the template; any other field by its text.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from industrymap.brief import _ooxml as ooxml
from industrymap.brief import _pictures
from industrymap.brief._office import FIELD, FONTS, LATIN, check_fields, library, settled
from industrymap.brief._story import Chart, TableBlock, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from industrymap.brief._story import Section, Story

__all__ = ["STYLES", "default_docx", "docx_bytes"]

STYLES = {
    "title": "简报标题",
    "subtitle": "简报副题",
    "heading": "简报一级标题",
    "body": "简报正文",
    "caption": "简报图表题",
    "cell": "简报表格",
    "note": "简报注",
    "mark": "简报标记",
}
"""Use → the style of the template that is used for it; where a template lacks one, its usual paragraph is."""

_MM = 36000  # English metric units in a millimetre, in which office formats measure
_PAGE = (210, 297)
# GB/T 9704-2012: 上边 37 mm、订口 28 mm、版心 156 × 225 mm, hence 35 below and 26 at the right.
_MARGINS = {"top": 37, "bottom": 35, "left": 28, "right": 26}
_TEXT_WIDTH_MM = 156
_LINE_PT = 28
# At 10.5 pt a Chinese character is 3.7 mm wide, a figure half of that; a cell keeps 1.9 mm free at either side.
_HALF_MM, _PADDING_MM, _LONGEST = 2.05, 4.4, 30.0
# 28 characters of 16 pt are 448 pt, the text block is 442 pt wide: each is set a quarter of a point closer.
_CLOSER_TWIPS = -5
_CHINESE_NUMERALS = "一二三四五六七八九十"
# Style → use of the font, size in points, alignment, first line indented by two characters, bold.
_LOOKS = {
    "title": ("title", 22, "center", False),
    "subtitle": ("kai", 16, "center", False),
    "heading": ("hei", 16, "both", True),
    "body": ("body", 16, "both", True),
    "caption": ("hei", 12, "center", False),
    "cell": ("body", 10.5, "center", False),
    "note": ("body", 10.5, "both", False),
    "mark": ("hei", 14, "right", False),
}
_BLOCKS = ("body", "notes")
_TEXTS = ("title", "subtitle", "mark")


def docx_bytes(story: Story, *, template: bytes | None = None, name: str = "template") -> bytes:
    """Return a brief as a Word document; the same story gives the same bytes.

    Parameters
    ----------
    story : Story
    template : bytes, optional
        A ``.docx`` with fields; the default template otherwise.
    name : str
        What messages call it.

    Raises
    ------
    ConfigError
        The template asks for a field that no brief has; python-docx is not installed.
    """
    docx = library("docx")
    document = docx.Document(io.BytesIO(template or default_docx()))
    fields = _fields(story)
    paragraphs = [p for part in _parts(document) for p in _paragraphs(part)]
    # Before anything is filled in, so that all wrong fields are named at once.
    asked = {_key(word) for p in paragraphs for word in FIELD.findall(_text(p))}
    sections = {f"section {s}" for s in _known_sections(story)}
    check_fields(asked, {*fields, *sections, *_BLOCKS}, name)
    writer = _Writer(document, story)
    for paragraph in paragraphs:
        block = FIELD.fullmatch(_text(paragraph).strip())
        key = _key(block[1]) if block else ""
        if key in _BLOCKS or key in sections:
            writer.replace(paragraph, key)
        else:
            _fill(paragraph, fields)
    _about(document, story)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _key(word: str) -> str:
    return " ".join(word.split())


def _known_sections(story: Story) -> set[str]:
    # A section that this brief happens not to have is no wrong field of the template.
    return {s.id for s in story.sections} | {"overall", "areas", "towns", "clusters", "ratios", "firms", "attention", "data"}  # fmt: skip


def _fields(story: Story) -> dict[str, str]:
    """Return the fields that are texts; each conclusion is one too, for templates that arrange them freely."""
    out = {"title": story.title, "subtitle": story.subtitle, "mark": story.mark}
    for section in sorted(_known_sections(story)):
        points = next((s.points for s in story.sections if s.id == section), ())
        out[f"conclusion {section}"] = points[0].conclusion if points else ""
    return {key: plain(text) for key, text in out.items()}


def _parts(document: Any) -> Iterator[Any]:
    """Yield the XML of the body and of every header and footer."""
    yield document.element.body
    for section in document.sections:
        for part in (section.header, section.footer, section.even_page_footer, section.even_page_header, section.first_page_header, section.first_page_footer):  # fmt: skip
            if not part.is_linked_to_previous:
                yield ooxml.element(part)


def _paragraphs(element: Any) -> list[Any]:
    # By the XML and not by `document.paragraphs`, which leaves out tables and text boxes.
    return list(element.iter(_w("p")))


def _w(tag: str) -> str:
    return "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}" + tag


def _text(paragraph: Any) -> str:
    return "".join(t.text or "" for t in paragraph.iter(_w("t")))


def _fill(paragraph: Any, fields: dict[str, str]) -> None:
    """Put texts in place of fields; Word cuts ``{{ title }}`` into several runs where somebody typed it in two goes."""
    texts = list(paragraph.iter(_w("t")))
    whole = "".join(t.text or "" for t in texts)
    for match in reversed(list(FIELD.finditer(whole))):
        value, at = fields.get(_key(match[1]), ""), 0
        for t in texts:
            length = len(t.text or "")
            start, end = max(match.start() - at, 0), min(match.end() - at, length)
            if start < length and end > 0 and start < end:
                # The first run takes the value and keeps its look; the others lose their share of the field.
                t.text = (t.text or "")[:start] + value + (t.text or "")[end:]
                value = ""
                t.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            at += length


def _about(document: Any, story: Story) -> None:
    """Say what the document is, without a time or a person: the same content is the same file."""
    core = document.core_properties
    core.title, core.author, core.last_modified_by, core.comments = story.title, "", "", story.mark
    ooxml.undated(core)
    core.revision, core.language = 1, "zh-CN" if story.lang == "zh" else "en"


class _Writer:
    """Writes blocks in front of the paragraph that asked for them, and takes that away."""

    def __init__(self, document: Any, story: Story) -> None:
        self.document, self.story = document, story
        # By id, looked up once: python-docx searches all styles for each paragraph, which takes seconds.
        self.styles = {s.name: s.style_id for s in document.styles}
        self.tables = 0
        self.figures = 0

    def replace(self, paragraph: Any, key: str) -> None:
        """Put a block in place of a paragraph."""
        made: list[Any] = []
        story = self.story
        sections = list(enumerate(story.sections))
        if key == "body":
            for number, section in sections:
                made += self._section(section, number)
            made += self._notes(len(sections))
        elif key == "notes":
            made += self._notes(len(sections))
        else:
            wanted = key.removeprefix("section ")
            if wanted == "data":
                made += self._notes(len(sections))
            for number, section in sections:
                if section.id == wanted:
                    made += self._section(section, number)
        for element in made:
            paragraph.addprevious(element)
        parent = paragraph.getparent()
        # A cell of a table must keep one paragraph, or Word calls the file damaged.
        if parent.tag != _w("tc"):
            parent.remove(paragraph)
        else:
            _fill(paragraph, {})

    def _section(self, section: Section, number: int) -> list[Any]:
        out = [self._paragraph(self._numbered(section.heading, number), "heading", keep=True)]
        for point in section.points:
            text = self._joined([point.conclusion, *point.more])
            if len(point.more) > 3:
                # A list of sentences is read line by line.
                out += [self._paragraph(t, "body") for t in (point.conclusion, *point.more)]
            else:
                out.append(self._paragraph(text, "body"))
            for exhibit in point.exhibits:
                out += self._table(exhibit) if isinstance(exhibit, TableBlock) else self._picture(exhibit)  # fmt: skip
        return out

    def _joined(self, sentences: list[str]) -> str:
        return ("" if self.story.lang == "zh" else " ").join(s for s in sentences if s)

    def _numbered(self, heading: str, number: int) -> str:
        if self.story.lang != "zh":
            return f"{number + 1}. {heading}"
        return f"{_CHINESE_NUMERALS[number]}、{heading}" if number < 10 else heading

    def _notes(self, number: int) -> list[Any]:
        heading = "数据说明" if self.story.lang == "zh" else "About the data"
        out = [self._paragraph(self._numbered(heading, number), "heading", keep=True)]
        marked = [self.story.mark + ("。" if self.story.lang == "zh" else ".")] if self.story.mark else []  # fmt: skip
        for i, note in enumerate([*marked, *self.story.notes], start=1):
            out.append(self._paragraph(f"{i}．{note}" if self.story.lang == "zh" else f"{i}. {note}", "body"))  # fmt: skip
        return out

    def _paragraph(self, text: str, use: str, *, keep: bool = False) -> Any:
        paragraph = self.document.add_paragraph(plain(text))
        self._styled(paragraph, use)
        paragraph.paragraph_format.keep_with_next = keep or None
        element = ooxml.element(paragraph)  # moved to where the field was
        element.getparent().remove(element)
        return element

    def _styled(self, paragraph: Any, use: str) -> None:
        if STYLES[use] in self.styles:
            ooxml.element(paragraph).style = self.styles[STYLES[use]]

    def _table(self, block: TableBlock) -> list[Any]:
        self.tables += 1
        prefix = f"表{self.tables}　" if self.story.lang == "zh" else f"Table {self.tables}. "
        out = [self._paragraph(prefix + block.title, "caption", keep=True)]
        table = self.document.add_table(rows=0, cols=len(block.header))
        if "Table Grid" in self.styles:
            table.style = "Table Grid"
        middle = library("docx.enum.table").WD_CELL_VERTICAL_ALIGNMENT.CENTER
        for number, cells in enumerate([block.header, *block.rows]):
            row = table.add_row()
            _settle_row(row, heading=number == 0)
            for column, (cell, text) in enumerate(zip(row.cells, cells, strict=True)):
                cell.vertical_alignment = middle
                paragraph = cell.paragraphs[0]
                paragraph.text = _broken(plain(text)) if number == 0 else plain(text)
                self._styled(paragraph, "cell")
                _align(paragraph, column, text, heading=number == 0)
        _widths(table, block)
        element = ooxml.element(table)
        element.getparent().remove(element)
        out.append(element)
        # A paragraph after each table, or Word joins it to the next one.
        out.append(self._paragraph(("注：" if self.story.lang == "zh" else "Note: ") + block.note if block.note else "", "note"))  # fmt: skip
        return out

    def _picture(self, chart: Chart) -> list[Any]:
        if not _pictures.drawable():
            # Without a font no label can be drawn: the same figures as a table, and why.
            why = "本机没有中文字体，以表代图。" if self.story.lang == "zh" else "This machine has no font to draw the chart with."  # fmt: skip
            header = ("项目", f"{chart.series}（{chart.unit}）") if self.story.lang == "zh" else ("Item", f"{chart.series} ({chart.unit})")  # fmt: skip
            rows = list(zip(chart.labels, chart.shown, strict=True))
            return self._table(TableBlock(title=chart.title, header=header, rows=rows, note=why))
        self.figures += 1
        prefix = f"图{self.figures}　" if self.story.lang == "zh" else f"Figure {self.figures}. "
        holder = self.document.add_paragraph()
        self._styled(holder, "caption")
        # A fixed line pitch would cut the picture down to one line.
        holder.paragraph_format.line_spacing = 1.0
        holder.paragraph_format.keep_with_next = True
        docx = library("docx.shared")
        run = holder.add_run()
        shape = run.add_picture(io.BytesIO(_pictures.png(chart)), width=docx.Mm(_TEXT_WIDTH_MM))
        listed = "；".join(f"{a} {b}" for a, b in zip(chart.labels, chart.shown, strict=True))
        # Read out by a screen reader in place of the picture.
        ooxml.picture_of(shape).docPr.set("descr", f"{chart.title}：{listed}")
        element = ooxml.element(holder)
        element.getparent().remove(element)
        return [element, self._paragraph(prefix + chart.title, "caption")]


def _settle_row(row: Any, *, heading: bool) -> None:
    oxml = library("docx.oxml")
    properties = ooxml.element(row).get_or_add_trPr()
    # No row is torn over two pages; the heading comes again on the next page.
    properties.append(oxml.OxmlElement("w:cantSplit"))
    if heading:
        properties.append(oxml.OxmlElement("w:tblHeader"))


def _align(paragraph: Any, column: int, text: str, *, heading: bool) -> None:
    text_enum = library("docx.enum.text").WD_ALIGN_PARAGRAPH
    numeric = text.strip("-—").replace(",", "").replace(".", "").isdigit()
    if not heading and column and numeric:
        paragraph.alignment = text_enum.RIGHT
    elif not heading and column == 0:
        paragraph.alignment = text_enum.LEFT
    for run in paragraph.runs:
        run.bold = heading or None


def _widths(table: Any, block: TableBlock) -> None:
    """Give each column the room that its longest text needs, the text block wide together."""
    columns = list(zip(block.header, *block.rows, strict=True))
    # A heading may break before its unit; cells are given the room of their longest, up to that of a long name.
    need = [
        max(*(_width(part) for part in _broken(c[0]).split("\n")), *(min(_width(t), _LONGEST) for t in c[1:])) * _HALF_MM + _PADDING_MM
        for c in columns
    ]  # fmt: skip
    spare = _TEXT_WIDTH_MM - sum(need)
    # What is left over goes to all alike; what is lacking comes from the names, which can break, and not from the figures.
    widths = [w + spare / len(need) for w in need] if spare >= 0 else [need[0] + spare, *need[1:]]
    twips = [round(max(w, 12.0) * 56.69) for w in widths]
    table.autofit = False
    for column, width in zip(ooxml.element(table).tblGrid.iter(_w("gridCol")), twips, strict=True):
        column.set(_w("w"), str(width))
    # By the XML: python-docx looks through the whole table for every cell, which takes seconds.
    for row in ooxml.element(table).iter(_w("tr")):
        for cell, width in zip(row.iter(_w("tc")), twips, strict=True):
            size = cell.get_or_add_tcPr().get_or_add_tcW()
            size.set(_w("type"), "dxa")
            size.set(_w("w"), str(width))


def _broken(heading: str) -> str:
    """Return a heading with its unit in a line of its own."""
    return heading.replace("（", "\n（", 1).replace(" (", "\n(", 1)


def _width(text: str) -> float:
    return sum(1.0 if ord(c) < 0x2E80 else 2.0 for c in text)


def default_docx() -> bytes:
    """Return the default template, to start one's own from: styles, page, page numbers, and the fields."""
    docx = library("docx")
    document = docx.Document()
    _page(document)
    for use, look in _LOOKS.items():
        _style(document, use, look)
    _usual(document)
    for text, use in (("{{ mark }}", "mark"), ("{{ title }}", "title"), ("{{ subtitle }}", "subtitle"), ("{{ body }}", "body")):  # fmt: skip
        document.add_paragraph(text, style=STYLES[use])
    _page_numbers(document)
    _alternatives(document)

    core = document.core_properties
    core.author, core.title, core.comments = "", "", ""
    ooxml.undated(core)
    out = io.BytesIO()
    document.save(out)
    return settled(out.getvalue())


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (side * _MM for side in _PAGE)
    for side, size in _MARGINS.items():
        setattr(section, f"{side}_margin", size * _MM)
    # 页码 7 mm below the text block (GB/T 9704-2012, 7.5): 35 less 7 and the height of the figures.
    section.footer_distance = 23 * _MM
    section.header_distance = 15 * _MM


def _style(document: Any, use: str, look: tuple[str, float, str, bool]) -> None:
    shared, text = library("docx.shared"), library("docx.enum.text")
    kind = library("docx.enum.style").WD_STYLE_TYPE.PARAGRAPH
    font, size, align, indented = look
    style = document.styles.add_style(STYLES[use], kind)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.font.size = shared.Pt(size)
    _set_fonts(style.element.get_or_add_rPr(), font)
    shape = style.paragraph_format
    shape.alignment = {"center": text.WD_ALIGN_PARAGRAPH.CENTER, "both": text.WD_ALIGN_PARAGRAPH.JUSTIFY, "right": text.WD_ALIGN_PARAGRAPH.RIGHT}[align]  # fmt: skip
    shape.space_before = shape.space_after = shared.Pt(0)
    if size >= 14:
        shape.line_spacing_rule = text.WD_LINE_SPACING.EXACTLY
        shape.line_spacing = shared.Pt(32 if use == "title" else _LINE_PT)
    else:
        shape.line_spacing = 1.15
    if use == "title":
        shape.space_before, shape.space_after = shared.Pt(_LINE_PT), shared.Pt(8)
    if use == "subtitle":
        shape.space_after = shared.Pt(_LINE_PT)
    if use == "note":
        shape.space_after = shared.Pt(8)
    if use == "caption":
        shape.space_before = shape.space_after = shared.Pt(6)
    if indented:
        _indent(style.element.get_or_add_pPr())
    if use == "heading":
        # Word's navigation lists what has a level.
        level = library("docx.oxml").OxmlElement("w:outlineLvl")
        level.set(_w("val"), "0")
        style.element.get_or_add_pPr().append(level)


def _indent(properties: Any) -> None:
    indent = properties.get_or_add_ind()
    # In characters, so that it follows whatever size the office chooses; in twips for readers that know no characters.
    indent.set(_w("firstLineChars"), "200")
    indent.set(_w("firstLine"), str(2 * 16 * 20))


def _set_fonts(properties: Any, use: str) -> None:
    fonts = properties.get_or_add_rFonts()
    for slot, name in (("eastAsia", FONTS[use][0]), ("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):  # fmt: skip
        fonts.set(_w(slot), name)
    # Quotation marks and dashes belong to the Chinese text around them.
    fonts.set(_w("hint"), "eastAsia")


def _usual(document: Any) -> None:
    """Settle the style all others are based on: language, breaking, and the closer set of characters."""
    oxml = library("docx.oxml")
    normal = document.styles["Normal"]
    _set_fonts(normal.element.get_or_add_rPr(), "body")
    # Before and not behind its neighbours: Word refuses a style whose parts are out of order.
    spacing = oxml.OxmlElement("w:spacing")
    spacing.set(_w("val"), str(_CLOSER_TWIPS))
    body = document.styles[STYLES["body"]].element.get_or_add_rPr()
    size = body.find(_w("sz"))
    size.addprevious(spacing)
    # Chinese fonts have no slanted letters or shadows; black is what prints.
    normal.font.color.rgb = library("docx.shared").RGBColor(0, 0, 0)


def _page_numbers(document: Any) -> None:
    """Write — 1 — below the text: odd pages right, even pages left, one character from the edge (GB/T 9704-2012, 7.5)."""
    text = library("docx.enum.text").WD_ALIGN_PARAGRAPH
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, side in ((section.footer, text.RIGHT), (section.even_page_footer, text.LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = side
        edge = "right_indent" if side == text.RIGHT else "left_indent"
        setattr(paragraph.paragraph_format, edge, library("docx.shared").Pt(14))
        _number(paragraph)


def _number(paragraph: Any) -> None:
    shared, oxml = library("docx.shared"), library("docx.oxml")

    def run(text: str = "") -> Any:
        made = paragraph.add_run(text)
        made.font.size = shared.Pt(14)
        made.font.name = "宋体"
        ooxml.element(made).get_or_add_rPr().get_or_add_rFonts().set(_w("eastAsia"), "宋体")
        return made

    def mark(kind: str) -> None:
        field = oxml.OxmlElement("w:fldChar")
        field.set(_w("fldCharType"), kind)
        ooxml.element(run()).append(field)

    run("— ")
    mark("begin")
    code = oxml.OxmlElement("w:instrText")
    code.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    code.text = "PAGE"
    ooxml.element(run()).append(code)
    mark("end")
    run(" —")


def _alternatives(document: Any) -> None:
    """Name for every font what stands in for it, so that a machine without it takes the nearest and not its default."""
    for relation in document.part.rels.values():
        if relation.reltype.endswith("/fontTable"):
            part = relation.target_part
            etree = library_etree()
            root = etree.fromstring(part.blob)
            for name, others in FONTS.values():
                font = etree.SubElement(root, _w("font"))
                font.set(_w("name"), name)
                etree.SubElement(font, _w("altName")).set(_w("val"), others)
            done = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
            ooxml.replace_content(part, done)


def library_etree() -> Any:
    """Return lxml's etree, which python-docx brings along."""
    from importlib import import_module

    return import_module("lxml.etree")
