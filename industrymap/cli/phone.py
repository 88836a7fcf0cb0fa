"""``industrymap phone``: a card for a chat and a light page, from what was built last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import schemas
from industrymap.cli._options import Command, output_option, workspace_option
from industrymap.cli._talk import current, say

if TYPE_CHECKING:
    from industrymap.webmap import MapModel
    from industrymap.workspace import Workspace

__all__ = ["command"]

_YI = 10_000  # 万元 in one 亿元


@click.command(
    cls=Command,
    zh="手机用：一张卡片（card.png）和一个轻量网页（phone.html）。\n\n网页只有区、园区、区块和合计，不含企业；不足 3 家企业的收入、税收、从业人员不写入。",
)
@workspace_option
@output_option(
    type=click.Path(path_type=Path, file_okay=False),
    zh="card.png 和 phone.html 的文件夹，默认为 outputs。",
    en="Folder for card.png and phone.html; by default outputs.",
)
def command(folder: Path, *, out: Path | None) -> None:
    """Write what a phone shows: a card for a chat (card.png) and a light page (phone.html).

    The page has districts, parks, blocks and totals, and no firms; sums over fewer than three firms are left out.
    """
    from industrymap import files, pipeline, sheets, workspace
    from industrymap.webmap import build

    space = workspace.load(folder)
    model = pipeline.phone_model(space)
    target = out or space.outputs
    page = build(model, lang=current())
    parks, districts = model.frame("parks"), model.frame("districts")
    card = None
    if parks is not None and districts is not None:
        words = sheets.CardWords(
            title=space.title, figures=_figures(model), foot=_foot(space), lang=current()
        )
        card = sheets.card(words, parks=parks, districts=districts)
    written = [files.write_bytes(target / "phone.html", page)]
    if card is not None:
        written.append(files.write_bytes(target / "card.png", card))
    say(f"已写入 {len(written)} 个文件", f"{len(written)} files written")
    for path in written:
        click.echo(f"  {path} ({path.stat().st_size / 1e6:.2f} MB)")


def _figures(model: MapModel) -> list[tuple[str, str, str]]:
    """Return the three figures of the card."""
    zh = current() == "zh"
    parks, totals = model.frame("parks"), model.meta.totals
    n_parks = 0 if parks is None else len(parks)
    revenue = totals.get("revenue_10k_cny")
    unknown = "—"
    return [
        (_label(schemas.PARKS), f"{n_parks:,}", "个" if zh else ""),
        (
            "入库企业" if zh else "Firms in the base",
            f"{totals.get('firms', 0):,.0f}",
            "家" if zh else "",
        ),
        (
            "营业收入" if zh else "Revenue",
            unknown
            if revenue is None
            else f"{revenue / _YI:,.0f}"
            if zh
            else f"{revenue / _YI / 10:,.1f}",
            "亿元" if zh else "bn yuan",
        ),
    ]


def _label(layer: str) -> str:
    """Return what a layer is called in the language of the command."""
    record = schemas.layer(layer)
    if record is None:
        return layer
    return record.zh if current() == "zh" else record.en


def _foot(space: Workspace) -> list[str]:
    """Return what must be said under the card."""
    zh = current() == "zh"
    day = "" if space.data_date is None else space.data_date.isoformat()
    simulated = ("模拟数据，仅供演示" if zh else "simulated data") if space.simulated else ""
    review = space.review_number and (
        f"审图号：{space.review_number}" if zh else f"Approval number {space.review_number}"
    )
    internal = (
        "无审图号，未经审核，仅供内部工作使用"
        if zh
        else "no approval number; for internal use only"
    )
    source = space.source and (f"来源：{space.source}" if zh else f"Source: {space.source}")
    first = " · ".join(
        filter(
            None, [day and (f"数据截至 {day}" if zh else f"Data as of {day}"), simulated, source]
        )
    )
    return [first, str(review or internal)]
