"""What commands print is in one language: Chinese in English output is data, and the reverse."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from industrymap import pipeline, schemas, store, workspace
from industrymap.cli import main
from industrymap.cli._talk import language

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[[list[str], str], str]

CHINESE = re.compile(r"[\u4e00-\u9fff]+")
SENTENCE = re.compile(r"\b[a-z]{2,} (?:[a-z]{2,} )+[a-z]{2,}\b")
FILTER_WORDS = {"or", "and", "not", "like", "null", "between"}

COMMANDS = [
    ["check", "{folder}/layers/enterprises_statistics_2025.xlsx"],
    ["check", "{folder}/layers/village_parks.gpkg"],
    ["doctor"],
    ["parks", "list"],
    ["parks", "classify"],
    ["parks", "pilots"],
    ["parks", "explain", "{park}"],
    ["parks", "capacity", "--far", "2.5"],
    ["parks", "whatif", "{park}", "--far", "2.5"],
    ["parks", "overlaps"],
    ["parks", "progress"],
    ["blocks", "check"],
    ["blocks", "gate", "--revenue", "500", "--land", "10"],
    ["lists", "show"],
    ["lists", "make", "raise_to_scale", "-o", "{out}"],
    ["tag"],
    ["report", "-o", "{out}/report"],
    ["export", "village_parks", "-o", "{out}/parks.csv"],
    ["changes", "history", "{park}"],
]


@pytest.fixture(autouse=True)
def back_to_english() -> Iterator[None]:
    yield
    language("en")


@pytest.fixture(scope="module")
def data(small_city: Path) -> str:
    """Return every text of the workspace: names, addresses, headings, what people wrote."""
    texts = [p.read_text(encoding="utf-8", errors="ignore") for p in small_city.rglob("*.csv")]
    texts.append((small_city / "industrymap.toml").read_text(encoding="utf-8"))
    texts.append(" ".join(store.open(small_city / "base.gpkg").changes()["why"]))
    book = small_city / "layers" / "enterprises_statistics_2025.xlsx"
    opened = load_workbook(book, read_only=True)
    texts += opened.sheetnames
    for sheet in opened:
        texts += [str(v) for row in sheet.iter_rows(max_row=6, values_only=True) for v in row if v]
    for name in pipeline.layer_names(workspace.load(small_city)):
        frame = pipeline.layer(small_city, name)
        for column in frame.columns.drop("geometry", errors="ignore"):
            texts += frame[column].dropna().astype(str).unique().tolist()
    for schema in schemas.names():
        texts += [name for f in schemas.fields(schema) for name in (f.zh, *f.aliases)]
    return "\n".join(texts)


@pytest.fixture(scope="module")
def own_city(small_city: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy: some commands keep what they made in the workspace."""
    return shutil.copytree(small_city, tmp_path_factory.mktemp("language") / "city")


@pytest.fixture
def run(own_city: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what a command prints in a language."""
    park = str(pipeline.layer(own_city, schemas.PARKS)["park_id"].iloc[0])

    def said(command: list[str], lang: str) -> str:
        words = [word.format(folder=own_city, out=tmp_path, park=park) for word in command]
        with pytest.raises(SystemExit):
            main(["--lang", lang, *words, "-w", str(own_city)])
        printed = capsys.readouterr()
        return printed.out + printed.err

    return said


def units() -> set[str]:
    every = {f.unit for name in schemas.names() for f in schemas.fields(name)}
    return {unit for unit in every if CHINESE.search(unit)}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[:2]))
def test_english_output_is_english(command: list[str], data: str, run: Run) -> None:
    # what is quoted, and the example of a cell, is as the file has it
    text = re.sub(r"'[^'\n]*'|e\.g\. .*", "", run(command, "en"))
    assert {words for words in CHINESE.findall(text) if words not in data} == set()
    assert [unit for unit in units() if re.search(rf"[(\d] ?{re.escape(unit)}(?=\W|$)", text)] == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[:2]))
def test_chinese_output_is_chinese(command: list[str], data: str, run: Run) -> None:
    text = run(command, "zh")
    assert CHINESE.search(text)
    # commands to run next, and conditions of the filter language, are the same in every language
    said = re.sub(r"industrymap [a-z -]+", "", text)
    phrases = [words for words in SENTENCE.findall(said) if words not in data]
    assert [words for words in phrases if FILTER_WORDS.isdisjoint(words.split())] == []


def test_every_unit_has_an_english_name() -> None:
    assert [unit for unit in units() if CHINESE.search(schemas.unit_label(unit, "en"))] == []
