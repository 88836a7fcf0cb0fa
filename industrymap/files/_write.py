"""Put a whole file in place, or leave what was there."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import secrets
import shutil
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from industrymap.errors import WriteFailedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = [
    "atomic",
    "copy",
    "discard_output",
    "failed_to_write",
    "make_folder",
    "make_runnable",
    "remove",
    "remove_folder",
    "write_bytes",
    "write_private",
    "write_text",
    "zipped",
]

_NO_ROOM = 64 * 1024
# The earliest time a zip can state: the same bytes whenever it is packed.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@contextmanager
def atomic(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it is flushed to disk and takes its place.

    The temporary file keeps the suffix, so that writers that look at it work. When the block raises, it is
    removed and whatever was at ``path`` is unchanged.

    Parameters
    ----------
    path : path
        Where the file shall be; missing folders are made. A link is followed.

    Yields
    ------
    temporary : Path
        In the same folder; nothing is there yet.

    Raises
    ------
    WriteFailedError
        No permission, no room, a folder or a device is there, or another program holds the file.
    """
    target = _target(path)
    # In the same folder, as a rename is atomic only within one file system; hidden and random, so
    # that no reader takes it.
    stem = f".{target.stem[:40]}.{secrets.token_hex(6)}"
    temporary = target.with_name(f"{stem}{target.suffix}")
    try:
        yield temporary
        # Content first, then the name: after a power cut the name must never lead to an empty file.
        _flush(temporary, like=target)
        temporary.replace(target)
        _flush_folder(target.parent)
    except OSError as error:
        if isinstance(error, WriteFailedError):
            raise
        raise failed_to_write(target, error) from error
    except Exception as error:
        # Writers in C report a full disk in words of their own.
        if shutil.disk_usage(target.parent).free < _NO_ROOM:
            raise failed_to_write(
                target, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            ) from error
        raise
    finally:
        _remove(target.parent, stem)


def write_bytes(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write ``data`` to ``path`` atomically and return the path."""
    with atomic(path) as temporary:
        temporary.write_bytes(data)
    return Path(path)


def write_text(path: str | os.PathLike[str], text: str) -> Path:
    r"""Write ``text`` to ``path`` atomically as UTF-8 with ``\n`` line ends and return the path."""
    return write_bytes(path, text.encode("utf-8"))


def write_private(path: str | os.PathLike[str], text: str) -> Path:
    """Write text that nobody but this user may read (where the system knows such a thing) to ``path`` atomically."""
    with atomic(path) as temporary:
        temporary.touch(mode=0o600)
        temporary.write_text(text, encoding="utf-8")
    return Path(path)


def make_runnable(path: str | os.PathLike[str]) -> None:
    """Let a file be started by its user, where the system asks for that."""
    where = Path(path)
    where.chmod(where.stat().st_mode | 0o100)


def make_folder(path: str | os.PathLike[str]) -> Path:
    """Make a folder with its parents, where missing, and return it.

    Raises
    ------
    WriteFailedError
        No permission, no room, or a file is there.
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise failed_to_write(folder, error) from error
    return folder


def copy(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> Path:
    """Copy a file's bytes, block by block, and return the target.

    Raises
    ------
    WriteFailedError
        No permission, no room, or the source cannot be read.
    """
    try:
        shutil.copyfile(source, target)
    except OSError as error:
        raise failed_to_write(Path(target), error) from error
    return Path(target)


def remove_folder(path: str | os.PathLike[str]) -> None:
    """Remove a folder of the program's own with everything in it, where there is one.

    Raises
    ------
    WriteFailedError
        No permission, or another program holds a file in it.
    """
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except OSError as error:
        raise failed_to_write(Path(path), error) from error


def remove(path: str | os.PathLike[str]) -> None:
    """Remove a file where there is one.

    Raises
    ------
    WriteFailedError
        No permission, or another program holds it.
    """
    try:
        Path(path).unlink(missing_ok=True)
    except OSError as error:
        raise failed_to_write(Path(path), error) from error


def _target(path: str | os.PathLike[str]) -> Path:
    try:
        target = Path(path).resolve()
        _refuse_to_replace(target)
        target.parent.mkdir(parents=True, exist_ok=True)
    except WriteFailedError:
        raise
    except (OSError, ValueError) as error:
        raise failed_to_write(Path(path), error) from error
    except RuntimeError as error:  # how Python before 3.13 reports links that lead in a circle
        raise failed_to_write(Path(path), OSError(errno.ELOOP, os.strerror(errno.ELOOP))) from error
    return target


def _refuse_to_replace(target: Path) -> None:
    if target.is_dir():
        raise WriteFailedError(
            f"{target} is a folder; name a file.", f"{target} 是文件夹，请给出文件名。"
        )
    if target.exists() and not target.is_file():
        raise WriteFailedError(
            f"{target} is not an ordinary file; it will not be replaced.",
            f"{target} 不是普通文件，不会被覆盖。",
        )


def _flush(temporary: Path, *, like: Path) -> None:
    if not temporary.exists():
        raise FileNotFoundError(errno.ENOENT, "the writer left no file", str(temporary))
    if like.exists():
        # The rights that somebody gave the file stay: a new file would get the default ones.
        temporary.chmod(like.stat().st_mode & 0o777)
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())


def _flush_folder(folder: Path) -> None:
    # Makes the new name itself durable; Windows has no such call.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _remove(folder: Path, stem: str) -> None:
    # Databases leave journals beside their file: everything with our unique stem goes.
    with contextlib.suppress(OSError):
        for leftover in folder.glob(f"{_literal(stem)}*"):
            leftover.unlink(missing_ok=True)


def _literal(stem: str) -> str:
    return "".join(f"[{c}]" if c in "[]*?" else c for c in stem)


_REASONS = {
    errno.ENOSPC: ("the disk is full", "磁盘已满"),
    errno.EDQUOT: ("your disk quota is used up", "磁盘配额已用完"),
    errno.EFBIG: ("the file would be larger than the system allows", "文件超过系统允许的大小"),
    errno.EACCES: (
        "there is no permission, or the file is open in another program",
        "没有写入权限，或文件正被其他程序打开",
    ),
    errno.EPERM: (
        "there is no permission, or the file is open in another program",
        "没有写入权限，或文件正被其他程序打开",
    ),
    errno.EROFS: ("the disk is read-only", "磁盘为只读"),
    errno.ENOTDIR: ("part of the path is a file, not a folder", "路径中有一段是文件而不是文件夹"),
    errno.ENAMETOOLONG: ("the name is too long", "文件名过长"),
    errno.ELOOP: ("links that lead in a circle", "链接循环"),
    errno.EEXIST: ("part of the path is a file, not a folder", "路径中有一段是文件而不是文件夹"),
}


def failed_to_write(target: Path, error: Exception) -> WriteFailedError:
    """Say in both languages why a file could not be written."""
    code = error.errno if isinstance(error, OSError) else None
    en, zh = _REASONS.get(code or 0, (str(error), str(error)))
    return WriteFailedError(
        f"Could not write {target}: {en}. The previous file is unchanged.",
        f"无法写入 {target}：{zh}。原有文件未被改动。",
    )


def discard_output(stream: object) -> None:
    """Send what an output stream still holds to nowhere: Python would try again, and complain, when it ends."""
    with suppress(OSError, AttributeError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        os.close(nowhere)


def zipped(contents: Mapping[str, bytes]) -> bytes:
    """Return files as a zip archive whose bytes depend on their names and contents only."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in sorted(contents.items()):
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            # The same rights and the same system, whatever machine packs it.
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, data)
    return out.getvalue()
