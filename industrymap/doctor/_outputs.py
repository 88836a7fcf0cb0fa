"""What comes out of a build: outputs, the public folder, kept frames, temporary files."""

from __future__ import annotations

import os
import re
import time
from typing import TYPE_CHECKING, Any

from industrymap import files, releases
from industrymap.doctor._finding import Finding, fine, short, to_do
from industrymap.doctor._manifest import entries, manifest
from industrymap.errors import IndustryMapError
from industrymap.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from industrymap.workspace import Workspace


__all__ = ["TEMPORARY", "built", "leftovers", "outputs", "public", "released"]

TEMPORARY = re.compile(r"\..{1,40}\.[0-9a-f]{12}(\.[\w.]+)?(-journal|-wal|-shm)?")
"""Names that :func:`industrymap.files.atomic` gives to files that are being written."""

# A file as young as this may belong to a build that is running.
_STILL_WRITING_S = 600
_BUILT = ("enterprises", "tags", "years", "checks")


def outputs(space: Workspace) -> Iterator[Finding]:
    """Compare the outputs with what the last build's manifest says of them."""
    again = f"`industrymap build {space.folder}`"
    stated, why = manifest(space.outputs)
    if why is None and stated is None:
        yield to_do("outputs", f"尚未生成：请运行 {again}", f"nothing was built yet: run {again}")
        return
    yield from _compared(space.outputs, stated, why, again)
    if not os.access(space.outputs, os.W_OK):
        yield Finding(
            about="outputs",
            level="unusable",
            zh=f"无法写入 {space.outputs}：请检查文件夹权限",
            en=f"{space.outputs} cannot be written: check the folder's permissions",
        )


def public(space: Workspace) -> Iterator[Finding]:
    """Compare the public folder with its manifest, and find what is not of it."""
    folder = space.outputs / "public"
    if not folder.is_dir():
        return
    stated, why = manifest(folder)
    again = f"`industrymap build {space.folder} --profile public`"
    if why is None and stated is None:
        why = IndustryMapError(
            "there is no manifest.json in outputs/public", "outputs/public 中没有 manifest.json"
        )
    yield from _compared(folder, stated, why, again)
    listed = {str(e["file"]) for e in entries((stated or {}).get("outputs"))} | {"manifest.json"}
    for path in files.folder(folder):
        # Without a manifest every file would look foreign.
        if stated and path.name not in listed and not TEMPORARY.fullmatch(path.name):
            yield to_do(
                "outputs",
                f"公开成果文件夹中的 {path.name} 不是上次公开生成的：发布前请移走",
                f"public/{path.name} is not of the last public build: move it away before publishing the folder",
            )


def released(space: Workspace) -> Iterator[Finding]:
    """Read the record of what was published: a damaged one stops the next publication, not the map for the office."""
    try:
        known = releases.earlier(space)
    except IndustryMapError as error:
        yield to_do("releases", error.zh, error.en)
        return
    if known:
        yield fine(
            "releases",
            f"对外发布记录 {len(known)} 次",
            f"the record of {counted(len(known), 'release')} is readable",
        )
    elif (space.outputs / "public" / "manifest.json").is_file():
        yield to_do(
            "releases",
            f"已有公开成果，但缺少发布记录 {short(space, space.state / 'published')}：下次公开时无法与以往公开的数比对，请从备份恢复该文件夹",
            f"there are public outputs and no record of them in {short(space, space.state / 'published')}: the next release could not be "
            "compared with what was published; restore that folder from a backup",
        )


def _compared(
    folder: Path, stated: dict[str, Any] | None, why: IndustryMapError | None, again: str
) -> Iterator[Finding]:
    if stated is None or why is not None:
        zh, en = (why.zh, why.en) if why else ("", "")
        yield to_do(
            "outputs",
            f"{folder.name}/manifest.json 无法读取（{zh.rstrip('。')}）：请运行 {again}",
            f"{folder.name}/manifest.json cannot be read ({en.rstrip('.')}): run {again}",
        )
        return
    wrong = 0
    for entry in entries(stated.get("outputs")):
        name = str(entry["file"])
        path = folder / name
        if not path.is_file():
            wrong += 1
            yield to_do(
                "outputs", f"缺少成果 {name}：请运行 {again}", f"{name} is missing: run {again}"
            )
        # By content and not by date: copying a folder changes every date.
        elif files.digest(path) != entry["sha256"]:
            wrong += 1
            yield _changed(name, again)
    if not wrong:
        yield fine(
            "outputs",
            f"{folder.name} 中的成果齐全，与清单一致",
            f"the outputs in {folder.name} are complete and as the manifest says",
        )


def _changed(name: str, again: str) -> Finding:
    from industrymap.geocoding import review

    if name == review.NAME:
        return to_do(
            "outputs",
            f"{name} 已有人填写：请运行 {again} 采用",
            f"{name} has been filled in: run {again} to take it over",
        )
    return to_do(
        "outputs",
        f"{name} 与清单不符（被修改或损坏）：如需保留请先另存，再运行 {again}",
        f"{name} is not what was built (edited or damaged): save it elsewhere if you need it, then run {again}",
    )


def built(space: Workspace) -> Iterator[Finding]:
    """Look at the frames that export, lists and report read."""
    # Nothing was built, so nothing can be missing.
    if not (space.outputs / "manifest.json").is_file():
        return
    folder = space.state / "built"
    names = {*_BUILT, *(source.name for source in space.layers)}
    for name in sorted(names):
        try:
            # Read and not only looked for: a damaged file is there as well.
            files.read_parquet(files.check(folder / f"{name}.parquet", allow=("parquet",)))
        except IndustryMapError:
            yield to_do(
                "outputs",
                f"上次生成的 {name} 缺失或损坏：请运行 `industrymap build`",
                f"what the last build kept of {name} is missing or damaged: run `industrymap build`",
            )


def leftovers(space: Workspace) -> Iterator[Finding]:
    """Find what a kill in the middle of writing left behind."""
    count = 0
    for folder in _folders(space):
        for path in sorted(folder.iterdir()):
            if not TEMPORARY.fullmatch(path.name) or not path.is_file():
                continue
            count += 1
            # Either way: the clock may have been set back since.
            if abs(time.time() - path.stat().st_mtime) < _STILL_WRITING_S:
                yield Finding(
                    about="leftovers",
                    level="info",
                    zh=f"{short(space, path)} 可能正在写入",
                    en=f"{short(space, path)} may be being written just now",
                )
            else:
                yield to_do(
                    "leftovers",
                    f"{short(space, path)} 是中断的写入留下的临时文件：没有程序在运行时可以删除",
                    f"{short(space, path)} is left from a write that was cut off: delete it while no build is running",
                )
    if not count:
        yield fine("leftovers", "没有遗留的临时文件", "no temporary files left over")


def _folders(space: Workspace) -> list[Path]:
    known = [
        space.folder,
        space.outputs,
        space.outputs / "public",
        space.state,
        space.state / "built",
        space.state / "gazetteer",
    ]
    # A new workspace lacks most of them.
    return [folder for folder in dict.fromkeys(known) if folder.is_dir()]
