"""The help of every command: in one language, with the options that every command has."""

from __future__ import annotations

import importlib
import re
from typing import TYPE_CHECKING

import click
import pytest

from industrymap.cli import COMMANDS, main
from industrymap.cli._click_zh import speak_both_languages
from industrymap.cli._talk import language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
ENGLISH_SENTENCE = re.compile(r"\b[a-z]{2,} (?:[a-z]{2,} )+[a-z]{2,}\b")
FIELD_TERMS = ("（", "）", "坐标系")
"""Chinese that English help may show: the field's own terms, in brackets."""


def commands(group: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(group, click.Group):
        for child in group.list_commands(click.Context(group)):
            found = group.get_command(click.Context(group), child)
            assert found is not None
            yield from commands(found, f"{name} {child}")
    else:
        yield name, group


ALL = [
    pair
    for name in COMMANDS
    for pair in commands(importlib.import_module(f"industrymap.cli.{name}").command, name)
]


@pytest.fixture(params=["zh", "en"])
def lang(request: pytest.FixtureRequest) -> Iterator[str]:
    speak_both_languages()
    yield language(request.param)
    language("en")


def help_of(name: str, command: click.Command) -> str:
    return command.get_help(click.Context(command, info_name=name, terminal_width=200))


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_help_speaks_one_language(name: str, command: click.Command, lang: str) -> None:
    text = help_of(name, command)
    if lang == "en":
        assert not CHINESE.search(re.sub("|".join(FIELD_TERMS), "", text))
    else:
        plain = text.replace("© OpenStreetMap contributors", "")
        assert ENGLISH_SENTENCE.findall(plain) == []


@pytest.mark.parametrize(("name", "command"), ALL, ids=[name for name, _ in ALL])
def test_every_command_takes_a_workspace_and_an_output(name: str, command: click.Command) -> None:
    given = {opt for param in command.params for opt in param.opts}
    assert {"-w", "--workspace", "-o", "--output"} <= given
    assert "--out" not in given


def test_every_option_is_explained_in_both_languages() -> None:
    for name, command in ALL:
        for param in command.params:
            if isinstance(param, click.Option):
                zh, en = param._texts
                assert en, (name, param.name)
                assert CHINESE.search(zh), (name, param.name)


def test_lang_reaches_the_list_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "--help"])
    assert "全流程生成产业地图" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["--lang", "en", "--help"])
    assert not CHINESE.search(capsys.readouterr().out)


def test_wrong_usage_is_explained_in_chinese(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--lang", "zh", "parks", "list", "--colums", "name"])
    assert "没有选项 --colums" in capsys.readouterr().err
    language("en")


def test_the_former_name_of_the_output_is_understood(tmp_path: Path, small_city: Path) -> None:
    with pytest.raises(SystemExit) as done:
        main(["report", "-w", str(small_city), "--out", str(tmp_path / "r")])
    assert done.value.code == 0
    assert (tmp_path / "r" / "stocktake.html").exists()


def test_what_a_command_prints_can_go_into_a_file(tmp_path: Path, small_city: Path) -> None:
    with pytest.raises(SystemExit):
        main(["lists", "show", "-w", str(small_city), "-o", str(tmp_path / "lists.txt")])
    assert "raise_to_scale" in (tmp_path / "lists.txt").read_text(encoding="utf-8")
