"""Workspaces as untidy offices leave them, made from a seed, and every command over one of them.

``python tests/helpers/dirty_workspaces.py COUNT [SEED]`` is the long form (``make soak-trust``).
"""

from __future__ import annotations

import contextlib
import functools
import io
import json
import os
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

WEST, SOUTH, EAST, NORTH = 113.35, 25.45, 114.65, 26.50
"""Box of the sample city."""

CELLS = [
    "", " ", "　", "{}", "——", "-", "/", "无", "N/A", "nan", "NULL", "#REF!", "=1+1", "@SUM(A1)", "０", "－５", "1,234", "１２３４", "1e400",
    "-1", "99999999999999999999", "甲\x1b[2J厂", "乙\x07\x9b31m", "a\u202eb", "\ufeff丙", "x" * 300, "123.0", "2025-13-45", "二〇二五年",
    "甲\n乙", "\t", "'", '"', "<script>alert(1)</script>", "{{ 7*7 }}", "\x00", "是", "否", "true", "🏭", "𠮷", "é", "1/0", "5万", "约30", ">100",
]  # fmt: skip
HEADINGS = [
    "企业名称", "统一社会信用代码", "营业收入（万元）", "营业收入", "地址", "经营地址", "注册地址", "所属区", "行业代码", "从业人数", "纳税额", "经度", "纬度",
    "备注", "name", "", "2023年营业收入（万元）", "2024年营业收入（万元）", "主要产品", "成立日期",
]  # fmt: skip
TOML = [
    "", "unknown = 1", "strict = 3", "a = " + "[" * 3000 + "]" * 3000, "[limits]\nmax_rows = 1", "[triage]\nroutes = 'none'",
    "[map]\nbasemap = 'x'", "[[x]]", "= broken", "[outputs]\nfolder = '" + "n" * 300 + "'", "[geocoding]\ngazetteer = ['missing.csv']",
]  # fmt: skip

MONTHS = [
    "企业名称", "统一社会信用代码", "指标", "单位", "2025年1—3月", "2025年1-2月", "2025年3月", "2024年同期", "2025年一季度", "同比（%）", "上半年", "产值（万元）", "用电量（万千瓦时）",
    "2025-13", "区", "时间", "本月", "累计", "",
]  # fmt: skip
PEERS = ["城市", "指标", "时期", "数值", "单位", "来源", "口径", "备注", ""]
SET = """set_id = "s"
source = "x"
official = false
[title]
zh = "指标"
en = "set"
[[group]]
id = "core"
zh = "核心"
en = "Core"
[[indicator]]
id = "a"
group = "core"
zh = "甲"
en = "A"
unit = "万元"
unit_en = "10k yuan"
direction = "more"
formula = "%s"
"""
SETS = [
    SET,
    SET,
    SET,
    'set_id = "s"\n',
    "",
    "[[indicator]]\n",
    "= broken",
    'set_id = "' + "n" * 300 + '"',
]
FORMULAS = [
    "sum(revenue_10k_cny)", "sum(tax_10k_cny) / sum(revenue_10k_cny)", "growth_panel(sum(output_10k_cny)) * 100", "1 / 0", "sum(", "a", "sum(x)", "x" * 5000, "(" * 400, "",
]  # fmt: skip
METHOD = """method_id = "m"
source = "x"
official = false
least_known = 0.5
least_coverage = 0.6
treat = "none"
normalise = "min_max"
weights = "equal"
mean = "arithmetic"
[title]
zh = "方法"
en = "method"
"""
METHODS = [
    METHOD,
    METHOD,
    'method_id = "m"\nweights = "none"\n',
    "",
    "= broken",
    "least_known = 1e400",
]
NOT_WALKED = {
    ("sample",): "makes a city and reads nothing",
    ("desk",): "serves until it is left: tests/desk",
    ("kit", "make"): "asks a server: tests/kit",
    ("gazetteer", "osm"): "asks a server: tests/geocoding",
}
"""Commands that read no file of an office, and where they are tried."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How one command ended."""

    args: tuple[str, ...]
    code: int
    said: str

    @property
    def foreign(self) -> str:
        """What should never be seen: a trace, the sentence for a fault of the program, a control character; empty if none."""
        odd = [c for c in self.said if (c < " " and c not in "\n\t") or "\x7f" <= c <= "\x9f"]
        if odd:
            return f"control character {odd[0]!r}"
        for words in ("Traceback (most recent", "A fault of the program", "程序内部错误"):
            if words in self.said:
                return words
        return "" if self.code in {0, 1, 2} else f"exit code {self.code}"


def make(folder: Path, seed: int) -> Path:
    """Make a workspace of this seed's kind of disorder."""
    dice = random.Random(seed)
    layers, edges = folder / "layers", folder / "boundaries"
    layers.mkdir(parents=True)
    edges.mkdir()
    lines = ["[workspace]", f'title = "{seed}"', 'city = "sample"']
    if dice.random() < 0.5:
        lines.append('review_number = "粤S(2025)001号"')
    lines += ["[enterprises]", 'tables = [{ file = "layers/e.csv" }]']
    (layers / "e.csv").write_bytes(_table(dice))
    for name in ("village_parks", "industrial_blocks"):
        if dice.random() < 0.7:
            lines += [f"[layers.{name}]", f'file = "layers/{name}.geojson"']
            (layers / f"{name}.geojson").write_bytes(_layer(dice))
    if dice.random() < 0.6:
        lines += ["[boundaries]", 'districts = { file = "boundaries/d.geojson" }']
        (edges / "d.geojson").write_bytes(_layer(dice))
    if dice.random() < 0.3:
        lines.append(dice.choice(TOML))
    (folder / "industrymap.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    # Their own dice: what was thrown above stays the same for a seed whatever is added here.
    _running(folder, random.Random(f"running {seed}"))
    return folder


def _running(folder: Path, dice: random.Random) -> None:
    """Write what the running database and its indicators read: a table of months, a set and a method."""
    (folder / "layers/m.csv").write_bytes(_table(dice, MONTHS))
    if dice.random() < 0.5:
        (folder / "peers.csv").write_bytes(_table(dice, PEERS))
    for name, text in (("indicators", dice.choice(SETS)), ("methods", dice.choice(METHODS))):
        (folder / name).mkdir()
        filled = text.replace("%s", dice.choice(FORMULAS))
        (folder / name / "x.toml").write_text(filled, encoding="utf-8")


def _table(dice: random.Random, headings: list[str] = HEADINGS) -> bytes:
    heads = ["企业名称", *dice.sample(headings, dice.randint(0, 8))]
    if dice.random() < 0.1:
        heads = dice.sample(headings, 3)
    rows = [heads]
    for number in range(dice.randint(0, 12)):
        row = [dice.choice(CELLS) for _ in heads]
        if dice.random() < 0.7:
            row[0] = f"样例{dice.randint(1, 9)}号机械有限公司"
        rows.append(row[: dice.randint(1, len(row))] if number % 5 == 4 else row)
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    data = "\n".join(quoted).encode(dice.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
    if dice.random() < 0.2:
        at = dice.randrange(len(data))
        data = data[:at] + bytes([dice.randrange(256)]) + data[at:]
    return data


def _layer(dice: random.Random) -> bytes:
    features = [_feature(dice) for _ in range(dice.randint(0, 5))]
    text = json.dumps({"type": "FeatureCollection", "features": features})
    if dice.random() < 0.1:
        text = text[: dice.randrange(len(text))]
    return text.encode()


def _feature(dice: random.Random) -> dict[str, object]:
    x, y = dice.uniform(WEST, EAST - 0.05), dice.uniform(SOUTH, NORTH - 0.05)
    size = dice.choice([0.0, 1e-9, 0.002, 0.02])
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    odd = dice.random()
    if odd < 0.1:
        ring = [[p[0] + dice.choice([0, 66, 200]), p[1]] for p in ring]
    elif odd < 0.2:
        ring = ring[: dice.randint(0, 3)]
    elif odd < 0.3:
        ring[1], ring[2] = ring[2], ring[1]
    shape: object = {"type": "Polygon", "coordinates": [ring]}
    if odd > 0.95:
        shape = dice.choice([None, {"type": "Point", "coordinates": [x, y]}, {"type": "Polygon"}])
    keys = dice.sample(["name", "名称", "code", "park_id", "block_id", "区", "级别", "far", ""], 3)
    values: list[object] = [dice.choice([*CELLS, "a\ud800b", 1, 2.5, None, True, []]) for _ in keys]
    return {
        "type": "Feature",
        "properties": dict(zip(keys, values, strict=True)),
        "geometry": shape,
    }


def commands(folder: Path, out: Path) -> list[tuple[str, ...]]:
    """Return the commands, in the order an office would use them."""
    space, table = ("-w", str(folder)), str(folder / "layers/e.csv")
    park, months = str(folder / "layers/village_parks.geojson"), str(folder / "layers/m.csv")
    return [
        ("check", table, *space), ("check", park, *space), ("doctor", str(folder)), ("build", str(folder)), ("doctor", str(folder)),
        ("build", str(folder), "--profile", "public"), ("report", *space), ("lists", "make", *space), ("lists", "versions", "key", *space),
        ("export", "--layer", "enterprises", "-o", str(out / "e.csv"), *space),
        ("export", "--layer", "village_parks", "-o", str(out / "p.xlsx"), *space),
        ("export", "--layer", "districts", "-o", str(out / "d.geojson"), "--profile", "public", *space),
        ("geocode", table, "-o", str(out / "g.csv"), *space), ("tag", table, "-o", str(out / "t.csv"), *space),
        ("convert", table, "-o", str(out / "c.csv"), "--from", "gcj02", "--to", "wgs84", *space),
        ("convert", park, "-o", str(out / "c.geojson"), "--from", "gcj02", "--to", "wgs84", *space),
        ("gazetteer", "import", table, *space), ("industries", "import", table, *space), ("boundaries", "fetch", "--city", "sample", "--from", park, *space),
        ("parks", "list", *space), ("parks", "classify", *space), ("parks", "pilots", *space), ("parks", "explain", "x", *space),
        ("parks", "capacity", "--far", "2", *space), ("parks", "whatif", "--far", "2", *space), ("parks", "overlaps", *space),
        ("parks", "progress", *space), ("parks", "sheets", "--format", "html", "-o", str(out / "s"), *space),
        ("parks", "apply", park, "--who", "a", "--why", "b", *space), ("changes", "plan", table, *space), ("changes", "history", "x", *space),
        ("changes", "diff", "1", *space), ("changes", "undo", "1", "--who", "a", "--why", "b", *space), ("blocks", "check", *space),
        ("blocks", "adjust", park, *space), ("blocks", "gate", "--investment", "1", "--land", "1", *space),
        ("changes", "apply", table, "--who", "a", "--why", "b", *space), ("changes", "as-of", "2025-06-30", *space),
        ("parks", "as-of", "2025-13-45", *space), ("parks", "diff", "1", *space), ("parks", "history", "x", *space),
        ("parks", "undo", "1", "--who", "a", "--why", "b", *space), ("lists", "show", *space), ("lists", "diff", "key", *space),
        ("industries", "show", "36", "甲", *space), ("template", "enterprises", "-o", str(out / "t.xlsx"), *space), ("phone", *space),
        ("series", "import", months, "--who", "a", *space), ("series", "import", table, "--who", "a", "--period", "2025Q1", *space),
        ("series", "base", "--who", "a", *space), ("series", "show", *space), ("series", "diff", "--as-of", "2025-06-30", *space),
        ("series", "revise", "output", "--entity", "甲", "--period", "2025-03", "--value", "1", "--who", "a", "--why", "b", *space),
        ("indicators", "list", *space), ("indicators", "check", str(folder / "indicators/x.toml"), *space), ("indicators", "show", "s", *space),
        ("indicators", "values", "s", *space), ("evaluate", "s", "m", *space), ("index", "s", "m", "--period", "2025", *space),
        ("runs", "list", *space), ("runs", "show", "x", *space), ("runs", "explain", "x", "--entity", "甲", *space), ("runs", "diff", "x", "y", *space),
        ("robustness", "x", *space), ("compare", *space), ("compare", "营业收入", "--set", "s", "--with", "甲", "-o", str(out / "c.html"), *space),
        ("grade", *space), ("grade", "huaian-2024", "--year", "2025", "--inputs", table, *space), ("grade", "x", "--firm", "甲", *space),
        ("release", "make", "2025Q1", "-o", str(out / "r.zip"), *space), ("release", "verify", table, *space), ("release", "diff", table, park, *space),
        ("series", "growth", "revenue_10k_cny", "--by", "firm", *space), ("series", "seasons", "output_10k_cny", *space),
        ("allocate", *space), ("allocate", "nanjing-2017", "--rule", "huaian-2024", "--year", "2025", *space), ("assess", *space),
        ("brief", "make", "2025Q1", "-o", str(out / "b.docx"), *space), ("brief", "template", "-o", str(out / "t.docx")),
        ("due", *space), ("workpack", "2025Q1", "-o", str(out / "packs"), *space), ("monitor", "--draws", "0", *space),
        ("init", str(out / "new"), "--city", "sample"),
    ]  # fmt: skip


def run(args: tuple[str, ...], lang: str) -> Ended:
    """Run one command in this process."""
    from industrymap.cli import main

    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    code = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            main(["--lang", lang, *args])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0
    said.flush()
    return Ended(args, code, said.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]


def walk(folder: Path, seed: int) -> list[Ended]:
    """Make a workspace and run every command over it; return those that ended in a way they never should."""
    space, out = make(folder / "w", seed), folder / "out"
    out.mkdir()
    ended = [run(args, "zh" if seed % 2 else "en") for args in commands(space, out)]
    return [one for one in ended if one.foreign]


def soak(count: int, seed: int) -> int:
    """Walk ``count`` workspaces and print what was found; return how many commands ended badly."""
    from industrymap import citypack

    bad = 0
    # The pack is the same in every workspace: read once instead of 14 times in each, it saves a third of the time.
    with mock.patch.object(citypack, "load", functools.cache(citypack.load)):
        for number in range(seed, seed + count):
            with tempfile.TemporaryDirectory() as folder:
                for one in walk(Path(folder), number):
                    bad += 1
                    sys.stdout.write(
                        f"seed {number}: {' '.join(one.args)}\n  {one.foreign}\n  {one.said[-600:]}\n"
                    )
                    sys.stdout.flush()
    total = count * len(commands(Path(), Path()))
    sys.stdout.write(f"{count} workspaces, {total} commands, {bad} foreign endings\n")
    return bad


if __name__ == "__main__":
    os.environ.setdefault("INDUSTRYMAP_LANG", "en")
    sys.exit(1 if soak(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1) else 0)
