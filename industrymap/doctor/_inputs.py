"""What goes into a build: city pack, files, database, geocoding cache."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from industrymap import files, issues
from industrymap.doctor._finding import Finding, fine, refused, short, to_do
from industrymap.doctor._manifest import entries, manifest
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pandas as pd

    from industrymap.layers import Layer
    from industrymap.workspace import LayerSource, TableSource, Workspace


__all__ = ["cache", "city", "clock", "database", "inputs"]


def city(space: Workspace) -> Iterator[Finding]:
    """Read the city pack."""
    from industrymap import citypack

    try:
        pack = citypack.load(space.city)
    except IndustryMapError as error:
        yield refused("city", error)
        return
    yield fine("city", f"城市包 {pack.pack_id}", f"city pack {pack.pack_id}")


def inputs(space: Workspace) -> Iterator[Finding]:
    """Look at every file that the configuration names."""
    read, missing = 0, 0
    before = _before(space)
    for path, look in _named(space):
        try:
            source, notes, left = look()
        except IndustryMapError as error:
            # One finding for this file; the others are read all the same.
            missing += 1
            yield refused("inputs", error)
            continue
        read += 1
        yield from (
            to_do("inputs", f"{short(space, path)}：{zh}", f"{short(space, path)}: {en}")
            for zh, en in notes
        )
        for zh, en in left:
            name = short(space, path)
            yield Finding(about="inputs", level="info", zh=f"{name}：{zh}", en=f"{name}: {en}")
        known = before.get(short(space, path))
        # Only files that the last build knew: a new one has not changed.
        if known not in (None, source.sha256):
            yield to_do(
                "inputs",
                f"{short(space, path)} 在上次生成后已修改：请重新运行 `industrymap build`，区划以外的图层用 `industrymap changes apply` 登记",
                f"{short(space, path)} has changed since the last build: run `industrymap build`; record changes of a park, block "
                "or zone layer with `industrymap changes apply`",
            )
    if not space.tables:
        yield Finding(
            about="inputs",
            level="unusable",
            zh="配置中没有企业表：请在 [enterprises] 的 tables 中添加",
            en="the configuration names no enterprise table: add one under [enterprises] tables",
        )
    if not missing:
        yield fine(
            "inputs", f"{read} 个输入文件齐全可读", f"{read} input files, all there and readable"
        )


Looked = tuple[files.Source, list[tuple[str, str]], list[tuple[str, str]]]
"""An input, what a build will report of it as a whole, and what of it is left out; in Chinese and English."""

Look = Callable[[], Looked]
"""Opens one input."""


def _named(space: Workspace) -> Iterator[tuple[Path, Look]]:
    for table in space.tables:
        yield table.file, partial(_firms_as_built, table)
    edges = [edge for edge in (space.districts, space.towns) if edge is not None]
    for layer in space.layers:
        yield layer.file, partial(_kept_as_built, space, layer)
    # Boundaries and background are read as layers are, but the database keeps neither.
    for layer in (*edges, *space.background):
        yield layer.file, partial(_as_built, layer)
    for path in space.gazetteer:
        yield path, partial(_guarded, path, (*files.TABLES, *files.LAYERS))


def _guarded(path: Path, allow: tuple[str, ...]) -> Looked:
    return files.check(path, allow=allow), [], []


def _firms_as_built(source: TableSource) -> Looked:
    """Read a file of firms as a build does, and say what concerns the file as a whole: sheets left out, no revenue."""
    from industrymap import enterprises

    read = enterprises.read_firms(
        source.file,
        sheet=source.sheet,
        table=source.table,
        datum=source.datum,
        columns=source.columns,
        units=source.units,
    )
    notes: list[tuple[str, str]] = []
    for table in read:
        # Single rows have their place in the build's own report.
        notes += _said(enterprises.of_the_whole(table.issues))
    # Several tables of one file say the same of it.
    return read[0].source, list(dict.fromkeys(notes)), []


def _as_built(layer: LayerSource) -> Looked:
    """Read a layer as a build does; what concerns the file as a whole (layers left out) is said here too."""
    return _of_layer(layer.read())


def _of_layer(read: Layer, *further: pd.DataFrame) -> Looked:
    from industrymap import layers

    whole = read.issues[read.issues["row"].isna() & (read.issues["level"] != "info")]
    whole = issues.concat([whole, *further])
    left = layers.features_left_out(read.issues)
    return read.source, _said(whole), [left] if left else []


def _said(whole: pd.DataFrame) -> list[tuple[str, str]]:
    """Return what issues say, each with the column it speaks of, in both languages."""
    return [
        (f"“{column}”：{zh}", f"{column!r}: {en}") if column else (zh, en)
        for column, zh, en in whole[["column", "zh", "en"]].itertuples(index=False)
    ]


def _kept_as_built(space: Workspace, layer: LayerSource) -> Looked:
    """Look at a layer that the database keeps: a file or settings changed since it was taken in are said, as every build says it."""
    from industrymap import changes, store

    read = layer.read()
    base = store.open(space)
    try:
        rule = changes.not_taken_in(base, layer, read.source.sha256)
        # A layer named since the last build differs in everything, and the next build takes it in by itself.
        if rule and len(today := base.current(layer.name)):
            return _of_layer(read, changes.file_difference(base, layer, read.frame, today, rule))
    except IndustryMapError:
        pass  # a damaged or busy database is said once, where the database is looked at
    return _of_layer(read)


def _before(space: Workspace) -> dict[str, str]:
    """Return SHA-256 of each input as the last build read it."""
    stated, _ = manifest(space.outputs)
    return {str(e["file"]): str(e["sha256"]) for e in entries((stated or {}).get("inputs"))}


def database(space: Workspace) -> Iterator[Finding]:
    """Check the database, its history included."""
    from industrymap import store
    from industrymap.errors import StoreBusyError

    base = store.open(space)
    name = space.database.name
    if not base.exists():
        yield Finding(
            about="database",
            level="info",
            zh=f"尚无数据库 {name}，首次生成时建立",
            en=f"there is no {name} yet: the first build makes it",
        )
        return
    try:
        wrong = base.check()
    # A busy database is not a damaged one, and the state passes by itself.
    except StoreBusyError as error:
        yield to_do("database", error.zh, error.en)
        return
    except IndustryMapError as error:
        yield refused("database", error)
        return
    for zh, en in wrong:
        yield Finding(
            about="database",
            level="unusable",
            zh=f"{name}：{zh}；恢复自动副本：industrymap doctor --restore",
            en=f"{name}: {en}; restore the automatic copy: industrymap doctor --restore",
        )
    if not wrong:
        yield fine("database", f"数据库 {name} 完好", f"{name} is sound")


def clock(space: Workspace) -> Iterator[Finding]:
    """Find changes dated after now: either they or this computer's clock are wrong, and days of new changes would be, too."""
    from industrymap import store

    base = store.open(space)
    try:
        latest = base.changes()["at"].max() if base.exists() else None
    except IndustryMapError:
        return  # the database has been reported already
    now = datetime.now(tz=UTC)
    # Clocks of two machines may differ by minutes.
    if latest is not None and latest > now + timedelta(minutes=10):
        yield to_do(
            "clock",
            f"变更记录中最新一条的时间为 {latest:%Y-%m-%d %H:%M}（UTC），晚于本机时钟 {now:%Y-%m-%d %H:%M}：登记变更前请校准本机时间",
            f"the newest change is dated {latest:%Y-%m-%d %H:%M} (UTC), after this computer's clock {now:%Y-%m-%d %H:%M}: set the "
            "clock right before you record changes",
        )


def cache(space: Workspace) -> Iterator[Finding]:
    """Check the cache of online geocoding."""
    from industrymap.geocoding.online import cache

    path = space.state / cache.NAME
    if not path.exists():
        return
    wrong = cache.wrong_with(path)
    if wrong:
        yield to_do(
            "cache",
            f"地理编码缓存 {path.name} 已损坏（{wrong}）：下次联网定位时自动移开并重新查询，无需删除",
            f"the geocoding cache {path.name} is damaged ({wrong}): the next online geocoding moves it aside and "
            "asks again; there is no need to delete it",
        )
    else:
        yield fine("cache", "地理编码缓存完好", "the geocoding cache is sound")
