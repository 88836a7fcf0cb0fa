"""A file that passed the guard, and its bytes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import FileMissingError, FileRefusedError, did_you_mean, nearest
from industrymap.files._limits import Limits

if TYPE_CHECKING:
    import os

__all__ = ["Decision", "Source", "digest", "folder", "missing", "read_bytes"]

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing a reader understood about a file, reported to the person who sent it.

    Attributes
    ----------
    zh, en : str
        The sentence in Chinese and in English.
    kind : str
        What it is about: ``encoding``, ``sheet``, ``header``, ``column``, ``unit``, ``rows``, ``datum`` ….
    """

    zh: str
    en: str
    kind: str = ""

    def text(self, lang: str = "zh") -> str:
        """Return the sentence in ``lang``."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file that :func:`industrymap.files.check` let through.

    Attributes
    ----------
    path : Path
        Absolute, so that no library can take it for a URL or a connection string.
    extension : str
        Lower case, without the dot; the content was checked against it. What is called .xls but is a web page, XML, plain
        text or a newer workbook bears the extension of what it is: ``html``, ``tsv``, ``csv``, ``xlsx``.
    size : int
        Bytes.
    sha256 : str
        Hexadecimal digest of the content, for the manifest.
    limits : Limits
        The limits it was checked against and will be read with.
    """

    path: Path
    extension: str
    size: int
    sha256: str
    limits: Limits = field(default_factory=Limits)

    @property
    def name(self) -> str:
        """The file's name, as issues and manifests show it."""
        return self.path.name


def read_bytes(source: Source) -> bytes:
    """Return the whole content of a checked file.

    Raises
    ------
    FileRefusedError
        The content is not what was checked: the file changed in between.
    """
    # Hashed again: another program may have saved the file since it was checked.
    data = source.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise FileRefusedError(
            f"{source.name} changed while it was being read; save it and try again.",
            f"{source.name} 在读取过程中被改动，请保存后重试。",
        )
    return data


def folder(path: str | os.PathLike[str], *, pattern: str = "*") -> list[Path]:
    """Return the files of a folder that match ``pattern``, sorted by name, hidden ones left out.

    Raises
    ------
    FileMissingError
        There is no such folder.
    """
    where = Path(path)
    if not where.is_dir():
        raise missing(where)
    # `~$` is the lock file that Excel keeps beside an open workbook.
    return sorted(
        p for p in where.glob(pattern) if p.is_file() and not p.name.startswith((".", "~$"))
    )


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    running = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            running.update(chunk)
    return running.hexdigest()


def missing(path: Path) -> FileMissingError:
    """Build the error for a path where nothing is, with the nearest names beside it."""
    if path.is_symlink():
        return FileMissingError(
            f"{str(path)!r} is a link that leads nowhere: its target does not exist, or the links form a circle.",
            f"“{path}”是一个无效链接：所指的文件不存在，或链接循环。",
        )
    beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    hint_en, hint_zh = did_you_mean(nearest(path.name, beside), plain=True)
    return FileMissingError(
        f"There is no file {str(path)!r}.{hint_en}", f"找不到文件“{path}”。{hint_zh}"
    )
