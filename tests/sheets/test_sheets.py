"""Park sheets: one A4 page for each park, the same marks as HTML and as PDF."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
from fontTools.cffLib import CFFFontSet
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from parks_helpers import CRS, box, firm, placed, standard

from industrymap import measure, sheets
from industrymap.errors import FileRefusedError, LayerError
from industrymap.parks import pilots, routes
from industrymap.sheets import _fonts, _pdf, _shapes, _words
from industrymap.sheets._pdf import Typeface

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "</text><script>alert(1)</script>{{7*7}}\x07\u2028&\"'"
SCORE = standard("pilot-score-proposal")

DISTRICTS = placed(
    "divisions", [{"code": "1", "name": "东区", "geometry": box(-5000, -5000, 12_000, 12_000)}]
)
BLOCKS = placed(
    "industrial_blocks",
    [{"block_id": "x", "name": "一号区块", "level": 1, "geometry": box(-50, -50, 400, 300)}],
)


def layer(n: int = 3, **first: Any) -> gpd.GeoDataFrame:
    """Return parks in a row, measured, routed and judged."""
    rows = [
        {
            "park_id": f"P{i}", "name": f"第{i}工业园", "district": "东区", "town": "甲镇", "village": "乙村",
            "land_area_reported_m2": 20_000.0, "floor_area_m2": 9_000.0 + i, "floor_area_planned_m2": 40_000.0,
            "output_10k_cny": 3_000.0, "output_firms_basis": "all", "tax_10k_cny": 120.0, "tenure_clear": True,
            "planned_use": "industry", "plan_conform": True, "listed_backward": False, "fire_hazard": "minor",
            "environment_status": "good", "ring": 1, "legal_paper_share": 0.4, "year_planned": 2026,
            "geometry": box(400 * i, 0, 200, 100),
        }
        | (first if i == 0 else {})
        for i in range(n)
    ]  # fmt: skip
    parks = measure.measure(
        placed("village_parks", rows), FIRMS, layer="village_parks", crs=CRS, blocks=BLOCKS
    )
    routed = routes.classify(parks, standard=standard("routes-proposal-2025"))
    return gpd.GeoDataFrame(pilots.choose(routed, standard=standard("pilots-2019"), weights=SCORE))


FIRMS = placed(
    "enterprises",
    [
        firm(10 + 9 * i, 20, name=f"企业{i}有限公司", park_id="P0", in_base=True, above_scale=i % 2 == 0,
             revenue_10k_cny=1000.0 * (i + 1), cluster="auto", staff=20, year=2025, industry_code="3670")
        for i in range(15)
    ],
)  # fmt: skip


def draw(parks: gpd.GeoDataFrame, ids: Any = None, **options: Any) -> list[sheets.Sheet]:
    layers = {"blocks": BLOCKS, "enterprises": FIRMS, "districts": DISTRICTS, "weights": SCORE}
    context = sheets.SheetContext(crs=CRS, **(layers | options))
    return sheets.draw(parks, only=ids, context=context)


def texts(sheet: sheets.Sheet) -> list[str]:
    return [mark.text for mark in sheet.marks if isinstance(mark, _shapes.Text)]


def test_a_sheet_says_who_where_what_why_and_since_when() -> None:
    options = sheets.Options(title="示例市", simulated=True, standards=("路径（建议稿，非官方）",))
    history = {"P0": [("2025-03-01", "面积由75.7公顷改为45.63公顷")]}
    sheet = draw(layer(), ["P0"], options=options, clusters={"auto": "汽车"}, history=history)[0]
    said = "\n".join(texts(sheet))
    for piece in (
        "第0工业园", "东区 · 甲镇 · 乙村 · 编号 P0", "改造提升", "模拟数据", "未经审核，仅供内部工作使用",
        "30 亩", "容积率", "15 / 8", "15 家中 15 家有数 · 2025", "1:5,000（A4）", "汽车",
        "企业14有限公司", "另有 ", "面积由75.7公顷改为45.63公顷", "非官方", "符合条件，排名第 1",
        "试点得分构成", "一级控制线", "1 亩 = 2000/3 m²",
    ):  # fmt: skip
        assert piece in said, piece


def test_industries_are_named_and_not_numbered() -> None:
    said = "".join(texts(draw(layer())[0]))
    assert "行业构成（按企业数）：汽车制造业 100%" in said
    english = draw(layer(), options=sheets.Options(lang="en"))[0]
    assert "automobiles 100%" in " ".join(texts(english)).lower()


def test_an_english_sheet_has_no_chinese_words_of_its_own() -> None:
    options = sheets.Options(
        lang="en", title="City", standards=("Routes (proposal, not official)",)
    )
    parks = layer(name="Park zero", district="East", town="A", village="B").iloc[:1]
    sheet = sheets.draw(
        parks, context=sheets.SheetContext(crs=CRS, options=options, districts=DISTRICTS)
    )[0]
    assert not [t for t in texts(sheet) if re.search(r"[\u4e00-\u9fff]", t)]


def test_every_mark_lies_on_the_page_and_no_line_is_wider_than_it() -> None:
    for sheet in draw(layer(name="很长" * 60, lead_industry="长" * 90, operator="长" * 90)):
        for mark in sheet.marks:
            if isinstance(mark, _shapes.Text):
                width = _shapes.text_width(mark.text, mark.size)
                left = mark.x - {"start": 0.0, "middle": width / 2, "end": width}[mark.anchor]
                assert left >= 8
                assert left + width <= _shapes.PAGE_WIDTH - 8
                assert 5 < mark.y < _shapes.PAGE_HEIGHT - 5
            if isinstance(mark, _shapes.Shape):
                assert all(0 <= x <= 210 and 0 <= y <= 297 for ring in mark.rings for x, y in ring)


def test_the_outline_of_a_cut_off_neighbour_does_not_run_along_the_frame() -> None:
    around = draw(layer(1))[0]
    block = [
        mark
        for mark in around.marks
        if isinstance(mark, _shapes.Shape) and mark.dash == (1.6, 0.8) and not mark.fill
    ]
    frame = sheets._FRAME
    for mark in block:
        for (x0, y0), (x1, y1) in zip(mark.rings[0], mark.rings[0][1:], strict=False):
            assert not x0 == x1 == round(frame.x, 2)
            assert not y0 == y1 == round(frame.y, 2)


def test_a_park_about_which_nothing_is_known_still_has_its_sheet() -> None:
    bare = placed("village_parks", [{"park_id": "P9", "geometry": box(0, 0, 100, 100)}])
    sheet = sheets.draw(bare, context=sheets.SheetContext(crs=CRS))[0]
    assert "P9" in texts(sheet)
    assert _words.DASH in texts(sheet)
    assert "尚未分类" in texts(sheet)


def test_a_park_without_a_name_is_called_by_its_number() -> None:
    parks = layer(1)
    parks["name"] = pd.array([pd.NA], dtype="string")
    assert str(parks["park_id"].iloc[0]) in texts(draw(parks)[0])


def test_a_park_that_does_not_exist_is_named() -> None:
    with pytest.raises(LayerError, match="P00"):
        draw(layer(), ["P00"])


def test_the_page_runs_nothing_fetches_nothing_and_escapes_everything() -> None:
    page = sheets.to_html(draw(layer(name=HOSTILE, operator=HOSTILE)), title=HOSTILE)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    assert "\x07" not in page
    assert "\u2028" not in page
    assert "default-src 'none'" in page
    assert not re.search(r"(?:href|src)=|url\(|@import", page)
    assert page.count("<svg ") == 3
    assert "size: A4 portrait" in page


def faces(pages: list[sheets.Sheet]) -> Typeface:
    if _fonts.font_files()[0] is None:
        pytest.skip("no Chinese font on this machine")
    return sheets.typeface_of(pages)


def check_structure(data: bytes, pages: int) -> None:
    """Follow the cross-reference table of a PDF and count its pages."""
    assert data.startswith(b"%PDF-1.7")
    assert data.endswith(b"%%EOF\n")
    start = int(data.split(b"startxref\n")[1].split()[0])
    assert data[start : start + 4] == b"xref"
    places = re.findall(rb"(\d{10}) 00000 n", data[start:])
    for number, place in enumerate(places, 1):
        assert data[int(place) :].startswith(f"{number} 0 obj".encode())
    assert len(re.findall(rb"/Type /Page ", data)) == pages
    assert f"/Count {pages}".encode() in data


def test_the_pdf_is_whole_has_a_bookmark_for_each_park_and_the_same_bytes_twice() -> None:
    drawn = draw(layer(name=HOSTILE))
    found = faces(drawn)
    data = sheets.to_pdf(drawn, title="园区", faces=found)
    check_structure(data, 3)
    assert "P1 第1工业园".encode("utf-16-be").hex().upper().encode() in data
    assert data == sheets.to_pdf(drawn, title="园区", faces=faces(drawn))
    assert b"/FontFile" in data


def test_each_park_can_have_a_small_pdf_of_its_own() -> None:
    drawn = draw(layer())
    faces(drawn)
    files = list(sheets.each_pdf(drawn))
    assert [sheet.park_id for sheet, _ in files] == ["P0", "P1", "P2"]
    for _, data in files:
        check_structure(data, 1)
        assert len(data) < 200_000


def test_without_a_font_the_pdf_names_the_standard_one() -> None:
    drawn = draw(layer(1))
    data = sheets.to_pdf(drawn, title="园区", faces=Typeface(regular=None, bold=None))
    check_structure(data, 1)
    assert b"/STSong-Light" in data
    assert b"/FontFile" not in data


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_text_of_the_pdf_can_be_searched_and_copied(tmp_path: Path) -> None:
    drawn = draw(layer(1, name="岭南𠮷工业园"))
    path = tmp_path / "a.pdf"
    path.write_bytes(sheets.to_pdf(drawn, title="园区", faces=faces(drawn)))
    done = subprocess.run(["pdftotext", path, "-"], capture_output=True, check=True)
    said = done.stdout.decode()
    assert done.stderr == b""
    for piece in ("岭南", "工业园", "改造提升", "容积率", "2000/3"):
        assert piece in said


def test_what_is_no_font_is_refused(tmp_path: Path) -> None:
    fake = tmp_path / "fake.ttf"
    fake.write_bytes(b"\x00\x01\x00\x00" + b"\x00" * 200)
    with pytest.raises(FileRefusedError, match=r"fake\.ttf"):
        sheets.typeface_of(draw(layer(1)), font=fake)
    fake.write_text("<html>")
    with pytest.raises(FileRefusedError):
        sheets.typeface_of(draw(layer(1)), font=fake)


def truetype(path: Path, *, locked: bool = False) -> Path:
    """Write a font of squares; ä is composed of a and the two dots."""
    pen = TTGlyphPen(None)
    for corner in ((0, 0), (0, 700), (500, 700), (500, 0)):
        (pen.lineTo if corner != (0, 0) else pen.moveTo)(corner)
    pen.closePath()
    square = pen.glyph()
    names = {ord("a"): "a", ord("ä"): "adieresis", ord("¨"): "dieresis", ord("?"): "question"}
    whole = TTGlyphPen({"a": square, "dieresis": square})
    whole.addComponent("a", (1, 0, 0, 1, 0, 0))
    whole.addComponent("dieresis", (1, 0, 0, 1, 0, 300))
    order = [".notdef", *names.values()]
    font = FontBuilder(1000, isTTF=True)
    font.setupGlyphOrder(order)
    font.setupCharacterMap(names)
    font.setupGlyf(dict.fromkeys(order, square) | {"adieresis": whole.glyph()})
    font.setupHorizontalMetrics(dict.fromkeys(order, (600, 0)))
    font.setupHorizontalHeader(ascent=800, descent=-200)
    font.setupNameTable({"familyName": "Squares", "styleName": "Regular"})
    font.setupOS2(fsType=2 if locked else 0)
    font.setupPost()
    font.save(path)
    return path


def test_what_a_font_lacks_is_reported_and_never_a_question_mark(tmp_path: Path) -> None:
    font = truetype(tmp_path / "squares.ttf")
    page = sheets.Sheet(
        park_id="P",
        title="P",
        marks=(
            _shapes.Text(x=1, y=1, text="a?园", size=3),
            _shapes.Text(x=1, y=9, text="区", size=3, bold=True),
        ),
    )
    found = sheets.typeface_of([page], font=font)
    assert found.missing == "区园"
    assert found.regular is not None
    assert _pdf._code("园", found.regular) == 0, "the font's own sign for a missing character"
    assert _pdf._code("?", found.regular) == found.regular.codes[ord("?")]
    assert sheets.typeface_of([page]).missing == "" or _fonts.font_files()[0] is None


def test_a_font_that_may_not_be_embedded_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="does not allow"):
        _fonts.load(truetype(tmp_path / "locked.ttf", locked=True))


def test_a_truetype_font_is_narrowed_to_what_a_file_uses_and_its_pieces(tmp_path: Path) -> None:
    font = _fonts.subset(truetype(tmp_path / "squares.ttf"), "aä¨?")
    small = _fonts.narrowed(font, "ä")
    kept = TTFont(io.BytesIO(small.data))
    glyf = kept["glyf"]
    drawn = {name for name in kept.getGlyphOrder() if glyf[name].getCoordinates(glyf)[0]}
    assert drawn == {".notdef", "adieresis", "a", "dieresis"}
    assert small.codes.keys() == {ord("a"), ord("ä"), ord("¨")}
    assert "a" not in {chr(c) for c in _fonts.narrowed(font, "?").codes}
    assert len(small.data) == len(font.data)


def test_a_font_of_a_batch_is_narrowed_to_the_same_outlines() -> None:
    regular = _fonts.font_files()[0]
    if regular is None:
        pytest.skip("no Chinese font on this machine")
    font = _fonts.subset(regular, "工业园区")
    small = _fonts.narrowed(font, "园")
    assert set(small.codes) == {ord("园")}
    if not font.is_cff:
        return
    before, after = strokes(font.data), strokes(small.data)
    kept = {f"cid{small.codes[ord('园')]:05}", ".notdef"}
    assert before.keys() == after.keys()
    for name, program in after.items():
        assert program == before[name] if name in kept else set(program) == {"endchar"}


def strokes(data: bytes) -> dict[str, list[Any]]:
    """Return glyph → its program, of bare PostScript outlines."""
    cff = CFFFontSet()
    cff.decompile(io.BytesIO(data), None)
    found = cff[0].CharStrings
    programs = {}
    for name in cff[0].charset:
        found[name].decompile()
        programs[name] = found[name].program
    return programs


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("一二三四五六", ["一二三", "四五六"]),
        ("一二三，四五", ["一二三，", "四五"]),
        ("一二（三四五", ["一二", "（三四", "五"]),
        ("FAR 0.62 < 0.85", ["FAR", "0.62 <", "0.85"]),
        ("", []),
    ],
)
def test_lines_break_where_chinese_lines_may(text: str, lines: list[str]) -> None:
    assert _shapes.wrap(text, 1.0, 3.4) == lines


def test_too_much_text_ends_with_an_ellipsis() -> None:
    assert _shapes.wrap("一二三四五六七八九", 1.0, 3.4, most=2) == ["一二三", "四五…"]
    assert _shapes.fit("一二三四", 1.0, 3.0) == "一二…"
    assert _shapes.fit("一二三", 1.0, 3.0) == "一二三"


def test_medians_are_those_of_the_parks_that_bring_the_figure() -> None:
    parks = layer(5).assign(tax_per_mu_10k_cny=pd.array([1, 2, None, 4, 9], dtype="Float64"))
    beside = sheets._Medians(parks).of({"district": "东区"})
    assert beside["tax_per_mu_10k_cny"] == {"city": 3.0, "district": 3.0}


@pytest.mark.slow
def test_two_hundred_sheets_are_a_pdf_and_two_hundred_pdfs_within_two_minutes() -> None:
    parks = layer(200)
    start = time.perf_counter()
    drawn = draw(parks)
    data = sheets.to_pdf(drawn, title="园区", faces=faces(drawn))
    alone = [found for _, found in sheets.each_pdf(drawn)]
    assert time.perf_counter() - start < 120
    check_structure(data, 200)
    assert len(alone) == 200
    check_structure(alone[-1], 1)
