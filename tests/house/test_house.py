"""The house stands as docs/architecture.md draws it."""

from __future__ import annotations

import ast
import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

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
