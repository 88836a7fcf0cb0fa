"""Measures that the package keeps: short functions, said types, few exceptions, layers as data."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "industrymap"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def texts() -> dict[str, str]:
    """Return file → its text, without the sample city."""
    paths = {p.relative_to(PACKAGE): p for p in sorted(PACKAGE.rglob("*.py"))}
    return {
        p.as_posix(): at.read_text(encoding="utf-8")
        for p, at in paths.items()
        if p.parts[0] != "sample"
    }


@cache
def functions() -> tuple[tuple[str, Function], ...]:
    return tuple(
        (f"{name}:{node.lineno} {node.name}", node)
        for name, text in texts().items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, Function)
    )


def body_lines(function: Function) -> int:
    first = function.body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    body = function.body[1:] if is_docstring else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def says_any(function: Function) -> bool:
    own = function.args
    arguments = [*own.posonlyargs, *own.args, *own.kwonlyargs, own.vararg, own.kwarg]
    types = [a.annotation for a in arguments if a] + [function.returns]
    return any(isinstance(t, ast.Name) and t.id == "Any" for t in types)


def test_no_function_has_more_than_50_body_lines() -> None:
    assert [name for name, f in functions() if body_lines(f) > 50] == []


def test_few_functions_take_or_return_a_bare_any() -> None:
    bare = [name for name, f in functions() if says_any(f)]
    assert len(bare) <= 0.04 * len(functions()), bare


def test_few_lines_are_excepted_from_the_linter() -> None:
    excepted = [
        f"{name}:{number}"
        for name, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if "# noqa" in line
    ]
    assert len(excepted) <= 54, excepted


def test_few_files_name_the_layer_of_village_parks() -> None:
    files = [name for name, text in texts().items() if "village_parks" in text]
    assert len(files) <= 10, files
