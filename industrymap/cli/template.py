"""``industrymap template KIND -o FILE.xlsx``: an empty workbook to fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from industrymap import schemas
from industrymap.cli._options import Command, output_option, workspace_folder
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["command"]

_KINDS = (
    schemas.ENTERPRISES,
    schemas.PARKS,
    schemas.BLOCKS,
    "changes",
    "review",
    "series",
    "firm_inputs",
    "parcels",
    "objections",
)


@click.command(
    "template",
    cls=Command,
    zh="写出供填写的空工作簿：企业、园区、区块、变更、地址复核、时间序列或分类评价的各表；含下拉选项、单位、示例和说明。",
)
@click.argument("kind", metavar="[" + "|".join(_KINDS) + "|LAYER]")
@output_option(
    "写到哪个 xlsx 文件；默认在工作区中以种类命名。",
    "The xlsx file; by default named after the kind, in the workspace.",
)
@workspace_folder(
    "工作区：默认写入其中；其自有的图层也有模板。",
    "Workspace to write into by default; its own layers have templates too.",
)
def command(kind: str, *, out: Path | None, folder: Path) -> None:
    """Write an empty workbook to fill in, with drop-down lists, units, examples and notes.

    The headings are in the language of messages (--lang); both languages are read back.
    """
    from industrymap import jobs, workspace

    # A template can be written before there is a workspace; with one, its own layers are known.
    if (folder / workspace.CONFIG).is_file():
        workspace.load(folder)
    path = out or folder / f"{kind}.xlsx"
    written = jobs.write_template(kind, path, lang=current())
    say(f"已写出 {written}", f"Wrote {written}")
