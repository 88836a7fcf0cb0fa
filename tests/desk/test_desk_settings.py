"""Settings in the desk: fields and file are one thing, comments stay, and what would not be read is not written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tiny_workspace import tiny_workspace

from industrymap import workspace
from industrymap.desk.tasks import TASKS
from industrymap.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tiny_workspace(tmp_path / "city", "企业名称\n甲公司\n")
    config = folder / "industrymap.toml"
    config.write_text("# 请勿删除\n" + config.read_text(encoding="utf-8"), encoding="utf-8")
    return folder


def do(city: Path, task: str, **said: Any) -> Any:
    extra = {"said": said} if task != "settings.all" else {}
    return TASKS[task](lambda **_: None, folder=str(city), **extra)


def field(city: Path, name: str) -> Any:
    return next(f for f in do(city, "settings.all")["fields"] if f["id"] == name)


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("workspace.title", "新题", ("title", "新题")),
        ("workspace.simulated", True, ("simulated", True)),
        ("enterprises.threshold_10k_cny", "2000", ("threshold_10k_cny", 2000.0)),
        ("enterprises.address", "registered", ("address", "registered")),
        ("workspace.data_date", "2025-12-31", None),
    ],
)
def test_a_setting_is_written_and_everything_else_stays(
    city: Path, name: str, value: Any, read: tuple[str, Any] | None
) -> None:
    done = do(city, "settings.save", id=name, value=value)
    text = (city / "industrymap.toml").read_text(encoding="utf-8")
    assert text.startswith("# 请勿删除\n")
    assert done["text"] == text
    assert str(field(city, name)["value"]) == str(value)
    if read:
        assert getattr(workspace.load(city), read[0]) == read[1]


def test_a_setting_that_is_emptied_is_the_readers_own_again(city: Path) -> None:
    do(city, "settings.save", id="enterprises.threshold_10k_cny", value="2000")
    do(city, "settings.save", id="enterprises.threshold_10k_cny", value=" ")
    assert workspace.load(city).threshold_10k_cny == 1000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("enterprises.threshold_10k_cny", "viel"),
        ("enterprises.threshold_10k_cny", "nan"),
        ("enterprises.year", "2.5"),
        ("workspace.data_date", "gestern"),
        ("workspace.title", ""),
        ("enterprises.address", "moon"),
        ("outputs.folder", "/"),
    ],
)
def test_what_would_not_be_read_is_not_written(city: Path, name: str, value: str) -> None:
    before = (city / "industrymap.toml").read_bytes()
    with pytest.raises(ConfigError):
        do(city, "settings.save", id=name, value=value)
    assert (city / "industrymap.toml").read_bytes() == before


def test_the_file_is_checked_while_it_is_typed_and_saved_whole(city: Path) -> None:
    shown = do(city, "settings.all")
    wrong = do(city, "settings.check", text=shown["text"] + "\n[map]\nbasmap = 1\n")["wrong"]
    assert "basemap" in wrong["en"]
    assert do(city, "settings.check", text=shown["text"])["wrong"] is None
    better = shown["text"] + '\n[map]\nbasemap = "none"\n'
    assert do(city, "settings.text", text=better, seen=shown["seen"])["text"] == better
    with pytest.raises(ConfigError, match="changed elsewhere"):
        do(city, "settings.text", text=shown["text"], seen=shown["seen"])


def test_proposals_say_that_they_are_none_of_the_citys_own_rules(city: Path) -> None:
    choices = field(city, "triage.routes")["choices"]
    assert choices[0]["value"] == ""
    assert any("非官方" in c["zh"] for c in choices)
