"""``industrymap desk [WORKSPACE]``: the whole work in the browser of this machine."""

from __future__ import annotations

from pathlib import Path

import click

from industrymap.cli._options import Command, option, workspace_folder
from industrymap.cli._talk import say

__all__ = ["command"]


@click.command(
    cls=Command,
    zh="在本机浏览器中打开工作台：只在本机，无需网络；关闭网页后自动结束。",
)
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False), metavar="[WORKSPACE]")  # fmt: skip
@workspace_folder(
    "打开此工作区；也可直接写在命令之后。",
    "Open this workspace; may also be given after the command.",
    name="named",
    default=None,
)
@option(
    "--shortcut",
    is_flag=True,
    zh="在桌面（没有则在当前文件夹）写出可双击的图标，然后结束。",
    en="Write an icon to double-click onto the desktop (or into this folder, where there is none), and exit.",
)
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    zh="端口；默认取任一空闲端口。",
    en="Port; by default any free one.",
)
@option(
    "--no-browser",
    is_flag=True,
    zh="不打开浏览器，只显示地址。",
    en="Open no browser, only show the address.",
)
def command(
    *, folder: Path | None, named: Path | None, shortcut: bool, port: int, no_browser: bool
) -> None:
    """Open the desk in the browser of this machine: on this machine only, without a network; it ends when its page is closed."""
    workspace = named or folder
    if shortcut:
        from industrymap.desk.shortcut import write_shortcut

        path = write_shortcut(workspace)
        say(
            f"已写出 {path}，双击即可打开工作台。",
            f"Wrote {path}: double-click it to open the desk.",
        )
        return
    from industrymap import desk

    def opened(address: str) -> None:
        say(
            f"工作台已打开：{address}\n关闭网页后自动结束；也可按 Ctrl-C。",
            f"The desk is open: {address}\nIt ends when its page is closed, or with Ctrl-C.",
        )

    options = desk.Options(workspace=workspace, port=port, browser=not no_browser)
    desk.serve(options, said=opened)
