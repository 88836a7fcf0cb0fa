"""Is the content what the extension says? Magic bytes, first characters, and what may not be inside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from industrymap.errors import FileRefusedError
from industrymap.files import _archive, _json
from industrymap.files._binary_workbook import guard_binary_workbook
from industrymap.files._limits import more_en, more_zh
from industrymap.files._old_workbook import guard_old_workbook
from industrymap.files._open_document import guard_open_document
from industrymap.files._text import decode
from industrymap.files._workbook import guard_workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from industrymap.files._limits import Limits

__all__ = ["TEXT_KINDS", "kind_of", "verify", "verify_bytes"]

TEXT_KINDS = frozenset(
    {
        *(
            "csv",
            "tsv",
            "txt",
            "md",
            "toml",
            "json",
            "geojson",
            "geojsonl",
            "geojsons",
            "ndjson",
            "jsonl",
        ),
        *("kml", "gpx", "osm", "gml", "dxf", "mif", "mid"),
    }
)
"""Extensions whose content is text and is held in memory."""

# Enough for every magic number and for the first line of a table.
_HEAD = 4096
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SQLITE = b"SQLite format 3\x00"
_PARQUET = b"PAR1"
_SHP = b"\x00\x00\x27\x0a"
_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def kind_of(path: Path, extension: str) -> str:
    """Return the extension a file should have: exports of registers call a web page, XML or plain text .xls."""
    # Only these two are used as a name for anything else by the programs that write them.
    if extension not in {"xls", "et"}:
        return extension
    head = _head(path)
    if head.startswith(_ZIP):
        return "xlsx"
    # Past a byte-order mark and blank lines, which exports put before the first tag.
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    lower = text[:2048].lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head or (
        lower.startswith(
            (b"<html", b"<!doctype html", b"<table", b"<meta", b"<head", b"<style", b"<body")
        )
        and b"<" in text[1:]
    ):
        return "html"
    # Text with separators and no byte that text never has.
    if head and not any(byte in head for byte in b"\0\1\2\3\4\5\6") and b"\n" in head:
        line = text.split(b"\n", 1)[0]
        if line.count(b"\t") >= 1:
            return "tsv"
        # A web page, JSON or a web archive may also have a comma in its first line.
        if line.count(b",") >= 1 and not line.startswith((b"<", b"{", b"[", b"MIME")):
            return "csv"
    return extension


def verify(path: Path, extension: str, *, limits: Limits) -> None:
    """Raise ``FileRefusedError`` unless the content of ``path`` fits ``extension``."""
    head = _head(path)
    # Before the checker of the extension, whose parser must never see a disguised file.
    _refuse_other_formats(path.name, extension, head)
    checker = _CHECKERS.get(extension)
    if checker is None:
        raise FileRefusedError(
            f"{path.name}: no reader is known for .{extension}.",
            f"{path.name}：没有可读取 .{extension} 的程序。",
        )
    checker(path, head, limits)


def verify_bytes(name: str, extension: str, data: bytes, *, limits: Limits) -> None:
    """Do the same for a member of an archive; its extension is one of text or ``shp``."""
    # A member is not trusted more than a file: archives are where disguised files come from.
    _refuse_other_formats(name, extension, data[:_HEAD])
    if extension in _JSON:
        _json_data(name, data, limits)
    elif extension in {"kml", "gpx", "osm", "gml"}:
        _xml_data(name, data)
    elif extension == "shp" and not data.startswith(_SHP):
        raise _contradiction(name, extension, *_seen(data[:_HEAD]))
    elif extension in _MAPPED:
        _MAPPED[extension](name, data[:_HEAD])


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD)


def _refuse_other_formats(name: str, extension: str, head: bytes) -> None:
    # A virtual dataset (OGR VRT) reads other files and addresses, whatever it is called.
    # Without NUL bytes, or UTF-16 would hide the mark.
    plain = head.replace(b"\0", b"").lower()
    for mark in (b"<ogrvrt", b"<vrtdataset", b"<ogrwfs", b"<ogcapi"):
        if mark in plain:
            raise FileRefusedError(
                f"{name} describes a virtual data source that reads other files; it is refused.",
                f"{name} 是指向其他文件的虚拟数据源，不予读取。",
            )
    if extension in TEXT_KINDS:
        for magic, en, zh in _BINARIES:
            if head.startswith(magic):
                raise _contradiction(name, extension, en, zh)


_BINARIES = (
    (_ZIP, "a zip archive or Excel workbook", "zip 压缩包或 Excel 工作簿"),
    (_OLE, "an old Excel or Office file (.xls)", "旧版 Excel/Office 文件（.xls）"),
    (_SQLITE, "an SQLite database (GeoPackage)", "SQLite 数据库（GeoPackage）"),
    (_PARQUET, "a Parquet file", "Parquet 文件"),
    (_SHP, "a Shapefile", "Shapefile"),
    (b"%PDF", "a PDF document", "PDF 文档"),
    (b"\x89PNG", "a picture", "图片"),
    (b"\xff\xd8\xff", "a picture", "图片"),
    (b"\x1f\x8b", "a gzip archive", "gzip 压缩包"),
    (b"Rar!", "a rar archive", "rar 压缩包"),
    (b"7z\xbc\xaf", "a 7z archive", "7z 压缩包"),
    (b"\x7fELF", "a program", "可执行程序"),
)


def _seen(head: bytes) -> tuple[str, str]:
    for magic, en, zh in _BINARIES:
        if head.startswith(magic):
            return en, zh
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:15].lower().startswith((b"<!doctype html", b"<html", b"<table")):
        return (
            "a web page (some systems export those as .xls)",
            "网页（部分系统导出的 .xls 实为网页）",
        )
    if text[:13].lower() == b"mime-version:":
        return (
            "a web archive (MHTML): open it in Excel or WPS and save it as .xlsx",
            "单个文件网页（MHTML），请用 Excel 或 WPS 打开后另存为 .xlsx",
        )
    if text.startswith(b"<"):
        return "XML text", "XML 文本"
    if text.startswith((b"{", b"[")):
        return "JSON text", "JSON 文本"
    return "something else", "其他内容"


def _contradiction(name: str, extension: str, en: str, zh: str) -> FileRefusedError:
    return FileRefusedError(
        f"{name} is called .{extension} but holds {en}; give it the right extension or save it again.",
        f"{name} 的扩展名是 .{extension}，内容却是{zh}；请改正扩展名或另存为正确格式。",
    )


def _starts(magic: bytes) -> Callable[[Path, bytes, Limits], None]:
    def checker(path: Path, head: bytes, _limits: Limits) -> None:
        if not head.startswith(magic):
            raise _contradiction(path.name, path.suffix.lower().lstrip("."), *_seen(head))

    return checker


def _plain_text(path: Path, head: bytes, _limits: Limits) -> None:
    if (
        head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15]
        .lower()
        .startswith((b"<!doctype", b"<html", b"<?xml"))
    ):
        raise _contradiction(path.name, path.suffix.lower().lstrip("."), *_seen(head))


def _parquet(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_PARQUET)(path, head, limits)
    with path.open("rb") as stream:
        # The footer, with all offsets, comes last: a download that broke off has the right
        # beginning only.
        stream.seek(-4, 2)
        if stream.read(4) != _PARQUET:
            raise FileRefusedError(
                f"{path.name} is cut short: a Parquet file ends as it begins.",
                f"{path.name} 不完整：Parquet 文件缺少结尾标记。",
            )


def _json_text(path: Path, _head: bytes, limits: Limits) -> None:
    _json_data(path.name, path.read_bytes(), limits)


def _json_data(name: str, data: bytes, limits: Limits) -> None:
    text = decode(data, name=name).text
    # 0x1E is the record separator of GeoJSON text sequences (RFC 8142).
    if not text.lstrip(" \t\r\n\x1e").startswith(("{", "[")):
        raise _contradiction(name, name.rsplit(".", 1)[-1].lower(), *_seen(data[:_HEAD]))
    _json.guard(text, name=name, limits=limits)


def _xml_text(path: Path, _head: bytes, _limits: Limits) -> None:
    _xml_data(path.name, path.read_bytes())


def _xml_data(name: str, data: bytes) -> None:
    text = decode(data, name=name).text
    if not text.lstrip("\ufeff \t\r\n").startswith("<"):
        raise _contradiction(name, name.rsplit(".", 1)[-1].lower(), *_seen(data[:_HEAD]))
    _refuse_doctype(name, text.encode("utf-8", errors="surrogatepass"))


def _refuse_doctype(name: str, data: bytes) -> None:
    if _DOCTYPE.search(data.replace(b"\0", b"")):
        raise FileRefusedError(
            f"{name} holds a DOCTYPE or ENTITY declaration, which can pull in other files; it is refused.",
            f"{name} 含 DOCTYPE 或 ENTITY 声明，可能引入其他文件，不予读取。",
        )


def _workbook(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_ZIP)(path, head, limits)
    guard_workbook(path, limits=limits)


def _old_workbook(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_OLE)(path, head, limits)
    guard_old_workbook(path.name, path.read_bytes(), limits=limits)


def _web_page(path: Path, _head: bytes, limits: Limits) -> None:
    # Its extension, .xls, has the larger limit of binary files; what it holds is text in memory.
    if path.stat().st_size > limits.max_text_bytes:
        raise FileRefusedError(
            f"{path.name} has {path.stat().st_size:,} bytes of text; at most {limits.max_text_bytes:,} are read {more_en('max_text_bytes')}.",
            f"{path.name} 有 {path.stat().st_size:,} 字节文本，最多读取 {limits.max_text_bytes:,} 字节{more_zh('max_text_bytes')}。",
        )
    # A page's own <!DOCTYPE html> is harmless; an entity is not.
    if b"<!ENTITY" in path.read_bytes().replace(b"\0", b"").upper():
        _refuse_doctype(path.name, b"<!ENTITY")


def _open_document(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_ZIP)(path, head, limits)
    guard_open_document(path, limits=limits)


def _binary_workbook(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_ZIP)(path, head, limits)
    guard_binary_workbook(path, limits=limits)


def _zipped_layer(path: Path, head: bytes, limits: Limits) -> None:
    _starts(_ZIP)(path, head, limits)
    # The members pass their own checks when they are unpacked.
    _archive.members(path, limits=limits)


def _office_document(path: Path, head: bytes, limits: Limits) -> None:
    """Refuse what calls itself a document or slides and is none, or brings a program along."""
    _starts(_ZIP)(path, head, limits)
    extension = path.suffix.lower().lstrip(".")
    names = {name.lower() for name in _archive.members(path, limits=limits)}
    if _MAIN_PARTS[extension] not in names:
        raise FileRefusedError(
            f"{path.name} holds no .{extension} document; save it again as one.",
            f"{path.name} 中没有 .{extension} 文档，请重新另存为该格式。",
        )
    # A renamed .docm keeps its macros: what is made from it would carry them on to every reader.
    if any(name.endswith("vbaproject.bin") for name in names):
        raise FileRefusedError(
            f"{path.name} holds macros; save it as .{extension} without them.",
            f"{path.name} 含宏，请另存为不带宏的 .{extension}。",
        )


_MAIN_PARTS = {"docx": "word/document.xml", "pptx": "ppt/presentation.xml"}


def _osm_binary(path: Path, head: bytes, _limits: Limits) -> None:
    # The first blob of a PBF: four bytes of length, then its type as a string field (OSM PBF
    # format).
    if head[6:15] != b"OSMHeader":
        raise _contradiction(path.name, "pbf", *_seen(head))


def _flatgeobuf(name: str, head: bytes) -> None:
    # Version 3 of FlatGeobuf, the only published one, in the fourth and eighth byte.
    if head[:4] != b"fgb\x03" or head[4:7] != b"fgb":
        raise _contradiction(name, "fgb", *_seen(head))


def _drawing(name: str, head: bytes) -> None:
    if head.startswith(b"AutoCAD Binary DXF"):
        raise FileRefusedError(
            f"{name} is a binary DXF; save it as DXF text (ASCII) in the CAD program.",
            f"{name} 是二进制 DXF，请在 CAD 软件中另存为文本（ASCII）DXF。",
        )
    if (
        # Comments (group 999) may come before the first section.
        re.match(rb"(?:\xef\xbb\xbf)?\s*(?:999\s*\r?\n[^\n]*\n\s*)*0\s*\r?\n\s*SECTION", head)
        is None
    ):
        raise _contradiction(name, "dxf", *_seen(head))


def _map_table(name: str, head: bytes) -> None:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(b"!table"):
        raise _contradiction(name, "tab", *_seen(head))
    # A view, a seamless or a linked table reads other tables; a raster table has no features.
    if re.search(rb"(?i)\btype\s+\"?(native|dbf)\b", head) is None or re.search(
        rb"(?i)create\s+view|\bisseamless\"?\s*=\s*\"?true|\bselect\b", head
    ):
        raise FileRefusedError(
            f"{name} is a MapInfo table that refers to other files (a view, a picture, a linked table); "
            "save the table itself as MIF or TAB.",
            f"{name} 是引用其他文件的 MapInfo 表（视图、影像或链接表），请将表本身另存为 MIF 或 TAB。",
        )


def _map_interchange(name: str, head: bytes) -> None:
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(b"version"):
        raise _contradiction(name, "mif", *_seen(head))


def _head_of(check: Callable[[str, bytes], None]) -> Callable[[Path, bytes, Limits], None]:
    """Let a check of the first bytes serve a file as it serves the member of an archive."""

    def checker(path: Path, head: bytes, _limits: Limits) -> None:
        check(path.name, head)

    return checker


_JSON = frozenset({"json", "geojson", "geojsonl", "geojsons", "ndjson", "jsonl"})
_MAPPED: dict[str, Callable[[str, bytes], None]] = {
    "fgb": _flatgeobuf,
    "dxf": _drawing,
    "tab": _map_table,
    "mif": _map_interchange,
}


def _font(path: Path, head: bytes, _limits: Limits) -> None:
    if head[:4] not in _FONTS:
        raise _contradiction(path.name, path.suffix.lower().lstrip("."), *_seen(head))


_FONTS = (b"ttcf", b"OTTO", b"true", b"\x00\x01\x00\x00")
"""Beginnings of font collections and of single fonts."""

_CHECKERS: dict[str, Callable[[Path, bytes, Limits], None]] = {
    "csv": _plain_text,
    "tsv": _plain_text,
    "txt": _plain_text,
    "md": _plain_text,
    "toml": _plain_text,
    "json": _json_text,
    "geojson": _json_text,
    "geojsonl": _json_text,
    "geojsons": _json_text,
    "ndjson": _json_text,
    "jsonl": _json_text,
    "gml": _xml_text,
    "fgb": _head_of(_flatgeobuf),
    "dxf": _head_of(_drawing),
    "tab": _head_of(_map_table),
    "mif": _head_of(_map_interchange),
    "kml": _xml_text,
    "gpx": _xml_text,
    "osm": _xml_text,
    "xlsx": _workbook,
    "xlsm": _workbook,
    "xls": _old_workbook,
    "et": _old_workbook,
    "xlsb": _binary_workbook,
    "ods": _open_document,
    "html": _web_page,
    "gpkg": _starts(_SQLITE),
    "shp": _starts(_SHP),
    "zip": _zipped_layer,
    "kmz": _zipped_layer,
    "parquet": _parquet,
    "geoparquet": _parquet,
    "docx": _office_document,
    "pptx": _office_document,
    "pbf": _osm_binary,
    "ttc": _font,
    "ttf": _font,
    "otf": _font,
}
