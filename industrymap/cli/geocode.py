"""``industrymap geocode FILE -o OUT``: a table with its addresses geocoded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap.cli._options import Command, option, output_option
from industrymap.cli._talk import current, progress, say
from industrymap.errors import ConfigError
from industrymap.wording import counted

if TYPE_CHECKING:
    from industrymap.jobs import Geocoded

__all__ = ["command"]

_MOST_CHARS = 120


@click.command(
    "geocode",
    cls=Command,
    zh="地址定位：离线优先，给出经纬度（WGS 84）、级别、半径与依据；拿不准的不猜。",
)
@click.argument("file", type=click.Path(path_type=Path))
@output_option(
    type=click.Path(path_type=Path),
    zh="输出文件，格式由扩展名决定。",
    en="Output file; the format follows the extension.",
)
@option("--city", zh="城市包（没有工作区时）。", en="City pack, if there is no workspace.")
@option(
    "-w",
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    zh="从该工作区取图层、边界和已确认的位置。",
    en="Workspace to take layers, boundaries and confirmed places from.",
)
@option("--address", zh="地址列的列名。", en="Heading of the address column.")
@option("--sheet", zh="工作簿的工作表。", en="Sheet of a workbook.")
@option(
    "--datum",
    zh="表中坐标的坐标系：wgs84、gcj02、bd09 等。",
    en="Datum of the coordinates in the table: wgs84, gcj02, bd09 …",
)
@option(
    "--gazetteer",
    "gazetteers",
    multiple=True,
    type=click.Path(path_type=Path),
    zh="另加的地名库文件。",
    en="Another file of places.",
)
@option(
    "--provider",
    "names",
    multiple=True,
    zh="对不够精细的地址询问在线服务：amap、tianditu、baidu、tencent；密钥置于 INDUSTRYMAP_<NAME>_KEY。地址会离开本机。",
    en="Online geocoder for addresses that could not be placed precisely: amap, tianditu, baidu, tencent; its key in INDUSTRYMAP_<NAME>_KEY. Addresses leave this machine.",
)
@option(
    "--review",
    type=click.Path(path_type=Path),
    zh="复核表：从中读取已确认的位置，并写入存疑的地址。",
    en="Review file: confirmed places are read from it, doubtful ones written to it.",
)
@option(
    "--any-candidate",
    is_flag=True,
    zh="有多个同等候选时取第一个；默认都不取。",
    en="Take the first of several equally good places; by default none.",
)
@option(
    "--evaluate",
    "truth",
    type=click.Path(path_type=Path),
    zh="真值表（lon、lat、区、镇街）：报告定位的准确程度。",
    en="Table with the true lon, lat, district and town: report how good the result is.",
)
def command(
    file: Path,
    *,
    out: Path | None,
    city: str | None,
    folder: Path | None,
    address: str | None,
    sheet: str | None,
    datum: str | None,
    gazetteers: tuple[Path, ...],
    names: tuple[str, ...],
    review: Path | None,
    any_candidate: bool,
    truth: Path | None,
) -> None:
    """Geocode the addresses in a table: add lon, lat (WGS 84), level, radius, score, district, town and issues."""
    from industrymap import jobs

    # Nothing would be left of minutes of work.
    if out is None and truth is None:
        raise ConfigError(
            "Name the output with -o OUT (or give --evaluate TRUTH).",
            "请用 -o 指定输出文件（或用 --evaluate 给出真值表）。",
        )
    options = jobs.GeocodeOptions(
        city=city,
        workspace=folder,
        address=address,
        sheet=sheet,
        datum=datum,
        gazetteers=gazetteers,
        providers=names,
        review=review,
        strict=not any_candidate,
        lang=current(),
    )
    geocoded = jobs.geocode_file(file, out, options=options, progress=progress("定位", "geocoding"))
    _report(geocoded)
    if truth is not None:
        click.echo(jobs.evaluate_file(geocoded, truth).text(current()))
    if review is not None:
        say(
            f"复核表 {review}：{geocoded.to_review:,} 条",
            f"Review file {review}: {counted(geocoded.to_review, 'row')}",
        )
    if geocoded.written:
        say(f"已写出 {geocoded.written[0]}", f"Wrote {geocoded.written[0]}")


def _report(geocoded: Geocoded) -> None:
    """Say what reading found, what of the review file could not be used, how many addresses were placed, and what is doubtful."""
    from industrymap import findings, schemas

    for line in findings.found_in_file(geocoded.reading):
        click.echo(line.text(current()))
    for row in geocoded.review_issues.to_dict("records"):
        say(
            f"{row['source']} 第 {row['row']} 行：{row['zh']}",
            f"{row['source']} row {row['row']}: {row['en']}",
            err=True,
        )
    placed_rows, problems = geocoded.frame, geocoded.issues

    placed = int(placed_rows["geocode_level"].notna().sum())
    share = placed / len(placed_rows) if len(placed_rows) else 0.0
    say(
        f"定位 {placed:,} / {len(placed_rows):,}（{share:.1%}）",
        f"Placed {placed:,} of {len(placed_rows):,} ({share:.1%})",
    )
    known = int(placed_rows["district_code"].notna().sum())
    say(
        f"  所在区已知 {known:,}（{known / max(1, len(placed_rows)):.1%}）",
        f"  district known {known:,} ({known / max(1, len(placed_rows)):.1%})",
    )
    words = schemas.labels("geocode_level", current())
    counts = placed_rows["geocode_level"].value_counts()
    for level, word in words.items():
        if counts.get(level):
            click.echo(f"  {word}  {counts[level]:,}")
    for rule, count in problems["rule"].value_counts().items():
        sentence = problems.loc[problems["rule"] == rule, current()].iloc[0]
        click.echo(f"  [{rule}] {count:,} × {_shortened(sentence)}")


def _shortened(sentence: str) -> str:
    return sentence if len(sentence) <= _MOST_CHARS else sentence[: _MOST_CHARS - 1] + "…"
