"""The monitoring pages' own code keeps to the rules of the map's page."""

from __future__ import annotations

import itertools
import json
import re

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Parser

from industrymap.monitor import page
from industrymap.webmap import modules

SOURCES = modules.sources("industrymap.monitor")
PARSES_HTML = re.compile(
    r"\b(innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|setHTML|parseFromString)\b"
)
RUNS_TEXT = re.compile(r"\beval\(|new Function\(|setTimeout\(\s*[\"'`]|javascript:")


def _texts(name: str) -> dict[str, str]:
    text = re.split(r"export const \w+ = ", SOURCES[name])[1].rstrip().rstrip(";")
    return json.loads(re.sub(r",(\s*\})", r"\1", re.sub(r"^(\s*)(\w+):", r'\1"\2":', text, flags=re.MULTILINE)))  # fmt: skip


@pytest.mark.parametrize("name", SOURCES)
def test_a_module_never_parses_html_says_what_it_is_and_parses(name: str) -> None:
    code = re.sub(r"//.*", "", SOURCES[name])
    assert PARSES_HTML.findall(code) == []
    assert RUNS_TEXT.findall(code) == []
    lines = SOURCES[name].splitlines()
    assert lines[0].startswith("// ")
    assert len(lines) <= 420
    bare = [b for a, b in itertools.pairwise(lines) if b.startswith("export ") and not a.rstrip().endswith("*/")]  # fmt: skip
    assert bare == []
    tree = Parser(Language(tree_sitter_javascript.language())).parse(SOURCES[name].encode())
    assert not tree.root_node.has_error


def test_every_module_is_reached_from_main() -> None:
    script = page.program()
    assert [n for n in page.sources() if f"const ${n.replace('/', '$')} = " not in script] == []


def test_both_languages_say_the_same_things() -> None:
    zh, en = _texts("words/zh"), _texts("words/en")
    places = re.compile(r"\{\w+\}")
    assert zh.keys() == en.keys()
    # A sentence may leave out what its language says without: 镇街 needs no plural.
    assert [k for k in zh if set(places.findall(en[k])) - set(places.findall(zh[k]))] == []
