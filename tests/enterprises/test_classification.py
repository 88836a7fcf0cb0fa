"""The full list of GB/T 4754-2017: read in either form, held to 31, 179 and 609, kept, and used. The lists here are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner

from industrymap import citypack, cli, enterprises, pipeline
from industrymap.enterprises import classification, industry
from industrymap.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def codes() -> list[str]:
    """Return codes of the standard's shape: 31 divisions, 179 groups, 609 classes."""
    divisions = [str(n) for n in range(13, 44)]
    groups = [f"{d}{n}" for n in range(1, 10) for d in divisions][:179]
    return sorted([*divisions, *groups, *[f"{g}{n}" for n in range(10) for g in groups][:609]])


def written(folder: Path, rows: Sequence[str], *, head: str = "代码,类别名称") -> Path:
    path = folder / "gbt4754.csv"
    path.write_bytes(("\n".join([head, *rows]) + "\n").encode("gb18030"))
    return path


def named(code: str) -> str:
    return industry.divisions().get(code, f"类别{code}")


def plain(folder: Path, *, drop: str = "", more: Sequence[str] = ()) -> Path:
    rows = [f"C{code},{named(code)}" for code in codes() if code != drop]
    return written(folder, ["A,农、林、牧、渔业", "01,农业", "C,制造业", *rows, *more])


def told(path: Path) -> list[tuple[str, int | None]]:
    found = classification.read(path).issues
    rules = found["rule"].str.split(".").str[1]
    rows = [None if pd.isna(row) else int(row) for row in found["row"]]
    return list(zip(rules, rows, strict=True))


def test_a_list_of_one_code_column_is_read_and_counted(tmp_path: Path) -> None:
    found = classification.read(plain(tmp_path))
    assert found.counts() == {2: 31, 3: 179, 4: 609} == classification.COUNTS
    assert found.sound
    assert found.issues.empty
    assert found.elsewhere == 1
    assert found.names["36"] == "汽车制造业"


def test_a_list_printed_as_the_standard_is_with_a_column_per_level(tmp_path: Path) -> None:
    rows = ["C,,,,制造业"]
    for code in codes():
        cells = ["", *(code if len(code) == size else "" for size in (2, 3, 4)), named(code)]
        rows.append(",".join(cells))
    path = written(tmp_path, rows, head="国民经济行业分类,,,,\n门类,大类,中类,小类,类别名称")
    found = classification.read(path)
    assert found.issues.empty
    assert found.codes == frozenset(codes())
    assert found.names["1311"] == "类别1311"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ("C1311,又一个", "twice"), ("F3612,汽车", "letter"), ("C52,零售", "letter"), ("13l2,字母", "not_a_code"),
        ("C1399,没有上级", "count"),
    ],
)  # fmt: skip
def test_every_wrong_row_is_named_and_the_list_refused(
    tmp_path: Path, more: str, rule: str
) -> None:
    found = classification.read(plain(tmp_path, more=[more]))
    assert not found.sound
    assert rule in [name for name, _ in told(plain(tmp_path, more=[more]))]
    with pytest.raises(TableError, match="31 / 179 / 609"):
        classification.usable(found, "x.csv")


def test_a_missing_group_leaves_its_classes_without_a_parent(tmp_path: Path) -> None:
    lines = told(plain(tmp_path, drop="131"))
    assert ("count", None) in lines
    orphans = [row for name, row in lines if name == "no_parent"]
    assert len(orphans) >= 3
    assert all(row is not None for row in orphans)


def test_names_that_are_missing_or_not_the_standards_are_told_and_do_not_forbid(
    tmp_path: Path,
) -> None:
    path = plain(tmp_path)
    text = path.read_text(encoding="gb18030").replace("C36,汽车制造业", "C36,汽车业")
    path.write_text(text.replace("C1311,类别1311", "C1311,"), encoding="gb18030")
    assert sorted(name for name, _ in told(path)) == ["no_name", "other_name"]
    assert classification.read(path).sound


def test_a_list_without_codes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="No column"):
        classification.read(written(tmp_path, ["甲,乙"]))


def test_a_kept_list_reads_back_the_same(tmp_path: Path) -> None:
    found = classification.read(plain(tmp_path))
    classification.write(found, tmp_path / "state")
    assert classification.known(tmp_path / "none", tmp_path / "state") == found.codes
    assert classification.read(tmp_path / "state" / classification.FILE).names == found.names
    assert classification.known(tmp_path / "none") == frozenset()


def space(folder: Path) -> Path:
    """Return a workspace of one table: a class of the list, and one it does not hold."""
    table = folder / "layers" / "firms.csv"
    table.parent.mkdir(parents=True)
    table.write_text(
        "企业名称,行业代码,2025年营业收入（万元）\n甲厂,C1311,1500\n乙厂,C1399,1600\n",
        encoding="utf-8",
    )
    (folder / "industrymap.toml").write_text(
        '[workspace]\ntitle = "试"\ncity = "sample"\n[enterprises]\nyear = 2025\n'
        'tables = [{ file = "layers/firms.csv", kind = "statistics" }]\n',
        encoding="utf-8",
    )
    return folder


def call(*args: str, lang: str = "zh") -> tuple[int, str]:
    done = CliRunner().invoke(cli.cli, ["--lang", lang, *args])
    return done.exit_code, done.output + (str(done.exception) if done.exception else "")


def test_the_command_keeps_a_list_and_the_next_build_uses_it(tmp_path: Path) -> None:
    folder = space(tmp_path / "space")
    before = pipeline.build(folder).issues
    assert "industry.unknown_code" not in before["rule"].tolist()
    assert "只核对" in call("industries", "show", "-w", str(folder))[1]
    code, output = call("industries", "import", str(plain(tmp_path)), "-w", str(folder))
    assert code == 0
    assert "大类 31、中类 179、小类 609" in output
    after = pipeline.build(folder)
    line = after.issues[after.issues["rule"] == "industry.unknown_code"]
    assert line["value"].tolist() == ["C1399"]
    assert len(after.enterprises) == 2
    roles = [entry["role"] for entry in after.inputs.sources]
    assert "industries" in roles
    shown = call("industries", "show", "1311", "9", "-w", str(folder), lang="en")[1]
    assert shown.splitlines() == ["1311  类别1311", "9  no such code"]


def test_the_command_names_every_wrong_row_and_writes_nothing(tmp_path: Path) -> None:
    folder = space(tmp_path / "space")
    path = plain(tmp_path, drop="1311", more=["C1312,又一个", "甲乙,字"])
    code, output = call("industries", "import", str(path), "-w", str(folder))
    assert code != 0
    assert "C1312 — 代码重复" in output
    assert "甲乙 — 不是行业代码" in output
    assert "小类应为 609 个，表中有 608 个" in output
    assert not (folder / ".industrymap" / classification.FILE).exists()


def test_a_pack_may_hold_the_list_too(tmp_path: Path) -> None:
    pack = citypack.load("sample")
    classification.write(classification.read(plain(tmp_path)), tmp_path / "state")
    known = classification.known(tmp_path / "state", pack.folder)
    assert "1311" in known
    assert enterprises.classification is classification
