"""`industrymap.files` is the only room that opens or replaces a file: the source is read to prove it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "industrymap"

OPENERS = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "read_file", "read_csv", "read_excel", "read_json",
    "read_parquet", "read_table", "read_dataframe", "read_xml", "read_html", "read_feather", "from_path", "load_workbook",
    "to_file", "to_csv", "to_excel", "to_parquet", "to_json", "rename", "unlink", "symlink_to", "touch", "urlopen",
    "fromfile", "loadtxt", "genfromtxt", "memmap", "savez", "copyfile", "copytree", "move",
}  # fmt: skip
"""Calls that open, make or move a file when they are given a path."""

OURS = {"files", "tables", "layers", "resources", "store"}
"""`files.read_text(source)` is what this test asks for; `resources` reads what ships with the package; `store.open` is the
one way to the workspace's database, which a test of the house holds."""

KNOWN = {
    (
        "pipeline/_public.py",
        "read_bytes",
    ): "a file of this build in a hidden folder, searched before it is put in place",
    ("webmap/_guests.py", "read_bytes"): "pictures and fonts, as they ship with their package",
    ("webmap/_guests.py", "read_text"): "scripts and styles, as they ship with their package",
    (
        "pipeline/_public.py",
        "read_text",
    ): "a file of this build in a hidden folder, searched before it is put in place",
    ("export/_parquet.py", "to_parquet"): "`drawn` is the temporary path that files.atomic yields",
    ("export/_shapefile.py", "read_bytes"): "parts of a Shapefile in a temporary folder of its own",
    (
        "sample/renewal_file.py",
        "read_bytes",
    ): "parts of a Shapefile in a temporary folder of its own",
    (
        "series/_parquet.py",
        "read_table",
    ): "vintages of the running database, which the program wrote itself",
    ("geocoding/online/cache.py", "rename"): "the cache moves its own damaged database aside",
    ("webmap/modules.py", "read_text"): "the page's own modules, which ship with the package",
    ("webmap/page.py", "read_text"): "Leaflet, as it ships with its package",
    ("sample/industries.py", "read_text"): "a list that ships with the package",
    ("sample/units.py", "read_text"): "a list that ships with the package",
    ("filters/__init__.py", "to_json"): "a function of ours, no file",
}
"""The calls that open nothing from outside, each with its reason."""

DATABASES = {
    "store/_database.py",
    "store/_copies.py",
    "geocoding/online/cache.py",
    "export/_gpkg.py",
}
"""Where a database of our own is opened: the workspace's, the cache, an export before it is put in place."""


def receiver(node: ast.Call) -> str:
    """The first name in `a.b(c).d(...)`."""
    found: ast.AST = node.func
    while isinstance(found, (ast.Attribute, ast.Call, ast.Subscript)):
        found = found.func if isinstance(found, ast.Call) else found.value
    return found.id if isinstance(found, ast.Name) else ""


def temporary_names(tree: ast.AST) -> set[str]:
    """Names bound by `with files.atomic(...) as name`, and buffers in memory."""
    names = {"BytesIO", "StringIO"}
    for node in ast.walk(tree):
        if isinstance(node, ast.withitem) and "atomic" in ast.unparse(node.context_expr):
            names |= {n.id for n in ast.walk(node.optional_vars or node) if isinstance(n, ast.Name)}
        if isinstance(node, ast.Assign) and (
            "BytesIO(" in ast.unparse(node.value) or "StringIO(" in ast.unparse(node.value)
        ):
            names |= {t.id for t in node.targets if isinstance(t, ast.Name)}
    return names


def harmless(node: ast.Call, name: str, temporary: set[str]) -> bool:
    """A rename of columns, a writer without a path, or one that was given a temporary path or a buffer."""
    if name == "rename":
        return bool(node.keywords) or not node.args or isinstance(node.args[0], ast.Constant)
    if (
        name.startswith("to_")
        and not node.args
        and not any("path" in str(k.arg) for k in node.keywords)
    ):
        return True
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    used |= {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    return bool(used & temporary)


def openings(text: str) -> list[tuple[int, str, str]]:
    """Line, name and text of every call that opens, makes or moves a file."""
    tree = ast.parse(text)
    temporary = temporary_names(tree)
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        method = isinstance(node.func, ast.Attribute)
        name = node.func.attr if isinstance(node.func, ast.Attribute) else receiver(node)
        if name not in OPENERS or (not method and name != "open"):
            continue
        if not (method and receiver(node) in OURS) and not harmless(node, name, temporary):
            found.append((node.lineno, name, ast.unparse(node)[:90]))
    return found


def modules() -> list[tuple[str, str]]:
    return [
        (path.relative_to(PACKAGE).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.relative_to(PACKAGE).parts[0] != "files"
    ]


@pytest.mark.parametrize(
    "line",
    [
        "open(p)",
        "Path(p).open()",
        "p.read_text()",
        "pd.read_csv(p)",
        "gpd.read_file(p)",
        "frame.to_csv(p)",
        "a.rename(b)",
    ],
)
def test_the_search_sees_an_opening(line: str) -> None:
    assert openings(line)


@pytest.mark.parametrize(
    "line",
    [
        "files.read_text(source)",
        "frame.rename(columns={})",
        "pd.read_csv(io.StringIO(text))",
        "with files.atomic(p) as drawn:\n    frame.to_file(drawn)",
    ],
)
def test_the_search_lets_our_own_way_pass(line: str) -> None:
    assert not openings(line)


def test_only_files_opens_a_file() -> None:
    wrong = [
        f"{path}:{line} {shown}"
        for path, text in modules()
        for line, name, shown in openings(text)
        if (path, name) not in KNOWN
    ]
    assert wrong == []


def test_only_our_own_databases_are_opened_elsewhere() -> None:
    assert {path for path, text in modules() if "sqlite3.connect(" in text} <= DATABASES


def test_no_other_room_lets_gdal_open_a_path() -> None:
    calls = (
        "fiona.open",
        "pyogrio.read",
        "pyogrio.raw.read",
        "gpd.read_file",
        "geopandas.read_file",
        "read_info(",
    )
    assert [path for path, text in modules() if any(f"{call}" in text for call in calls)] == []
