"""The guard at the door: what a path may be, and whether the content is what the extension says."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError, did_you_mean, nearest
from industrymap.files import _content, _folder
from industrymap.files import _unread as unread
from industrymap.files._limits import Limits, limits_in_force, more_en, more_zh
from industrymap.files._source import Source, digest, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["LAYERS", "TABLES", "TEXTS", "check"]

TABLES = ("xlsx", "xlsm", "xls", "csv", "tsv", "parquet", "xlsb", "ods", "et")
"""Extensions of tables."""

LAYERS = (
    "geojson", "json", "geojsonl", "geojsons", "ndjson", "jsonl", "gpkg", "shp", "zip", "kml", "kmz", "parquet",
    "geoparquet", "dxf", "gdb", "tab", "mif", "gml", "fgb", "txt",
)  # fmt: skip
"""Extensions of polygon and point layers; ``gdb`` is a folder (a File Geodatabase), ``txt`` the national parcel file."""

TEXTS = ("toml", "csv", "tsv", "txt", "json", "md")
"""Extensions of configuration, change and review files."""

_FOLDERS = {"gdb"}
"""Extensions of data sets that are folders."""

# Two characters at least, or `C:` of a Windows path would be taken for a scheme.
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-_]+:")
# GDAL takes a "path" that begins like this for the data itself.
_INLINE = ("{", "[", "<")


def check(
    path: str | os.PathLike[str], *, allow: Iterable[str], limits: Limits | None = None
) -> Source:
    """Look at a path and its content before anything opens it.

    Parameters
    ----------
    path : path
        Of an ordinary file on this machine: no URL, no connection string, no ``/vsi…``, no inline content.
    allow : iterable of str
        Extensions the caller can read, lower case, without the dot (:data:`TABLES`, :data:`LAYERS`, :data:`TEXTS`).
    limits : Limits, optional
        Sizes allowed; the defaults are far above any real city's.

    Returns
    -------
    source : Source
        Absolute path, extension, size, SHA-256.

    Raises
    ------
    FileMissingError
        Nothing is there.
    FileRefusedError
        Not a plain path, not an ordinary file, an extension outside ``allow``, content that contradicts the
        extension, or a limit passed.
    """
    limits = limits or limits_in_force()
    allowed = tuple(dict.fromkeys(allow))
    # Resolved before anything else: what is checked must be the file that is read later.
    where = _plain_path(path, folders=_FOLDERS & set(allowed))
    extension = _extension(where, allowed)
    if where.is_dir():
        size, sha256 = _folder.measure(where, limits=limits)
        return Source(path=where, extension=extension, size=size, sha256=sha256, limits=limits)
    size = where.stat().st_size
    _guard_size(where, size, extension, limits)
    # From here on by content: a web page called .xls goes to the reader of web pages.
    extension = _content.kind_of(where, extension)
    _content.verify(where, extension, limits=limits)
    return Source(path=where, extension=extension, size=size, sha256=digest(where), limits=limits)


def _plain_path(path: str | os.PathLike[str], *, folders: Collection[str] = ()) -> Path:
    text = os.fspath(path)
    bare = text.strip()
    if not bare:
        raise FileRefusedError("The file name is empty.", "文件名为空。")
    slashed = bare.replace("\\", "/")
    if (
        # /vsicurl and its like make GDAL open archives and addresses.
        slashed.lower().startswith("/vsi")
        or "://" in slashed
        or _SCHEME.match(slashed)
        or bare.startswith(_INLINE)
        or any(c in text for c in "\0\n\r")
    ):
        shown = bare[:60].replace("\n", " ").replace("\0", "␀")
        raise FileRefusedError(
            f"{shown!r} is not a file on this machine: addresses, virtual paths, database connections and "
            "inline content are refused; download the data first and give its path.",
            f"“{shown}”不是本机文件：网址、虚拟路径、数据库连接和内联内容一律不读取，请先下载再给出文件路径。",
        )
    where = Path(text)
    # A File Geodatabase is a folder that counts as one file.
    if where.is_dir() and where.suffix.lower().lstrip(".") in folders:
        return where.resolve()
    if where.is_dir():
        raise FileRefusedError(
            f"{where} is a folder; name a file in it.", f"{where} 是文件夹，请给出其中的文件。"
        )
    if not where.exists():
        raise missing(where)
    if not where.is_file():
        raise FileRefusedError(f"{where} is not an ordinary file.", f"{where} 不是普通文件。")
    # Opened once to learn of missing rights here, with a sentence, and not inside a library.
    try:
        with where.open("rb"):
            pass
    except OSError as error:
        raise FileRefusedError(
            f"{where} cannot be opened: {error.strerror}.", f"无法打开 {where}：{error.strerror}。"
        ) from error
    return where.resolve()


def _extension(where: Path, allowed: tuple[str, ...]) -> str:
    extension = where.suffix.lower().lstrip(".")
    if extension in allowed:
        return extension
    # For a known format that is not read, what to save it as helps more than a list of others.
    advice = unread.advice(where.name, extension)
    if advice is not None:
        raise FileRefusedError(*advice)
    near = nearest(extension, allowed, n=1) if extension else []
    hint_en, hint_zh = did_you_mean((f".{other}" for other in near), plain=True)
    shown = f".{extension}" if extension else "no extension"
    raise FileRefusedError(
        f"{where.name} has {shown}; this reads {', '.join('.' + e for e in allowed)}.{hint_en}",
        f"{where.name} 的扩展名为“{shown if extension else '无'}”，此处可读 {'、'.join('.' + e for e in allowed)}。{hint_zh}",
    )


def _guard_size(where: Path, size: int, extension: str, limits: Limits) -> None:
    # Text is held in memory as a whole, and several times over while it is decoded.
    name = "max_text_bytes" if extension in _content.TEXT_KINDS else "max_bytes"
    limit = getattr(limits, name)
    if size > limit:
        raise FileRefusedError(
            f"{where.name} has {size:,} bytes; at most {limit:,} are read {more_en(name)}.",
            f"{where.name} 有 {size:,} 字节，最多读取 {limit:,} 字节{more_zh(name)}。",
        )
    if size == 0:
        raise FileRefusedError(
            f"{where.name} is empty (0 bytes).", f"{where.name} 为空文件（0 字节）。"
        )
