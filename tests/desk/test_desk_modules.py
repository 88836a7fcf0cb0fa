"""The desk's own page keeps to the rules of the map's page."""

from __future__ import annotations

import itertools
import json
import re

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Parser

from industrymap.desk.page import page
from industrymap.webmap import modules

SOURCES = modules.sources("industrymap.desk")
PARSES_HTML = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|setHTML|parseFromString)\b"
)
RUNS_TEXT = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:")


def strings() -> dict[str, dict[str, str]]:
    return {lang: _texts(SOURCES[f"words/{lang}"]) for lang in ("zh", "en")}


def _texts(source: str) -> dict[str, str]:
    text = re.split(r"export const \w+ = ", source)[1].rstrip().rstrip(";")
    return json.loads(re.sub(r",(\s*\})", r"\1", re.sub(r"^(\s*)(\w+):", r'\1"\2":', text, flags=re.MULTILINE)))  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_never_parses_html_nor_runs_text(name: str) -> None:
    code = re.sub(r"//.*", "", SOURCES[name])
    assert PARSES_HTML.findall(code) == []
    assert RUNS_TEXT.findall(code) == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_says_what_it_is_stays_short_and_documents_its_exports(name: str) -> None:
    lines = SOURCES[name].splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 420
    bare = [b for a, b in itertools.pairwise(lines) if b.startswith("export ") and not a.rstrip().endswith("*/")]  # fmt: skip
    assert bare == []


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_parses(name: str) -> None:
    tree = Parser(Language(tree_sitter_javascript.language())).parse(SOURCES[name].encode())
    assert not tree.root_node.has_error


def test_every_module_is_reached_from_main() -> None:
    assert [n for n in SOURCES if f"const ${n.replace('/', '$')} = " not in page()] == []


def test_both_languages_say_the_same_things() -> None:
    zh, en = strings()["zh"], strings()["en"]
    places = re.compile(r"\{\w+\}")
    assert zh.keys() == en.keys()
    assert [k for k in zh if sorted(places.findall(zh[k])) != sorted(places.findall(en[k]))] == []


def test_every_text_that_is_asked_for_exists() -> None:
    asked = {k for code in SOURCES.values() for k in re.findall(r"\bt\(\"(\w+)\"", code)}
    assert asked - strings()["zh"].keys() == set()
    assert len(asked) > 60


def test_no_text_stays_that_nobody_asks_for() -> None:
    code = "".join(text for name, text in SOURCES.items() if name not in {"words/zh", "words/en"})
    made = (
        "what_",
        "count_",
        "level_",
        "template_",
        "action_",
        "accept_",
        "tab_",
        "check_",
        "list_",
        "state_",
        "export_",
    )
    known = strings()["zh"]
    assert [k for k in known if not k.startswith(made) and not re.search(rf"\b{k}\b", code)] == []
