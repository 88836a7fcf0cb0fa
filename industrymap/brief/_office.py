"""What both office formats share: fonts by name, the library when it is there, and an archive that is the same every time."""

from __future__ import annotations

import io
import re
import zipfile
from importlib import import_module
from typing import TYPE_CHECKING, Any

from industrymap import files
from industrymap.errors import ConfigError, did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["FIELD", "FONTS", "LATIN", "check_fields", "library", "settled"]

FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
"""A placeholder of a template: ``{{ body }}``. Only a name: a template can ask for nothing and run nothing."""

FONTS = {
    "title": (
        "方正小标宋简体",
        "方正小标宋_GBK,华文中宋,STZhongsong,宋体,SimSun,Noto Serif CJK SC",
    ),
    "body": ("仿宋_GB2312", "仿宋,FangSong,华文仿宋,STFangsong,Noto Serif CJK SC"),
    "kai": ("楷体_GB2312", "楷体,KaiTi,华文楷体,STKaiti,Noto Serif CJK SC"),
    "hei": ("黑体", "SimHei,微软雅黑,Microsoft YaHei,华文黑体,STHeiti,Noto Sans CJK SC"),
}
"""Use → the font that an office has, and what stands in for it where it is missing, the nearest first (GB/T 9704 names the kinds)."""
LATIN = "Times New Roman"


def library(name: str) -> Any:
    """Import python-docx or python-pptx.

    Raises
    ------
    ConfigError
        The extra ``office`` is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        package = {"docx": "python-docx", "pptx": "python-pptx"}[name.partition(".")[0]]
        raise ConfigError(
            f"{package} is not installed: install industrymap with its extra `office` (pip install 'industrymap[office]').",
            f"没有安装 {package}：请安装带 office 附加项的 industrymap（pip install 'industrymap[office]'）。",
        ) from error


_TIMES = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</)")


def check_fields(found: Iterable[str], known: Collection[str], name: str) -> None:
    """Raise where a template asks for something that a brief does not have, naming all of it."""
    wrong = sorted({f for f in found if f not in known})
    if not wrong:
        return
    en, zh = did_you_mean(nearest(wrong[0], sorted(known), n=1))
    listed = ", ".join(f"{{{{ {w} }}}}" for w in wrong)
    raise ConfigError(
        f"{name} asks for {listed}, which no brief has; it may ask for: {', '.join(sorted(known))}.{en}",
        f"{name} 中的 {listed} 不是简报的字段；可用：{'、'.join(sorted(known))}。{zh}",
    )


def settled(data: bytes) -> bytes:
    """Return an office document with the times of writing taken out: the same content gives the same bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        contents = {member.filename: old.read(member) for member in old.infolist()}
    for name, part in contents.items():
        if name.endswith(".xlsx"):
            # The workbook behind a chart is an archive of its own, with a time of its own.
            contents[name] = settled(part)
        elif name == "docProps/core.xml":
            contents[name] = _TIMES.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", part)
    return files.zipped(contents)
