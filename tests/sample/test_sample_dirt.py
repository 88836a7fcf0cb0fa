"""Every kind of dirt that real registers carry is in the repository's own inputs, found in the files and not in the truth.

Each kind has a name and a question put to raw bytes or raw cells, without the package's readers. The lists follow what tables,
addresses, coordinates, codes and layers were seen to do: whoever takes a kind away from the sample must take it away here.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import struct
import zipfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from python_calamine import CalamineWorkbook

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
LAYERS = ROOT / "layers"
PACK = ROOT / "industrymap/cities/sample"


@dataclass(frozen=True)
class Raw:
    """The tables as they lie there, cells untouched; addresses and amounts of all of them; divisions of the city."""

    book: list[list[Any]]
    merged: set[str]
    tax: list[list[str]]
    registry: list[list[str]]
    points: list[list[str]]
    addresses: list[str]
    amounts: list[Any]
    codes: list[str]
    industries: list[str]
    texts: list[str]
    current: dict[str, set[str]]
    former: dict[str, set[str]]
    moved: list[tuple[str, str, str]]

    def some(self, pattern: str, cells: list[str]) -> bool:
        return any(re.search(pattern, cell) for cell in cells)


def column(rows: list[list[Any]], at: int, first: int) -> list[str]:
    return [str(row[at]) for row in rows[first:] if len(row) > at and row[at] not in ("", None)]


@pytest.fixture(scope="module")
def raw() -> Raw:
    path = LAYERS / "enterprises_statistics_2025.xlsx"
    book = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("企业数据").to_python()
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet2.xml").decode()
    tax = table("enterprises_tax_2025.csv", "gb18030")
    registry = table("enterprises_registry.csv", "utf-8-sig")
    points = table("enterprises_coordinates.tsv", "utf-16", "\t")
    divisions = table(PACK / "divisions.csv", "utf-8")
    names: dict[bool, dict[str, set[str]]] = {True: {}, False: {}}
    for _, name, level, _, _, _, until, *_ in divisions[1:]:
        names[bool(until)].setdefault(level, set()).add(name)
    return Raw(
        book=book,
        merged=set(re.findall(r'mergeCell ref="([A-Z]+\d+:[A-Z]+\d+)"', sheet)),
        tax=tax,
        registry=registry,
        points=points,
        addresses=column(book, 5, 4) + column(tax, 2, 2) + column(registry, 2, 1),
        amounts=[row[12] for row in book[4:]] + [row[4] for row in tax[2:]],
        codes=column(book, 1, 4) + column(tax, 0, 2) + column(registry, 0, 1),
        industries=column(book, 6, 4) + column(tax, 3, 2),
        texts=column(book, 18, 4) + column(tax, 7, 2) + column(tax, 1, 2) + column(tax, 2, 2),
        current=names[False],
        former={level: found - names[False].get(level, set()) for level, found in names[True].items()},
        moved=moved_towns(divisions),
    )  # fmt: skip


def moved_towns(divisions: list[list[str]]) -> list[tuple[str, str, str]]:
    """Return the district, the name and the present district of towns that changed their district."""
    now = {row[0]: row for row in divisions if not row[6]}
    gone = [row for row in divisions if row[2] == "town" and row[6] and row[7] in now]
    found = [(now.get(r[3], [""] * 2)[1], r[1], now[now[r[7]][3]][1]) for r in gone]
    return [(old, town, new) for old, town, new in found if old and old != new]


def table(name: str | Path, encoding: str, separator: str = ",") -> list[list[str]]:
    text = (LAYERS / name).read_bytes().decode(encoding)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


def check_digit_fails(code: str) -> bool:
    """Say whether 18 sound characters end in a wrong check character (GB 32100-2015, modulo 31)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    if len(code) != 18 or not set(code) <= set(letters):
        return False
    total = sum(letters.index(c) * pow(3, n, 31) for n, c in enumerate(code[:17]))
    return letters[-total % 31] != code[17]


def tokens(raw: Raw) -> set[str]:
    """What stands between a district and its street in plain addresses."""
    return set(re.findall(r"[区市县]([一-龥]{2,4}?(?:街道|镇|街))", "\n".join(raw.addresses)))


def any_of(names: set[str]) -> str:
    return f"(?:{'|'.join(sorted(names))})"


def town_under_its_old_district(raw: Raw) -> bool:
    """Find a town that has moved, written under the district it left."""
    return any(old + town in text for old, town, _ in raw.moved for text in raw.addresses)


def names_two_districts(raw: Raw) -> bool:
    found = re.compile(any_of(raw.current["district"]))
    return any(len(set(found.findall(text))) > 1 for text in raw.addresses)


TABLES: dict[str, Callable[[Raw], bool]] = {
    "GB18030 without a word about it": lambda _: not is_utf8("enterprises_tax_2025.csv"),
    "UTF-8 with a mark": lambda _: starts("enterprises_registry.csv", b"\xef\xbb\xbf"),
    "UTF-16 with tabs": lambda _: starts("enterprises_coordinates.tsv", b"\xff\xfe"),
    "title row above the header": lambda r: not r.tax[0][1] and "企业纳税情况" in r.tax[0][0],
    "unit line": lambda r: r.book[1][0] == "单位：万元、人",
    "unit in the heading": lambda r: "（元）" in r.tax[1][4],
    "header over two rows": lambda r: r.book[2][8] == "营业收入" and r.book[3][8] == "2021年",
    "heading merged across": lambda r: "I3:M3" in r.merged,
    "heading merged down": lambda r: "B3:B4" in r.merged,
    "merged cells between the rows": lambda r: any(re.fullmatch(r"A(\d{2,}):H\1", m) for m in r.merged),
    "subtotals": lambda r: r.some("小计$", column(r.book, 0, 4)),
    "total at the end": lambda r: "合计" in column(r.book, 0, 4) and r.tax[-1][0] == "合计",
    "notes below the table": lambda r: r.some("^注：", column(r.book, 0, 4)),
    "signatures below the table": lambda r: r.some("^填表人", column(r.book, 0, 4)),
    "another sheet in front": lambda _: front_sheet() == "填报说明",
    "further years in one table": lambda r: {"2024", "2025"} <= set(column(r.tax, 6, 2)),
    "a row twice": lambda r: max(Counter(tuple(row[1:]) for row in r.book[4:]).values()) > 1,
    "line break inside a cell": lambda r: r.some(r"\n", r.addresses),
    "quotation marks inside a cell": lambda r: r.some('"', r.texts),
}  # fmt: skip

AMOUNTS: dict[str, Callable[[str], Any]] = {
    "blank": lambda s: s in ("", "None"),
    "thousands separators": re.compile(r"^\d{1,3}(,\d{3})+(\.\d+)?$").search,
    "full-width digits": re.compile("^[０-９]+(．[０-９]+)?$").search,
    "元 in the cell": re.compile(r"\d元$").search,
    "万元 in the cell": re.compile(r"\d万元$").search,
    "亿元 in the cell": re.compile(r"\d亿元$").search,
    "sign of the currency": re.compile("^[¥￥]").search,
    "a word instead": re.compile("^(暂无|保密|未填报)$").search,
    "a dash or stroke instead": re.compile("^[/—]$").search,
    "an error of Excel": re.compile("^#REF!$").search,
    "negative": re.compile(r"^-\d").search,
    "absurd (unit mistaken)": lambda s: re.fullmatch(r"\d+(\.\d+)?", s) and float(s) > 1e14,
}

CODES: dict[str, Callable[[str], Any]] = {
    "wrong check character": check_digit_fails,
    "15 digits of the old register": re.compile(r"^\d{15}$").search,
    "9 characters of an organisation": re.compile(r"^[0-9A-Z]{9}$").search,
    "organisation with a hyphen": re.compile(r"^[0-9A-Z]{8}-[0-9A-Z]$").search,
    "full-width": re.compile("[０-９Ａ-Ｚ]").search,
    "lower case": re.compile("[a-z]").search,
    "spaces inside and behind": re.compile(r"\S \S.*　$").search,
    "letter O for zero": re.compile("^[0-9A-Z]*O[0-9A-Z]*$").search,
    "scientific notation": re.compile(r"^\d\.\d+E\+\d+$").search,
    "cut short": re.compile("^91[0-9A-Z]{8,12}$").search,
    "a word or dash instead": re.compile("^(无|-)$").search,
}

INDUSTRIES: dict[str, Callable[[str], Any]] = {
    "with its letter": re.compile(r"^C\d{4}$").search,
    "with letter and hyphen": re.compile(r"^C-\d{4}$").search,
    "with its name": re.compile(r"^C\d{4} \w+业$").search,
    "full-width": re.compile("^Ｃ[０-９]{4}$").search,
    "division only": re.compile(r"^\d{2}$").search,
    "text only": re.compile("^制造业-").search,
}

ADDRESSES: dict[str, Callable[[Raw], bool]] = {
    "begins without the city": lambda r: r.some("^" + any_of(r.current["district"]), r.addresses),
    "no district, no town: road and number": lambda r: r.some(r"^[一-龥]{2,5}(?:路|大道)\d+号", r.addresses),
    "a village and nothing above it": lambda r: r.some("^[一-龥]{2,4}村", r.addresses),
    "abolished district": lambda r: r.some(any_of(r.former["district"]), r.addresses),
    "former town": lambda r: r.some(any_of(r.former["town"]), r.addresses),
    "town under the district it left": town_under_its_old_district,
    "街 for 街道": lambda r: any(t[:-1] + "街道" in r.current["town"] for t in tokens(r) if t.endswith("街")),
    "two districts named": names_two_districts,
    "district in brackets": lambda r: r.some(f"（{any_of(r.current['district'])}）", r.addresses),
    "city repeated": lambda r: r.some("云麓市.*云麓市", r.addresses),
    "development zone for district": lambda r: r.some("经济技术开发区|高新技术产业开发区", r.addresses),
    "zone by its short name": lambda r: r.some("(?:^|市)(?:高新区|经开区|科学城|临港区)", r.addresses),
    "traditional characters": lambda r: r.some("[號區鎮東業廣園龍]", r.addresses),
    "full-width digits": lambda r: r.some("[０-９]", r.addresses),
    "ideographic and hard spaces": lambda r: r.some("　", r.addresses) and r.some("\u00a0", r.addresses),
    "Chinese numerals": lambda r: r.some("[路道街][一二三四五六七八九十百千零〇]{2,}号", r.addresses),
    "English": lambda r: r.some("^No\\. .*Road.*China", r.addresses),
    "building's own numbering": lambda r: r.some("自编", r.addresses),
    "number with a part": lambda r: r.some(r"\d号之[一二三1]|\d号-1", r.addresses),
    "number range": lambda r: r.some(r"\d[-～、]\d+号", r.addresses),
    "floor and room": lambda r: r.some(r"\d楼\d+房|\d{3}室|座\dF", r.addresses),
    "remark in brackets": lambda r: r.some("[（(【](一照多址|仅限办公|临时经营场所|集群注册|原址)", r.addresses),
    "telephone, postcode, person": lambda r: all(r.some(w, r.addresses) for w in ("联系电话", "邮编", "先生）")),
    "relative": lambda r: r.some(r"交叉口(西北|东南)\d+米", r.addresses) and r.some("对面", r.addresses),
    "two addresses in one cell": lambda r: r.some("；云麓市", r.addresses),
    "another city": lambda r: r.some("东莞市|上海市|苏州市", r.addresses),
    "Hong Kong": lambda r: r.some("香港", r.addresses),
    "the city's name in another city's road": lambda r: r.some("淮安市.*云麓东路", r.addresses),
    "the city's name in another city's zone": lambda r: r.some(r"梅州市云麓（梅州）产业转移工业园", r.addresses),
    "the city's name in a market's name": lambda r: r.some("乌鲁木齐市.*云麓市场", r.addresses),
    "the city only": lambda r: any(a.strip() in ("云麓市", "岚东省云麓市") for a in r.addresses),
    "blank": lambda r: any(not a.strip() for a in r.addresses),
    "words that are no address": lambda r: {"无", "待补充", "同上", "不详", "#N/A", "1111111"} <= set(r.addresses),
}  # fmt: skip

HOSTILE = (
    "{{",
    "{%",
    "{#",
    "${",
    "<script>",
    "</script>",
    "<!--",
    "\u2028",
    "\u2029",
    "'\"`",
    "]]>",
)

LAYER_DIRT: dict[str, Callable[[], bool]] = {
    "GCJ-02 that does not say so": lambda: b'"crs"' not in (ROOT / "boundaries/districts.geojson").read_bytes(),
    "zipped Shapefile without .cpg": lambda: not any(n.endswith(".cpg") for n in units().namelist()),
    ".dbf that names no encoding, in GBK": lambda: dbf()[29] == 0 and "更新单元".encode("gbk") in dbf(),
    "eastings that carry a zone number": lambda: 38e6 < struct.unpack("<d", shp()[36:44])[0] < 39e6,
    "feature without geometry": lambda: 0 in shape_types(),
    "identifier twice": lambda: max(Counter(re.findall(rb"GX\d{3}", dbf())).values()) > 1,
    "hostile text in a layer": lambda: {"{{7*7}}", "<script>alert(1)</script>"} <= park_column("备注"),
    "formula in a layer": lambda: "=1+1" in park_column("备注"),
    "missing inputs of a rule": lambda: None in park_column("现状容积率"),
    "figures of different stages": lambda: len(park_column("数据阶段")) > 1,
}  # fmt: skip


def starts(name: str, mark: bytes) -> bool:
    return (LAYERS / name).read_bytes().startswith(mark)


def is_utf8(name: str) -> bool:
    try:
        (LAYERS / name).read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def front_sheet() -> str:
    path = LAYERS / "enterprises_statistics_2025.xlsx"
    return str(CalamineWorkbook.from_path(str(path)).sheet_names[0])


def units() -> zipfile.ZipFile:
    return zipfile.ZipFile(LAYERS / "renewal_units.zip")


def dbf() -> bytes:
    return units().read("renewal_units.dbf")


def shp() -> bytes:
    return units().read("renewal_units.shp")


def shape_types() -> set[int]:
    """Types of the records of a .shp: 0 is a null shape."""
    data, at, found = shp(), 100, set()
    while at < len(data):
        found.add(struct.unpack("<i", data[at + 8 : at + 12])[0])
        at += 8 + 2 * struct.unpack(">i", data[at + 4 : at + 8])[0]
    return found


def park_column(name: str) -> set[Any]:
    with sqlite3.connect(f"file:{LAYERS / 'village_parks.gpkg'}?mode=ro", uri=True) as base:
        found = {row[0] for row in base.execute(f'select "{name}" from village_parks')}
    base.close()
    return found


@pytest.mark.parametrize("kind", TABLES)
def test_dirt_of_tables(raw: Raw, kind: str) -> None:
    assert TABLES[kind](raw), kind


@pytest.mark.parametrize("kind", AMOUNTS)
def test_dirt_of_amounts(raw: Raw, kind: str) -> None:
    assert any(AMOUNTS[kind](str(cell)) for cell in raw.amounts), kind


@pytest.mark.parametrize("kind", CODES)
def test_dirt_of_codes(raw: Raw, kind: str) -> None:
    assert any(CODES[kind](cell) for cell in raw.codes), kind


@pytest.mark.parametrize("kind", INDUSTRIES)
def test_dirt_of_industry_codes(raw: Raw, kind: str) -> None:
    assert any(INDUSTRIES[kind](cell) for cell in raw.industries), kind


@pytest.mark.parametrize("kind", ADDRESSES)
def test_dirt_of_addresses(raw: Raw, kind: str) -> None:
    assert ADDRESSES[kind](raw), kind


@pytest.mark.parametrize("start", "=+-@\t\r＝＋－＠")
def test_cells_that_a_spreadsheet_would_run(raw: Raw, start: str) -> None:
    assert any(cell.startswith(start) and len(cell) > 1 for cell in raw.texts), start


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts(raw: Raw, text: str) -> None:
    assert any(text in cell for cell in raw.texts), text


def test_a_name_is_written_with_other_brackets_and_with_spaces(raw: Raw) -> None:
    names = column(raw.book, 2, 4) + column(raw.tax, 1, 2)
    assert any("(" in n for n in names)
    assert any("（原" in n for n in names)
    assert any(n.startswith(" ") and n.endswith("\u3000") for n in names)


def test_coordinates_differ_in_datum_and_some_are_swapped_zero_or_say_nothing(raw: Raw) -> None:
    rows = raw.points[1:]
    assert {"GCJ-02", "BD-09", ""} <= {row[4] for row in rows}
    assert any(float(row[2]) < 60 < float(row[3]) for row in rows if float(row[2]))
    assert any(float(row[2]) == float(row[3]) == 0 for row in rows)


def test_a_firm_s_registered_and_operating_addresses_differ(raw: Raw) -> None:
    operating = {row[0]: row[2] for row in raw.tax[2:]}
    both = [(row[2], operating[row[0]]) for row in raw.registry[1:] if row[0] in operating]
    assert any(one != other for one, other in both)


def test_the_two_revenues_of_a_firm_differ_between_sources(raw: Raw) -> None:
    def plain(cell: Any) -> float | None:
        return float(cell) if re.fullmatch(r"\d+(\.\d+)?", str(cell)) else None

    taxed = {row[0]: plain(row[4]) for row in raw.tax[2:] if row[6] == "2025"}
    pairs = [(plain(r[12]), taxed.get(r[1])) for r in raw.book[4:]]
    assert any(a and b and abs(a * 1e4 - b) > 0.05 * b for a, b in pairs)


@pytest.mark.parametrize("kind", LAYER_DIRT)
def test_dirt_of_layers(kind: str) -> None:
    assert LAYER_DIRT[kind](), kind


def test_a_layer_has_an_outline_that_crosses_itself_a_sliver_and_a_piece_off_the_city() -> None:
    import pyogrio
    import shapely

    path = f"/vsizip/{LAYERS / 'renewal_units.zip'}"
    _, _, shapes, _ = pyogrio.raw.read(path, columns=[])
    found = shapely.from_wkb([s for s in shapes if s is not None])
    assert not shapely.is_valid(found).all()
    assert (shapely.area(found) < 10).any()
    box = shapely.box(*shapely.bounds(found[0])).buffer(100_000)
    assert shapely.disjoint(found, box).any()


def test_boundaries_are_wgs84_degrees_off_by_the_shift_of_gcj02() -> None:
    """Districts lie about 500 m off the towns that tile them: GCJ-02 that looks like WGS 84."""
    import pyogrio
    import pyproj
    import shapely

    content = json.loads((ROOT / "boundaries/districts.geojson").read_text(encoding="utf-8"))
    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in content["features"]]
    west, south, _, _ = shapely.total_bounds(shapes)
    meta, _, towns, _ = pyogrio.raw.read(ROOT / "boundaries/towns.gpkg", columns=[])
    move = pyproj.Transformer.from_crs(meta["crs"], "EPSG:4490", always_xy=True).transform
    real = shapely.transform(shapely.from_wkb(towns), move, interleaved=False)
    at_west, at_south, _, _ = shapely.total_bounds(real)
    off = pyproj.Geod(ellps="GRS80").inv(west, south, at_west, at_south)[2]
    assert 300 < off < 900
