"""The calendar of what departments send: who is late, as known on a day, and a workbook that is read back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from industrymap import due, jobs, pipeline, workspace
from industrymap.errors import ConfigError
from industrymap.periods import Period
from industrymap.series import ParquetSeries

if TYPE_CHECKING:
    from pathlib import Path

CALENDAR = """[[table]]
id = "monthly"
zh = "工业月报"
department = "统计局"
measures = ["output_10k_cny", "tax_10k_cny"]
every = "month"
day = 20
"""
NAMES = {"district": {"A": "甲区", "B": "乙区"}}


def held(*rows: tuple[str, str, str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["entity", "measure", "period"])
    return table.assign(kind="district")


def tables(folder: Path, text: str = CALENDAR) -> dict[str, due.Table]:
    (folder / due.FILE).write_text(text, encoding="utf-8")
    return due.known([folder])


def test_who_is_late_is_named_with_the_days(tmp_path: Path) -> None:
    both = ("output_10k_cny", "tax_10k_cny")
    # counted from January, or the month alone: either counts as there
    observed = held(*((e, m, "2025-01..02") for e in "AB" for m in both), ("A", both[0], "2025Q1"), ("A", both[1], "2025-03"), ("B", both[0], "2025Q1"))  # fmt: skip
    found = due.check(tables(tmp_path), observed, NAMES, on=dt.date(2025, 4, 25), months=2)
    rows = found.set_index("period")
    assert rows.loc["2025年1—2月", "state"] == "there"
    march = rows.loc["2025年一季度"]
    assert (march["state"], march["lacking"], march["days_late"]) == ("part", "乙区", 5)
    assert rows.loc["2025年1—4月", "state"] == "ahead"
    assert "2025年1月" not in rows.index


def test_what_nobody_sent_is_missing_and_not_late_on_its_day(tmp_path: Path) -> None:
    calendar = tables(tmp_path)
    on_the_day = due.check(calendar, held(), NAMES, on=dt.date(2025, 4, 20), months=1)
    after = due.check(calendar, held(), NAMES, on=dt.date(2025, 4, 21), months=1)
    state = [f.set_index("period").loc["2025年一季度", "state"] for f in (on_the_day, after)]
    assert state == ["ahead", "missing"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CALENDAR.replace("day = 20", "day = 31"), "1 to 28"),
        (CALENDAR.replace("tax_10k_cny", "taxes_10k_cny"), "tax_10k_cny"),
        (CALENDAR.replace("month", "week"), "quarter"),
        ("# none yet\n", "There is no calendar"),
    ],
)
def test_a_wrong_calendar_is_named(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        tables(tmp_path, text)


def test_the_workbook_of_a_table_is_read_back(tmp_path: Path) -> None:
    workspace.create(tmp_path / "w", city="sample", title="甲")
    out = tmp_path / "月报.xlsx"
    pipeline.due_template(tmp_path / "w", "monthly", "2025年1—3月", out)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    (head,) = [r for r in range(1, 6) if sheet.cell(r, 1).value == "区"]
    columns = {sheet.cell(head, c).value: c for c in range(1, sheet.max_column + 1)}
    sheet.cell(head + 1, columns["工业总产值（万元）"]).value = 1234.5
    book.save(out)
    done = jobs.import_series(out, tmp_path / "w", who="统计局")
    assert done.reading.observations[["entity", "measure", "period", "value"]].to_numpy().tolist() == [["990103", "output_10k_cny", "2025Q1", 1234.5]]  # fmt: skip
    known = ParquetSeries(workspace.load(tmp_path / "w").series).known()
    assert len(known) == 1
    with pytest.raises(ConfigError, match="not for 2025-02"):
        due.period_of(due.choose(tables(tmp_path, CALENDAR.replace("month", "quarter")), "工业月报"), Period(2025, 2, 2))  # fmt: skip
