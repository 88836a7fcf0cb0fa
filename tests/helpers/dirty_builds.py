"""Workspaces with tables as dirty as bytes can choose them: every column missing, blank, doubled or of another type.

The bytes are read as choices, so that a fuzzer that changes one byte changes one choice; when they run out, every choice is the first
of its kind, and a table ends.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import TYPE_CHECKING, Any

from industrymap import schemas
from industrymap.terms import ADDRESS_KINDS, TABLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CITIES = {"sample": (114.0, 26.0), "guangzhou": (113.35, 23.1)}
"""City pack → a place in the middle of it."""
BLANKS = [
    None,
    "",
    " ",
    "　",
    "-",
    "——",
    "/",
    "无",
    "暂无",
    "{}",
    "NULL",
    "nan",
    "None",
    "#N/A",
    "#REF!",
    "...",
    "。",
    "()",
    "\ufeff",
]
NAMES = [
    "甲厂", "甲厂", "广州乙机械有限公司", "丙（广州）科技股份有限公司", "丁公司", "合计", "其中：规上企业", "平均值", "一、天河区", "企业名称", "甲 厂", "甲廠", "123", "A",
    "填表人：张三", "戊" * 90,
]  # fmt: skip
CODES = ["91440101708231365X", "91440101708231365X", "440101708231365", "708231365", "9144010170823136", "91440101708231365x", "914401017O8231365X", "0", "９１４４０１０１７０８２３１３６５Ｘ", "9.14401E+17"]  # fmt: skip
ADDRESSES = ["天河区五山路1号", "广州市白云区石井街道石潭路2号", "佛山市南海区3号", "注册地：天河区五山路1号 经营地：番禺区大石街道", "示例路1号", "5号", "路", "中国", "白云", "@", "1" * 40]  # fmt: skip
NUMBERS = [3200, "3,200", 0, -5, 1.5, "３２００", "3200万元", "1.2亿", "2200 2300", "约500", ">1000", "=3200", '="3200"', "12%", "1e400", "-0", "1/3", 10**20, 1e-9, float("inf"), "五百"]  # fmt: skip
DAYS = ["2001-03-05", "2001年3月", "20010305", 36956, "45000.5", "2001.3", dt.date(1899, 12, 30), dt.date(2024, 2, 29), "1.3.2001", "0000-00-00", "9999-12-31", "二〇〇一年"]  # fmt: skip
YEARS = [2024, "2024", 2023, "2023年", 24, "二〇二四", 1899, "2024-2025", "2024上半年", 2024.5, "1-11月"]  # fmt: skip
OTHERS = [True, False, "是", "否", "存续", "注销", "吊销", "2611", "C26", "26", "汽车制造业", "白云区", "440111", "天河", "石井街道", "wgs84", "gcj02", "EPSG:4547", "bd09", "x\ny", "高新技术企业；专精特新", "小巨人"]  # fmt: skip
DEGREES = [
    "113.35",
    113.35,
    23.1,
    "23.1",
    "113.35,23.1",
    "113°21′",
    "E113.35",
    0,
    434000.5,
    2560000,
    113350000,
    "nan",
    999,
]
KINDS: dict[str, list[Any]] = {
    "names": NAMES, "codes": CODES, "addresses": ADDRESSES, "numbers": NUMBERS, "days": DAYS, "years": YEARS, "others": OTHERS, "degrees": DEGREES, "blank": BLANKS,
}  # fmt: skip
SUITED = {
    "name": "names", "uscc": "codes", "registered_address": "addresses", "operating_address": "addresses", "established_on": "days", "year": "years",
    "lon": "degrees", "lat": "degrees",
}  # fmt: skip
PERIODS = [
    "",
    "",
    "",
    "2024年",
    "2023年",
    "2022年",
    "1—11月",
    "上半年",
    "2024年1-11月",
    "累计",
    "增速",
    "其中：",
    "同比",
]
UNITS = [
    "",
    "",
    "（万元）",
    "(元)",
    "（亿元）",
    "（千元）",
    "（%）",
    "（人）",
    "(万美元)",
    "（公顷）",
]
FIELDS = [f for f in schemas.fields("enterprises") if f.stage == "read"]
FORMATS = ("csv", "xlsx", "gb18030", "geojson")


class Choices:
    """Bytes, read as choices."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def below(self, n: int) -> int:
        """Return a whole number from 0 to ``n`` - 1."""
        byte = self.data[self.at] if self.at < len(self.data) else 0
        self.at += 1
        return byte * n // 256

    def of(self, items: Sequence[Any]) -> Any:
        """Return one of ``items``."""
        return items[self.below(len(items))]

    def mostly(self, usual: Any, items: Sequence[Any]) -> Any:
        """Return what is usual, and one of ``items`` in one case of six."""
        return self.of(items) if self.below(6) == 5 else usual


def make(folder: Path, data: bytes) -> Path:
    """Make the workspace that these bytes choose."""
    chosen = Choices(data)
    city = chosen.of(list(CITIES))
    lines = [
        "[workspace]",
        'title = "图"',
        f'city = "{city}"',
        chosen.of(["", "data_date = 2024-12-31"]),
    ]
    lines += [
        "[enterprises]",
        f'address = "{chosen.of(ADDRESS_KINDS)}"',
        chosen.of(["", "year = 2024", "year = 2023"]),
    ]
    lines += [chosen.of(["", "threshold_10k_cny = 0", "threshold_10k_cny = 2000"]), "tables = ["]
    for number in range(1 + chosen.below(3)):
        lines.append(_table(folder, number, chosen))
    lines.append("]")
    west, south = CITIES[city]
    if chosen.below(2):
        lines += ["[layers.village_parks]", 'file = "parks.geojson"']
        _parks(folder / "parks.geojson", west, south, chosen)
    if chosen.below(2):
        (folder / "outputs").mkdir()
        _review(folder / "outputs" / "geocode_review.csv", chosen)
    (folder / "industrymap.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


def _table(folder: Path, number: int, chosen: Choices) -> str:
    """Write one table; return its line of the configuration."""
    kind = chosen.mostly("statistics", TABLE_KINDS)
    written = chosen.of(FORMATS)
    grid = _grid(chosen)
    extension = "csv" if written == "gb18030" else written
    path = folder / f"t{number}.{extension}"
    _WRITERS[written](path, grid)
    more = ', taxonomy = "tiers", label = "高新技术企业"' if kind == "list" else ""
    more += chosen.mostly(
        "",
        [
            ", year = 2024",
            ', datum = "gcj02"',
            ', datum = "EPSG:4547"',
            ', sheet = "*"',
            ", table = 1",
        ],
    )
    return f'  {{ file = "{path.name}", kind = "{kind}"{more} }},'


def _grid(chosen: Choices) -> list[list[Any]]:
    """Return the cells of a table, its heading first."""
    heads: list[Any] = []
    pools: list[list[Any]] = []
    for _ in range(1 + chosen.below(9)):
        field = FIELDS[chosen.below(len(FIELDS))] if heads and chosen.below(8) else FIELDS[2]
        word = chosen.mostly(field.zh, [*field.aliases, "", None, "序号", 2024, "备注"])
        figure = field.unit == "万元"
        head = (
            f"{chosen.of(PERIODS)}{word}{chosen.of(UNITS)}"
            if figure and isinstance(word, str)
            else word
        )
        heads.append(head)
        suited = SUITED.get(field.name, "numbers" if field.unit else "others")
        pools.append(KINDS[chosen.mostly(suited, list(KINDS))])
    rows = [
        [chosen.mostly(chosen.of(pool), BLANKS) for pool in pools]
        for _ in range(1 + chosen.below(9))
    ]
    title = chosen.mostly(
        [], [[["2024年企业名单"]], [["", "", "单位：万元"]], [[None] * len(heads)]]
    )
    return [*title, heads, *rows]


def _csv(path: Path, grid: list[list[Any]], encoding: str = "utf-8") -> None:
    text = io.StringIO()
    csv.writer(text).writerows(grid)
    path.write_bytes(text.getvalue().encode(encoding, "replace"))


def _xlsx(path: Path, grid: list[list[Any]]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("表")
    for row in grid:
        # What no workbook can hold is written as the text that it is.
        sheet.append([str(v) if isinstance(v, float) and v == float("inf") else v for v in row])
    book.save(path)


def _geojson(path: Path, grid: list[list[Any]]) -> None:
    heads, *rows = grid
    features = [
        {
            "type": "Feature",
            "properties": {str(h): _plain(v) for h, v in zip(heads, row, strict=False)},
            "geometry": {"type": "Point", "coordinates": [113.35 + n / 100, 23.1]}
            if n % 4 != 3
            else None,
        }
        for n, row in enumerate(rows)
    ]
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, dt.date) or value == float("inf") else value


_WRITERS: dict[str, Callable[[Path, list[list[Any]]], None]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "gb18030": lambda path, grid: _csv(path, grid, "gb18030"),
    "geojson": _geojson,
}


def _parks(path: Path, west: float, south: float, chosen: Choices) -> None:
    """Write three parks whose attributes are as dirty as the tables."""
    fields = [f for f in schemas.fields("village_parks") if f.stage == "read"]
    features = []
    picked = [chosen.of(fields) for _ in range(chosen.below(5))]
    pool = [v for values in KINDS.values() for v in values]
    for n in range(chosen.below(4)):
        x, size = west + n / 200, chosen.of([0.004, 0.008, 0.0])
        ring = [
            [x, south],
            [x + size, south],
            [x + size, south + 0.004],
            [x, south + 0.004],
            [x, south],
        ]
        about = {chosen.of([f.zh, f.name]): _plain(chosen.of(pool)) for f in picked}
        features.append(
            {
                "type": "Feature",
                "properties": about,
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )


def _review(path: Path, chosen: Choices) -> None:
    """Write a review table whose cells are anything."""
    from industrymap.geocoding import review

    heads = [zh for zh, _ in review.HEADERS.values()]
    pools = [chosen.of(list(KINDS.values())) for _ in heads]
    rows = [
        [chosen.mostly(chosen.of(pool), BLANKS) for pool in pools] for _ in range(chosen.below(4))
    ]
    _csv(path, [heads, *rows])
