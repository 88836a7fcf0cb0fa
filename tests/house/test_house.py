"""The house stands as docs/architecture.md draws it."""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "industrymap"


def floors() -> dict[str, int]:
    """Read room → floor from the table in docs/architecture.md."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.split("## The house")[1].split("## ")[0]
    found: dict[str, int] = {}
    for number, rooms in re.findall(r"^\| (\d) \| (.+) \|$", table, re.MULTILINE):
        plain = re.sub(r"\([^)]*\)", "", rooms)
        for room in re.findall(r"`(\w+)/?`", plain):
            found[room] = int(number)
    return found


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


@cache
def nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def imported_rooms(path: Path) -> set[str]:
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            parts = node.module.split(".")
            if parts[0] == "industrymap":
                found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names}
        if isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("industrymap.")}
    return found - {"__version__"}


def sources() -> list[Path]:
    return sorted(
        p for p in PACKAGE.rglob("*.py") if p.name != "__main__.py" and p != PACKAGE / "__init__.py"
    )


def test_every_room_stands_on_a_floor() -> None:
    known = floors()
    assert known["errors"] == 1
    assert {room_of(p) for p in sources()} <= set(known)


def test_rooms_import_only_from_floors_below() -> None:
    known = floors()
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for path in sources()
        for other in imported_rooms(path)
        if other != room_of(path) and known.get(other, 99) >= known[room_of(path)]
    ]
    assert wrong == []


def test_only_the_command_line_prints() -> None:
    calls = [
        str(path.relative_to(ROOT))
        for path in sources()
        if room_of(path) != "cli"
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert calls == []


def imported_modules(path: Path) -> set[str]:
    """Every module a file takes names from, those for type checkers too."""
    found = set()
    for node in nodes(path):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {".".join(p.relative_to(ROOT).with_suffix("").parts): p for p in sources()}
    names = {n: p for n, p in names.items() if not n.endswith("__init__")}
    graph = {n: sorted((imported_modules(p) & set(names)) - {n}) for n, p in names.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError and names the circle


def order_in_geocoding() -> dict[str, int]:
    """Read folder or module of geocoding → its place in the order that docs/architecture.md draws."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    table = text.split("### Inside `geocoding`")[1].split("## ")[0]
    rows = re.findall(r"^\| (\d) \| ([^|]+) \|", table, re.MULTILINE)
    return {name: int(number) for number, names in rows for name in re.findall(r"`(\w+)`", names)}


def test_folders_of_geocoding_import_only_from_those_before_them() -> None:
    order, home = order_in_geocoding(), PACKAGE / "geocoding"
    wrong = []
    for path in sorted(home.rglob("*.py")):
        own = path.relative_to(home).with_suffix("").parts[0]
        for module in imported_modules(path) if own != "__init__" else ():
            parts = module.removeprefix("industrymap.geocoding").split(".")
            if not module.startswith("industrymap.geocoding.") or parts[1] in {own, "Gazetteer"}:
                continue
            if order[parts[1]] > order[own]:
                wrong.append(f"{path.relative_to(home)} imports {module}")
    assert wrong == []
    assert {p.name for p in home.iterdir() if p.is_dir() and p.name != "__pycache__"} < set(order)


DATABASES = {
    "store/_database.py",
    "store/_copies.py",
    "geocoding/online/cache.py",
    "export/_gpkg.py",
    "files/_database.py",
}
"""Who opens SQLite: the store, the cache of online answers, and the two that write and guard a GeoPackage."""

HANDLES = {"open", "write_text", "write_bytes", "to_file", "read_file", "mkdir", "unlink"}
"""Calls that open, write or remove a file."""


def test_only_the_room_of_files_opens_and_writes_them() -> None:
    wrong = []
    for path in sources():
        name = path.relative_to(PACKAGE).as_posix()
        for node in nodes(path):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            owner = called.value if isinstance(called, ast.Attribute) else None
            word = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            where = owner.id if isinstance(owner, ast.Name) else ""
            if word in HANDLES and where not in {"files", "store"} and room_of(path) != "files":
                wrong.append(f"{name}:{node.lineno} {where}.{word}")
            if word == "connect" and where == "sqlite3" and name not in DATABASES:
                wrong.append(f"{name}:{node.lineno} opens a database")
    assert wrong == []


def test_only_the_store_makes_a_database() -> None:
    makers = [
        f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}"
        for path in sources()
        if room_of(path) != "store"
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", "") or getattr(node.func, "attr", "")) == "Store"
    ]
    assert makers == []


NETWORK = {"requests", "urllib3", "urllib", "http", "socket", "ssl", "ftplib", "smtplib"}
"""Modules that ask the network."""


def test_only_the_room_of_the_web_asks_the_network() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in sources()
        if room_of(path) != "web"
        for module in imported_modules(path)
        if module.split(".")[0] in NETWORK
    ]
    assert wrong == []


ROWS = (".iterrows()", ".itertuples(", ".to_dict('records')")
"""What walks over the rows of a frame."""
FILLED = (".fillna(", ".where(")
"""What leaves nothing missing in a frame."""
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BRANCHES = (ast.If, ast.IfExp, ast.While)
_SAFE = (ast.Is, ast.IsNot, ast.In, ast.NotIn)


def loops(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Return what a node binds, and what it walks over."""
    if isinstance(node, ast.For):
        return [(node.target, node.iter)]
    if isinstance(node, _COMPREHENSIONS):
        return [(one.target, one.iter) for one in node.generators]
    return []


def rows_walked(node: ast.AST) -> set[str]:
    """Return the names that stand for a row of a frame whose cells may be missing."""
    return {
        name.id
        for target, walked in loops(node)
        if any(word in ast.unparse(walked) for word in ROWS)
        and not any(word in ast.unparse(walked) for word in FILLED)
        for name in ast.walk(target)
        if isinstance(name, ast.Name)
    }


def walks_rows(function: ast.FunctionDef) -> bool:
    return any(
        isinstance(n, ast.Attribute) and n.attr in {"iterrows", "itertuples", "to_dict"}
        for n in ast.walk(function)
    )


def taken_for_true(node: ast.AST) -> list[ast.expr]:
    """Return the expressions of which a node asks whether they are true."""
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, _BRANCHES):
        return [node.test]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [node.operand]
    return node.ifs if isinstance(node, ast.comprehension) else []


def may_be_missing(value: ast.expr, rows: set[str]) -> bool:
    """Tell whether a value is a cell of a frame, or compares one."""
    if isinstance(value, ast.Compare):
        asked = any(isinstance(op, _SAFE) for op in value.ops)
        return not asked and any(may_be_missing(v, rows) for v in (value.left, *value.comparators))
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
        of = value.func.value
        return value.func.attr == "get" and isinstance(of, ast.Name) and of.id in rows
    if isinstance(value, ast.Attribute):
        return isinstance(value.value, ast.Name) and value.value.id in rows
    if not isinstance(value, ast.Subscript):
        return False
    of = value.value
    by_place = isinstance(of, ast.Attribute) and of.attr in {"iloc", "loc", "at", "iat"}
    return by_place or (isinstance(of, ast.Name) and of.id in rows)


def doubtful(tree: Iterable[ast.AST]) -> list[int]:
    """Return the lines that end in TypeError where a cell is ``<NA>``, among the nodes of a module."""
    inside = list(tree)
    lines = [v.lineno for n in inside for v in taken_for_true(n) if may_be_missing(v, set())]
    # Names are those of one function: another may call something else a row.
    for function in (n for n in inside if isinstance(n, ast.FunctionDef) and walks_rows(n)):
        own = list(ast.walk(function))
        rows = set().union(*map(rows_walked, own))
        lines += [v.lineno for n in own for v in taken_for_true(n) if may_be_missing(v, rows)]
    return lines + [
        node.lineno
        for node in inside
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "astype"
        and [a.id for a in node.args if isinstance(a, ast.Name)] == ["bool"]
        and ".fillna(" not in ast.unparse(node)
    ]


def test_nobody_asks_whether_a_missing_cell_is_true() -> None:
    wrong = [f"{path.relative_to(ROOT)}:{at}" for path in sources() for at in doubtful(nodes(path))]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize(
    "line",
    ["x = f['a'].iloc[0] or 1", "x = 1 if f.at[0, 'a'] else 2", "x = [r for r in f.to_dict('records') if r['a']]", "x = (f == 'a').astype(bool)"],
)  # fmt: skip
def test_the_rule_on_missing_cells_finds_them(line: str) -> None:
    assert set(doubtful(ast.walk(ast.parse(f"def g(f):\n    {line}")))) == {2}
