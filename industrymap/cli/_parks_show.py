"""What the commands about parks and blocks share: the workspace, its standards, tables in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from industrymap.cli._options import workspace_option
from industrymap.cli._tables import frame_lines
from industrymap.cli._talk import current, say
from industrymap.schemas import PARKS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from industrymap.standards import Standard
    from industrymap.workspace import Workspace

__all__ = [
    "column",
    "print_missing_inputs",
    "print_simulated_notice",
    "save",
    "save_book",
    "show",
    "standard_of",
    "titled",
    "workspace_option",
]


def standard_of(space: Workspace, kind: str, id_: str | None) -> Standard:
    """Return the standard named, or the one in force on the workspace's date."""
    from industrymap import pipeline

    return pipeline.standard_in_force(space, kind, id_)


def column(frame: pd.DataFrame, name: str) -> str:
    """Return the name if the frame has that column, else refuse it with the nearest ones."""
    from industrymap.errors import FilterError, nearest

    if name in frame:
        return name
    near = ", ".join(nearest(name, map(str, frame.columns)))
    raise FilterError(
        f"There is no column {name!r}; nearest: {near or '—'}.",
        f"没有名为 {name!r} 的列；最接近：{near or '—'}。",
    )


_MOST_MISSING = 5

_TITLES = {
    "land_area_mu": ("用地（亩）", "Land (mu)"),
    "parks": ("园区数", "Parks"),
    "land_km2": ("用地（km²）", "Land (km²)"),
    "in_list": ("入选率%", "In list %"),
    "lacks_zh": ("欠缺", "Lacks"),
    "lacks_en": ("欠缺", "Lacks"),
    "criterion": ("条件", "Criterion"),
    "zh": ("指标", "Indicator"),
    "en": ("指标", "Indicator"),
    "value": ("数值", "Value"),
    "zero": ("零分点", "No points at"),
    "one": ("满分点", "Full points at"),
    "weight": ("权重", "Weight"),
    "share": ("权重占比", "Share"),
    "scaled": ("得分率", "Scaled"),
    "points": ("得分", "Points"),
    "holds": ("满足", "Holds"),
    "evidence_zh": ("依据", "Evidence"),
    "evidence_en": ("依据", "Evidence"),
}


def show(
    frame: pd.DataFrame,
    columns: Sequence[str],
    own: Mapping[str, tuple[str, str]] | None = None,
    *,
    percents: Sequence[str] = (),
    layer: str = PARKS,
) -> None:
    """Print columns of a frame under their labels; ``own`` names those the schema does not know, ``percents`` the shares."""
    from industrymap import schemas

    lang = current()
    titles = _TITLES | dict(own or {})
    headers = [
        titles[c][0 if lang == "zh" else 1] if c in titles else schemas.label(layer, c, lang)
        for c in columns
    ]
    words = {c: schemas.labels(c, lang) for c in columns if schemas.values(c)}
    # No coded field of the schema: these words are of the explanation alone.
    words["holds"] = (
        {"True": "是", "False": "否"} if lang == "zh" else {"True": "yes", "False": "no"}
    )
    for line in frame_lines(frame[list(columns)], headers, words, percents=percents):
        click.echo("  " + line)


def print_missing_inputs(missing: pd.Series[Any]) -> None:
    """Say which inputs keep parks undetermined most often; ``missing`` holds names separated by ``;``."""
    from industrymap.parks import field_labels

    # One park may lack several inputs, and counts once for each.
    counts = missing.fillna("").str.split(";").explode().replace("", None).dropna().value_counts()
    if counts.empty:
        return
    # Equal counts in the order of names: value_counts alone would leave it to chance.
    most = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))[:_MOST_MISSING]
    parts = [f"{field_labels(str(name), PARKS, current())} {n:,}" for name, n in most]
    say(
        f"待定园区最常缺少的数据（园区数）：{'、'.join(parts)}",
        f"missing most often (parks): {', '.join(parts)}",
    )


def print_simulated_notice(space: Workspace) -> None:
    """Say that the data is simulated, where it is."""
    if space.simulated:
        say("※ 模拟数据", "※ simulated data")


def titled(frame: pd.DataFrame, titles: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """Return the columns named in ``titles`` under their titles, in that order; coded values in words."""
    from industrymap import pipeline

    return pipeline.titled(frame, titles, lang=current())


def save(space: Workspace, path: Path, parts: Sequence[tuple[str, pd.DataFrame, str]]) -> None:
    """Write frames as the sheets of an xlsx workbook: name, frame, and the layer whose schema names its columns."""
    from industrymap import pipeline

    save_book(path, lambda: pipeline.workbook_of(space, parts, lang=current()))


def save_book(path: Path, made: Callable[[], bytes]) -> None:
    """Write a workbook; only made where the path is one of a workbook."""
    from industrymap import files
    from industrymap.errors import ConfigError

    # Several sheets, labels and the notice of simulated data have no place in a csv.
    if path.suffix.lower() != ".xlsx":
        raise ConfigError(
            f"{path.name}: the table is written as xlsx.", f"{path.name}：表格只写为 xlsx。"
        )
    files.write_bytes(path, made())
    say(f"已写出 {path}", f"wrote {path}")
