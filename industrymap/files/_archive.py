"""What a zip may hold: members, sizes, names; nothing is unpacked before all of it has passed."""

from __future__ import annotations

import re
import stat
import zipfile
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files._limits import more_en, more_zh

if TYPE_CHECKING:
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["Member", "members", "name_of", "open_member"]

Member = zipfile.ZipInfo

# Bits of a member's general purpose flag (APPNOTE 4.4.4): 11 for a name in UTF-8, 0 for encrypted.
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
# Small members may pack as they like: 10 MB of zeros hurt nobody, and short XML packs extremely
# well.
_RATIO_FLOOR = 10 * 1024 * 1024
_ARCHIVE_SUFFIXES = (".zip", ".rar", ".7z", ".gz", ".tar", ".bz2", ".xz", ".kmz", ".tgz")


def members(path: Path, *, limits: Limits) -> dict[str, Member]:
    """Return the members of an archive by decoded name, after every guard has passed.

    Raises
    ------
    FileRefusedError
        Not a zip, truncated, encrypted; too many members, too large, packed too tightly; a nested archive;
        a link; an absolute or climbing name; the same name twice.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileRefusedError(
            f"{path.name} is damaged or cut short: it cannot be opened as a zip archive.",
            f"{path.name} 已损坏或不完整，无法按 zip 压缩包打开。",
        ) from error
    # By what the archive declares, before anything is unpacked.
    _guard_sizes(path.name, infos, limits=limits)
    by_name: dict[str, Member] = {}
    folded: set[str] = set()
    for info in infos:
        name = name_of(info)
        _guard_member(path.name, name, info, limits=limits)
        # On Windows and macOS two names that differ in case are one file, and the second would replace the first.
        if name.casefold() in folded:
            raise _refused(path.name, f"holds {name!r} twice", f"中“{name}”出现两次")
        folded.add(name.casefold())
        if not name.endswith("/"):
            by_name[name] = info
    return by_name


def name_of(info: Member) -> str:
    """Return a member's name; without the UTF-8 flag, Chinese systems wrote it in GBK."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        # Python reads a name without the flag as cp437: taken back to its bytes, it can be read as what it is.
        # orig_filename, because filename has been cut at a NUL and had its backslashes changed.
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    # UTF-8 first: GBK text is hardly ever valid UTF-8, the reverse often is.
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    # Neither fits: shown as Python read it, so that a message can at least name the member.
    return info.filename


def open_member(path: Path, member: Member, *, limits: Limits) -> bytes:
    """Return a member's bytes, never more than it declared."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
            # One byte more than declared shows that the declaration is false.
            data = stream.read(member.file_size + 1)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError) as error:
        raise _refused(path.name, "is damaged or cut short", "已损坏或不完整") from error
    except Exception as error:  # zlib.error has no common base
        raise _refused(path.name, "is damaged or cut short", "已损坏或不完整") from error
    if len(data) > min(member.file_size, limits.max_unpacked_bytes):
        raise _refused(path.name, "holds more than it declares", "中的内容多于其声明的大小")
    return data


def _guard_sizes(name: str, infos: list[Member], *, limits: Limits) -> None:
    if len(infos) > limits.max_members:
        raise _refused(
            name,
            f"holds {len(infos):,} files; at most {limits.max_members:,} are allowed {more_en('max_members')}",
            f"含 {len(infos):,} 个文件，最多允许 {limits.max_members:,} 个{more_zh('max_members')}",
        )
    # All together: ten thousand members of a permitted size each are a bomb as well.
    total = sum(info.file_size for info in infos)
    if total > limits.max_unpacked_bytes:
        raise _refused(
            name,
            f"unpacks to {total:,} bytes; at most {limits.max_unpacked_bytes:,} are allowed {more_en('max_unpacked_bytes')}",
            f"解压后达 {total:,} 字节，最多允许 {limits.max_unpacked_bytes:,} 字节{more_zh('max_unpacked_bytes')}",
        )


def _guard_member(archive: str, name: str, info: Member, *, limits: Limits) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise _refused(archive, f"is encrypted ({name!r})", f"已加密（“{name}”）")
    # A link could lead anywhere on the machine that unpacks it.
    if stat.S_ISLNK(info.external_attr >> 16):
        raise _refused(archive, f"holds a link, {name!r}", f"含符号链接“{name}”")
    # Archives made on Windows separate folders with a backslash, which would hide a `..` from the
    # test below.
    plain = name.replace("\\", "/")
    if not plain:
        raise _refused(archive, "holds a file without a name", "含没有名称的文件")
    climbs = ".." in plain.split("/")
    if climbs or plain.startswith("/") or re.match(r"^[A-Za-z]:", plain) or "\0" in plain:
        raise _refused(
            archive, f"holds a name that leads outside it, {name!r}", f"含指向包外的文件名“{name}”"
        )
    # What lies in an inner archive would pass none of these guards.
    if plain.lower().endswith(_ARCHIVE_SUFFIXES):
        raise _refused(archive, f"holds another archive, {name!r}", f"内含另一压缩包“{name}”")
    # Text packs some ten times; a bomb packs a thousand times and more.
    ratio = info.file_size / max(info.compress_size, 1)
    if info.file_size > _RATIO_FLOOR and ratio > limits.max_ratio:
        raise _refused(
            archive,
            f"packs {name!r} {ratio:,.0f} times; at most {limits.max_ratio:,.0f} is allowed {more_en('max_ratio')}",
            f"中“{name}”压缩比达 {ratio:,.0f}，最多允许 {limits.max_ratio:,.0f}{more_zh('max_ratio')}",
        )


def _refused(name: str, en: str, zh: str) -> FileRefusedError:
    return FileRefusedError(f"The archive {name} {en}.", f"压缩包 {name} {zh}。")
