"""The public names are typed, and a notebook shows what it holds."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import industrymap as im

ROOT = Path(__file__).parents[2]
NAMES = [name for name in im.__all__ if name != "__version__"]


@pytest.fixture
def asked(tmp_path: Path) -> Path:
    """Return a program that asks a type checker about every public name."""
    path = tmp_path / "asked.py"
    lines = [f"reveal_type(im.{name})" for name in NAMES]
    path.write_text("import industrymap as im\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def told(output: str) -> list[str]:
    return re.findall(r'(?:Revealed type|Type of "[^"]+") is "(.*)"', output)


@pytest.mark.slow
def test_mypy_knows_the_type_of_every_public_name(asked: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mypy", str(asked)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    types = told(done.stdout)
    assert len(types) == len(NAMES), done.stdout
    assert [n for n, t in zip(NAMES, types, strict=True) if t in {"Any", "builtins.object"}] == []
    assert re.search(r"def \(folder: str \| pathlib\.Path.*-> industrymap\.pipeline", done.stdout)


@pytest.mark.slow
def test_pyright_knows_the_type_of_every_public_name(asked: Path) -> None:
    if importlib.util.find_spec("basedpyright") is None:
        pytest.skip("no basedpyright here: mypy alone reads the types")
    settings = {"extraPaths": [str(ROOT)], "typeCheckingMode": "standard"}
    (asked.parent / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "-p", asked.parent],
        cwd=asked.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    types = told(done.stdout)
    assert len(types) == len(NAMES), done.stdout
    assert [n for n, t in zip(NAMES, types, strict=True) if t in {"Any", "Unknown"}] == []


def test_what_a_checker_reads_is_what_python_loads() -> None:
    """The block for type checkers and the table of rooms name the same objects."""
    tree = ast.parse((ROOT / "industrymap" / "__init__.py").read_text(encoding="utf-8"))
    block = next(
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    read = {}
    for node in block.body:
        assert isinstance(node, ast.ImportFrom)
        for alias in node.names:
            module = importlib.import_module(node.module or "")
            read[alias.asname or alias.name] = getattr(module, alias.name)
    assert read == {name: getattr(im, name) for name in NAMES}


@pytest.mark.slow
def test_a_build_says_what_it_is_in_a_line(small_city: Path) -> None:
    from industrymap import workspace
    from industrymap.pipeline import run

    built = run(workspace.load(small_city))
    assert re.fullmatch(
        r"<Built '.*': [\d,]+ enterprises; .*village_parks.*; [\d,]+ issues>", repr(built)
    )
    shown = built._repr_html_()
    assert shown.startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')


def test_a_layer_is_drawn_with_hostile_names_escaped(tmp_path: Path) -> None:
    square = [[[113, 23], [113.01, 23], [113.01, 23.01], [113, 23.01], [113, 23]]]
    feature = {
        "type": "Feature",
        "properties": {},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    path = tmp_path / "a&b<i>.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8"
    )
    shown = im.read_layer(path, layer="")._repr_html_()
    assert "a&amp;b&lt;i&gt;" in shown
    assert shown.count("<path") == 1
