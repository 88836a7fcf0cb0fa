"""``industrymap industries import FILE``: the full list of GB/T 4754-2017, checked and kept in a workspace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Group, workspace_folder
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    from industrymap.enterprises.classification import Classification

__all__ = ["command"]

_WORKSPACE = workspace_folder("保存行业分类的工作区。", "Workspace that keeps the list.")


@click.group(
    "industries",
    cls=Group,
    zh="为工作区导入国民经济行业分类全表，用于核对行业代码。\n\n程序只附带制造业 31 个大类的名称，不附带 GB/T 4754-2017 全表。",
)
def command() -> None:
    """Give a workspace the full list of industries that codes are checked against.

    GB/T 4754-2017 does not ship with the program: only the names of its 31 manufacturing divisions do.
    """


@command.command(
    "import",
    zh="核对并导入国民经济行业分类（制造业 31 个大类、179 个中类、609 个小类）。\n\n有错误的行逐条列出；有错误或数目不符的不写入。",
)
@click.argument("file", type=click.Path(path_type=Path))
@_WORKSPACE
def import_(file: Path, *, folder: Path) -> None:
    """Check a CSV of GB/T 4754-2017 (31 divisions, 179 groups, 609 classes) and keep it for this workspace.

    Every wrong row is named; a list with wrong rows or other counts is refused and nothing is written.
    """
    from industrymap import workspace
    from industrymap.enterprises import classification

    space = workspace.load(folder)
    industries = classification.read(file)
    found = industries.issues
    for row in found.astype(object).where(found.notna(), None).to_dict("records"):
        where = "" if row["row"] is None else f":{row['row']}"
        value = f" {row['value']}" if row["value"] else ""
        say(
            f"  {row['source']}{where}{value} — {row['zh']}",
            f"  {row['source']}{where}{value} — {row['en']}",
            err=True,
        )
    path = classification.write(classification.usable(industries, file.name), space.state)
    _tell(industries)
    say(
        f"已保存在 {path}，下次生成时用于核对行业代码。",
        f"Kept in {path}; the next build checks industry codes against it.",
    )


@command.command("show", zh="显示工作区所用的行业分类，或代码的含义。")
@click.argument("codes", metavar="[CODE]…", nargs=-1)
@_WORKSPACE
def show(codes: tuple[str, ...], *, folder: Path) -> None:
    """Show the list a workspace checks against, or what CODEs mean."""
    from industrymap import citypack, workspace
    from industrymap.enterprises import classification, industry

    space = workspace.load(folder)
    # The workspace's own list goes before the city pack's.
    places = (space.state, citypack.load(space.city).folder)
    held = next((p for p in places if (p / classification.FILE).is_file()), None)
    if held is None:
        say(
            "没有导入全表：只核对制造业31个大类（industrymap industries import 文件）。",
            "No full list was imported: only the 31 divisions are checked (industrymap industries import FILE).",
        )
        names = (
            dict(industry.divisions())
            if current() == "zh"
            else {code: industry.name_of(code, "en") for code in industry.divisions()}
        )
    else:
        industries = classification.usable(
            classification.read(held / classification.FILE), classification.FILE
        )
        names = dict(industries.names)
        if not codes:
            _tell(industries)
    for code in codes:
        # People write C3670 and the lists 3670; only manufacturing's codes are kept.
        plain = code.strip().upper().removeprefix("C")
        say(
            f"{plain}  {names.get(plain, '没有这个代码')}",
            f"{plain}  {names.get(plain, 'no such code')}",
        )


def _tell(industries: Classification) -> None:
    size = industries.counts()
    say(
        f"制造业大类 {size[2]}、中类 {size[3]}、小类 {size[4]}，与 GB/T 4754-2017 一致；其他门类 {industries.elsewhere} 行不保存。",
        f"Manufacturing: {size[2]} divisions, {size[3]} groups, {size[4]} classes, as in GB/T 4754-2017; {industries.elsewhere} rows of "
        "other sections are not kept.",
    )
