"""``industrymap parks`` and ``blocks`` on a built workspace: what they print, write and refuse."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from industrymap import pipeline
from industrymap.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, out: str, err: str, code: int) -> None:
        self.out, self.err, self.code = out, err, code


class Run:
    """Runs commands on the small city."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, *args: str, lang: str = "en") -> Said:
        code = 0
        try:
            main(["--lang", lang, *args, "-w", str(self.folder)])
        except SystemExit as end:
            code = int(end.code or 0)
        out, err = self.capsys.readouterr()
        return Said(out, err, code)


@pytest.fixture
def run(small_city: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(small_city, capsys)


@pytest.fixture(scope="module")
def parks(small_city: Path) -> gpd.GeoDataFrame:
    return pipeline.layer(small_city, "village_parks")


def test_list_filters_in_either_language_and_counts(run: Run, parks: gpd.GeoDataFrame) -> None:
    wanted = parks[(parks["route"] == "upgrade") & (parks["far"] < 0.85)]
    english = run("parks", "list", "--where", "route = upgrade and far < 0.85")
    chinese = run("parks", "list", "--where", "整治路径 = 改造提升 且 容积率小于0.85", lang="zh")
    assert f"{len(wanted):,} parks" in english.out
    assert f"{len(wanted):,} 个园区" in chinese.out
    assert "改造提升" in chinese.out
    assert "模拟数据" in chinese.out


def test_list_asks_for_related_firms(run: Run, parks: gpd.GeoDataFrame) -> None:
    said = run("parks", "list", "--where", "enterprises.above_scale >= 1")
    assert f"{int((parks['above_scale'] >= 1).sum()):,} parks" in said.out


def test_a_district_may_be_named_short_in_full_or_by_code(
    run: Run, parks: gpd.GeoDataFrame
) -> None:
    name, code = parks["district"].iloc[0], parks["district_code"].iloc[0]
    texts = {
        run("parks", "list", "--district", d).out for d in (name, name.removesuffix("区"), code)
    }
    assert len(texts) == 1
    assert f"{int((parks['district'] == name).sum()):,} parks" in texts.pop()


def test_list_writes_every_row_to_xlsx(run: Run, parks: gpd.GeoDataFrame, tmp_path: Path) -> None:
    out = tmp_path / "parks.xlsx"
    said = run("parks", "list", "--limit", "1", "-o", str(out), lang="zh")
    assert said.code == 0
    assert len(pd.read_excel(out, engine="calamine")) >= len(parks)


def test_classify_compares_two_standards(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "moved.xlsx"
    said = run("parks", "classify", "--against", "routes-strict-proposal", "-o", str(out))
    assert "not official" in said.out
    assert "parks differ under routes-strict-proposal" in said.out
    assert "Upgrade → " in said.out  # the way they go, and both reasons
    assert "      first:  " in said.out
    assert "missing most often" in said.out
    assert out.exists()


def test_pilots_are_chosen_by_either_rule_with_shifted_weights(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "pilots.xlsx"
    said = run(
        "parks", "pilots", "--standard", "pilots-2019", "--weight", "legal=60", "--total", "3",
        "--draws", "20", "-o", str(out),
    )  # fmt: skip
    assert "chosen 3" in said.out
    assert "legal = 60" in said.out
    assert "near misses" in said.out
    assert out.exists()


def test_pilots_can_be_chosen_among_the_upgrade_parks_only(
    run: Run, parks: gpd.GeoDataFrame
) -> None:
    said = run(
        "parks",
        "pilots",
        "--standard",
        "pilots-2019",
        "--where",
        "route = upgrade",
        "--draws",
        "5",
        "--near",
        "0",
    )
    others = parks.loc[parks["route"] != "upgrade", "park_id"]
    assert not [park for park in others if park in said.out]


def test_explain_names_the_criteria_and_the_points(run: Run, parks: gpd.GeoDataFrame) -> None:
    park = str(parks["park_id"].iloc[3])
    said = run("parks", "explain", park)
    assert park in said.out
    assert said.out.count(" — ") >= 9  # every condition with what decided it, rule and score
    assert "Floor area after works" in said.out
    assert "…" not in said.out
    assert "not official" in said.out
    assert "simulated data" in said.out


def test_block_checks_come_as_a_summary_the_totals_and_the_blocks_that_do_not_pass(
    run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "checks.xlsx"
    said = run("blocks", "check", "--limit", "3", "-o", str(out), lang="zh")
    assert said.code == 1
    for piece in ("模拟数据", "核对内容", "起始日期没有来源", "一级控制线", "逐个区块", "--all"):
        assert piece in said.out
    checks = pipeline.layer(run.folder, "checks")
    table = pd.read_excel(out, engine="calamine", header=None)
    assert len(table) >= len(checks)
    assert "低于下限 55%" in said.out
    everything = run("blocks", "check", "--all")
    assert everything.out.count("industrial land") > (checks["status"] != "pass").sum()


def test_capacity_whatif_progress_and_overlaps_print_their_tables(run: Run, tmp_path: Path) -> None:
    assert "could add" in run("parks", "capacity", "--far", "2", "--use", "仓储=1.2").out
    whatif = run(
        "parks", "whatif", "--where", "route = upgrade", "--far", "2.5", "--floor-per-job", "40"
    )
    assert "given 40 m²/person" in whatif.out
    out = tmp_path / "progress.xlsx"
    progress = run("parks", "progress", "-o", str(out))
    assert "against the targets" in progress.out
    assert next(iter(pd.read_excel(out, sheet_name=None, engine="calamine"))).startswith("by year")
    assert "1 overlap" in run("parks", "overlaps", "--with", "blocks").out


def test_sheets_are_written_as_html_and_pdf(
    run: Run, parks: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    ids = parks["park_id"].head(2).tolist()
    said = run("parks", "sheets", *ids, "--each", "-o", str(tmp_path), lang="zh")
    assert said.code == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [f"{ids[0]}.pdf", f"{ids[1]}.pdf", "park_sheets.html", "park_sheets.pdf"]
    )
    page = (tmp_path / "park_sheets.html").read_text(encoding="utf-8")
    assert page.count("<svg ") == 2
    assert "模拟数据" in page


REFUSED = [
    (["parks", "list", "--where", "distrct = 白云区"], "did you mean district"),
    (["parks", "list", "--where", "far < 1; drop table parks"], "cannot be read"),
    (["parks", "list", "--where", "__import__('os').system('x')"], "no function"),
    (["parks", "list", "--where", "far < '{{7*7}}'"], "holds a number"),
    (["parks", "list", "--route", "demolish"], "its values are"),
    (["parks", "list", "--columns", "nmae"], "did you mean name"),
    (["parks", "list", "-o", "parks.doc"], "written as xlsx"),
    (["parks", "sheets", "P-none"], "No park has the id"),
    (["parks", "sheets", "--where", "far > 99"], "nothing to draw"),
    (["parks", "whatif", "--far", "2"], "one of the two"),
    (["parks", "whatif", "--where", "far > 0", "--far", "-1"], "above 0"),
    (["parks", "capacity", "--far", "2", "--use", "castle=2"], "such as storage=1.2"),
    (["parks", "pilots", "--weight", "leagl=3"], "known: legal"),
    (["parks", "pilots", "--weight", "legal"], "such as legal=30"),
    (["parks", "classify", "--standard", "nix"], "There is no standard 'nix'"),
    (["parks", "explain", "P-none"], "0 parks have the id"),
    (["blocks", "adjust", "nowhere.geojson"], "nowhere.geojson"),
]


@pytest.mark.parametrize(
    ("args", "said"), REFUSED, ids=lambda v: " ".join(v) if isinstance(v, list) else ""
)
def test_bad_input_is_one_clear_line_exit_code_2_and_nothing_written(
    run: Run, args: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(run.folder.rglob("*"))
    found = run(*args)
    assert found.code == 2
    assert said.lower() in found.err.lower()
    assert len(found.err.strip().splitlines()) <= 4
    assert "Traceback" not in found.err
    assert sorted(run.folder.rglob("*")) == before
    assert list(tmp_path.iterdir()) == []


def test_the_gate_ends_with_1_where_it_does_not_pass(run: Run) -> None:
    assert run("blocks", "gate", "--investment", "130000", "--land", "300").code == 0
    said = run("blocks", "gate", "--investment", "100000", "--land", "300", lang="zh")
    assert said.code == 1
    assert "不符合大项目用地门槛" in said.out


def test_an_adjustment_that_loses_a_block_ends_with_1(run: Run, tmp_path: Path) -> None:
    blocks = pipeline.layer(run.folder, "industrial_blocks")
    whole, less = tmp_path / "whole.geojson", tmp_path / "less.geojson"
    shutil.copy(run.folder / "layers/industrial_blocks.geojson", whole)
    kept = blocks.iloc[1:][["block_id", "name", "level", "geometry"]]
    less.write_text(kept.to_json(), encoding="utf-8")
    assert run("blocks", "adjust", str(whole)).code == 0
    said = run("blocks", "adjust", str(less), lang="zh")
    assert said.code == 1
    assert "总面积减少" in said.out


def test_the_commands_list_themselves_without_loading_geopandas() -> None:
    import subprocess

    code = "import sys; from industrymap.cli import parks, blocks; sys.exit('geopandas' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
