"""The command line: one small module per command, loaded when it is called.

Exit codes: 0 done · 1 done with rows refused under ``--strict`` · 2 bad usage or unusable input, one clear
sentence on stderr, nothing half-written · 3 a fault of the program · 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from industrymap import __version__
from industrymap.cli._click_zh import speak_both_languages
from industrymap.cli._exits import run
from industrymap.cli._options import Group, Option, option
from industrymap.cli._talk import language, localized

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("建立空工作区", "create an empty workspace for a city"),
    "check": ("检查文件", "what would be read from a file, how, and every problem"),
    "sample": (
        "生成示例城市（模拟数据）",
        "create the invented sample city as a workspace, with its truth",
    ),
    "boundaries": (
        "获取行政区划边界",
        "get district and town boundaries from OpenStreetMap or a file",
    ),
    "kit": (
        "离线资料包",
        "gather map data of a city in one file, for machines without a network",
    ),
    "gazetteer": (
        "导入地名库",
        "add places, roads and house numbers to the offline gazetteer",
    ),
    "geocode": (
        "地址定位",
        "geocode the addresses in a table: level, radius, district, town",
    ),
    "convert": (
        "坐标转换",
        "convert coordinates of a table or layer from one datum or CRS to another",
    ),
    "industries": (
        "导入行业分类全表",
        "check the full list of GB/T 4754-2017 and keep it in a workspace",
    ),
    "tag": ("企业打标签", "label firms by rules and official lists, with reasons"),
    "lists": ("企业名单", "make named enterprise lists: reasons, versions, changes"),
    "template": (
        "写出供填写的空工作簿",
        "write an empty workbook to fill in: lists, units, examples, notes",
    ),
    "report": (
        "摸清家底报告",
        "write the stock-take of the enterprise base as HTML and xlsx",
    ),
    "phone": (
        "手机用的卡片和轻量网页",
        "write a card for a chat and a light page without firms",
    ),
    "export": ("导出图层", "export any layer of a built workspace, filtered, in any format"),
    "parks": (
        "村级工业园筛选、分类与试点",
        "list, classify and choose village parks; their database",
    ),
    "series": (
        "运行数据库：月度、季度数据",
        "figures over time: read monthly and quarterly tables, show, revise, compare",
    ),
    "indicators": (
        "指标体系：列出、检查、查看定义、计算数值",
        "sets of indicators: list, check, show definitions, compute values",
    ),
    "evaluate": (
        "按指标体系和方法评分",
        "score areas by a set of indicators and a method",
    ),
    "grade": (
        "企业分类评价（亩均论英雄）",
        "grade firms A to D by a rule: letters, reasons, lists for publicity",
    ),
    "allocate": (
        "差别化配置：按类别配置要素、汇总效果、比较情景",
        "what letters mean in land, power, water and money; what it sums up to, scenarios",
    ),
    "assess": (
        "区县考核：得分、单项奖、攀登与倍增企业",
        "districts assessed: scores, awards, firms on the ladder and doubling",
    ),
    "index": ("编制指数，基期为 100", "an index over several periods, base period = 100"),
    "robustness": (
        "评价名次的稳健性",
        "how stable a ranking is: under other weights and choices, and without each indicator",
    ),
    "compare": (
        "与其他城市对比",
        "the city beside other cities, by published figures with their source",
    ),
    "brief": (
        "季度简报（Word、幻灯片），可按区成批",
        "the quarterly brief as a Word document or slides, for the city or each district",
    ),
    "monitor": ("监测页面 monitor.html", "make the monitoring pages monitor.html"),
    "workpack": (
        "各区服务专班工作包",
        "a zip for each district: firms to visit, changes, letters, open matters",
    ),
    "due": (
        "报送日历：该到未到的报表",
        "which tables are due, which are late and from whom; workbooks to fill in",
    ),
    "release": (
        "季度发布包：打包、核验、比较",
        "the quarterly release as one file: pack, verify, compare",
    ),
    "runs": (
        "做过的评价：查看、比较、说明得分",
        "evaluations: list, show, compare, break a score down",
    ),
    "changes": (
        "变更文件与历史",
        "apply change files to any layer of the database, view its history, undo",
    ),
    "blocks": ("产业区块规则核对", "check industrial blocks against the rules in force"),
    "desk": (
        "在浏览器中工作，无需命令行",
        "the whole work in the browser of this machine, without a command line",
    ),
    "doctor": ("检查工作区", "check a workspace and suggest fixes"),
    "build": ("全流程生成产业地图", "run the whole pipeline: map, layers, issues, manifest"),
}
"""Command → one line of help in Chinese and English; the command is ``industrymap.cli.<command>.command``."""


class _Lazy(Group):
    """A group that shows its list without importing a single command."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        # One module at a time: importing all commands would take a second before any help is shown.
        module = import_module(f"industrymap.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section(localized("命令", "Commands")):
            formatter.write_dl([(name, localized(*COMMANDS[name])) for name in sorted(COMMANDS)])

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from industrymap.errors import did_you_mean, nearest

        # click would only say that there is no such command; a slip of the keyboard deserves the nearest name.
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            en, zh = did_you_mean(nearest(args[0], COMMANDS, n=1))
            text = localized(f"没有命令 {args[0]!r}。{zh}", f"There is no command {args[0]!r}.{en}")
            raise click.UsageError(text, ctx)
        return super().resolve_command(ctx, args)


def _choose_language(ctx: click.Context, _: click.Parameter, choice: str | None) -> None:
    """Choose the language before anything is said: ``--lang`` reaches the help and click's own messages too."""
    ctx.obj = language(choice)


@click.group(
    cls=_Lazy,
    zh="制造业产业地图工具。",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    __version__,
    prog_name="industrymap",
    cls=Option,
    zh="显示版本号。",
    help="Show the version and exit.",
)
@option(
    "--lang",
    type=click.Choice(["zh", "en"]),
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    zh="提示与帮助的语言（默认随系统）。",
    en="Language of messages and help (default: the locale's).",
)
@option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=N",
    zh="调高读取文件的上限，如 --limit max_rows=5000000。",
    en="Raise a limit on what a file may hold, e.g. --limit max_rows=5000000.",
)
@click.pass_context
def cli(ctx: click.Context, limits: tuple[str, ...]) -> None:
    """Draw the manufacturing industry map of a city."""
    if limits:
        _raise_limits(ctx, limits)


def _raise_limits(ctx: click.Context, words: tuple[str, ...]) -> None:
    from industrymap import files

    given: dict[str, float | str] = {}
    for word in words:
        name, _, number = word.partition("=")
        # 5,000,000 and 5_000_000 are how people and TOML write it.
        plain = number.replace(",", "").replace("_", "")
        given[name.strip()] = float(plain) if plain.replace(".", "", 1).isdigit() else number
    ctx.with_resource(files.limited(files.read_limits(given)))


def main(args: list[str] | None = None) -> None:
    """Run the command line: whatever happens, it ends with a number and a sentence (:mod:`industrymap.cli._exits`)."""
    speak_both_languages()
    language()
    sys.exit(run(cli, args))
