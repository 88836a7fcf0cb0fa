"""How fast the base is built and tagged, and a workbook read, beside pandas with openpyxl in the same run.

Run ``python benchmarks/enterprises.py [ROWS] [XLSX_ROWS] [--json FILE]``. Everything is invented and seeded. The base and its labels are
made in a fresh process of their own, whose peak memory is what the system says at its end.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.figures import Claim, Table
from benchmarks.results import Growth, Part, arguments

ROWS, XLSX_ROWS = 1_000_000, 100_000
NEED_S, NEED_GB, NEED_XLSX_S = 30.0, 3.0, 5.0
GROWTH = (10_000, 100_000)
ABOUT = """Rows of a statistics table become the enterprise base (credit codes checked, rows of one firm joined, years, size classes) and get
their labels; a workbook of 15 columns is read. Each in a fresh process; nothing else builds such a base, so only reading has a rival."""
PRODUCTS = (
    "汽车线束", "液晶显示模组", "改性塑料", "定制家具", "乳制品", "女装", "舞台灯光设备", "护肤品", "工业机器人", "船舶配件",
    "医疗器械", "五金冲压件", "瓦楞纸箱", "塑料瓶", "锂电池", "注塑模具", "变压器", "印刷电路板", "饲料", "电梯",
)  # fmt: skip
CODES = (
    "C3670", "3974", "2651", "C2110", "1440", "C1810", "3873", "2682", "3491", "3734", "3581", "33", "2231", "2926",
    "3841", "3525", "3821", "3982", "1320", "3435",
)  # fmt: skip
WORDS = ("科技", "实业", "制造", "电子", "机械", "贸易", "新材料", "食品", "服饰", "生物科技")


@dataclass
class Rows:
    """A table as a reader returns it."""

    frame: pd.DataFrame
    units: dict[str, float]
    headings: dict[str, str] = field(default_factory=dict)
    kind: str = "statistics"


def credit_codes(numbers: np.ndarray) -> pd.Series:
    """Return sound credit codes of invented firms."""
    from industrymap.enterprises.codes import ALPHABET

    letters = np.array(list(ALPHABET))
    body = np.zeros((len(numbers), 17), dtype=np.int64)
    body[:, :8] = [9, 1, 9, 9, 0, 1, 1, 2]
    for place in range(8):
        body[:, 15 - place] = numbers // 10**place % 10
    check = (11 - body[:, 8:16] @ np.array([3, 7, 9, 10, 5, 8, 4, 2]) % 11) % 11
    body[:, 16] = np.where(check == 10, ALPHABET.index("X"), check)
    last = -(body @ np.array([pow(3, i, 31) for i in range(17)])) % 31
    whole = letters[np.column_stack([body, last])]
    return pd.Series(["".join(row) for row in whole], dtype="string")


def firms(rows: int, *, seed: int = 1) -> Rows:
    """Return ``rows`` rows of which one in twenty repeats a firm and one in a hundred has a broken code."""
    rng = np.random.default_rng(seed)
    number = np.arange(rows)
    again = rng.random(rows) < 0.05
    number[again] = rng.integers(0, rows, again.sum())
    kind = rng.integers(0, len(PRODUCTS), rows)
    code = credit_codes(number)
    broken = np.flatnonzero(rng.random(rows) < 0.01)
    code.iloc[broken] = code.iloc[broken].str.slice(0, 17) + "0"
    text = pd.Series(number).astype(str).str.zfill(7).astype("string")
    revenue = np.round(rng.lognormal(16.3, 1.6, rows), 2)
    word = pd.Series(np.array(WORDS)[number % len(WORDS)], dtype="string")
    frame = pd.DataFrame(
        {
            "uscc": code,
            "name": "云麓市" + text + word + "有限公司",
            "operating_address": "云麓市石鹿区第" + text + "路" + text.str.slice(4) + "号",
            "industry_text": pd.Series(np.array(CODES)[kind], dtype="string"),
            "main_product": pd.Series(np.array(PRODUCTS)[kind], dtype="string"),
            "revenue_10k_cny@2024": pd.Series(revenue * 0.9).round(2).astype("string"),
            "revenue_10k_cny@2025": pd.Series(revenue).astype("string"),
            "staff": pd.Series(rng.integers(1, 2000, rows)).astype("string"),
            "source": pd.Series(["table.csv"] * rows, dtype="string"),
            "source_row": pd.Series(np.arange(2, rows + 2), dtype="Int64"),
        }
    )
    return Rows(frame, {"revenue_10k_cny@2024": 1e-4, "revenue_10k_cny@2025": 1e-4, "staff": 1.0})


def build(rows: int) -> dict[str, float]:
    """Build and tag once in this process and measure it."""
    from industrymap import citypack, enterprises, tagging

    pack = citypack.load("guangzhou")
    table = firms(rows)
    before_gb = _peak_gb()
    cpu = time.process_time()
    start = time.perf_counter()
    base = enterprises.build([table], pack=pack, year=2025)
    built = time.perf_counter()
    frame, tags, _ = tagging.tag(base.frame, pack=pack, year=2025)
    done = time.perf_counter()
    return {
        "rows": rows, "firms": len(frame), "in_base": int(frame["in_base"].sum()), "tags": len(tags),
        "build_s": built - start, "tag_s": done - built, "total_s": done - start,
        "cpu_s": time.process_time() - cpu,
        "peak_gb": _peak_gb(), "table_alone_gb": before_gb,
    }  # fmt: skip


def read(rows: int) -> dict[str, float]:
    """Write a workbook of 15 columns and read it here and with pandas and openpyxl."""
    from industrymap import tables

    heads = {"uscc": "统一社会信用代码", "name": "企业名称", "operating_address": "经营地址", "industry_text": "行业代码",
             "main_product": "主要产品", "revenue_10k_cny@2024": "2024年营业收入（元）", "revenue_10k_cny@2025": "2025年营业收入（元）",
             "staff": "从业人员"}  # fmt: skip
    frame = firms(rows).frame[list(heads)].rename(columns=heads)
    for name in ("2024年营业收入（元）", "2025年营业收入（元）", "从业人员"):
        frame[name] = frame[name].astype(float)
    for number, name in enumerate(
        (
            "所属区",
            "所属镇街",
            "企业资质",
            "备注",
            "工业总产值（万元）",
            "税收（万元）",
            "研发费用（万元）",
        )
    ):
        frame[name] = f"石鹿区{number}" if number < 4 else np.round(np.linspace(1, 1e5, rows), 2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "firms.xlsx"
        frame.to_excel(path, index=False, engine="xlsxwriter")
        start = time.perf_counter()
        ours = len(tables.read(path).frame)
        middle = time.perf_counter()
        theirs = len(pd.read_excel(path, engine="openpyxl", dtype=str))
        end = time.perf_counter()
    return {
        "rows": ours,
        "rows_pandas": theirs,
        "columns": frame.shape[1],
        "read_s": middle - start,
        "pandas_openpyxl_s": end - middle,
    }


def _peak_gb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def fresh(job: str, size: int) -> dict[str, float]:
    """Run a job in a fresh process."""
    words = [sys.executable, __file__, f"--{job}", str(size)]
    return json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("xlsx_rows", nargs="?", type=int, default=XLSX_ROWS)
    asked = parser.parse_args()
    rows, xlsx_rows = (GROWTH[-1], GROWTH[0]) if asked.quick else (asked.rows, asked.xlsx_rows)
    part = Part("enterprises", "The enterprise base", ABOUT, ["pandas", "openpyxl", "python-calamine"], quick=asked.quick)  # fmt: skip
    sizes = sorted({*(n for n in GROWTH if n < rows), rows})
    built = [fresh("build", n) for n in sizes]
    part.tables.append(
        Table(
            "Build and label",
            ["rows", "firms", "build s", "label s", "together s", "processor s", "peak GB"],
            [[r["rows"], *(r[k] for k in ("firms", "build_s", "tag_s", "total_s", "cpu_s", "peak_gb"))] for r in built],
        )
    )  # fmt: skip
    read_ = [fresh("read", n) for n in sorted({*(n for n in GROWTH if n < xlsx_rows), xlsx_rows})]
    last = read_[-1]
    part.tables.append(
        Table(
            f"Read a workbook of {last['rows']:,} rows and {last['columns']} columns",
            ["with", "seconds"],
            [["industrymap", last["read_s"]], ["pandas and openpyxl", last["pandas_openpyxl_s"]]],
            ratio=("seconds", "low"),
        )
    )
    full, whole = rows == ROWS, xlsx_rows == XLSX_ROWS
    part.claims = [
        Claim("enterprises.build_s", f"base and labels of {rows:,} rows", built[-1]["total_s"], "s", NEED_S if full else None),
        Claim("enterprises.peak_gb", f"memory for {rows:,} rows", built[-1]["peak_gb"], "GB", NEED_GB if full else None),
        Claim(
            "enterprises.xlsx_s", f"workbook of {xlsx_rows:,} rows", last["read_s"], "s", NEED_XLSX_S if whole else None,
            rival="pandas and openpyxl", rival_value=last["pandas_openpyxl_s"],
        ),
    ]  # fmt: skip
    part.growth = [
        Growth("rows", "enterprise base and labels", [(r["rows"], round(r["total_s"], 4)) for r in built]),
        Growth("rows", "read xlsx", [(r["rows"], round(r["read_s"], 4)) for r in read_]),
        Growth("rows", "read xlsx, pandas+openpyxl", [(r["rows"], round(r["pandas_openpyxl_s"], 4)) for r in read_], rival=True),
    ]  # fmt: skip
    part.finish(asked.json)


if __name__ == "__main__":
    if sys.argv[1:2] in (["--build"], ["--read"]):
        print(json.dumps({"--build": build, "--read": read}[sys.argv[1]](int(sys.argv[2]))))
    else:
        main()
