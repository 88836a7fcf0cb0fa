"""What a KML placemark says besides its shape: data, the folders it lies in, and tables in its description.

KML has no attribute table. ArcGIS writes one as HTML into the description, 奥维 users write lines of ``字段：值`` there, and
planners sort placemarks into folders by district, town and village; all three become columns.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from industrymap import schemas

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Sequence

__all__ = ["FOLDER", "attributes", "local"]

FOLDER = "文件夹"
"""Column of the folders a placemark lies in, outermost first, ``/`` between them."""

_LEVELS = (
    ("区", re.compile(r".{1,8}(?:区|县|市)")),
    ("镇街", re.compile(r".{1,10}(?:街道|街道办|街道办事处|街|镇|乡)")),
    ("村社", re.compile(r".{1,12}(?:村|社区|经济联社|联社|经济社|居委会|村委会|居|社)")),
)
"""Column → how the name of such a folder ends."""
# 高新区 and 工业区 end like a district and are none.
_NO_DIVISION = re.compile(
    r"(?:园区|工业区|开发区|小区|片区|功能区|示范区|厂区|集聚区|保税区|高新区|经开区)$"
)
_PAIR = re.compile(r"^([^:：/\\<>]{1,20})[:：](.*)$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NULL = {"", "<Null>", "&lt;Null&gt;", "null", "Null"}


def local(element: ET.Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def attributes(placemark: ET.Element, path: Sequence[ET.Element]) -> dict[str, object]:
    """Return the attributes of a placemark; ``path`` holds the elements around it, outermost first.

    What the placemark states itself goes before its description, and that before its folders.
    """
    values: dict[str, object] = {}
    text = ""
    for child in placemark:
        if local(child) in {"name", "description"} and (child.text or "").strip():
            values[local(child)] = text = (child.text or "").strip()
    # Two ways to write typed data (KML 2.2, ExtendedData): both give a column of its name.
    for element in placemark.iter():
        key = element.get("name")
        if local(element) == "SimpleData" and key:
            values[key] = (element.text or "").strip() or None
        elif local(element) == "Data" and key:
            value = next((c.text for c in element if local(c) == "value"), None)
            values[key] = (value or "").strip() or None
    text = str(values.get("description") or "")
    # A description that is wholly a table has become columns; prose stays as it is.
    table = _table(text) or _lines(text)
    if table:
        del values["description"]
    values = {**table, **values}
    for key, value in _folders(path).items():
        if not values.get(key):
            values[key] = value
    return values


def _folders(path: Sequence[ET.Element]) -> dict[str, str]:
    """Return the folders as one path, and those that are a district, a town or a village by themselves."""
    names = [
        (next((c.text for c in element if local(c) == "name"), None) or "").strip()
        for element in path
        if local(element) == "Folder"
    ]
    # Our own export names its one folder after the layer, which says nothing about a placemark.
    names = [name for name in names if name and name not in schemas.shipped()]
    folders = {FOLDER: "/".join(names)} if names else {}
    for name in names:
        # "天河区（12 个）" is the district too.
        bare = re.sub(r"[（(][^）)]*[）)]|^[\d.、\s]+", "", name).strip()
        if _NO_DIVISION.search(bare):
            continue
        column = next((key for key, form in _LEVELS if form.fullmatch(bare)), None)
        if column:
            # The outermost folder of a level counts: 天河区/员村街/…/旧街 names one town.
            folders.setdefault(column, bare)
    return folders


def _table(text: str) -> dict[str, object]:
    """Return the rows of two cells of an HTML table, as ArcGIS writes a feature's fields."""
    if "<td" not in text.lower():
        return {}
    reader = _Cells()
    reader.feed(text)
    reader.close()
    return {key: None if value in _NULL else value for key, value in reader.pairs.items() if key}


class _Cells(HTMLParser):
    """Collects rows of exactly two cells; a row that holds a table is not one of them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: dict[str, str] = {}
        self._row: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - the parser's shape
        """Begin a row or a cell."""
        if tag == "tr":
            self._row = []
        elif tag in {"td", "th"}:
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        """Keep a finished row of two cells; the first of two rows with one key is kept."""
        if tag == "tr":
            if len(self._row) == 2:
                key, value = (" ".join(cell.split()) for cell in self._row)
                self.pairs.setdefault(key, value)
            self._row = []

    def handle_data(self, data: str) -> None:
        """Add text to the cell that is open."""
        if self._row:
            self._row[-1] += data


def _lines(text: str) -> dict[str, object]:
    """Return ``字段：值`` lines, where every line is one."""
    lines = [line.strip() for line in re.split(r"(?i)<br\s*/?>|\n|<p>|</p>", text) if line.strip()]
    pairs = [_PAIR.match(line) for line in lines]
    # One line that is no pair makes it prose, in which a colon means nothing. A Chinese key rules
    # out "http:" and times.
    if not pairs or not all(pair and _HAN.search(pair[1]) for pair in pairs):
        return {}
    return {pair[1].strip(): pair[2].strip() or None for pair in pairs if pair}
