"""How a command ends: always with a number that says how, and a sentence that says why.

====  =====================================================================
0     done
1     done, with rows refused under ``--strict``, or something to look at
2     wrong usage or input that cannot be used: one sentence
3     a fault of the program: one sentence, and a log file to report it with
130   stopped with Ctrl-C
141   whoever read the output closed it: nothing is said, as is the custom
====  =====================================================================
"""

from __future__ import annotations

import errno
import io
import os
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from industrymap import __version__
from industrymap.cli._talk import say
from industrymap.cli._terminal import ClosedError, FullError, Terminal, plain
from industrymap.errors import IndustryMapError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["run"]

UNUSABLE, FAULT, STOPPED, CLOSED = 2, 3, 130, 141

_REASONS = {
    errno.EACCES: ("permission denied", "没有权限"),
    errno.EPERM: ("permission denied", "没有权限"),
    errno.ENOENT: ("no such file or folder", "没有这个文件或文件夹"),
    errno.ENOTDIR: ("not a folder", "不是文件夹"),
    errno.EISDIR: ("a folder, not a file", "是文件夹而不是文件"),
    errno.ENAMETOOLONG: ("the name is too long for this system", "名称过长，本系统无法使用"),
    errno.ENOSPC: ("the disk is full", "磁盘已满"),
    errno.EDQUOT: ("the disk quota is used up", "磁盘配额已用完"),
    errno.EROFS: ("the disk is read-only", "磁盘只读"),
    errno.EMFILE: ("too many files are open", "打开的文件过多"),
    errno.EIO: ("the disk cannot be read", "磁盘读写出错"),
    errno.ELOOP: ("links that lead in a circle", "链接循环"),
    errno.EINVAL: ("not a name this system can use", "本系统无法使用此名称"),
}
"""What the system says, in both languages."""


def run(command: click.Command, args: Sequence[str] | None) -> int:
    """Run a command line and return the number it ends with."""
    # Both streams, because a name from a file may reach a warning as well as the answer.
    before = sys.stdout, sys.stderr
    # A stream that is closed from the start (`>&-`) is none at all: there is nobody to tell, and the work is done all the same.
    streams = [stream if stream is not None else io.StringIO() for stream in before]
    sys.stdout, sys.stderr = (Terminal(stream) for stream in streams)
    try:
        code = _run(command, args)
        # A full disk or a closed pipe often shows only now, and must still end in a number.
        sys.stdout.flush()
    except ClosedError:
        code = CLOSED
        # Python would flush once more at its end and print a traceback about the closed pipe.
        _discard(streams[0])
    except FullError as full:
        code = UNUSABLE
        _discard(streams[0])
        en, zh = _REASONS.get(full.errno, (str(full), str(full)))
        _say_last(f"输出无法写入：{zh}。", f"The output cannot be written: {en}.")
    finally:
        sys.stdout, sys.stderr = before
    return code


def _run(command: click.Command, args: Sequence[str] | None) -> int:
    try:
        # Not standalone: click would exit by itself, with its own numbers and its own words.
        code = command.main(args=args, prog_name="industrymap", standalone_mode=False)
    # These are about the output, not the command; `run` ends them once nothing more is printed.
    except (ClosedError, FullError):
        raise
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        say(
            "已中断，未完成的文件没有写出。",
            "Stopped. Unfinished files were not written.",
            err=True,
        )
        return STOPPED
    except Exception as error:  # noqa: BLE001 - the one place that turns anything unexpected into a sentence
        code, zh, en = _explained(error)
        say(zh, en, err=True)
    return code if isinstance(code, int) else 0


def _explained(error: Exception) -> tuple[int, str, str]:
    """Return the number to end with, and what to say in Chinese and English."""
    if isinstance(error, IndustryMapError):
        return UNUSABLE, error.zh, error.en
    if isinstance(error, MemoryError):
        zh = "内存不足：请关闭其他程序，或把数据分成几份处理。"
        return (
            UNUSABLE,
            zh,
            "Not enough memory: close other programs, or work on the data in parts.",
        )
    # pathlib, not the system, complains here, so there is no errno to look up.
    if isinstance(error, RuntimeError) and str(error).startswith("Symlink loop"):
        error = OSError(errno.ELOOP, "")  # how Python before 3.13 reports it
    if isinstance(error, OSError) and error.errno in _REASONS:
        return UNUSABLE, *_system_said(error)
    return FAULT, *_fault_said(error)


def _system_said(error: OSError) -> tuple[str, str]:
    en, zh = _REASONS[error.errno or 0]
    name = "" if error.filename is None else str(error.filename)
    # A name too long for the system is itself one of the causes, and would fill the screen.
    if len(name) > _LONGEST_NAME:
        name = f"{name[:_LONGEST_NAME]}…"
    return (
        f"{name}：{zh}。" if name else f"系统报告：{zh}。",
        f"{name}: {en}." if name else f"The system reports: {en}.",
    )


_LONGEST_NAME = 120


def _fault_said(error: Exception) -> tuple[str, str]:
    """Say that the program is at fault and where the account of it is; without data beyond the error's own words."""
    where = _log(error)
    kind = type(error).__name__
    said_zh = f"记录已写入 {where}；" if where else "记录未能写出；"
    said_en = f"The log is in {where}; " if where else "No log could be written; "
    ask = "please report it with the command you used, and take out what must not be public first (SECURITY.md)"
    return (
        f"程序内部错误（{kind}）。{said_zh}请连同所用命令一起报告，报告前请删去其中不应公开的数据（SECURITY.md）。",
        f"A fault of the program ({kind}). {said_en}{ask}.",
    )


def _log(error: BaseException) -> Path | None:
    from industrymap import files

    now = datetime.now(tz=UTC)
    # Time and process in the name: two builds that fail in the same second keep a log each.
    path = Path(tempfile.gettempdir()) / f"industrymap-{now:%Y%m%d-%H%M%S}-{os.getpid()}.log"
    # What a report needs to be repeated. Neither arguments nor cell values are added: they may be
    # confidential.
    head = f"industrymap {__version__}\npython {sys.version}\n{sys.platform}\n{now.isoformat()}\n\n"
    trace = "".join(traceback.format_exception(error))
    with suppress(
        Exception
    ):  # the log is a help; that it cannot be written must not hide the fault
        files.write_text(path, head + plain(trace))
        return path
    return None


def _discard(stream: object) -> None:
    from industrymap import files  # late: it loads libraries that a help page does not need

    files.discard_output(stream)


def _say_last(zh: str, en: str) -> None:
    # Standard error may be as closed or as full as the output was.
    with suppress(ClosedError, FullError, OSError):
        say(zh, en, err=True)
