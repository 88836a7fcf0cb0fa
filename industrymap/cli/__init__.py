"""The command line: one small module per command, loaded when it is called.

Exit codes: 0 done · 1 done with rows refused under ``--strict`` · 2 bad usage or unusable input, one clear
sentence on stderr, nothing half-written.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from industrymap import __version__
from industrymap.cli._talk import language, say
from industrymap.errors import IndustryMapError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, str] = {
    "init": "make an empty workspace for a city · 建立空工作区",
    "check": "what would be read from a file, how, and every problem · 检查文件",
    "sample": "the invented sample city as a workspace, with its truth · 生成示例城市（模拟数据）",
    "boundaries": "district and town boundaries from OpenStreetMap or a file · 获取行政区划边界",
    "gazetteer": "feed the offline gazetteer: places, roads, house numbers · 导入地名库",
    "geocode": "a table with its addresses placed: level, radius, district, town · 地址定位",
    "convert": "coordinates of a table or layer from one datum or CRS to another · 坐标转换",
    "industries": "the full list of GB/T 4754-2017, checked and kept in a workspace · 导入行业分类全表",
    "tag": "labels for firms by rules and official lists, with reasons · 企业打标签",
    "lists": "named enterprise lists: reasons, versions, changes · 企业名单",
    "report": "the stock-take of the enterprise base as HTML and xlsx · 摸清家底报告",
    "export": "any layer of a built workspace, filtered, in any format · 导出图层",
    "parks": "list, classify and choose village parks; their database · 村级工业园筛选、分类与试点",
    "changes": "apply change files to any layer of the database, look at its history, undo · 变更文件与历史",
    "blocks": "industrial blocks held to their dated rules · 产业区块规则核对",
    "doctor": "a workspace looked over: what is wrong and what to do · 检查工作区",
    "build": "the whole pipeline: map, layers, issues, manifest · 全流程生成产业地图",
}
"""Command → one line of help; the command lives in ``industrymap.cli.<command>`` as ``command``."""


class _Lazy(click.Group):
    """A group that shows its list without importing a single command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"industrymap.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from industrymap.errors import meant, nearest

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            hint, _ = meant(nearest(args[0], COMMANDS, n=1))
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="industrymap")
@click.option(
    "--lang", type=click.Choice(["zh", "en"]), help="Language of messages (default: the locale's)."
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=N",
    help="Raise what a file may hold, knowingly: --limit max_rows=5000000 · 调高读取上限.",
)
@click.pass_context
def cli(ctx: click.Context, lang: str | None, limits: tuple[str, ...]) -> None:
    """Draw the manufacturing industry map of a city. 制造业产业地图工具。"""
    ctx.obj = language(lang)
    if limits:
        _raise_limits(ctx, limits)


def _raise_limits(ctx: click.Context, words: tuple[str, ...]) -> None:
    from industrymap import files

    given: dict[str, float | str] = {}
    for word in words:
        name, _, number = word.partition("=")
        plain = number.replace(",", "").replace("_", "")
        given[name.strip()] = float(plain) if plain.replace(".", "", 1).isdigit() else number
    ctx.with_resource(files.limited(files.read_limits(given)))


def main(args: list[str] | None = None) -> None:
    """Run the command line and turn every known error into one sentence and exit code 2."""
    try:
        cli.main(args=args, prog_name="industrymap", standalone_mode=True)
    except IndustryMapError as error:
        say(error.zh, error.en, err=True)
        sys.exit(2)
