"""``industrymap brief PERIOD -o FILE | template -o FILE``: the quarterly brief of the city or of each district."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._areas import as_of_option
from industrymap.cli._moments import moment_or_now
from industrymap.cli._options import Group, option, output_option, workspace_folder
from industrymap.cli._talk import current, say
from industrymap.wording import counted

if TYPE_CHECKING:
    from industrymap.pipeline import WrittenBrief

__all__ = ["command"]


class _ByPeriod(Group):
    """Takes ``brief 2024Q4`` for ``brief make 2024Q4``: the period is what people type."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["make", *args]
        return super().parse_args(ctx, args)


@click.group("brief", cls=_ByPeriod, zh="季度简报：brief 2024Q4 -o 简报.docx；版式可改。")
def command() -> None:
    """Write the quarterly brief (brief 2024Q4 -o FILE.docx); its layout can be changed."""


@command.command("make", zh="把一个时期的数据写成简报：句子由数据支持，每个数可查。")
@click.argument("period")
@workspace_folder("工作区。", "The workspace.")
@output_option(
    type=click.Path(path_type=Path),
    required=True,
    zh="要写的 .docx 或 .pptx 文件；--each 时为文件夹。",
    en="The .docx or .pptx to write; with --each, the folder.",
)
@option("--area", default="", zh="只写这个区（代码或名称），默认全市。", en="Of this district, by code or name (default: the city).")  # fmt: skip
@option("--each", type=click.Choice(["district"]), zh="每个区一份。", en="One for each district.")
@option("--format", "extension", type=click.Choice(["docx", "pptx"]), default="docx", show_default=True, zh="--each 时的格式。", en="Format with --each.")  # fmt: skip
@option(
    "--template",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="本单位的模板，其中 {{ 字段 }} 处写入内容。",
    en="A template of your own; {{ fields }} in it are filled in.",
)
@option(
    "--evidence",
    type=click.Path(path_type=Path, dir_okay=False),
    zh="同时写出 xlsx：每个数的含义、算法、依据、覆盖和入库序号。",
    en="Also write an .xlsx: what each figure is, its formula, inputs, coverage and addition.",
)
@option("--set", "set_id", default="", zh="指标体系，默认本工作区或本市的。", en="Set of indicators (default: the workspace's own or the city's).")  # fmt: skip
@as_of_option
def make_command(
    period: str,
    *,
    folder: Path,
    out: Path,
    area: str,
    each: str | None,
    extension: str,
    template: Path | None,
    evidence: Path | None,
    set_id: str,
    as_of: str | None,
) -> None:
    """Write the figures of a period as a brief: sentences that the data bear out, every figure with its source."""
    from industrymap import pipeline
    from industrymap.errors import ConfigError

    if each and (area or evidence):
        raise ConfigError(
            "--each writes one brief for each district: leave out --area and --evidence.",
            "--each 为每个区写一份，请勿同时使用 --area、--evidence。",
        )
    options = pipeline.BriefOptions(
        set_id=set_id,
        as_of=moment_or_now(as_of),
        lang=current(),
        area=area,
        template=template,
        evidence=evidence,
    )
    if each:
        done = pipeline.write_briefs(folder, period, out, options, extension=extension)
        for one in done:
            _say(one)
        say(f"共 {len(done)} 份。", f"{counted(len(done), 'brief')} in all.")
        return
    _say(pipeline.write_brief(folder, period, out, options))
    if evidence is not None:
        say(f"每个数的依据：{evidence}", f"Where each figure comes from: {evidence}")


def _say(done: WrittenBrief) -> None:
    say(
        f"已写入 {done.path}：{done.title}（{done.figures} 个数，第 {done.vintage} 次入库）",
        f"Written: {done.path}: {done.title} ({counted(done.figures, 'figure')}, addition {done.vintage})",
    )


@command.command("template", zh="写出默认模板，供修改后用于 --template。")
@output_option(
    type=click.Path(path_type=Path, dir_okay=False),
    zh="要写的 .docx 或 .pptx 文件；默认在工作区中名为 brief.docx。",
    en="The .docx or .pptx to write; by default brief.docx in the workspace.",
)
@workspace_folder("工作区：默认写入其中。", "Workspace to write into by default.")
def template_command(*, out: Path | None, folder: Path) -> None:
    """Write the default template, to change and to give to --template."""
    from industrymap import pipeline

    path = pipeline.brief_template(out or folder / "brief.docx")
    say(f"已写出模板 {path}", f"Wrote the template {path}")
