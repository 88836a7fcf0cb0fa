"""A look at a workspace from outside: what is missing, damaged, changed or left over, and what to do about each.

Nothing is changed. What stops a build is ``unusable``; what a person should do something about is ``do``; ``info`` and ``fine`` need
nothing.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.workspace import Workspace

__all__ = ["LEVELS", "Finding", "examine", "verdict"]

LEVELS = ("fine", "info", "do", "unusable")
"""From nothing to do, to nothing can be built."""

_TEMPORARY = re.compile(r"\..{1,40}\.[0-9a-f]{12}(\.[\w.]+)?(-journal|-wal|-shm)?")
"""Names that :func:`industrymap.files.atomic` gives to files that are being written."""

_STILL_WRITING_S = 600
_LITTLE_ROOM = 500_000_000
_BUILT = ("enterprises", "tags", "years", "checks")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    about : str
        ``config``, ``city``, ``inputs``, ``database``, ``clock``, ``cache``, ``outputs``, ``leftovers``, ``disk`` or ``machine``.
    level : str
        One of :data:`LEVELS`.
    zh, en : str
        What was found, and what to do.
    """

    about: str
    level: str
    zh: str
    en: str


def verdict(findings: list[Finding]) -> int:
    """Return 0 where nothing is to be done, 1 where something is, 2 where a build would be refused.

    Examples
    --------
    >>> verdict([Finding(about="disk", level="info", zh="", en="")])
    0
    """
    worst = max((LEVELS.index(found.level) for found in findings), default=0)
    return max(0, worst - 1)


def examine(folder: str | Path) -> list[Finding]:
    """Look a workspace over.

    Parameters
    ----------
    folder : str or Path
        The workspace.

    Returns
    -------
    findings : list of Finding
        In the order in which they should be dealt with.
    """
    from industrymap import workspace

    try:
        space = workspace.load(folder)
    except IndustryMapError as error:
        return [_refused("config", error)]
    found = [
        Finding(about="config", level="fine", zh="配置文件有效", en="the configuration is valid")
    ]
    with files.limited(space.limits):
        for look in (_city, _inputs, _database, _clock, _cache, _outputs, _public, _built, _leftovers, _disk, _machine):  # fmt: skip
            found += look(space)
    return found


def _city(space: Workspace) -> Iterator[Finding]:
    from industrymap import citypack

    try:
        pack = citypack.load(space.city)
    except IndustryMapError as error:
        yield _refused("city", error)
        return
    yield Finding(
        about="city", level="fine", zh=f"城市包 {pack.pack_id}", en=f"city pack {pack.pack_id}"
    )


def _inputs(space: Workspace) -> Iterator[Finding]:
    """Look at every file that the configuration names."""
    read, missing = 0, 0
    before = _before(space)
    for path, allow in _named(space):
        try:
            source = files.check(path, allow=allow)
        except IndustryMapError as error:
            missing += 1
            yield _refused("inputs", error)
            continue
        read += 1
        known = before.get(_short(space, path))
        if known not in (None, source.sha256):
            yield _to_do(
                "inputs",
                f"{_short(space, path)} 在上次生成后已修改：请重新运行 `industrymap build`，区划以外的图层用 `industrymap parks apply` 登记",
                f"{_short(space, path)} has changed since the last build: run `industrymap build`; record changes of a park, block "
                "or zone layer with `industrymap parks apply`",
            )
    if not space.tables:
        yield Finding(
            about="inputs",
            level="unusable",
            zh="配置中没有企业表：请在 [enterprises] 的 tables 中添加",
            en="the configuration names no enterprise table: add one under [enterprises] tables",
        )
    if not missing:
        yield Finding(
            about="inputs",
            level="fine",
            zh=f"{read} 个输入文件齐全可读",
            en=f"{read} input files, all there and readable",
        )


def _named(space: Workspace) -> Iterator[tuple[Path, tuple[str, ...]]]:
    for table in space.tables:
        yield table.file, files.TABLES
    edges = [edge for edge in (space.districts, space.towns) if edge is not None]
    for layer in (*space.layers, *edges, *space.background):
        yield layer.file, files.LAYERS
    for path in space.gazetteer:
        yield path, (*files.TABLES, *files.LAYERS)


def _before(space: Workspace) -> dict[str, str]:
    """Return SHA-256 of each input as the last build read it."""
    told, _ = _manifest(space.outputs)
    entries = told.get("inputs") if told else None
    return {str(e["file"]): str(e["sha256"]) for e in _entries(entries)}


def _database(space: Workspace) -> Iterator[Finding]:
    from industrymap.errors import StoreBusyError
    from industrymap.store import Store

    store = Store(space.database)
    name = space.database.name
    if not store.exists():
        yield Finding(
            about="database",
            level="info",
            zh=f"尚无数据库 {name}，首次生成时建立",
            en=f"there is no {name} yet: the first build makes it",
        )
        return
    try:
        wrong = store.check()
    except StoreBusyError as error:
        yield _to_do("database", error.zh, error.en)
        return
    except IndustryMapError as error:
        yield _refused("database", error)
        return
    for zh, en in wrong:
        yield Finding(
            about="database",
            level="unusable",
            zh=f"{name}：{zh}；请用备份恢复该文件",
            en=f"{name}: {en}; put a copy of it in place from your backup",
        )
    if not wrong:
        yield Finding(
            about="database", level="fine", zh=f"数据库 {name} 完好", en=f"{name} is sound"
        )


def _clock(space: Workspace) -> Iterator[Finding]:
    """Find changes dated after now: either they or this computer's clock are wrong, and days of new changes would be, too."""
    from industrymap.store import Store

    store = Store(space.database)
    try:
        latest = store.changes()["at"].max() if store.exists() else None
    except IndustryMapError:
        return  # told of the database already
    now = datetime.now(tz=UTC)
    if latest is not None and latest > now + timedelta(minutes=10):
        yield _to_do(
            "clock",
            f"变更记录中最新一条的时间为 {latest:%Y-%m-%d %H:%M}（UTC），晚于本机时钟 {now:%Y-%m-%d %H:%M}：登记变更前请校准本机时间",
            f"the newest change is dated {latest:%Y-%m-%d %H:%M} (UTC), after this computer's clock {now:%Y-%m-%d %H:%M}: set the "
            "clock right before you record changes",
        )


def _cache(space: Workspace) -> Iterator[Finding]:
    from industrymap.geocoding import cache

    path = space.state / cache.NAME
    if not path.exists():
        return
    wrong = cache.wrong_with(path)
    if wrong:
        yield _to_do(
            "cache",
            f"地理编码缓存 {path.name} 已损坏（{wrong}）：下次联网定位时自动移开并恢复可读部分，无需删除",
            f"the geocoding cache {path.name} is damaged ({wrong}): the next online geocoding moves it aside and recovers what can "
            "be read; do not delete it",
        )
    else:
        yield Finding(
            about="cache", level="fine", zh="地理编码缓存完好", en="the geocoding cache is sound"
        )


def _outputs(space: Workspace) -> Iterator[Finding]:
    """Compare the outputs with what the last build's manifest says of them."""
    again = f"`industrymap build {space.folder}`"
    told, why = _manifest(space.outputs)
    if why is None and told is None:
        yield _to_do("outputs", f"尚未生成：请运行 {again}", f"nothing was built yet: run {again}")
        return
    yield from _compared(space.outputs, told, why, again)
    if not os.access(space.outputs, os.W_OK):
        yield Finding(
            about="outputs",
            level="unusable",
            zh=f"无法写入 {space.outputs}：请检查文件夹权限",
            en=f"{space.outputs} cannot be written: check the folder's permissions",
        )


def _public(space: Workspace) -> Iterator[Finding]:
    folder = space.outputs / "public"
    if not folder.is_dir():
        return
    told, why = _manifest(folder)
    again = f"`industrymap build {space.folder} --profile public`"
    if why is None and told is None:
        why = IndustryMapError(
            "there is no manifest.json in outputs/public", "outputs/public 中没有 manifest.json"
        )
    yield from _compared(folder, told, why, again)
    listed = {str(e["file"]) for e in _entries((told or {}).get("outputs"))} | {"manifest.json"}
    for path in files.folder(folder):
        if told and path.name not in listed and not _TEMPORARY.fullmatch(path.name):
            yield _to_do(
                "outputs",
                f"公开成果文件夹中的 {path.name} 不是上次公开生成的：发布前请移走",
                f"public/{path.name} is not of the last public build: move it away before publishing the folder",
            )


def _compared(
    folder: Path, told: dict[str, Any] | None, why: IndustryMapError | None, again: str
) -> Iterator[Finding]:
    if told is None or why is not None:
        zh, en = (why.zh, why.en) if why else ("", "")
        yield _to_do(
            "outputs",
            f"{folder.name}/manifest.json 无法读取（{zh.rstrip('。')}）：请运行 {again}",
            f"{folder.name}/manifest.json cannot be read ({en.rstrip('.')}): run {again}",
        )
        return
    wrong = 0
    for entry in _entries(told.get("outputs")):
        name = str(entry["file"])
        path = folder / name
        if not path.is_file():
            wrong += 1
            yield _to_do(
                "outputs", f"缺少成果 {name}：请运行 {again}", f"{name} is missing: run {again}"
            )
        elif files.digest(path) != entry["sha256"]:
            wrong += 1
            yield _changed(name, again)
    if not wrong:
        yield Finding(
            about="outputs",
            level="fine",
            zh=f"{folder.name} 中的成果齐全，与清单一致",
            en=f"the outputs in {folder.name} are complete and as the manifest says",
        )


def _changed(name: str, again: str) -> Finding:
    from industrymap.geocoding import review

    if name == review.NAME:
        return _to_do(
            "outputs",
            f"{name} 已有人填写：请运行 {again} 采用",
            f"{name} has been filled in: run {again} to take it over",
        )
    return _to_do(
        "outputs",
        f"{name} 与清单不符（被修改或损坏）：如需保留请先另存，再运行 {again}",
        f"{name} is not what was built (edited or damaged): save it elsewhere if you need it, then run {again}",
    )


def _built(space: Workspace) -> Iterator[Finding]:
    """Look at the frames that export, lists and report read."""
    if not (space.outputs / "manifest.json").is_file():
        return
    folder = space.state / "built"
    names = {*_BUILT, *(source.name for source in space.layers)}
    for name in sorted(names):
        try:
            files.read_parquet(files.check(folder / f"{name}.parquet", allow=("parquet",)))
        except IndustryMapError:
            yield _to_do(
                "outputs",
                f"上次生成的 {name} 缺失或损坏：请运行 `industrymap build`",
                f"what the last build kept of {name} is missing or damaged: run `industrymap build`",
            )


def _leftovers(space: Workspace) -> Iterator[Finding]:
    """Find what a kill in the middle of writing left behind."""
    found = 0
    for folder in _folders(space):
        for path in sorted(folder.iterdir()):
            if not _TEMPORARY.fullmatch(path.name) or not path.is_file():
                continue
            found += 1
            if abs(time.time() - path.stat().st_mtime) < _STILL_WRITING_S:
                yield Finding(
                    about="leftovers",
                    level="info",
                    zh=f"{_short(space, path)} 可能正在写入",
                    en=f"{_short(space, path)} may be being written just now",
                )
            else:
                yield _to_do(
                    "leftovers",
                    f"{_short(space, path)} 是中断的写入留下的临时文件：没有程序在运行时可以删除",
                    f"{_short(space, path)} is left from a write that was cut off: delete it while no build is running",
                )
    if not found:
        yield Finding(
            about="leftovers",
            level="fine",
            zh="没有遗留的临时文件",
            en="no temporary files left over",
        )


def _folders(space: Workspace) -> list[Path]:
    known = [
        space.folder,
        space.outputs,
        space.outputs / "public",
        space.state,
        space.state / "built",
        space.state / "gazetteer",
    ]
    return [folder for folder in dict.fromkeys(known) if folder.is_dir()]


def _disk(space: Workspace) -> Iterator[Finding]:
    free = shutil.disk_usage(space.folder).free
    level = "fine" if free >= _LITTLE_ROOM else "do"
    advice = ("", "") if level == "fine" else ("：请腾出空间再生成", ": make room before you build")
    yield Finding(
        about="disk",
        level=level,
        zh=f"磁盘剩余 {free / 1e9:,.1f} GB{advice[0]}",
        en=f"{free / 1e9:,.1f} GB free on the disk{advice[1]}",
    )


def _machine(_space: Workspace) -> Iterator[Finding]:
    """Tell what helps without being needed: a Chinese font for sheets, a browser."""
    from industrymap.parks.sheets import font_files

    font, _ = font_files()
    names = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")
    browser = next(filter(None, (shutil.which(name) for name in names)), None)
    yield Finding(
        about="machine",
        level="info",
        zh=f"中文字体：{font or '无，园区专页将使用阅读器自带字体'}",
        en=f"Chinese font: {font or 'none; park sheets use the one of the reader'}",
    )
    yield Finding(
        about="machine",
        level="info",
        zh=f"浏览器：{browser or '未找到 Chromium（仅测试需要）'}",
        en=f"browser: {browser or 'no Chromium found (only the tests need it)'}",
    )


def _manifest(folder: Path) -> tuple[dict[str, Any] | None, IndustryMapError | None]:
    """Return the manifest of a folder; neither it nor an error where there is none."""
    path = folder / "manifest.json"
    if not path.exists():
        return None, None
    try:
        told = json.loads(files.read_text(files.check(path, allow=("json",))))
    except IndustryMapError as error:
        return None, error
    except (ValueError, RecursionError) as error:
        return None, IndustryMapError(f"not valid JSON: {error}", f"不是有效的 JSON：{error}")
    if not isinstance(told, dict) or not _entries(told.get("outputs")):
        return None, IndustryMapError("it lists no outputs", "其中没有成果清单")
    return told, None


def _entries(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        return []
    return [e for e in value if isinstance(e, dict) and {"file", "sha256"} <= e.keys()]


def _short(space: Workspace, path: Path) -> str:
    return (
        path.relative_to(space.folder).as_posix()
        if path.is_relative_to(space.folder)
        else path.name
    )


def _refused(about: str, error: IndustryMapError) -> Finding:
    return Finding(about=about, level="unusable", zh=error.zh, en=error.en)


def _to_do(about: str, zh: str, en: str) -> Finding:
    return Finding(about=about, level="do", zh=zh, en=en)
