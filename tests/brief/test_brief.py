"""The quarterly brief: what it says is what the figures are, every number has its record, and nothing of the data runs."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import openpyxl
import pptx
import pytest
from brief_city import HOSTILE, brief_city, numbers
from click.testing import CliRunner

from industrymap import brief, cli, packages, pipeline
from industrymap.brief import _pictures
from industrymap.errors import ConfigError, FileRefusedError, IndustryMapError
from industrymap.pipeline import BriefOptions
from industrymap.pipeline._briefs import Briefing, briefing

if TYPE_CHECKING:
    from industrymap.brief import Story

WRITER = Path("/usr/lib/libreoffice/program/libswlo.so")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return brief_city(tmp_path_factory.mktemp("brief") / "city")


@pytest.fixture(scope="module")
def made(city: Path) -> Briefing:
    return briefing(city, "2024年四季度")


@pytest.fixture(scope="module")
def story(made: Briefing) -> Story:
    return made.story(made.area())


@pytest.fixture(scope="module")
def document(story: Story) -> bytes:
    return brief.docx_bytes(story)


def texts(data: bytes) -> list[str]:
    """Return every paragraph of a document, those in tables too."""
    read = docx.Document(io.BytesIO(data))
    return [p.text for p in read.paragraphs] + [
        p.text for table in read.tables for row in table.rows for c in row.cells for p in c.paragraphs
    ]  # fmt: skip


def section(story: Story, id_: str) -> str:
    (found,) = [s for s in story.sections if s.id == id_]
    return "".join(text for p in found.points for text in (p.conclusion, *p.more))


def test_sentences_say_what_the_figures_are(story: Story) -> None:
    # 6.6 million 万元 in 2023; of them the first 100,000 fall by 5 % and 6.5 million rise by it.
    overall = section(story, "overall")
    assert "2024年，云麓市工业总产值692.00亿元，同比增长4.9%（可比口径）。" in overall
    assert "2024年四季度当季207.60亿元，比上年同季增长4.8%（按合计数计算）" in overall
    assert "最高" not in overall, "eight quarters are known, so nothing is a record of sixteen"
    areas = section(story, "areas")
    assert "11个区中，工业总产值同比增长的10个，下降的1个（可比口径）。" in areas
    # 5 % of 1.1 million over 6.6 million, and 5 % of 100,000 over it
    assert "拉动0.83个百分点" in areas
    assert "下拉0.08个百分点" in areas
    assert "工业增加值173.00亿元，增长4.8%" in overall


def test_a_sum_of_districts_says_so(story: Story) -> None:
    assert any("按各区合计" in note and "工业增加值" in note for note in story.notes)
    (fact,) = [f for f in story.ledger if f.key == "series/city/990100/value_added_10k_cny/2024"]
    assert fact.formula == "sum of districts"
    assert len(fact.inputs) == 11


def test_every_number_of_the_document_has_its_record(story: Story, document: bytes) -> None:
    shown = {fact.shown for fact in story.ledger}
    found = numbers("\n".join(t for t in texts(document) if t not in HOSTILE))
    assert len(found) > 60
    assert found - shown == set()


def test_every_number_is_found_in_the_release(city: Path, story: Story, tmp_path: Path) -> None:
    packed = pipeline.release_package(city, "2024Q4", tmp_path / "r.zip")
    opened = packages.open_package(packed.path)
    series = opened.table("series")
    values = {f"series/{r['kind']}/{r['entity']}/{r['measure']}/{r['period']}": float(r["value"]) for r in series.to_dict("records")}  # fmt: skip
    checked = 0
    for fact in story.ledger:
        inputs = [k for k in fact.inputs if k.startswith("series/") and "/firm/" not in k]
        # Figures of single firms stay in the running database, and are checked there.
        assert set(inputs) <= set(values), fact.key
        if not inputs:
            continue
        scale = 1.0 if fact.unit == "%" else 10_000.0
        if fact.formula == "reported":
            assert values[inputs[0]] == pytest.approx(fact.value * scale), fact.key
        elif fact.formula == "sum of districts":
            assert sum(values[k] for k in inputs) == pytest.approx(fact.value * scale)
        elif fact.formula == "difference":
            assert values[inputs[0]] - values[inputs[1]] == pytest.approx(fact.value * scale)
        elif fact.formula == "now / before - 1" and len(inputs) == 2:
            assert (values[inputs[0]] / values[inputs[1]] - 1) * 100 == pytest.approx(fact.value)
        else:
            continue
        checked += 1
    assert checked > 70


def test_ratios_of_the_city_are_those_of_its_districts(story: Story) -> None:
    (fact,) = [f for f in story.ledger if f.key == "indicators/city/990100/value_per_energy/2024"]
    # a quarter of the output over a fifth of it
    assert fact.shown == "1.25"
    assert "各区合计" in str([s.points[0].exhibits[0] for s in story.sections if s.id == "ratios"])


def test_the_brief_of_a_district_has_its_rank_and_says_what_it_lacks(made: Briefing) -> None:
    told = made.story(made.area("锦塘区"))
    assert told.title == "2024年四季度锦塘区制造业运行简报"
    assert "没有重点监测企业的数据" in " ".join(told.notes)
    assert {s.id for s in told.sections} == {"overall", "ratios", "attention"}
    assert not any("按各区合计" in note for note in told.notes)


def test_names_of_firms_are_text_and_nothing_else(story: Story, document: bytes) -> None:
    inside = texts(document)
    for name in HOSTILE:
        assert name in inside
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        assert b"<script>" not in archive.read("word/document.xml")
    assert brief.docx_bytes(story) == document, "the same story gives the same bytes"


def test_an_office_can_arrange_the_brief_in_its_own_template(story: Story) -> None:
    own = docx.Document(io.BytesIO(brief.default_docx()))
    for paragraph in list(own.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    own.add_paragraph("某局内部参考")
    split = own.add_paragraph("题目：{{ ti")
    # as Word keeps what was typed in two goes
    split.add_run("tle }}，")
    split.add_run("完")
    own.add_paragraph("{{ section  areas }}")
    own.add_table(rows=1, cols=1).rows[0].cells[0].text = "{{ conclusion overall }}"
    out = io.BytesIO()
    own.save(out)
    found = texts(brief.docx_bytes(story, template=out.getvalue()))
    assert found[0] == "某局内部参考"
    assert found[1] == "题目：2024年四季度云麓市制造业运行简报，完"
    assert "一、总体运行" not in found
    assert any(t.endswith("、分区运行") for t in found)
    assert found[-1].startswith("2024年，云麓市工业总产值692.00亿元")


def test_a_template_that_asks_for_what_there_is_not_is_refused_whole(city: Path, tmp_path: Path) -> None:  # fmt: skip
    own = docx.Document()
    own.add_paragraph("{{ titel }} {{ cycler.__init__ }}")
    template, out = tmp_path / "t.docx", tmp_path / "out.docx"
    own.save(str(template))
    with pytest.raises(ConfigError, match=r"\{\{ cycler.__init__ \}\}, \{\{ titel \}\}") as error:
        pipeline.write_brief(city, "2024Q4", out, BriefOptions(template=template))
    assert "title" in str(error.value)
    assert not out.exists()


def test_a_template_with_macros_is_refused(city: Path, tmp_path: Path) -> None:
    template = tmp_path / "t.docx"
    template.write_bytes(brief.default_docx())
    with zipfile.ZipFile(template, "a") as archive:
        archive.writestr("word/vbaProject.bin", b"x")
    with pytest.raises(FileRefusedError, match="macros"):
        pipeline.write_brief(city, "2024Q4", tmp_path / "o.docx", BriefOptions(template=template))


@pytest.mark.parametrize(
    ("period", "words"), [("2030Q1", "There is no figure"), ("2024-02..05", "does not count from January"), ("x", "not a period")]
)  # fmt: skip
def test_a_period_without_figures_writes_nothing(city: Path, tmp_path: Path, period: str, words: str) -> None:  # fmt: skip
    with pytest.raises(IndustryMapError, match=words):
        pipeline.write_brief(city, period, tmp_path / "o.docx")
    assert not list(tmp_path.iterdir())


def test_without_a_font_a_chart_is_a_table_that_says_why(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(_pictures, "drawable", lambda: False)
    data = brief.docx_bytes(story)
    assert any("本机没有中文字体" in t for t in texts(data))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(n.endswith(".png") for n in archive.namelist())


def slide_texts(data: bytes) -> list[str]:
    """Return every text of the slides: boxes, cells, and the labels of charts."""
    out = []
    for slide in pptx.Presentation(io.BytesIO(data)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                out.append(shape.text_frame.text)
            if shape.has_table:
                out += [cell.text for row in shape.table.rows for cell in row.cells]
            if shape.has_chart:
                out += [str(label) for label in shape.chart.plots[0].categories]
    return out


def test_slides_have_one_conclusion_each_and_every_number_its_record(story: Story) -> None:
    data = brief.pptx_bytes(story)
    assert brief.pptx_bytes(story) == data, "the same story gives the same bytes"
    found = slide_texts(data)
    assert "2024年，云麓市工业总产值692.00亿元，同比增长4.9%（可比口径）" in found
    points = sum(len(s.points) for s in story.sections)
    # a cover and the notes besides
    assert len(pptx.Presentation(io.BytesIO(data)).slides) == points + 2
    shown = {fact.shown for fact in story.ledger}
    assert numbers("\n".join(t for t in found if t not in HOSTILE)) - shown == set()
    assert set(HOSTILE) <= set(found)


def test_a_label_of_a_chart_is_no_formula_in_its_workbook(story: Story) -> None:
    chart = brief.Chart(title="甲", kind="bars", labels=["=1+1", "乙"], values=[1.0, -2.0], shown=["1", "-2"], unit="%", series="丙")  # fmt: skip
    (overall,) = [s for s in story.sections if s.id == "overall"]
    point = replace(overall.points[0], exhibits=[chart])
    told = replace(story, sections=[replace(overall, points=[point])])
    with zipfile.ZipFile(io.BytesIO(brief.pptx_bytes(told))) as archive:
        (inner,) = [n for n in archive.namelist() if n.endswith(".xlsx")]
        with zipfile.ZipFile(io.BytesIO(archive.read(inner))) as book:
            assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_slides_take_the_template_of_an_office(story: Story) -> None:
    own = pptx.Presentation()
    slide = own.slides.add_slide(own.slide_layouts[6])
    slide.shapes.add_textbox(0, 0, 900000, 900000).text_frame.text = "某局 {{ title }}"
    out = io.BytesIO()
    own.save(out)
    assert f"某局 {story.title}" in slide_texts(brief.pptx_bytes(story, template=out.getvalue()))
    slide.shapes.add_textbox(0, 0, 900000, 900000).text_frame.text = "{{ body }}"
    out = io.BytesIO()
    own.save(out)
    with pytest.raises(ConfigError, match="body"):
        brief.pptx_bytes(story, template=out.getvalue())


def test_the_layout_is_that_of_official_documents() -> None:
    page = docx.Document(io.BytesIO(brief.default_docx())).sections[0]
    assert (round(page.page_width.mm), round(page.page_height.mm)) == (210, 297)
    assert (round(page.top_margin.mm), round(page.left_margin.mm)) == (37, 28)
    text_block = page.page_width.mm - page.left_margin.mm - page.right_margin.mm
    assert round(text_block) == 156
    body = docx.Document(io.BytesIO(brief.default_docx())).styles[brief.STYLES["body"]]
    assert (body.font.size.pt, body.paragraph_format.line_spacing.pt) == (16, 28)
    # 22 lines of 28 characters: a quarter of a point less between characters makes room for the 28th
    height = page.page_height.mm - page.top_margin.mm - page.bottom_margin.mm
    assert int(height / 25.4 * 72 / 28) == 22
    assert int((text_block / 25.4 * 72) / (16 - 0.25)) == 28


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[[pattern]]\nuse = "amount"\nzh = "{valeu}"\nen = "{value}"\n', "valeu"),
        ('[[pattern]]\nuse = "amout"\nzh = "甲"\nen = "a"\n', "amount"),
        ('[[pattern]]\nuse = "amount"\nwhen = ["risen"]\nzh = "甲"\nen = "a"\n', "risen"),
        ('[[pattern]]\nuse = "spread"\nzh = "{kind}大幅增长，共{up}个。"\nen = "{up}"\n', "大幅"),
        ("falls = 0\n", "falls"),
        ('[headings.overal]\nzh = "甲"\n', "overall"),
    ],
)  # fmt: skip
def test_a_wrong_pattern_is_named(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / brief.FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=words):
        brief.known([tmp_path])


def test_sentences_and_targets_of_a_workspace_go_before_the_shipped_ones(made: Briefing, tmp_path: Path) -> None:  # fmt: skip
    (tmp_path / brief.FILE).write_text(
        '[[pattern]]\nuse = "amount"\nwhen = ["rose"]\nzh = "{area}：{value}{unit}，+{rate}%"\nen = "{value}"\n'
        '[[target]]\nlevel = "cluster"\nentity = "auto"\nmeasure = "output_10k_cny"\nyear = 2024\nvalue = 2_200_000\nsource = "市方案"\n',
        encoding="utf-8",
    )
    outline = brief.known([tmp_path])
    material = replace(made.material(made.area()), outline=outline, targets=outline.targets)
    told = brief.tell(material)
    assert section(told, "overall").startswith("云麓市：692.00亿元，+4.9%")
    # 30 % of 692.00 亿元 against 220
    assert "汽车工业总产值207.60亿元，为2024年目标220.00亿元的94.4%，差12.40亿元。" in section(told, "clusters")  # fmt: skip


@pytest.mark.slow
def test_the_command_writes_one_brief_for_each_district(city: Path, tmp_path: Path) -> None:
    args = ["--lang", "zh", "brief", "2024Q4", "-w", str(city), "-o", str(tmp_path / "all"), "--each", "district"]  # fmt: skip
    result = CliRunner().invoke(cli.cli, args)
    assert result.exit_code == 0, result.output
    assert len(list((tmp_path / "all").glob("*.docx"))) == 11
    evidence = tmp_path / "e.xlsx"
    args = ["--lang", "en", "brief", "2024Q4", "-w", str(city), "-o", str(tmp_path / "b.docx"), "--evidence", str(evidence)]  # fmt: skip
    result = CliRunner().invoke(cli.cli, args)
    assert result.exit_code == 0, result.output
    assert evidence.exists()
    found = texts((tmp_path / "b.docx").read_bytes())
    assert any("up 4.9% on the same firms" in t for t in found)
    assert CliRunner().invoke(cli.cli, ["brief", "template", "-o", str(tmp_path / "t.docx")]).exit_code == 0  # fmt: skip


@pytest.mark.slow
def test_a_work_pack_for_each_district_says_what_there_is_to_do(city: Path, tmp_path: Path) -> None:
    done = pipeline.work_packs(city, "2024Q4", tmp_path / "a")
    assert len(done) == 11
    # No firm of this city lies in a district: a pack that says so is better than none.
    assert {pack.firms for pack in done} == {0}
    again = pipeline.work_packs(city, "2024Q4", tmp_path / "b")
    assert [p.path.read_bytes() for p in again] == [p.path.read_bytes() for p in done]
    with zipfile.ZipFile(done[0].path) as archive:
        assert sorted(archive.namelist()) == ["简报.docx", "走访清单.xlsx"]
        book = openpyxl.load_workbook(io.BytesIO(archive.read("走访清单.xlsx")))
    cells = [str(c.value) for sheet in book.worksheets for row in sheet.rows for c in row]
    assert "本区没有重点监测企业的数据。" in cells


@pytest.mark.slow
@pytest.mark.skipif(
    not WRITER.exists() or not shutil.which("pdftotext"), reason="no LibreOffice Writer here"
)
def test_libreoffice_opens_both_and_a_full_page_has_22_lines_of_28_characters(story: Story, tmp_path: Path) -> None:  # fmt: skip
    own = docx.Document(io.BytesIO(brief.default_docx()))
    for paragraph in list(own.paragraphs):
        paragraph._p.getparent().remove(paragraph._p)
    own.add_paragraph("国" * 28 * 30, style=brief.STYLES["body"])
    own.save(str(tmp_path / "full.docx"))
    (tmp_path / "brief.docx").write_bytes(brief.docx_bytes(story))
    (tmp_path / "brief.pptx").write_bytes(brief.pptx_bytes(story))
    names = ["full", "brief"]
    made = [str(tmp_path / n) for n in ("full.docx", "brief.docx", "brief.pptx")]
    for path in made:
        out = tmp_path / path[-4:]
        home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
        subprocess.run(["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", str(out), path], check=True, capture_output=True, timeout=180)  # fmt: skip

    def read(pdf: Path) -> list[str]:
        done = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True)  # fmt: skip
        return done.stdout.split("\f")

    first = [line.strip() for line in read(tmp_path / "docx" / f"{names[0]}.pdf")[0].splitlines()]
    lines = [line for line in first if "国" in line]
    assert len(lines) == 22
    # The first line is indented by two characters.
    assert [len(line) for line in lines[:3]] == [26, 28, 28]
    assert "云麓市工业总产值692.00亿元" in "".join(read(tmp_path / "docx" / "brief.pdf")[0].split())
    slides = read(tmp_path / "pptx" / "brief.pdf")
    assert len([s for s in slides if s.strip()]) == sum(len(s.points) for s in story.sections) + 2
