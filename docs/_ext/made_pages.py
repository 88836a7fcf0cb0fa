"""Pages made from the code itself: columns from the schemas, standards from their files, commands from their help.

They are written to ``<tree>/_made`` before Sphinx reads the tree, so that nothing here can say other than what is shipped.
"""

from __future__ import annotations

import csv
import importlib
import inspect
import os
import re
import tomllib
from pathlib import Path
from typing import Any

import click

import industrymap as im
from industrymap import schemas
from industrymap.cli import COMMANDS
from industrymap.cli._click_zh import speak_both_languages
from industrymap.cli._talk import language

_DOCS = Path(__file__).parents[1]
_CITIES = _DOCS.parent / "industrymap" / "cities"
_SHARED = ("architecture", "benchmarks", "security", "dependencies", "page", "filters", "standards")
_FURTHER = (
    "industrymap.enterprises.build",
    "industrymap.geocoding.parse",
    "industrymap.layers.Layer",
    "industrymap.lists.make",
    "industrymap.changes.apply",
    "industrymap.changes.plan",
    "industrymap.changes.read",
    "industrymap.report.stocktake",
    "industrymap.standards.load",
    "industrymap.tables.Table",
)
_LAYERS = {
    "enterprises": ("企业", "Enterprises"),
    "village_parks": ("村级工业园", "Village industrial parks"),
    "industrial_blocks": ("工业产业区块", "Industrial blocks"),
    "divisions": ("区、镇街边界", "Districts and towns"),
    "zones": ("其他图层（价值创新园区等）", "Further layers (value-innovation parks and the like)"),
    "places": ("地名库", "Gazetteer"),
    "firm_inputs": ("企业要素数据（分类评价用）", "Inputs of firms for grading"),
    "parcels": ("宗地（分类评价用）", "Parcels for grading"),
    "objections": ("异议（分类评价用）", "Objections to a grading"),
}
_KINDS = {
    "routes": ("园区整治路径", "Park routes"),
    "pilots": ("试点申报条件", "Pilot conditions"),
    "pilot_score": ("试点评分", "Pilot score"),
    "blocks": ("产业区块规则", "Block rules"),
    "park_targets": ("整治目标", "Renewal targets"),
}
_REFERENCE = re.compile(
    r":(?:func|class|data|meth):`~?(industrymap(?:\.[a-z_]\w*)+(?:\.[A-Z]\w*)?)"
)
_TYPES = {
    "str": ("文字", "text"),
    "float": ("数", "number"),
    "int": ("整数", "whole number"),
    "bool": ("是/否", "yes/no"),
    "date": ("日期", "date"),
}


def columns(lang: str) -> str:
    """Return the page of all columns: those a file may bring, with their headers, and those a build adds."""
    lines = [f"# {_say(lang, '字段表', 'Columns')}", ""]
    lines += [
        _say(
            lang, "由 `industrymap/schemas/*.csv` 生成。", "Made from `industrymap/schemas/*.csv`."
        ),
        "",
    ]
    for layer, words in _LAYERS.items():
        fields = schemas.fields(layer)
        read = [f for f in fields if f.stage == "read"]
        lines += [
            f"## {_say(lang, *words)}",
            "",
            f"### {_say(lang, '文件可提供的列', 'What a file may bring')}",
            "",
        ]
        head = (
            ("字段", "表头", "类型", "单位", "其他可识别的表头", "说明"),
            ("column", "header", "type", "unit", "also found under", "note"),
        )
        lines += _table(
            _say(lang, *head),
            [
                (
                    f"`{f.name}`",
                    f.label(lang),
                    _say(lang, *_TYPES[f.dtype]),
                    schemas.unit_label(f.unit, lang),
                    "、".join(f.aliases),
                    f.description,
                )
                for f in read
            ],
        )
        added = [f for f in fields if f.stage != "read"]
        if added:
            lines += ["", f"### {_say(lang, '系统增加的列', 'What a build adds')}", ""]
            head2 = (
                ("字段", "名称", "类型", "单位", "阶段", "说明"),
                ("column", "label", "type", "unit", "stage", "note"),
            )
            lines += _table(
                _say(lang, *head2),
                [
                    (
                        f"`{f.name}`",
                        f.label(lang),
                        _say(lang, *_TYPES[f.dtype]),
                        schemas.unit_label(f.unit, lang),
                        f.stage,
                        f.description,
                    )
                    for f in added
                ],
            )
        lines.append("")
    return "\n".join(lines)


def standards(lang: str) -> str:
    """Return the table of every shipped standard file."""
    rows = []
    for path in sorted(_CITIES.glob("*/standards/*.toml")):
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        note = f"{held['source']}" + (f" — {held['note']}" if held.get("note") else "")
        official = (
            _say(lang, "有文件依据", "from a document")
            if held["official"]
            else _say(lang, "**建议稿，非官方**", "**proposal, not official**")
        )
        rows.append(
            (
                f"`{held['standard_id']}`",
                _say(lang, *_KINDS[held["kind"]]),
                held["title"][lang],
                _days(held, lang),
                official,
                note,
            )
        )
    head = (
        ("编号", "类别", "名称", "生效", "状态", "来源与说明"),
        ("id", "kind", "title", "in force", "status", "source and note"),
    )
    return "\n".join(_table(_say(lang, *head), rows)) + "\n"


def taxonomies(lang: str) -> str:
    """Return the table of every shipped taxonomy."""
    rows = []
    for path in sorted(_CITIES.glob("*/taxonomies/*.csv")):
        if path.name.endswith(".rules.csv"):
            continue
        held = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
        own = held[0]
        rules = path.with_suffix("").with_suffix(".rules.csv")
        n = (
            len(list(csv.DictReader(rules.read_text(encoding="utf-8-sig").splitlines())))
            if rules.exists()
            else 0
        )
        labels = sum(r["kind"] == "label" for r in held)
        rows.append(
            (f"`{own['label_id']}`", own[lang], str(labels), str(n), own["source"], own["note"])
        )
    head = (
        ("编号", "名称", "标签数", "规则数", "来源", "说明"),
        ("id", "name", "labels", "rules", "source", "note"),
    )
    return "\n".join(_table(_say(lang, *head), rows)) + "\n"


def commands(lang: str) -> str:
    """Return every command with the help it prints."""
    lines = [f"# {_say(lang, '命令', 'Commands')}", ""]
    lines += [
        _say(
            lang,
            "与 `industrymap 命令 --help` 的输出相同。",
            "The same as `industrymap COMMAND --help` prints.",
        ),
        "",
    ]
    language(lang)
    speak_both_languages()
    for name in COMMANDS:
        command: click.Command = importlib.import_module(
            f"industrymap.cli.{name.replace('-', '_')}"
        ).command
        lines += _help(name, command)
    return "\n".join(lines)


def api(title: str, where: str, target: Any) -> str:
    """Return the page of one public name: a function, a class or a room."""
    return "\n".join([f"# {title}", "", *_auto(where, target), ""])


def further() -> str:
    """Return the page of names that stand in rooms and that the public ones speak of."""
    lines = [
        "# Names in rooms",
        "",
        "Imported from their room: `from industrymap.standards import load`.",
        "",
    ]
    for where, target in sorted(_spoken_of().items()):
        lines += [f"## `{where}`", "", *_auto(where, target), ""]
    return "\n".join(lines)


def _spoken_of() -> dict[str, Any]:
    """Return the names in rooms: those of ``_FURTHER``, and whatever the examples and texts of listed names refer to."""
    public = {where.replace(":", ".").rstrip(".") for where in im._ROOMS.values()}  # noqa: SLF001
    found: dict[str, Any] = {}
    left = [*_FURTHER, *sorted(public)]
    while left:
        where = left.pop()
        target = _found(where)
        if where in found or target is None:
            continue
        found[where] = target
        members = (
            [m for m in vars(target).values() if inspect.isfunction(m)]
            if inspect.isclass(target)
            else []
        )
        for text in (inspect.getdoc(o) or "" for o in (target, *members)):
            left += _REFERENCE.findall(text)
    return {
        where: target
        for where, target in found.items()
        if not {where, where.rpartition(".")[0]} & public
    }


def _auto(where: str, target: Any) -> list[str]:
    known = {
        "automodule": inspect.ismodule,
        "autoclass": inspect.isclass,
        "autofunction": inspect.isroutine,
    }
    kind = next((k for k, fits in known.items() if fits(target)), "autodata")
    members = ["   :members:"] if kind in {"automodule", "autoclass"} else []
    return ["```{eval-rst}", f".. {kind}:: {where}", *members, "```"]


def _found(where: str) -> Any:
    """Return what stands at a dotted name, or ``None``: Sphinx then warns of whoever spoke of it."""
    room, _, name = where.rpartition(".")
    try:
        return getattr(importlib.import_module(room), name, None)
    except ImportError:
        return None


def write(tree: Path, lang: str) -> None:
    """Write the made pages of one tree; a page that does not change keeps its time."""
    made = tree / "_made"
    pages = {
        "columns.md": columns(lang),
        "standards.inc": standards(lang),
        "taxonomies.inc": taxonomies(lang),
        "commands.md": commands(lang),
    }
    if lang == "en":
        for name, where in im._ROOMS.items():  # noqa: SLF001 - the list of where each public name stands
            pages[f"api/{name}.md"] = api(
                f"`im.{name}`", where.replace(":", ".").rstrip("."), getattr(im, name)
            )
        pages["api/further.md"] = further()
        for name in _SHARED:
            page = _DOCS / f"{name}.md"
            if page.exists():
                pages[f"shared/{name}.md"] = _moved(page.read_text(encoding="utf-8"))
    for name, text in pages.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
    for old in made.rglob("*.md"):
        if old.relative_to(made).as_posix() not in pages:
            old.unlink()


def _moved(text: str) -> str:
    """Return a page of ``docs/`` as it stands in a tree: pictures found from there, files outside ``docs/`` only named."""
    text = re.sub(r"(?<!!)\[([^\]]+)\]\(\.\./[^)]+\)", r"\1", text)
    return text.replace("](img/", "](../../../img/")


def _help(name: str, command: Any) -> list[str]:
    context = click.Context(
        command, info_name=f"industrymap {name}", max_content_width=100, terminal_width=100
    )
    lines = [
        f"{'##' if ' ' not in name else '###'} `industrymap {name}`",
        "",
        "```text",
        command.get_help(context),
        "```",
        "",
    ]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                lines += _help(f"{name} {child}", found)
    return lines


def _days(held: dict[str, Any], lang: str) -> str:
    unknown = _say(lang, "未知", "unknown")
    first, last = (
        str(held[k]).replace("unknown", unknown) for k in ("effective_from", "effective_to")
    )
    return f"{first} – {last}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    lines = [_row(head), "|" + "---|" * len(head)]
    return lines + [_row(row) for row in rows]


def _row(cells: tuple[str, ...]) -> str:
    return (
        "| "
        + " | ".join(c.replace("|", "\\|").replace("\n", " ").replace("<", "&lt;") for c in cells)
        + " |"
    )


def _say(lang: str, zh: Any, en: Any) -> Any:
    return zh if lang == "zh" else en


def _before(app: Any) -> None:
    tree = Path(app.srcdir)
    os.environ.pop("INDUSTRYMAP_LANG", None)
    write(tree, "zh" if tree.name == "zh" else "en")


def setup(app: Any) -> dict[str, bool]:
    """Write the pages before the tree is read."""
    app.connect("builder-inited", _before, priority=1)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
