"""The review file: what a person sees, what Excel does to it, and what the next build reads back."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from industrymap.datum import convert
from industrymap.errors import TableError
from industrymap.geocoding import review
from industrymap.geocoding.address._key import address_key

EXTENT = (113.0, 22.5, 114.0, 24.0)


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    base = {
        "name": "甲公司",
        "address": "某路1号",
        "geocode_level": None,
        "geocode_radius_m": None,
        "geocode_issues": None,
        "geocode_candidates": None,
        "lon": None,
        "lat": None,
    }
    table = pd.DataFrame([base | row for row in rows], index=range(10, 10 + len(rows)))
    numbers = {"geocode_radius_m": "Float64", "lon": "Float64", "lat": "Float64"}
    return table.astype({c: numbers.get(c, "string") for c in base})


DOUBTFUL = frame(
    {
        "address": "乙镇",
        "geocode_level": "town",
        "geocode_radius_m": 3000,
        "lon": 113.2,
        "lat": 23.1,
    },
    {
        "address": "丙路2号",
        "geocode_level": "address",
        "geocode_radius_m": 20,
        "lon": 113.2,
        "lat": 23.1,
    },
    {"address": "无此地", "name": "=cmd|' /C calc'!A0"},
    {"address": "无此地 ", "name": "乙公司"},
    {
        "address": "丁路3号",
        "geocode_issues": "ambiguous",
        "geocode_candidates": "甲镇丁路｜1;乙镇丁路｜2",
    },
    {"address": None},
)


def saved(
    path: Path, edits: dict[str, dict[str, str]], *, encoding: str = "gb18030", sep: str = ","
) -> Path:
    """Fill in cells as a person would, and save as Excel does."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    for row in rows:
        row.update(edits.get(row["地址"], {}))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=sep, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def written(tmp_path: Path, table: pd.DataFrame = DOUBTFUL) -> Path:
    return review.write(review.make(table), tmp_path / review.NAME)


def test_conflicts_come_first_then_the_unplaced_then_the_coarse() -> None:
    table = review.make(DOUBTFUL)
    assert table["address"].tolist() == ["丁路3号", "无此地", "乙镇"]
    assert table["firms"].tolist() == [1, 2, 1]
    assert table["reason"].tolist() == [
        "未能定位；有多个同样合适的地点",
        "未能定位",
        "只定位到镇街",
    ]
    assert table["candidates"].tolist()[0] == "甲镇丁路｜1;乙镇丁路｜2"
    english = review.make(DOUBTFUL, lang="en")
    assert english["reason"].tolist()[2] == "placed only by Town"


def test_the_file_opens_in_excel_and_runs_nothing(tmp_path: Path) -> None:
    data = written(tmp_path).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert list(rows[0]) == [zh for zh, _ in review.HEADERS.values()]
    cells = [cell for row in rows for cell in row.values()]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = written(tmp_path).read_bytes(), written(tmp_path / "b").read_bytes()
    assert one == other


SAVES = [("gb18030", ","), ("utf-8", ","), ("utf-8-sig", ","), ("utf-16", "\t"), ("utf-8-sig", ";")]


@pytest.mark.parametrize(("encoding", "sep"), SAVES)
def test_what_a_person_fills_in_is_read_however_it_is_saved(
    tmp_path: Path, encoding: str, sep: str
) -> None:
    path = written(tmp_path)
    filled = {
        "确认经度": "113.300000",
        "确认纬度": "23.100000",
        "坐标系": "GCJ-02",
        "备注": "电话确认",
    }
    saved(path, {"无此地": filled}, encoding=encoding, sep=sep)
    confirmed, problems = review.read(path, extent=EXTENT)
    assert len(problems) == 0
    place = confirmed.places.loc[address_key("无此地")]
    lon, lat = convert(np.array([113.3]), np.array([23.1]), source="gcj02", target="wgs84")
    assert place[["lon", "lat"]].tolist() == pytest.approx([lon[0], lat[0]], abs=1e-7)
    assert (place["note"], place["source_row"]) == ("电话确认", 3)
    assert len(confirmed.places) == 1


def test_a_division_alone_can_be_confirmed(tmp_path: Path) -> None:
    path = saved(written(tmp_path), {"无此地": {"确认镇街/区": "乙镇"}})
    confirmed, problems = review.read(path, extent=EXTENT)
    assert confirmed.places["division"].tolist() == ["乙镇"]
    assert confirmed.places["lon"].isna().all()
    assert len(problems) == 0


def test_a_pair_copied_from_a_map_site_may_stand_in_one_cell(tmp_path: Path) -> None:
    filled = {"确认经度": "113.300000，23.100000", "坐标系": "WGS84"}
    confirmed, _ = review.read(saved(written(tmp_path), {"无此地": filled}), extent=EXTENT)
    assert confirmed.places[["lon", "lat"]].to_numpy().tolist() == [[113.3, 23.1]]


def test_full_width_digits_and_a_degree_sign_are_read(tmp_path: Path) -> None:
    filled = {"确认经度": "１１３．３°", "确认纬度": "23.1°N", "坐标系": "WGS84"}
    confirmed, _ = review.read(saved(written(tmp_path), {"无此地": filled}), extent=EXTENT)
    assert confirmed.places[["lon", "lat"]].to_numpy().tolist() == [[113.3, 23.1]]


def test_swapped_numbers_are_put_right_and_said(tmp_path: Path) -> None:
    filled = {"确认经度": "23.1", "确认纬度": "113.3", "坐标系": "WGS84"}
    confirmed, problems = review.read(saved(written(tmp_path), {"无此地": filled}), extent=EXTENT)
    assert confirmed.places[["lon", "lat"]].to_numpy().tolist() == [[113.3, 23.1]]
    assert problems[["rule", "level"]].to_numpy().tolist() == [["review.swapped", "info"]]


BAD = [
    ({"确认经度": "113.3", "确认纬度": "23.1"}, "review.no_datum"),
    ({"确认经度": "113.3", "确认纬度": "23.1", "坐标系": "某某系"}, "review.bad_datum"),
    ({"确认经度": "113.3", "确认纬度": "23.1", "坐标系": "西安80"}, "review.bad_datum"),
    ({"确认经度": "东经113度", "确认纬度": "23.1", "坐标系": "WGS84"}, "review.bad_number"),
    ({"确认经度": "113.3", "坐标系": "WGS84"}, "review.bad_number"),
    ({"确认经度": "nan", "确认纬度": "inf", "坐标系": "WGS84"}, "review.bad_number"),
    ({"确认经度": "121.47", "确认纬度": "31.23", "坐标系": "WGS84"}, "review.outside_city"),
    ({"确认经度": "0", "确认纬度": "0", "坐标系": "WGS84"}, "review.outside_city"),
    (
        {"确认经度": "113.3", "确认纬度": "23.1", "坐标系": "WGS84", "编号": "", "地址": ""},
        "review.unknown_row",
    ),
]


@pytest.mark.parametrize(("filled", "rule"), BAD)
def test_a_bad_line_becomes_an_issue_and_confirms_nothing(
    tmp_path: Path, filled: dict[str, str], rule: str
) -> None:
    path = saved(written(tmp_path), {"无此地": filled})
    confirmed, problems = review.read(path, extent=EXTENT)
    assert len(confirmed.places) == 0
    assert problems[["rule", "row", "source"]].to_numpy().tolist() == [[rule, 3, review.NAME]]


def test_one_address_confirmed_at_two_places_is_used_at_neither(tmp_path: Path) -> None:
    path = written(tmp_path)
    filled = {"确认经度": "113.3", "确认纬度": "23.1", "坐标系": "WGS84"}
    saved(path, {"无此地": filled}, encoding="utf-8-sig")
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    path.write_text("\n".join([*lines[:3], lines[2].replace("113.3", "113.4"), *lines[3:]]))
    confirmed, problems = review.read(path, extent=EXTENT)
    assert len(confirmed.places) == 0
    assert problems[["rule", "row"]].to_numpy().tolist() == [
        ["review.twice", 3],
        ["review.twice", 4],
    ]


def test_what_people_wrote_is_carried_over_for_ever(tmp_path: Path) -> None:
    path = written(tmp_path)
    good = {"确认经度": "113.3", "确认纬度": "23.1", "坐标系": "WGS84", "备注": "=1+1"}
    bad = {"确认经度": "一百一十三", "确认纬度": "", "备注": "去看过"}
    saved(path, {"无此地": good, "乙镇": bad})
    first, _ = review.read(path, extent=EXTENT)
    placed = DOUBTFUL[DOUBTFUL["address"] != "无此地"]
    review.write(review.make(placed, confirmed=first), path)
    second, problems = review.read(path, extent=EXTENT)
    pd.testing.assert_frame_equal(
        first.places.drop(columns="source_row"), second.places.drop(columns="source_row")
    )
    assert second.places["note"].tolist() == ["=1+1"]
    assert second.written.loc[address_key("乙镇"), "confirmed_lon"] == "一百一十三"
    assert problems["rule"].tolist() == ["review.bad_number"]


def test_who_confirmed_a_town_is_not_asked_again(tmp_path: Path) -> None:
    path = saved(written(tmp_path), {"乙镇": {"确认镇街/区": "乙镇"}})
    confirmed, _ = review.read(path, extent=EXTENT)
    table = review.make(DOUBTFUL, confirmed=confirmed)
    assert table["address"].tolist() == ["丁路3号", "无此地", "乙镇"]
    assert table["reason"].tolist()[2] == "已确认"
    assert table["confirmed_division"].tolist()[2] == "乙镇"


def test_a_missing_file_is_an_empty_review(tmp_path: Path) -> None:
    confirmed, problems = review.read(tmp_path / "none.csv")
    assert len(confirmed.places) == len(problems) == 0


def test_a_file_that_is_no_review_names_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "geocode_review.csv"
    path.write_text("企业名称,营业收入\n甲,1\n", encoding="utf-8")
    with pytest.raises(TableError, match="确认经度"):
        review.read(path)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(note=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30))
def test_any_note_survives_any_number_of_rounds(tmp_path: Path, note: str) -> None:
    note = note.strip(" \t\r\n\u3000")
    if note.startswith("'"):
        return  # an apostrophe is how a spreadsheet says "text"
    path = saved(
        written(tmp_path), {"无此地": {"确认镇街/区": "乙镇", "备注": note}}, encoding="utf-8"
    )
    for _ in range(2):
        confirmed, _ = review.read(path, extent=EXTENT)
        assert confirmed.places["note"].fillna("").tolist() == [note]
        review.write(review.make(DOUBTFUL, confirmed=confirmed), path)


def test_english_headers_are_read_back_too(tmp_path: Path) -> None:
    path = tmp_path / review.NAME
    review.write(review.make(DOUBTFUL, lang="en"), path, lang="en")
    text = path.read_text(encoding="utf-8-sig")
    header, *lines = text.split("\n")
    row = next(i for i, line in enumerate(lines) if "无此地" in line)
    lines[row] = lines[row].rstrip("\r").removesuffix(",,,,") + ",113.3,23.1,WGS84,,"
    cells = next(csv.reader([lines[row]]))
    assert len(cells) >= len(review.HEADERS)
    fixed = [*cells[:10], "113.3", "23.1", "WGS84", "", ""]
    lines[row] = ",".join(f'"{c}"' for c in fixed)
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    confirmed, _ = review.read(path, extent=EXTENT)
    assert len(confirmed.places) == 1


@pytest.mark.slow
def test_the_next_build_puts_a_firm_where_a_person_said(small_city: Path, tmp_path: Path) -> None:
    from industrymap import pipeline

    space = Path(shutil.copytree(small_city, tmp_path / "city"))
    path = space / "outputs" / review.NAME
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    address = next(row["地址"] for row in rows if row["地址"].strip() and row["原因"])
    saved(path, {address: {"确认经度": "114.02", "确认纬度": "26.01", "坐标系": "WGS84"}})
    pipeline.build(space)
    firms = pipeline.layer(space, "enterprises")
    found = firms[firms["geocode_level"] == "confirmed"]
    assert len(found) >= 1
    assert {address_key(text) for text in found["address"]} == {address_key(address)}
    assert found.geometry.x.round(6).unique().tolist() == [114.02]
    assert found.geometry.y.round(6).unique().tolist() == [26.01]


def confirmed(folder: Path, lon: str, lat: str, *, above: str = "") -> tuple[Any, pd.DataFrame]:
    """Return what a review of one line confirms."""
    path = folder / "geocode_review.csv"
    out = io.StringIO()
    csv.writer(out).writerows(
        [["地址", "确认经度", "确认纬度", "坐标系"], ["某路1号", lon, lat, "WGS84"]]
    )
    path.write_text(above + out.getvalue(), encoding="utf-8")
    return review.read(path, extent=EXTENT)


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        ("东经113.35", "北纬23.13"),
        ("E113.35", "N23.13"),
        ("113°21′0″", "23°7′48″"),
        ('="113.35"', '="23.13"'),
        ("113.35、23.13", ""),
        ("１１３．３５", "２３．１３"),
    ],
)
def test_coordinates_in_every_spelling_of_tables_are_confirmed(
    tmp_path: Path, lon: str, lat: str
) -> None:
    found, bad = confirmed(tmp_path, lon, lat)
    assert bad.empty
    assert found.places[["lon", "lat"]].round(6).to_numpy().tolist() == [[113.35, 23.13]]


def test_what_may_be_two_numbers_is_no_coordinate(tmp_path: Path) -> None:
    found, bad = confirmed(tmp_path, "113,35", "23,13")
    assert found.places.empty
    assert bad["rule"].tolist() == ["review.bad_number"]


def test_words_for_nothing_are_blank(tmp_path: Path) -> None:
    found, bad = confirmed(tmp_path, "无", "—")
    assert found.places.empty
    assert bad.empty


def test_a_title_above_the_headings_of_a_review_moves_its_rows(tmp_path: Path) -> None:
    found, _ = confirmed(tmp_path, "113.35", "23.13", above="复核表,,,\n,,,\n")
    assert found.places["source_row"].tolist() == [4]


@pytest.mark.parametrize("extension", ["xlsx", "xls", "et", "ods", "xlsb"])
def test_a_review_saved_in_another_format_is_said(tmp_path: Path, extension: str) -> None:
    (tmp_path / f"geocode_review.{extension}").write_bytes(b"")
    _, bad = confirmed(tmp_path, "", "")
    assert bad["rule"].tolist() == ["review.workbook"]
