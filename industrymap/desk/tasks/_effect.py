"""What taking a file in would add or change, beside what the last build holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from industrymap.columns import is_missing

if TYPE_CHECKING:
    from industrymap.jobs import Checked
    from industrymap.layers import Layer
    from industrymap.tables import Table
    from industrymap.workspace import Workspace

__all__ = ["effect"]

_REVENUE = "revenue_10k_cny"
_SAME = 1e-6
"""Relative difference below which two figures are one: they may have been multiplied by different units."""
_MOST_NAMES = 5


def effect(space: Workspace, checked: Checked, what: str) -> list[dict[str, str]]:
    """Return, in sentences, what the file would add and change.

    Parameters
    ----------
    space : Workspace
    checked : Checked
        The file as it would be read.
    what : str
        What it would be taken in as.
    """
    from industrymap import pipeline

    if not (space.state / "built").is_dir():
        return [_said("首次生成前收入：其中的内容全部为新增。", "Nothing has been built yet: everything in it is new.")]  # fmt: skip
    known = set(pipeline.layer_names(space))
    if checked.is_table and "enterprises" in known and checked.firms is not None:
        return [line for read in checked.reads for line in _firms(space, read)]
    layer = what if what in known else ""
    if not layer:
        return [_said(f"工作区尚无此图层：新增 {len(checked.read.frame):,} 个图形。", f"The workspace has no such layer yet: {len(checked.read.frame):,} features are new.")]  # fmt: skip
    return _features(space, checked.read, layer)


def _firms(space: Workspace, read: Table | Layer) -> list[dict[str, str]]:
    """Compare the firms of a table with those of the base, by credit code, else by name."""
    from industrymap.desk.tasks._built import columns

    base = columns(space, "enterprises", ["uscc", "name", "enterprise_id"])
    by_code = dict(zip(base["uscc"], base["enterprise_id"], strict=True))
    by_name = dict(zip(base["name"], base["enterprise_id"], strict=True))
    frame = read.frame
    empty = [None] * len(frame)
    codes = frame["uscc"].tolist() if "uscc" in frame else empty
    names = frame["name"].tolist() if "name" in frame else empty
    found, new, new_names = [], 0, []
    for code, name in zip(codes, names, strict=True):
        known = None if is_missing(code) else by_code.get(code)
        if known is None and not is_missing(name):
            known = by_name.get(name)
        found.append(known)
        if known is None:
            new += 1
            new_names.append("" if is_missing(name) else str(name))
    there = len(found) - new
    such = "、".join(list(dict.fromkeys(filter(None, new_names)))[:_MOST_NAMES])
    example_zh, example_en = (f"，如 {such}", f", such as {such}") if such else ("", "")
    lines = [
        _said(
            f"{there:,} 行是企业库中已有的企业（按信用代码或名称），{new:,} 行不在其中{example_zh}。",
            f"Rows of firms that the base has (by credit code or name): {there:,}; not in it: {new:,}{example_en}.",
        )
    ]
    return [*lines, *_figures(space, read, found)]


def _figures(space: Workspace, read: Table | Layer, firms: list[Any]) -> list[dict[str, str]]:
    """Compare the revenue of each year with what the base knows."""
    from industrymap.desk.tasks._built import columns
    from industrymap.tables import Table

    years = read.years(_REVENUE) if isinstance(read, Table) else {}
    kept = columns(space, "years", ["enterprise_id", "year", _REVENUE])
    known = {(i, int(y)): v for i, y, v in zip(*kept.values(), strict=True) if not is_missing(y)}
    lines = []
    for year, column in sorted(years.items()):
        added = changed = same = 0
        numbers = read.number(column)  # type: ignore[union-attr]
        for firm, value in zip(firms, numbers.tolist(), strict=True):
            if firm is None or is_missing(value):
                continue
            before = known.get((firm, year))
            if before is None or is_missing(before):
                added += 1
            elif abs(before - value) > _SAME * max(abs(before), 1.0):
                changed += 1
            else:
                same += 1
        lines.append(
            _said(
                f"{year} 年营业收入（已有企业）：新增 {added:,} 个数，与现有不同 {changed:,} 个，相同 {same:,} 个。",
                f"Revenue of {year}, of firms in the base: {added:,} new, {changed:,} different, {same:,} the same.",
            )
        )
    return lines


def _features(space: Workspace, read: Table | Layer, layer: str) -> list[dict[str, str]]:
    """Compare the features of a layer with those of the last build, by their key."""
    from industrymap import pipeline, schemas, store

    key = schemas.key(space.schema_of(layer))
    built = pipeline.layer(space, layer).set_index(key).geometry
    frame: Any = read.frame
    shapes = dict(zip(frame[key].astype("string"), frame.geometry, strict=True)) if key in frame and "geometry" in frame else {}  # fmt: skip
    new = [name for name in shapes if name not in built.index]
    gone = [name for name in built.index if name not in shapes]
    moved = [n for n, s in shapes.items() if n in built.index and not is_missing(s) and not s.equals_exact(built[n], 1e-7)]  # fmt: skip
    lines = [
        _said(
            f"与现有图层相比（按编号）：新增 {len(new):,} 个，图形不同 {len(moved):,} 个，文件中没有的 {len(gone):,} 个，其余相同。",
            f"Beside the layer as it is, by {key}: {len(new):,} new, {len(moved):,} of another outline, {len(gone):,} not in this file; the rest is the same.",
        )
    ]
    base = store.open(space)
    # After the first build the database speaks: a file that replaces another would not be read again by itself.
    if layer in base.layers() and base.exists():
        lines.append(
            _said(
                "该图层已在数据库中，以数据库为准；要改动请到“变更”收入此文件。",
                "The database holds this layer and goes before files: to change it, take this file in under Changes.",
            )
        )
    return lines


def _said(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}
