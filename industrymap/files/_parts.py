"""Files that belong together: a Shapefile and what lies beside it, the members of an archive."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from industrymap.errors import FileMissingError, FileRefusedError
from industrymap.files import _archive, _content

if TYPE_CHECKING:
    from collections.abc import Iterable

    from industrymap.files._source import Source

__all__ = ["sidecar_files", "unpack"]


def sidecar_files(
    source: Source, extensions: Iterable[str], *, needed: Iterable[str] = ()
) -> dict[str, bytes]:
    """Return the content of files with the same name and other extensions, where they exist.

    Parameters
    ----------
    source : Source
        A checked file.
    extensions : iterable of str
        Lower case, without the dot; upper-case names are found too.
    needed : iterable of str
        Of these, the ones that must exist.

    Raises
    ------
    FileMissingError
        A needed one is not there.
    FileRefusedError
        One is larger than the limits allow.
    """
    wanted = set(extensions)
    contents: dict[str, bytes] = {}
    # Sorted, and the first wins: X.dbf and X.DBF may both exist on some systems.
    for path in sorted(source.path.parent.iterdir()):
        extension = path.suffix.lower().lstrip(".")
        if path.stem != source.path.stem or extension not in wanted or not path.is_file():
            continue
        # A sidecar comes in unchecked: only its own size limits it.
        if path.stat().st_size > source.limits.max_bytes:
            raise FileRefusedError(
                f"{path.name} is too large to read.", f"{path.name} 过大，不予读取。"
            )
        contents.setdefault(extension, path.read_bytes())
    for extension in needed:
        if extension not in contents:
            name = f"{source.path.stem}.{extension}"
            raise FileMissingError(
                f"{source.name} needs {name} beside it.", f"{source.name} 缺少同名文件 {name}。"
            )
    return contents


def unpack(source: Source, extensions: Iterable[str]) -> dict[str, bytes]:
    """Return the members of a checked archive that have one of these extensions, by name.

    Each passes the same content checks as a file of its own; nothing is written to disk.

    Raises
    ------
    FileRefusedError
        A guard of the archive or of a member's content.
    """
    wanted = {extension.lower() for extension in extensions}
    contents: dict[str, bytes] = {}
    for name, member in _archive.members(source.path, limits=source.limits).items():
        extension = PurePosixPath(name).suffix.lower().lstrip(".")
        # Left by macOS beside every file of an archive: they look like layers and are none.
        hidden = PurePosixPath(name).name.startswith(".") or name.startswith("__MACOSX/")
        if extension in wanted and not hidden:
            data = _archive.open_member(source.path, member, limits=source.limits)
            _content.verify_bytes(f"{source.name}/{name}", extension, data, limits=source.limits)
            contents[name] = data
    return contents
